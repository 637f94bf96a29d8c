"""A stand-in for api.telegram.org on loopback, which refuses what the real one refuses; see server.FakeTelegram."""

from tests.fakes.telegram.failures import Fail, Failure, Hang, Migrate, Reset, TooManyRequests
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, Room, SentMessage

__all__ = [
    "Fail",
    "Failure",
    "FakeTelegram",
    "Hang",
    "Migrate",
    "Person",
    "Reset",
    "Room",
    "SentMessage",
    "TooManyRequests",
]
