"""The terminal as a chat, with rich."""

from adapters.terminal.chat import create

__all__ = ["create"]
