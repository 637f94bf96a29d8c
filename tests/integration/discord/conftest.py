"""Fixtures of the broadcasts to Discord."""

from tests.integration.discord.scene import cast, fake

__all__ = ["cast", "fake"]
