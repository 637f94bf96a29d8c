"""The core's commands in the form that Discord registers, and an invoked one as the line that the core reads. Pure.

Rules: discord.com/developers/docs/interactions/application-commands#application-command-object.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.message import shortened
from bot.ports import ArgumentSpec, CommandSpec

DESCRIPTION = 100
CHOICES = 25
# Discord's names of our languages: discord.com/developers/docs/reference#locales. English is the base, not a translation.
# Both of its Chinese ones get our simplified Chinese, in which the bot also answers.
_LOCALES = {"ko": ("ko",), "ja": ("ja",), "zh-Hans": ("zh-CN", "zh-TW")}
_SLASH_COMMAND = 1
_STRING = 3
# Same page, "Name": 1 to 32 of these, in lower case where the script has one.
_NAME = re.compile(r"[-_'\w]{1,32}")
# docs/resources/application#application-object-application-integration-types, and #interaction-contexts of the first page.
_GUILD_INSTALL, _USER_INSTALL = 0, 1
# docs/topics/permissions#permissions-bitwise-permission-flags, as the text of a number.
_MANAGE_CHANNELS = str(1 << 4)
_IN_GUILD, _IN_BOT_DM, _IN_PRIVATE_CHANNEL = 0, 1, 2


def registration(commands: Sequence[CommandSpec], *, carried: bool = True) -> list[dict[str, Any]]:
    """What `PUT /applications/{id}/commands` takes.

    `carried`: people may also install the app for themselves, and use it wherever they are.
    `default_member_permissions` stays open: it would hide a command from members, while who may change a subscription is
    checked when it is asked.
    """
    return [
        {
            **_declared(command),
            "integration_types": [_GUILD_INSTALL, _USER_INSTALL] if carried else [_GUILD_INSTALL],
            "contexts": [_IN_GUILD, _IN_BOT_DM, _IN_PRIVATE_CHANNEL] if carried else [_IN_GUILD, _IN_BOT_DM],
        }
        for command in commands
    ]


def in_a_server(commands: Sequence[CommandSpec]) -> list[dict[str, Any]]:
    """What `PUT /applications/{id}/guilds/{id}/commands` takes, for commands that only those see who manage channels.

    Without places: "only for globally-scoped commands". A server's admins may show them to more people; who may change
    something is checked when it is asked.
    """
    return [{**_declared(command), "default_member_permissions": _MANAGE_CHANNELS} for command in commands]


def _declared(command: CommandSpec) -> dict[str, Any]:
    return {
        "type": _SLASH_COMMAND,
        "name": command.name.lower(),
        **_named(command),
        **_described(command.description),
        "options": [_option(argument) for argument in _ordered(command.arguments)],
    }


def fingerprint(application_id: str, registered: Sequence[Mapping[str, Any]]) -> str:
    """Equal as long as nothing that was registered has changed."""
    text = json.dumps([application_id, registered], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def command_line(name: str, options: Iterable[Mapping[str, Any]], commands: Sequence[CommandSpec]) -> str:
    """A slash command as a line: `/day 2024-03-28`. Values stand in the core's order, those not given are left out."""
    given = {str(option["name"]): str(option.get("value", "")).strip() for option in options}
    order = next(([a.name.lower() for a in command.arguments] for command in commands if command.name.lower() == name), [])
    values = [given.pop(argument) for argument in order if argument in given] + list(given.values())
    return " ".join(["/" + name, *filter(None, values)])


def _ordered(arguments: Sequence[ArgumentSpec]) -> list[ArgumentSpec]:
    """Required ones must come before the others; the sort keeps the rest of the order."""
    return sorted(arguments, key=lambda argument: not argument.required)


def _option(argument: ArgumentSpec) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": _STRING,
        "name": argument.name.lower(),
        **_described(argument.description),
        "required": argument.required,
    }
    # More than 25 cannot be offered: the value is typed then.
    if 0 < len(argument.choices) <= CHOICES:
        made["choices"] = [
            {"value": value, **_translated("name", labels, fallback=value)} for value, labels in argument.choices.items()
        ]
    elif argument.suggests:
        # Same page: "may not be set to true if choices are present".
        made["autocomplete"] = True
    return made


def _named(command: CommandSpec) -> dict[str, Any]:
    """What it is called in the languages of Discord's app; it comes back under its one name."""
    localized = {
        locale: name
        for language, name in command.names.items()
        for locale in _LOCALES.get(language, ())
        if _NAME.fullmatch(name) and name == name.lower()
    }
    return {"name_localizations": localized} if localized else {}


def _described(texts: Mapping[str, str]) -> dict[str, Any]:
    return _translated("description", texts, fallback="…")


def _translated(field: str, texts: Mapping[str, str], *, fallback: str) -> dict[str, Any]:
    base = texts.get("en") or next(iter(texts.values()), "") or fallback
    localized = {
        name: shortened(text, DESCRIPTION)
        for language, text in texts.items()
        for name in _LOCALES.get(language, ())
        if text
    }
    made: dict[str, Any] = {field: shortened(base, DESCRIPTION)}
    if localized:
        made[f"{field}_localizations"] = localized
    return made
