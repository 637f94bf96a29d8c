"""Sending one message to a channel, thread, forum or direct message, so that it comes once. Requests are in `wire`."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.outcomes import (
    CANNOT_SEND_IN_FORUM,
    CANNOT_SEND_IN_NON_TEXT,
    FORUM_TYPES,
    UNKNOWN_CHANNEL,
    Answer,
    NoAnswer,
    outcome,
)
from adapters.discord.render import DiscordText, render
from adapters.discord.wire import Wire
from bot.message import Message
from bot.model import Address
from bot.ports import Outcome, Rejected, Sent, Unknown, Unreachable

# "The past few minutes" (docs/resources/message#create-message, enforce_nonce). What is repeated later is looked for first.
NONCE_SECONDS = 120.0
# How far back a channel is looked through: a digest of 50 papers, sent again from its middle, is found at the end.
LOOK_BACK = 20
# docs/resources/channel#channel-object-channel-flags
_REQUIRE_TAG = 1 << 4
_MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class _Forum:
    """A channel that takes posts, not messages."""

    guild_id: str
    tags: tuple[str, ...] = ()


@dataclass
class Sender:
    """Sends with one token; remembers what kind the channels are, and which sends ended in doubt."""

    wire: Wire
    me: str = ""
    _forums: dict[str, _Forum] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _doubtful: dict[str, float] = field(default_factory=dict)
    _gone_posts: set[str] = field(default_factory=set)

    async def send(self, address: Address, message: Message, *, key: str, container_id: str, plain: bool) -> Outcome:
        """As `ChatAdapter.send`."""
        channel = container_id or address.topic_id or address.chat_id
        if not (channel.isascii() and channel.isdigit()):
            return Unreachable(f"'{channel}' is not a channel id of Discord, which is a number")
        if channel in self._gone_posts:
            return _post_deleted(channel)
        text = render(message, plain=plain)
        if channel in self._forums:
            return self._noted(key, await self._post(channel, text, key))
        if key and (found := await self._sent_before(channel, text, key, silent=message.silent)):
            return self._noted(key, Sent(found))
        answer = await self.wire.request("POST", f"/channels/{channel}/messages", text.payload() | _nonce(key))
        if isinstance(answer, Answer):
            if answer.ok and answer.id:
                return self._noted(key, Sent(answer.id))
            if answer.code in (CANNOT_SEND_IN_NON_TEXT, CANNOT_SEND_IN_FORUM) and await self._is_forum(channel):
                return self._noted(key, await self._post(channel, text, key))
            if answer.code == UNKNOWN_CHANNEL and container_id:
                self._gone_posts.add(container_id)
                return _post_deleted(container_id)
        return self._noted(key, outcome(answer))

    # --- Forums -------------------------------------------------------------------------------------------------------

    async def _is_forum(self, channel: str) -> bool:
        answer = await self.wire.request("GET", f"/channels/{channel}")
        if isinstance(answer, NoAnswer) or not answer.id or answer.body.get("type") not in FORUM_TYPES:
            return False
        required = answer.body.get("flags", 0) & _REQUIRE_TAG
        # A moderated tag is for moderators; the first of the others is as good as any.
        tags = [str(tag["id"]) for tag in answer.body.get("available_tags", ()) if not tag.get("moderated")]
        self._forums[channel] = _Forum(str(answer.body.get("guild_id", "")), tuple(tags[:1]) if required else ())
        return True

    async def _post(self, channel: str, text: DiscordText, key: str) -> Outcome:
        """Begin a post that is called as the message's heading; the messages after it go into that post."""
        forum = self._forums[channel]
        # Posts have no nonce, so whether this one stands already is looked up each time: once a day for each forum.
        if key and (found := await self._post_made_before(forum, channel, text.name)):
            return Sent(found, container_id=found)
        body: dict[str, Any] = {"name": text.name, "message": text.payload()}
        if forum.tags:
            body["applied_tags"] = list(forum.tags)
        answer = await self.wire.request("POST", f"/channels/{channel}/threads", body)
        if isinstance(answer, Answer) and answer.ok and answer.id:
            return Sent(str((answer.body.get("message") or {}).get("id", answer.id)), container_id=answer.id)
        # The channel may have got or lost a tag, or may not be a forum any more: it is asked for again next time.
        self._forums.pop(channel, None)
        return outcome(answer)

    async def _post_made_before(self, forum: _Forum, channel: str, name: str) -> str:
        answer = await self.wire.request("GET", f"/guilds/{forum.guild_id}/threads/active")
        if isinstance(answer, NoAnswer) or not answer.ok or not isinstance(answer.body, dict):
            return ""
        for thread in answer.body.get("threads", ()):
            if (str(thread.get("parent_id")), str(thread.get("owner_id")), thread.get("name")) == (channel, self.me, name):
                return str(thread["id"])
        return ""

    # --- Never twice --------------------------------------------------------------------------------------------------

    async def _sent_before(self, channel: str, text: DiscordText, key: str, *, silent: bool) -> str:
        """The id of this very message, if it stands in the channel already and its nonce may be forgotten; "" otherwise.

        Looked for in two cases: its last send ended in doubt some minutes ago; or this process begins in the middle of a
        digest (all but a digest's first message are silent), which another process, dead since, had begun.
        """
        began = self._doubtful.get(key)
        doubtful = began is not None and asyncio.get_running_loop().time() - began > NONCE_SECONDS
        resumed = silent and channel not in self._begun
        if len(self._begun) >= _MOST_REMEMBERED:
            self._begun.clear()
        self._begun.add(channel)
        if not (doubtful or resumed):
            return ""
        answer = await self.wire.request("GET", f"/channels/{channel}/messages", query={"limit": str(LOOK_BACK)})
        if isinstance(answer, NoAnswer) or not answer.ok or not isinstance(answer.body, list):
            return ""
        wanted = _essence(text.payload())
        for stands in answer.body:
            # What a command answered has a webhook's id or an interaction's; it does not count as sent.
            answered = stands.get("webhook_id") or stands.get("interaction_metadata")
            if stands["author"]["id"] == self.me and not answered and _essence(stands) == wanted:
                return str(stands["id"])
        return ""

    def _noted(self, key: str, became: Outcome) -> Outcome:
        if not key:
            return became
        if isinstance(became, Unknown):
            if len(self._doubtful) >= _MOST_REMEMBERED:
                self._doubtful.clear()
            self._doubtful.setdefault(key, asyncio.get_running_loop().time())
        elif isinstance(became, Sent | Rejected | Unreachable):
            self._doubtful.pop(key, None)
        return became


def _nonce(key: str) -> dict[str, Any]:
    """docs/resources/message#create-message: at most 25 characters; a repeated one gives back the first message."""
    return {"nonce": key[:25], "enforce_nonce": True} if key else {}


def _post_deleted(thread: str) -> Rejected:
    # Not the chat: the forum is there, and tomorrow's post is welcome. A moderator did not want this one.
    return Rejected(f"the forum post {thread} that it belongs to was deleted")


def _essence(message: dict[str, Any]) -> tuple[str, ...]:
    """What tells two messages apart; Discord trims texts."""
    embed: dict[str, Any] = (message.get("embeds") or [{}])[0]
    texts = (message.get("content"), embed.get("title"), embed.get("url"), embed.get("description"))
    return tuple((text or "").strip() for text in texts)
