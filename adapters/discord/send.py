"""Sends one message to a channel, thread, forum or direct message, so that it comes only once. Requests are in `wire`."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from time import time as wall_clock
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
from adapters.discord.render import SUPPRESS_EMBEDS, DiscordText, render
from adapters.discord.wire import Wire
from bot.message import Message
from bot.model import Address
from bot.ports import NotSent, Outcome, Rejected, RetryAfter, Sent, Unknown, Unreachable

# "The past few minutes" (docs/resources/message#create-message, enforce_nonce). What is repeated later is looked for first.
NONCE_SECONDS = 120.0
# How far back a channel is looked through, for people write there too: the most that Discord gives at once
# (docs/resources/message#get-channel-messages).
LOOK_BACK = 100
# As far back among a forum's archived posts, which stand there by the time of their archiving.
_ARCHIVED = 50
# docs/resources/channel#channel-object-channel-flags
_REQUIRE_TAG = 1 << 4
_MOST_REMEMBERED = 100_000
# An address in Discord's Markdown, with the bracket that ends it left out.
_LINK = re.compile(r"https?://[^\s<>()\]]+")
# Where pictures are refused, mostly because the permission to attach files is missing, only the text is sent. Each refusal
# counts towards the 10,000 in ten minutes that get a bot banned (docs/topics/rate-limits, "invalid request limit"), so
# after this many no other channel is tried for a while.
_MOST_PICTURES_REFUSED = 500
_NO_PICTURES_SECONDS = 3600.0


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
    # When the first request began of which it is not known what became of it, by both clocks.
    _doubtful: dict[str, tuple[float, float]] = field(default_factory=dict)
    _gone_posts: set[str] = field(default_factory=set)
    # Channels that take no pictures, and since when.
    _wordy: dict[str, float] = field(default_factory=dict)

    async def send(
        self, address: Address, message: Message, *, key: str, container_id: str, plain: bool, in_doubt: bool = False
    ) -> Outcome:
        """As `ChatAdapter.send`. Of a picture that is refused, the message goes without it."""
        channel = container_id or address.topic_id or address.chat_id
        bare = replace(message, image=None)
        if message.image is None or plain or not self._takes_pictures(channel):
            return await self._send(address, bare, key=key, container_id=container_id, plain=plain, in_doubt=in_doubt)
        became = await self._send(address, message, key=key, container_id=container_id, plain=False, in_doubt=in_doubt)
        match became:
            case Rejected() | Unreachable(vague=True):
                # Surely not there; whether it was for the picture, the words tell.
                became = await self._send(address, bare, key=key, container_id=container_id, plain=False, in_doubt=in_doubt)
                if isinstance(became, Sent):
                    self._wordy[channel] = asyncio.get_running_loop().time()
        return became

    def _takes_pictures(self, channel: str) -> bool:
        since = asyncio.get_running_loop().time() - _NO_PICTURES_SECONDS
        if self._wordy.get(channel, since) > since:
            return False
        if len(self._wordy) >= _MOST_PICTURES_REFUSED:
            self._wordy = {name: at for name, at in self._wordy.items() if at > since}
        return len(self._wordy) < _MOST_PICTURES_REFUSED

    async def _send(
        self, address: Address, message: Message, *, key: str, container_id: str, plain: bool, in_doubt: bool
    ) -> Outcome:
        began = _both_clocks()
        became = await self._tried(address, message, key=key, container_id=container_id, plain=plain, in_doubt=in_doubt)
        if key and isinstance(became, Unknown):
            if len(self._doubtful) >= _MOST_REMEMBERED:
                self._doubtful.clear()
            self._doubtful.setdefault(key, began)
        elif isinstance(became, Sent | Rejected | Unreachable):
            self._doubtful.pop(key, None)
        return became

    async def _tried(
        self, address: Address, message: Message, *, key: str, container_id: str, plain: bool, in_doubt: bool
    ) -> Outcome:
        channel = container_id or address.topic_id or address.chat_id
        if not (channel.isascii() and channel.isdigit()):
            return Unreachable(f"'{channel}' is not a channel id of Discord, which is a number")
        if channel in self._gone_posts:
            return _post_deleted(channel)
        text = render(message, plain=plain)
        if channel in self._forums:
            return await self._post(channel, text, key, in_doubt=in_doubt)
        if key and (before := await self._sent_before(channel, text, key, in_doubt=in_doubt)):
            return before
        payload = text.payload() | _nonce(key)
        answer = await self.wire.request("POST", f"/channels/{channel}/messages", payload, file=text.file)
        if isinstance(answer, Answer):
            if answer.ok and answer.id:
                return Sent(answer.id)
            if answer.code in (CANNOT_SEND_IN_NON_TEXT, CANNOT_SEND_IN_FORUM) and await self._is_forum(channel):
                return await self._post(channel, text, key, in_doubt=in_doubt)
            if answer.code == UNKNOWN_CHANNEL and container_id:
                self._gone_posts.add(container_id)
                return _post_deleted(container_id)
        return outcome(answer)

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

    async def _post(self, channel: str, text: DiscordText, key: str, *, in_doubt: bool) -> Outcome:
        """Begin a post that is called as the message's heading; the messages after it go into that post."""
        forum = self._forums[channel]
        # Posts have no nonce, so after any doubt it is looked up whether this one stands already.
        if (in_doubt or key in self._doubtful) and (before := await self._post_made_before(forum, channel, text.name)):
            return before
        body: dict[str, Any] = {"name": text.name, "message": text.payload()}
        if forum.tags:
            body["applied_tags"] = list(forum.tags)
        answer = await self.wire.request("POST", f"/channels/{channel}/threads", body, file=text.file)
        if isinstance(answer, Answer) and answer.ok and answer.id:
            return Sent(str((answer.body.get("message") or {}).get("id", answer.id)), container_id=answer.id)
        # The channel may have got or lost a tag, or may not be a forum any more: it is asked for again next time.
        self._forums.pop(channel, None)
        return outcome(answer)

    async def _post_made_before(self, forum: _Forum, channel: str, name: str) -> Outcome | None:
        # A post is archived when nobody has written in it for an hour or for days, as the forum has it; a message opens it.
        archived = {"limit": str(_ARCHIVED)}
        for path, query in (
            (f"/guilds/{forum.guild_id}/threads/active", None),
            (f"/channels/{channel}/threads/archived/public", archived),
        ):
            answer = await self.wire.request("GET", path, query=query)
            if unseen := _unseen(answer):
                return unseen
            found = answer.body if isinstance(answer, Answer) and isinstance(answer.body, dict) else {}
            for thread in found.get("threads", ()):
                if (str(thread.get("parent_id")), str(thread.get("owner_id")), thread.get("name")) == (
                    channel,
                    self.me,
                    name,
                ):
                    return Sent(str(thread["id"]), container_id=str(thread["id"]))
        return None

    # --- Never twice --------------------------------------------------------------------------------------------------

    async def _sent_before(self, channel: str, text: DiscordText, key: str, *, in_doubt: bool) -> Outcome | None:
        """That this very message stands in the channel already, when its nonce may be forgotten; None to send it.

        Looked for in two cases: its last send ended in doubt some minutes ago; or it did so in another process, dead or
        stopped since, nobody knows how long ago.
        """
        began = self._doubtful.get(key)
        if not (in_doubt if began is None else _seconds_since(began) > NONCE_SECONDS):
            return None
        answer = await self.wire.request("GET", f"/channels/{channel}/messages", query={"limit": str(LOOK_BACK)})
        if unseen := _unseen(answer):
            return unseen
        wanted = _marks(text.payload())
        stand = answer.body if isinstance(answer, Answer) and isinstance(answer.body, list) else ()
        for stands in stand:
            # What a command answered has a webhook's id or an interaction's; it does not count as sent.
            answered = stands.get("webhook_id") or stands.get("interaction_metadata")
            if stands["author"]["id"] == self.me and not answered and _marks(stands) & wanted:
                return Sent(str(stands["id"]))
        return None


def _both_clocks() -> tuple[float, float]:
    return asyncio.get_running_loop().time(), wall_clock()


def _seconds_since(began: tuple[float, float]) -> float:
    """The longer of both: one clock stands still while the machine sleeps, the other may be set back."""
    return max(now - then for now, then in zip(_both_clocks(), began, strict=True))


def _nonce(key: str) -> dict[str, Any]:
    """docs/resources/message#create-message: at most 25 characters; a repeated one gives back the first message."""
    return {"nonce": key[:25], "enforce_nonce": True} if key else {}


def _unseen(answer: Answer | NoAnswer) -> Outcome | None:
    """What follows when it could not be seen what stands there: to look again later, for the message was not sent.

    None when Discord let us look, or refused the chat itself: sending says the same, in the words of sending.
    """
    if isinstance(answer, Answer) and answer.ok:
        return None
    match outcome(answer):
        case NotSent(reason) | Unknown(reason):
            return NotSent(f"whether it stands there already could not be seen: {reason}")
        case RetryAfter() as wait:
            return wait
    return None


def _post_deleted(thread: str) -> Rejected:
    # Not the chat: the forum is there, and tomorrow's post is welcome. A moderator did not want this one.
    return Rejected(f"the forum post {thread} that it belongs to was deleted")


def _marks(message: dict[str, Any]) -> set[tuple[str, ...]]:
    """What a message is known by, however long ago it was composed and in whichever form Discord took it.

    Votes, titles and summaries change meanwhile; the papers that a message is of do not. Where there are none it is all of
    the text, which Discord trims. Two messages are the same when they have a mark in common.
    """
    content = (message.get("content") or "").strip()
    # Beside a text it is Discord's own, a preview of an address in it.
    embed: dict[str, Any] = {} if content else (message.get("embeds") or [{}])[0]
    if url := embed.get("url"):
        return {(url,)}
    title, said = ((embed.get(name) or "").strip() for name in ("title", "description"))
    words = (content, title, said)
    if int(message.get("flags") or 0) & SUPPRESS_EMBEDS:
        # Plain text: a paper's address is in a line of its own, below the title.
        below = content.split("\n", 2)[1:2]
        if below and _LINK.fullmatch(below[0]):
            return {(below[0],)}
        said = content
    return {tuple(_LINK.findall(said)) or words, words}
