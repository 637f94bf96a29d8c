"""Pictures: the card of a day, and how often topics stood in the lists. Data in, bytes out; no platform, no store."""
