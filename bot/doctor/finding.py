"""The result of a check. It is worded for a person who runs the bot and reads nothing else about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class State(IntEnum):
    """How bad it is; the value is the exit status of `doctor` if nothing is worse."""

    OK = 0
    WARNING = 1  # works, and will not for ever or not for everybody
    FAILURE = 2  # digests are not sent, or something is lost

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's answer: what was found, and what to do where that is not well."""

    check: str
    state: State
    found: str
    todo: str = ""

    def as_dict(self) -> dict[str, str]:
        """As `doctor --json` prints it."""
        return {"check": self.check, "state": str(self.state), "found": self.found, "todo": self.todo}


def ok(check: str, found: str) -> Finding:
    return Finding(check=check, state=State.OK, found=found)


def warning(check: str, found: str, todo: str) -> Finding:
    return Finding(check=check, state=State.WARNING, found=found, todo=todo)


def failure(check: str, found: str, todo: str) -> Finding:
    return Finding(check=check, state=State.FAILURE, found=found, todo=todo)


def worst(findings: Iterable[Finding]) -> State:
    """The worst state; OK of none."""
    return max((one.state for one in findings), default=State.OK)
