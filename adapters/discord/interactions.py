"""Passes slash commands, buttons and what is typed into a command's form on to the core.

Page: docs/interactions/receiving-and-responding#interaction-object.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from adapters.discord.autocomplete import Autocomplete
from adapters.discord.commands import command_line
from adapters.discord.elsewhere import Elsewhere
from adapters.discord.outcomes import FORUM_TYPES
from adapters.discord.permissions import can_post, is_admin
from adapters.discord.presses import PressedMessage, PressReplies
from adapters.discord.replies import InteractionReplies
from adapters.discord.wire import Wire
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import CommandSpec, Inbox, Outcome, Request, Unreachable

PLATFORM = "discord"

# …#interaction-object-authorizing-integration-owners-object: 0 names the server that has the bot.
_GUILD_INSTALL = 0
_MOST_REMEMBERED = 10_000
_NO_MEMBER = Unreachable("the bot is no member there: only a command's own answer reaches that place")


class Interactions:
    """Takes interactions. `say` sends a message to an address, without an interaction; `elsewhere` knows other channels."""

    def __init__(
        self,
        inbox: Inbox,
        wire: Wire,
        commands: tuple[CommandSpec, ...],
        say: Callable[[Address, Message], Awaitable[Outcome]],
        elsewhere: Elsewhere,
    ) -> None:
        self._inbox = inbox
        self._wire = wire
        self._commands = commands
        self._say = say
        self._elsewhere = elsewhere
        self._autocomplete = Autocomplete(inbox, wire, commands)
        # A direct message does not say in which language its writer has Discord; their commands and presses do.
        self._languages: OrderedDict[int, str] = OrderedDict()

    def language_of(self, person: int) -> str | None:
        """The language in which `person` has Discord, if they have let it be known since the bot was started."""
        return self._languages.get(person)

    def _note_language(self, interaction: discord.Interaction) -> None:
        language = language_of(interaction.locale)
        if language is None:
            return
        self._languages[interaction.user.id] = language
        self._languages.move_to_end(interaction.user.id)
        while len(self._languages) > _MOST_REMEMBERED:
            self._languages.popitem(last=False)

    async def take(self, interaction: discord.Interaction) -> None:
        """Whatever it is, until it is answered."""
        if not interaction.data or interaction.channel is None:
            return
        self._note_language(interaction)
        match interaction.type:
            case discord.InteractionType.application_command:
                await self._command(interaction, interaction.channel)
            case discord.InteractionType.component if interaction.message is not None:
                await self._press(interaction, interaction.channel, interaction.message)
            case discord.InteractionType.autocomplete:
                await self._autocomplete.take(
                    str(interaction.id),
                    interaction.token,
                    interaction.data,
                    address=Address(PLATFORM, str(interaction.channel.id)),
                    person=str(interaction.user.id),
                    language=language_of(interaction.locale),
                )

    async def _command(self, interaction: discord.Interaction, channel: Any) -> None:
        replies = InteractionReplies(
            self._wire,
            str(interaction.application_id),
            str(interaction.id),
            interaction.token,
            to_channel=self._to_channel(interaction, channel),
            private=_is_private(interaction),
        )
        # Whatever takes time happens inside: "is thinking…" must stand there before Discord's three seconds are over.
        await replies.answer(self._ask(interaction, channel, replies))

    async def _press(self, interaction: discord.Interaction, channel: Any, message: discord.Message) -> None:
        replies = PressReplies(
            self._wire,
            str(interaction.application_id),
            str(interaction.id),
            interaction.token,
            pressed=PressedMessage(
                str(channel.id), str(message.id), private=_is_private(interaction), member=_is_member(interaction)
            ),
            to_channel=self._to_channel(interaction, channel),
        )
        await replies.answer(self._ask(interaction, channel, replies))

    def _to_channel(self, interaction: discord.Interaction, channel: Any) -> Callable[[Message], Awaitable[Outcome]]:
        address, member = Address(PLATFORM, str(channel.id)), _is_member(interaction)

        async def send(message: Message) -> Outcome:
            return await self._say(address, message) if member else _NO_MEMBER

        return send

    async def _ask(
        self, interaction: discord.Interaction, channel: Any, replies: InteractionReplies | PressReplies
    ) -> None:
        data: Any = interaction.data
        pressed = replies if isinstance(replies, PressReplies) else None
        private, member = _is_private(interaction), _is_member(interaction)
        home, name = await self._home(channel) if member else (Address(PLATFORM, str(channel.id)), _name(channel))
        guild = interaction.guild if interaction.guild_id is not None else None
        request = Request(
            address=home,
            kind=ChatKind.PRIVATE if private else ChatKind.GROUP,
            text="" if pressed else command_line(str(data["name"]), data.get("options", ()), self._commands),
            reply=replies.reply,
            person=str(interaction.user.id),
            title=title_of(name, guild) if guild is not None else interaction.user.display_name,
            language=language_of(interaction.locale),
            may_change=_always(private or (member and is_admin(interaction.permissions))),
            may_post=_always(
                private or (member and can_post(interaction.app_permissions, thread=isinstance(channel, discord.Thread)))
            ),
            action=str(data["custom_id"]) if pressed else "",
            edit=pressed.edit if pressed else None,
            notice=pressed.notice if pressed else None,
            single=not member,
        )
        if private:
            request = replace(request, elsewhere=partial(self._elsewhere.of, request, interaction.user.id))
        await self._inbox.ask(request)

    async def _home(self, channel: Any) -> tuple[Address, str]:
        """Where the chat's digests go, and its name: the forum for what is asked in one of its posts, else the channel.

        Commands cannot be typed in a forum, only in its posts; a digest a day belongs beside them, not into one.
        """
        if isinstance(channel, discord.Thread):
            parent = channel.parent
            if isinstance(parent, discord.ForumChannel):
                return Address(PLATFORM, str(parent.id)), parent.name
            if parent is None and await self._is_forum(channel.parent_id):
                return Address(PLATFORM, str(channel.parent_id)), channel.name
        return Address(PLATFORM, str(channel.id)), _name(channel)

    async def _is_forum(self, channel_id: int) -> bool:
        """For a channel that the library has not cached; a channel that the bot cannot see counts as none."""
        answer = await self._wire.request("GET", f"/channels/{channel_id}")
        body = getattr(answer, "body", None)
        return isinstance(body, dict) and body.get("type") in FORUM_TYPES


def title_of(channel: str, guild: discord.Guild | None) -> str:
    """What a chat in a server is called."""
    return f"#{channel} · {guild.name}" if guild is not None and guild.name else f"#{channel}"


def language_of(locale: object) -> str | None:
    """The tag of one of discord.py's locales."""
    return str(getattr(locale, "value", "") or "") or None


def _is_private(interaction: discord.Interaction) -> bool:
    """Whether it comes from the direct messages with the bot itself; those of two other people are none of its own."""
    return interaction.guild_id is None and not interaction.context.private_channel


def _is_member(interaction: discord.Interaction) -> bool:
    """Whether the bot itself is there; if not, an app that a person carries along was asked."""
    if interaction.guild_id is None:
        return _is_private(interaction)
    owners = interaction._integration_owners  # noqa: SLF001 - is_guild_integration() cannot tell "not said" from "no"
    return not owners or _GUILD_INSTALL in owners


def _name(channel: Any) -> str:
    return getattr(channel, "name", None) or ""


def _always(value: bool) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return value

    return answer
