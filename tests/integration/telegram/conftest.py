"""Fixtures of the broadcasts to Telegram."""

from tests.integration.telegram.scene import cast, fake

__all__ = ["cast", "fake"]
