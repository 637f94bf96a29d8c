"""Papers as references: BibTeX, CSL-JSON and RIS. Pure; no store, no platform."""
