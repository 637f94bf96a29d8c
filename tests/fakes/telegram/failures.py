"""Scripted faults of the fake: what the next messages to a chat meet instead of being taken."""

from dataclasses import dataclass


class Refusal(Exception):
    """An answer that is not `ok`. `description` is Telegram's own text, `parameters` its ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(text: str) -> Refusal:
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    return Refusal(403, f"Forbidden: {text}")


@dataclass(frozen=True)
class TooManyRequests:
    """429 with `retry_after` (core.telegram.org/bots/api#responseparameters); 0 leaves the parameter out, as gateways do."""

    seconds: int


@dataclass(frozen=True)
class Fail:
    """Any status and description. With `body`, that text instead of JSON, as a gateway before Telegram answers.

    `taken`: the message was taken all the same, and what went wrong is the answer.
    """

    code: int
    description: str = ""
    body: str | None = None
    taken: bool = False


@dataclass(frozen=True)
class Migrate:
    """400 with `migrate_to_chat_id`, which a basic group answers after it became a supergroup."""

    to: int


@dataclass(frozen=True)
class Reset:
    """The connection breaks, before the message was taken or (`taken`) after."""

    taken: bool


@dataclass(frozen=True)
class Hang:
    """No answer for `seconds`; then the message is taken after all. `taken`: it was at once, only the answer is late."""

    seconds: float
    taken: bool = False


Failure = TooManyRequests | Fail | Migrate | Reset | Hang
