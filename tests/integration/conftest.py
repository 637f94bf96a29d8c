"""Fixtures of the tests over a real file."""

from tests.integration.engine_scene import scene

__all__ = ["scene"]
