"""What people type: parsing and answering, the same for every platform."""
