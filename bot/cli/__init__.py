"""The commands of the terminal: `app` and `operating` declare them, the other modules do the work and show the results."""

from bot.cli.app import main

__all__ = ["main"]
