"""Reports events to an Observer that counts them, if there is one. Counting itself is in bot/metrics."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a message is sent for."""

    DIGEST = "digest"
    ANNOUNCEMENT = "announcement"
    ANSWER = "answer"  # to a person, or to the operator's chats


class Ended(StrEnum):
    """How a delivery ended."""

    DONE = "done"
    PARKED = "parked"
    FAILED = "failed"


class Observer:
    """Is told of all events and ignores them; a counting one overrides the methods it needs. No method may raise."""

    def sent(self, platform: str, purpose: Purpose, outcome: object) -> None:
        """A message was handed to a platform; `outcome` is one of bot.ports.Outcome."""

    def delivery_ended(self, platform: str, how: Ended) -> None:
        """A chat's digest, or announcement, came to its end."""

    def fetched(self, result: str) -> None:
        """The Hub was asked for a list: `fetched`, `refused` (it has none of that day yet) or `failed`."""

    def answered(self, platform: str, command: str, seconds: float) -> None:
        """A person was answered after this time; `command` is one of a few names and never what was typed."""

    def summarized(self, result: str) -> None:
        """A language model was to write a summary; `result` says what came of it."""


NOBODY = Observer()
