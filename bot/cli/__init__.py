"""The commands of the terminal: `app` and `operating` declare them, the modules beside it do and show what they ask for."""

from bot.cli.app import main

__all__ = ["main"]
