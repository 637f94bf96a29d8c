"""The terminal as a chat, by rich."""
