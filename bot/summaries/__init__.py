"""Where the bullets come from, and which a reader is shown."""
