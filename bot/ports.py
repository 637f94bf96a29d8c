"""The Protocols between the core and what is plugged into it: sources, summarizers, chat platforms; what they raise."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.message import Message
from bot.model import Address, ChatKind, Paper, Summary

# --- What became of a message -----------------------------------------------------------------------------------------


class Scope(StrEnum):
    """Whom a platform's "retry after" is meant for."""

    TOKEN = "token"  # noqa: S105 - a scope, not a secret
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands there. `container_id` names a forum post or thread that was made for it, for the messages after it."""

    external_id: str
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """The platform asks to wait `seconds` (from now) before anything more is sent in `scope`."""

    seconds: float
    scope: Scope


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The chat cannot be written to: blocked, kicked, deleted, no right to post. `vague` when it may be a passing fault."""

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


@dataclass(frozen=True, slots=True)
class NotSent:
    """It surely did not arrive: no connection, or the platform failed before taking it.

    `token_refused` when the platform does not accept the bot's token any more: then nothing arrives anywhere.
    """

    reason: str
    token_refused: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived: the connection broke, or the wait ended, after it was written."""

    reason: str


Outcome = Sent | RetryAfter | Unreachable | Moved | Rejected | NotSent | Unknown

# --- Chat platforms ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentSpec:
    """One argument of a command, for platforms that show forms. `choices` maps a value to its label by language.

    `suggests` says that the core has suggestions for what is being typed (`Inbox.suggestions`).
    """

    name: str
    description: Mapping[str, str]
    required: bool = False
    suggests: bool = False
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command for a platform's menu. `description` by language (`{"ko": …, "en": …}`), each 1 to 100 characters.

    `names` are what the command is called by language, where a platform can show that; `name` works everywhere.
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

    `addressed` is true in private chats, for slash commands and for `/command@thisbot`; a mistyped command in a group is
    answered only then. `may_change` asks the platform whether the person may change the chat's subscription, `may_post`
    whether the bot itself may send messages there; both are asked only when needed and never raise. `reply` sends one
    message to where it was asked, as `ChatAdapter.send` does, and never raises.

    A pressed button has its `action` and no text; `person` is who pressed it, wherever the message stands. `edit` puts
    another message in the place of the one whose button was pressed; `notice` tells the one who pressed something short,
    that others do not see where the platform can do that. Neither raises. Both are None where there is nothing to edit or
    no such notice, as for everything that is typed.

    `alone` sends a message to the one who asks, in their private chat with the bot, as `reply` does where it was asked;
    None where a private message is hidden from others anyway, and where nobody is known to ask.

    `elsewhere` gives, for the admin of another chat or channel of the platform, a request that speaks of that one: its
    address, kind, title, `may_change` and `may_post`, answered where this one is. It is named by `@name`, a link, a mention
    or its number, with `/TOPIC` behind it for a topic. None where there is no such chat, the bot is not in it or the person
    is not its admin. It is asked only in private chats, never raises, and is itself None where a platform has none such.

    `single` is true where an answer has to be one message (an app that a person carries into places where the bot is not
    a member has few follow-ups): lists come as one page with buttons.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What somebody types anywhere to find a paper that is put there as a card. `offset` is what an answer before gave."""

    platform: str
    person: str
    text: str
    language: str | None = None
    offset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A paper that was found: what the list of them shows, and the message that is put into the chat when it is taken.

    `id` is unique in an answer and has at most 64 bytes. `picture` is an https URL of a small picture.
    """

    id: str
    title: str
    description: str
    message: Message
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """An answer to a Lookup, the best first. `offset` asks for those after it; "" when there are no more.

    `opens` is what a button is called that leads to the bot itself; "" for none.
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
    """A value for an argument, 1 to 100 characters, and how it is shown."""

    value: str
    label: str


class Inbox(Protocol):
    """What the core offers to an adapter that listens. No method raises; each may take seconds, so call it in a task."""

    async def ask(self, request: Request) -> None:
        """Answer a person, through `request.reply`."""

    async def cards(self, lookup: Lookup) -> Cards:
        """Papers for what is typed, while it is typed; the newest ones for nothing. Takes a fraction of a second."""

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        """At most 25 values for an argument, the likeliest first. Takes a fraction of a second."""

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None:
        """The bot was added to a chat (or unblocked there): a parked target wakes."""

    async def left(self, address: Address, reason: str) -> None:
        """The bot was removed or blocked, or the chat is gone: every target of that chat is parked."""

    async def moved(self, old: Address, new: Address) -> None:
        """A chat has a new address; its subscription goes along."""


class ChatAdapter(Protocol):
    """One chat platform with one token. Called from one event loop; `send` may run concurrently for different chats."""

    platform: str

    async def open(self) -> None:
        """Check the token and become able to `send`. Raises InvalidToken, or AdapterError when it cannot be reached."""

    async def listen(self, inbox: Inbox) -> None:
        """Set the command menu, then take what people type until cancelled or closed.

        Raises AdapterError when it must end; called once more after that, it tries again.
        """

    async def close(self) -> None:
        """Stop listening, finish what is being sent, give everything back. May be called at any time, and twice."""

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

        `key` (at most 25 characters, unique over all chats) names the message, so that a platform that can tells a
        repetition from a new one. `container_id` is what `Sent` gave for an earlier message of the same digest. `plain`
        asks for text without any format, after the platform rejected the message once. `in_doubt` says that the message
        may stand there already: it was on its way before, from this process or one that died, and its fate is not known.
        """


class KeyValueStore(Protocol):
    """A few small texts that an adapter keeps between runs, such as a digest of the commands it has registered.

    Never raises: a store that cannot be used has forgotten, and the adapter does once more what it has done.
    """

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterContext:
    """What an adapter is made from. `environment` holds the settings by name (`TELEGRAM_BOT_TOKEN`), secrets among them."""

    environment: Mapping[str, str] = field(repr=False)
    commands: Sequence[CommandSpec] = ()
    state: KeyValueStore | None = None
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)


class AdapterFactory(Protocol):
    """What an entry point of the group `daily_papers.adapters` names; gives None when its token is not set."""

    def __call__(self, context: AdapterContext) -> ChatAdapter | None: ...


# --- Papers and summaries ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePaper:
    """A paper as a source gave it, with the source's own text (`raw`, JSON or XML) kept beside.

    `known_at` is the instant of which it speaks, None for the present: a recorded answer of last year, imported today,
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
        """Where to look for the newest list when our clock is ahead of the source's: days, the newest first.

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
