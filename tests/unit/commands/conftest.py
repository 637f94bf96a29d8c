"""A conversation over a store of its own and a Hub of HTTP on loopback, as the service puts them together."""

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest

from bot.clock import Clock
from bot.commands.conversation import Conversation
from bot.digest.compose import RUN
from bot.digest.fetching import Fetcher, PaperFinder
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import Request, Sent
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.http import Patience, Window, make_client
from bot.sources.hugging_face import HuggingFace
from bot.store import chats
from bot.store.connection import Store
from tests.fakes.hub import Hub
from tests.new_store import new_store

# Thursday evening in UTC, Friday morning in Seoul; the list of the 28th has settled.
NOW = dt.datetime(2024, 3, 28, 20, 0, tzinfo=dt.UTC)
PERSON = Address("telegram", "1")
GROUP = Address("telegram", "-100")


async def no():
    return False


async def sent(message):
    return Sent("1")


@dataclass
class Scene:
    """What a test asks, and what it may look at. `language` is what people's own apps say that they speak."""

    hub: Hub
    store: Store
    fetcher: Fetcher
    finder: PaperFinder
    settings: Settings = field(default_factory=lambda: Settings(default_language="en"))
    now: dt.datetime = NOW
    language: str = "en"

    def __post_init__(self):
        self.talk = Conversation(self.store, Clock(self.now), self.settings, self.fetcher, self.finder)

    def at(self, text):
        """The same at another instant."""
        return self.other(now=dt.datetime.fromisoformat(text))

    def other(self, **changes):
        scene = replace(self, **changes)
        scene.fetcher._clock = Clock(scene.now)
        return scene

    async def ask(self, text, **changes) -> list[Message]:
        request = Request(address=PERSON, kind=ChatKind.PRIVATE, text=text, reply=sent, language=self.language)
        return list(await self.talk.answer(replace(request, **changes)))

    async def words(self, text, **changes) -> str:
        """Everything that the answer says, as one text."""
        return all_words(await self.ask(text, **changes))

    async def in_group(self, text, **changes) -> list[Message]:
        return await self.ask(text, **({"address": GROUP, "kind": ChatKind.GROUP, "addressed": False} | changes))

    async def fetched(self, *days):
        for day in days:
            await self.fetcher.fetch_day(dt.date.fromisoformat(day))

    def chat(self, address=PERSON):
        return self.store.read_now(chats.chat, address)


def all_words(messages) -> str:
    parts = []
    for one in messages:
        entries = [f"{entry.number}. {entry.title} {entry.facts}" for entry in one.entries]
        pressed = [
            (button.label, button.action.removeprefix(f"{RUN}:")) for button in one.buttons if button.action[:1] == RUN
        ]
        offers = [line if line == label else f"{label} {line}" for label, line in pressed]
        parts += [one.heading, one.facts, *one.paragraphs, *one.bullets, *entries, one.footer, *offers]
    return "\n".join(filter(None, parts))


@pytest.fixture
async def hub():
    async with Hub() as running:
        yield running


@pytest.fixture
async def scene(hub, tmp_path):
    impatient = Patience(attempts=1, first_wait=0.0, longest_wait=0.0, answer=1.0)
    async with make_client() as client:
        with new_store(tmp_path / "store.db") as store:
            source = HuggingFace(client, hub.url, patience=impatient)
            arxiv = Arxiv(client, hub.url, patience=impatient, window=Window(100, 1))
            yield Scene(hub, store, Fetcher(store, source, Clock(NOW)), PaperFinder(store, [source, arxiv], Clock(NOW)))


@pytest.fixture
def placed(scene):
    """Press an action in a private chat, or as `changes` say; gives the message that took the pressed one's place."""

    async def placed(action, **changes):
        found = []

        async def edit(message):
            found.append(message)
            return Sent("1")

        assert await scene.ask("", **({"action": action, "edit": edit} | changes)) == []
        (message,) = found
        return message

    return placed
