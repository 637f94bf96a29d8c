"""The Protocols between the core and what is plugged into it: sources, summarizers, chat platforms; what they raise."""

import datetime as dt
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.message import Message
from bot.model import Address, ChatKind, Paper, Summary

# --- What became of a message -----------------------------------------------------------------------------------------


class Scope(StrEnum):
    """What a platform's "retry after" applies to."""

    TOKEN = "token"  # noqa: S105 - a scope, not a secret
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Sent:
    """The message is in the chat. `container_id` names a forum post or thread that was created for it, if any."""

    external_id: str
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """The platform asks to wait `seconds`, from now, before anything else is sent in `scope`."""

    seconds: float
    scope: Scope


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The chat cannot be written to: blocked, kicked, deleted, no right to post. `vague` if that may be temporary."""

    reason: str
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new address (a Telegram group that became a supergroup)."""

    to: Address


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform refuses this message (bad format, too long), not the chat."""

    reason: str

    @property
    def without_quotes(self) -> str:
        """The reason without what it quotes of the message: an answer repeats what a person typed, which no log tells."""
        return re.sub(r'".*"', '"…"', self.reason, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive: no connection, or the platform failed before accepting it.

    `token_refused` if the platform no longer accepts the bot's token: then nothing arrives anywhere.
    """

    reason: str
    token_refused: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived: the connection broke, or the request timed out, after it was written."""

    reason: str


Outcome = Sent | RetryAfter | Unreachable | Moved | Rejected | NotSent | Unknown

# --- Chat platforms ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentSpec:
    """One argument of a command, for platforms that show forms. `choices` maps each value to its labels by language.

    `suggests` says that the core offers suggestions while it is typed (`Inbox.suggestions`).
    """

    name: str
    description: Mapping[str, str]
    required: bool = False
    suggests: bool = False
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command for a platform's menu. `description` by language (`{"ko": …, "en": …}`), each 1 to 100 characters.

    `names` has the command's names by language, for platforms that can show them; `name` works everywhere.
    """

    name: str
    description: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[ArgumentSpec, ...] = ()


async def _yes() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked. `text` is the command line without any @name: `/day 2024-03-28`, or free text.

    `addressed` is true in private chats, for slash commands and for `/command@thisbot`; only then is a mistyped command in
    a group answered. `may_change` asks the platform whether the person may change the chat's subscription, `may_post`
    whether the bot itself may send messages there; both are called only when needed and never raise. `reply` sends one
    message to where the question was asked, as `ChatAdapter.send` does, and never raises.

    A pressed button has its `action` and no text; `person` is whoever pressed it. `edit` replaces the message whose button
    was pressed; `notice` shows a short text to the person who pressed, hidden from others if the platform can do that.
    Neither raises. Both are None where there is nothing to edit or no such notice, as for everything that is typed.

    `alone` sends a message to the person who asks, in their private chat with the bot, with outcomes like `reply`; None
    where a private message is hidden from others anyway, and where it is not known who asks.

    `elsewhere` gives the admin of another chat or channel of the platform a request about that one: with its address, kind,
    title, `may_change` and `may_post`, but answered here. The chat is named by `@name`, a link, a mention or its number,
    followed by `/TOPIC` for a topic. It returns None if there is no such chat, the bot is not in it, or the person is not
    its admin. It is called only in private chats, never raises, and is itself None if a platform has no such thing.

    `about` has the words and addresses of the message to which this one replies, "" where it replies to none.

    `single` is true where an answer has to be one message (an app that a person installed for themselves has few follow-ups
    where the bot is not a member): lists come as one page with buttons.
    """

    address: Address
    kind: ChatKind
    text: str
    reply: Callable[[Message], Awaitable[Outcome]]
    person: str = ""
    title: str = ""
    language: str | None = None
    addressed: bool = True
    may_change: Callable[[], Awaitable[bool]] = _yes
    may_post: Callable[[], Awaitable[bool]] = _yes
    action: str = ""
    edit: Callable[[Message], Awaitable[Outcome]] | None = None
    notice: Callable[[str], Awaitable[None]] | None = None
    alone: Callable[[Message], Awaitable[Outcome]] | None = None
    single: bool = False
    elsewhere: Callable[[str], Awaitable["Request | None"]] | None = None
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What somebody types in any chat to find a paper and send it as a card. `offset` is from the previous answer."""

    platform: str
    person: str
    text: str
    language: str | None = None
    offset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A paper that was found: what the list of results shows, and the message that is sent when it is chosen.

    `id` is unique within an answer and has at most 64 bytes. `picture` is an https URL of a small picture.
    """

    id: str
    title: str
    description: str
    message: Message
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """An answer to a Lookup, the best first. `offset` asks for the following ones; "" if there are no more.

    `opens` is the label of a button that leads to the bot itself; "" for none.
    """

    cards: Sequence[Card] = ()
    offset: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What somebody has typed so far of one argument of a command; `given` holds the command's other arguments."""

    address: Address
    command: str
    argument: str
    typed: str
    person: str = ""
    language: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for an argument, 1 to 100 characters, and the label that is shown."""

    value: str
    label: str


class Inbox(Protocol):
    """What the core offers to a listening adapter. No method raises; each may take seconds, so call it in a task."""

    async def ask(self, request: Request) -> None:
        """Answer a person, through `request.reply`."""

    async def cards(self, lookup: Lookup) -> Cards:
        """Papers for what is typed so far; for nothing, the newest. Takes a fraction of a second."""

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        """At most 25 values for an argument, the most likely first. Takes a fraction of a second."""

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None:
        """The bot was added to a chat, unblocked there, or given the right to write: parked targets wake up.

        Where the address has a topic, only that one's: it was opened again.
        """

    async def present(self, platform: str, chat_ids: Collection[str]) -> None:
        """The bot may write in these chats, as the platform says when it is connected: parked targets there wake up.

        An invitation that came while the program was off is told by nothing else.
        """

    async def left(self, address: Address, reason: str) -> None:
        """The bot was removed or blocked, or the chat is gone: every target of that chat is parked."""

    async def moved(self, old: Address, new: Address) -> None:
        """A chat has a new address; its subscription moves there."""


class ChatAdapter(Protocol):
    """One chat platform with one token. Called from one event loop; `send` may run concurrently for different chats."""

    platform: str

    async def open(self) -> None:
        """Check the token and get ready to `send`. Raises InvalidToken, or AdapterError if it cannot be reached."""

    async def listen(self, inbox: Inbox) -> None:
        """Set the command menu, then take what people type until cancelled or closed.

        Raises AdapterError if it cannot go on; the core then calls it again.
        """

    async def close(self) -> None:
        """Stop listening, finish what is being sent, free all resources. May be called at any time, and more than once."""

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        """Send one message; never raises a platform's error.

        `key` (at most 25 characters, unique over all chats) names the message, so that a platform can recognize a
        repetition, if it is able to. `container_id` is from the `Sent` of an earlier message of the same digest. `plain`
        asks for unformatted text, after the platform rejected the message once. `in_doubt` says that the message may be in
        the chat already: it was sent before, by this process or one that died, and nobody knows whether it arrived.
        """


class KeyValueStore(Protocol):
    """A few small texts that an adapter keeps between runs, such as a digest of the commands it has registered.

    Never raises: if the store cannot be used, values are missing, and the adapter repeats what it has done before.
    """

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterContext:
    """What an adapter is made from. `environment` holds the settings by name (`TELEGRAM_BOT_TOKEN`), secrets among them.

    `operator_commands` work in the `operator_chats` (ADMIN_CHATS, of all platforms) and nowhere else, so they stand in no
    menu of everybody's; a platform where nothing can be typed that was not registered registers them for those chats.
    """

    environment: Mapping[str, str] = field(repr=False)
    commands: Sequence[CommandSpec] = ()
    operator_commands: Sequence[CommandSpec] = ()
    operator_chats: Sequence[Address] = ()
    state: KeyValueStore | None = None
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)


class AdapterFactory(Protocol):
    """The type of entry points of the group `daily_papers.adapters`; returns None if the adapter's token is not set."""

    def __call__(self, context: AdapterContext) -> ChatAdapter | None: ...


# --- Papers and summaries ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePaper:
    """A paper as a source gave it, with the source's own text (`raw`, JSON or XML) kept beside.

    `known_at` is the instant at which this was so, None for the present: a recorded answer of last year, imported today,
    does not overwrite what the same source said this morning.
    """

    paper: Paper
    raw: str = ""
    source: str = "hub"
    known_at: dt.datetime | None = None


class DaySource(Protocol):
    """Gives a list day."""

    async def day(self, day: dt.date) -> Sequence[SourcePaper]:
        """Every paper of the list of `day`, in its order, all pages; empty when the source has none.

        Raises SourceRefused (400: a day that it does not have yet), SourceUnavailable, UnreadableAnswer.
        """

    async def newest_hint(self) -> Sequence[dt.date]:
        """Days on which to look for the newest list if our clock is ahead of the source's, the newest first.

        Raises SourceUnavailable, UnreadableAnswer.
        """


class PaperSource(Protocol):
    """Gives a paper."""

    async def paper(self, paper_id: str) -> SourcePaper:
        """One paper by arXiv's id without version. Raises PaperNotFound, SourceUnavailable, UnreadableAnswer."""


class Summarizer(Protocol):
    """Writes bullets about a paper. Language models are plugged in here."""

    async def summarize(self, paper: Paper, language: str) -> Summary | None:
        """Bullets in `language`, or None when this source has nothing to say of the paper. Raises SourceError."""
