"""Every paper and every list of the real data, on every platform, through the same checks that the platforms' fakes make.

Without HTTP, so that tens of thousands of messages take seconds. Adapters' ways of sending are in test_adapters.py.
"""

import datetime as dt
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest
from rich.console import Console

import adapters.discord.render
import adapters.telegram.render
import adapters.terminal.render
from bot.digest.compose import compose_day, compose_paper
from bot.digest.importing import import_path
from bot.message import NESTED, Button, Message
from bot.model import Choice, Paper, Shape
from bot.store.connection import open_store
from bot.store.list_days import list_days
from bot.store.papers import papers_of_day
from tests.contract.messages import links
from tests.contract.reading import Shown, of_discord, of_lines, of_telegram, visible
from tests.fakes.discord.limits import check_message
from tests.fakes.telegram.html import accepted, parse_html
from tests.fakes.telegram.keyboards import checked_keyboard, checked_preview
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

LANGUAGES = ("ko", "en")


@dataclass(frozen=True)
class RealData:
    papers: Sequence[Message]
    lists: Sequence[Message]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> RealData:
    """Every paper alone and every day as compact lists, in both languages, from a store that imported all there is."""
    found: dict[str, Paper] = {}
    lists: list[Message] = []
    with open_store(tmp_path_factory.mktemp("real") / "papers.db") as store:
        for folder in ("daily_papers_ko", "hugging_face"):
            import_path(store, SHARED / folder, now=dt.datetime.now(dt.UTC))
        for day in store.read_now(list_days, dt.date.min, dt.date.max):
            papers = store.read_now(papers_of_day, day.day)
            found |= {paper.id: paper for paper in papers}
            for language in LANGUAGES:
                lists += compose_day(day.day, papers, Choice(language=language, shape=Shape.COMPACT))
    alone = [compose_paper(paper, language) for paper in found.values() for language in LANGUAGES]
    assert len(alone) > 8000
    assert len(lists) > 700
    return RealData(alone, lists)


def on_telegram(message: Message) -> Shown:
    """As Telegram's own parser reads it; raises Refusal."""
    made = adapters.telegram.render.rendered(message)
    assert made.html
    text, entities = accepted(*parse_html(made.text))
    rows = [[_button(button) for button in row] for row in made.keyboard]
    keyboard = checked_keyboard({"reply_markup": json.dumps({"inline_keyboard": rows})})
    checked_preview({"link_preview_options": json.dumps({"url": made.picture} if made.picture else None)})
    buttons = [button["url"] for row in keyboard for button in row if "url" in button]
    return of_telegram(text, entities, buttons, silent=message.silent, number=0)


def _button(button: Button) -> dict[str, str]:
    return {"text": button.label} | ({"callback_data": button.action} if button.acts else {"url": button.url})


def on_discord(message: Message) -> Shown:
    """As Discord checks it; raises ApiError."""
    payload = adapters.discord.render.render(message).payload()
    check_message(payload)
    return of_discord(payload)


def in_a_terminal(message: Message) -> Shown:
    """As rich breaks it into lines; no character moves the cursor."""
    written = io.StringIO()
    console = Console(file=written, width=400, highlight=False, emoji=False)
    console.print(adapters.terminal.render.render(message, links=False))
    assert not [one for one in set(written.getvalue()) if unicodedata.category(one) == "Cc" and one != "\n"]
    return of_lines(written.getvalue())


# rich needs milliseconds a message, and has no limit that one of them could break: every ninth stands for all.
SHOWN: Mapping[str, tuple[Callable[[Message], Shown], int]] = {
    "telegram": (on_telegram, 1),
    "discord": (on_discord, 1),
    "terminal": (in_a_terminal, 9),
}


@pytest.mark.parametrize("platform", SHOWN)
def test_every_paper_fits_with_its_title_its_links_and_every_bullet(real: RealData, platform: str):
    shown_on, step = SHOWN[platform]
    for message in real.papers[::step]:
        shown = shown_on(message)
        text = visible(shown.text)
        # Discord's titles hold 256 characters, and a backslash before each mark is one of them.
        assert text.startswith(visible(message.heading[:120])), message.heading
        # What stands under a bullet stands further in, on each platform in its own way.
        missing = [bullet for bullet in message.bullets if visible(bullet.removeprefix(NESTED)) not in text]
        assert not missing, (message.link, missing)
        assert visible(message.footer) in text
        assert message.link in shown.links
        if platform != "terminal":
            assert message.silent == shown.silent


@pytest.mark.parametrize("platform", SHOWN)
def test_every_days_list_fits_with_every_paper_in_it(real: RealData, platform: str):
    shown_on, step = SHOWN[platform]
    for message in real.lists[::step]:
        shown = shown_on(message)
        assert links(message) <= set(shown.links), message.heading
        rest = visible(shown.text)
        for entry in message.entries:
            _, found, rest = rest.partition(visible(entry.title))
            assert found, entry.title


@pytest.mark.parametrize("platform", ["telegram", "discord"])
def test_as_plain_text_every_paper_fits_too_and_says_where_it_is(real: RealData, platform: str):
    for message in real.papers[::4]:
        if platform == "telegram":
            text, _ = accepted(adapters.telegram.render.rendered(message, plain=True).text, [])
        else:
            payload = adapters.discord.render.render(message, plain=True).payload()
            check_message(payload)
            text = payload["content"]
        assert message.link in text.split()
