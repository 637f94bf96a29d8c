"""Pictures: the card of a day, and plots of how often topics appeared in the lists. No platform, no store."""
