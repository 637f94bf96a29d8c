"""The terminal as a chat, by rich."""

from adapters.terminal.chat import create

__all__ = ["create"]
