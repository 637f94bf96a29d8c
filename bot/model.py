"""The domain classes: papers, list days, summaries, chats, subscriptions, deliveries. Frozen, no I/O."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """Where a list or a paper came from, the strongest first: a stronger one's facts override a weaker one's."""

    HUB = "hub"
    ARXIV = "arxiv"
    ARCHIVE = "archive"
    SAMPLE = "sample"


class SummarySource(StrEnum):
    """Who wrote a summary. The reader is always told."""

    IMPORTED = "imported"  # a Markdown archive or our own JSON Lines
    SAMPLE = "sample"  # the bundled sample day, written by this project
    MODEL = "model"  # a language model that the operator set
    HUB = "hub"  # the Hub's `ai_summary`
    ABSTRACT = "abstract"  # sentences of the abstract, chosen by bot.summaries.extractive


# Why a summary is not verified when a person called it wrong; no check overrules that.
REPORTED = "Reported as wrong by a reader."
# What is remarked of a language model's summary whose paper's abstract says something else by now: it may be true of that
# too, and is shown until there is a new one.
OUTDATED = "Written from an earlier version of the abstract."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Bullets about one paper in one language; `language` is a BCP 47 tag such as `ko` or `en`.

    `verified` is None until it was checked, and where the paper has no abstract to check against; `reasons` say why it is
    False (or that it is OUTDATED). Neither takes part in comparisons, since they do not change what the summary says.
    """

    language: str
    source: SummarySource
    bullets: tuple[str, ...]
    model: str = ""
    prompt_version: str = ""
    verified: bool | None = field(default=None, compare=False)
    reasons: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as it is known now. `id` is arXiv's, without version: `2403.18361`, `cs/0112017`.

    `list_day` is the first list day on which the Hub had it, or, without one, the archive's; `archive_day` is the archive's
    own date. `upvotes` is None where unknown. Texts are single-spaced: the Hub's hard line breaks are removed on reading.
    """

    id: str
    title: str
    authors: tuple[str, ...] = ()
    abstract: str = ""
    upvotes: int | None = None
    list_day: dt.date | None = None
    archive_day: dt.date | None = None
    thumbnail: str | None = None
    media: tuple[str, ...] = ()
    published_at: dt.datetime | None = None
    comments: int | None = None
    project_page: str | None = None
    github_repo: str | None = None
    github_stars: int | None = None
    organization: str | None = None
    keywords: tuple[str, ...] = ()
    submitted_by: str | None = None
    hub_summary: str = ""
    summaries: tuple[Summary, ...] = ()
    origin: Origin = Origin.HUB

    @property
    def arxiv_url(self) -> str:
        return f"https://arxiv.org/abs/{self.id}"

    @property
    def pdf_url(self) -> str:
        return f"https://arxiv.org/pdf/{self.id}"

    @property
    def hub_url(self) -> str:
        return f"https://huggingface.co/papers/{self.id}"


class ListDayState(StrEnum):
    """How far the Hub's list of a day is known (docs/architecture.md, "The list day")."""

    WANTED = "wanted"  # never fetched completely
    OPEN = "open"  # fetched, may still fill
    SETTLED = "settled"  # fit to deliver: complete and not empty, at or after SETTLE_HOUR_UTC of its day
    CLOSED = "closed"  # complete, at or after 03:00 UTC of the next day; empty if it has no papers


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDay:
    """One day's list. `revision` goes up when the set or order of its papers changes."""

    day: dt.date
    state: ListDayState
    origin: Origin
    papers: int
    revision: int = 1
    fetched_at: dt.datetime | None = None
    failed_at: dt.datetime | None = None
    last_error: str = ""


# The platform that needs no token: it is served when no other is.
TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where messages go: a chat or channel of a platform, and a forum topic or thread in it (`topic_id` is "" for none)."""

    platform: str
    chat_id: str
    topic_id: str = ""

    def __str__(self) -> str:
        return f"{self.platform}:{self.chat_id}" + (f"/{self.topic_id}" if self.topic_id else "")


class ChatKind(StrEnum):
    PRIVATE = "private"  # one person
    GROUP = "group"  # many people; only its admins change the subscription
    CHANNEL = "channel"  # a Telegram channel: who can post there is its admin


class Shape(StrEnum):
    """The form of a digest: one message per paper, or compact lists."""

    EACH = "each"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which papers a subscriber wants: what bot/digest/filters.py makes of it. Terms are as they were typed.

    A paper passes if it has one of `having`, none of `without`, one of `authors`, and is by one of `organizations`; an
    empty field asks for nothing. A term's words must all occur, those between quotes side by side.
    """

    having: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.having, self.without, self.authors, self.organizations))

    def text(self) -> str:
        """As JSON for the store; "" for none."""
        return _json({name: terms for name, terms in asdict(self).items() if terms}) if self else ""

    def mark(self) -> str:
        """A hash that is equal for filters that ask for the same, and does not reveal them; "" for none."""
        folded = {name: sorted({term.casefold() for term in terms}) for name, terms in asdict(self).items() if terms}
        return hashlib.blake2b(_json(folded).encode("utf-8", "replace"), digest_size=12).hexdigest() if self else ""


def read_filters(text: str) -> Filters:
    """The inverse of `Filters.text`."""
    return Filters(**{name: tuple(terms) for name, terms in json.loads(text).items()}) if text else Filters()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# The prefix of the filters' mark in a choice's key. The words themselves are private to the chat; selections are shared.
FILTERED = "filtered:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a subscriber wants to see of a day. Equal choices share one frozen selection."""

    language: str = "ko"
    shape: Shape = Shape.EACH
    top: int | None = None
    min_votes: int = 0
    filters: Filters = Filters()

    def key(self) -> str:
        """A canonical text, equal for equal choices; with filters as their mark only."""
        plain = f"{self.language}|{self.shape}|{self.top or ''}|{self.min_votes}"
        return f"{plain}|{FILTERED}{self.filters.mark()}" if self.filters else plain


ALL_WEEKDAYS = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A target's standing order. Weekdays count from Monday = 0 and choose when it is sent, never which list days."""

    time_zone: str
    local_time: dt.time
    weekdays: tuple[int, ...] = ALL_WEEKDAYS
    shape: Shape = Shape.EACH
    top: int | None = None
    min_votes: int = 0
    filters: Filters = Filters()
    active: bool = False
    floor_day: dt.date | None = None
    next_due_at: dt.datetime | None = None
    paused_until: dt.date | None = None  # the first day, by its own clock, on which digests come again

    def choice(self, language: str) -> Choice:
        """What it wants to see of a day, in this language."""
        return Choice(language=language, shape=self.shape, top=self.top, min_votes=self.min_votes, filters=self.filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A target in the store. `parked` is the reason why nothing can be sent there, "" if it is reachable."""

    target_id: int
    address: Address
    kind: ChatKind
    language: str
    title: str = ""
    parked: str = ""
    subscription: Subscription | None = None

    def choice(self) -> Choice:
        """What this chat wants to see, according to its subscription, if it has one."""
        order = self.subscription
        if order is None:
            return Choice(language=self.language)
        return order.choice(self.language)


class DeliveryState(StrEnum):
    WAITING = "waiting"  # its list day is expected and not settled yet; no selection
    READY = "ready"  # to be sent, from `cursor` on, not before `not_before`
    DONE = "done"
    PARKED = "parked"  # the target became unreachable
    FAILED = "failed"  # gave up; `last_error` says why
    SKIPPED = "skipped"  # too old when it was owed, or unsubscribed in the middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The sending of one list day to one target. `cursor` counts the messages of the selection that were sent and recorded.

    `total` is the number of all its messages; `attempts` counts failures since the last success; `container_id` names the
    forum post or thread of this digest, if any.
    """

    id: int
    target_id: int
    address: Address
    list_day: dt.date
    selection_id: int | None
    cursor: int
    total: int
    state: DeliveryState
    attempts: int = 0
    container_id: str = ""
    not_before: dt.datetime | None = None
    last_error: str = ""
