"""Caches what is slow to find in the last weeks' lists, until one of those lists changes."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")
# Terms that people open between two fetches; more are found anew.
_MOST = 256


class Remembered:
    """Found things by what they are called, all of the same lists. Threads may share it: at worst one is found twice."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, dict[Hashable, object]] = (None, {})

    def found(self, lists: Hashable, name: Hashable, find: Callable[[], T]) -> T:
        """What `find` gives, or gave before under this name; `lists` says which lists it was, and in which revision."""
        known, things = self._kept
        if known != lists or len(things) >= _MOST:
            things = {}
            self._kept = (lists, things)
        if name not in things:
            things[name] = find()
        # What stands under a name was found by the same function.
        return cast("T", things[name])
