"""Suggestions while somebody fills in a command's form (autocomplete). The library is not needed here.

Page: docs/interactions/application-commands#autocomplete.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.discord import escape
from adapters.discord.commands import CHOICES
from adapters.discord.wire import Wire
from bot.message import shortened
from bot.model import Address
from bot.ports import CommandSpec, Completion, Inbox, Suggestion

# docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
_RESULT = 8
# docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
_LONGEST = 100


class Autocomplete:
    """Answers strokes; of each person only the newest, for Discord asks while they type."""

    def __init__(self, inbox: Inbox, wire: Wire, commands: Sequence[CommandSpec]) -> None:
        self._inbox = inbox
        self._wire = wire
        self._names = {command.name.lower(): command.name for command in commands}
        self._newest: dict[str, str] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def take(
        self,
        interaction_id: str,
        token: str,
        data: Mapping[str, Any],
        *,
        address: Address,
        person: str,
        language: str | None,
    ) -> None:
        """Answer one stroke, unless a newer one of the same person has come meanwhile."""
        completion = self._completion(data, address, person, language)
        if completion is None:
            return
        self._newest[person] = interaction_id
        turn = self._turns.setdefault(person, asyncio.Lock())
        try:
            async with turn:
                if self._newest[person] != interaction_id:
                    return
                found = await self._inbox.suggestions(completion)
                if self._newest[person] == interaction_id:
                    body = {"type": _RESULT, "data": {"choices": choices_of(found)}}
                    path = f"/interactions/{interaction_id}/{token}/callback"
                    # What became of it is of no use: who types on is asked for again.
                    await self._wire.request("POST", path, body, authorized=False)
        finally:
            if self._newest.get(person) == interaction_id:
                del self._newest[person], self._turns[person]

    def _completion(
        self, data: Mapping[str, Any], address: Address, person: str, language: str | None
    ) -> Completion | None:
        options: Sequence[Mapping[str, Any]] = data.get("options", ())
        focused = next((option for option in options if option.get("focused")), None)
        if focused is None:
            return None
        name = str(data.get("name", ""))
        return Completion(
            address=address,
            command=self._names.get(name, name),
            argument=str(focused["name"]),
            typed=str(focused.get("value", "")),
            person=person,
            language=language,
            given={str(one["name"]): str(one.get("value", "")) for one in options if one is not focused},
        )


def choices_of(found: Iterable[Suggestion]) -> list[dict[str, str]]:
    """At most 25 choices that Discord takes: one that it does not would lose all of them."""
    made: dict[str, str] = {}
    for one in found:
        label = shortened(escape.clean(one.label), _LONGEST)
        if label and 0 < len(one.value) <= _LONGEST:
            made.setdefault(one.value, label)
    return [{"name": label, "value": value} for value, label in list(made.items())[:CHOICES]]
