"""Inline mode on Telegram: what is typed anywhere becomes cards, and what is pressed on a card reaches its person."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.passage import carried_action, start_word
from bot.message import Button, Message
from bot.model import ChatKind
from bot.ports import Card, Cards, Lookup, Request
from tests.fakes.telegram import Fail, FakeTelegram
from tests.unit.telegram.house import RecordingInbox, asked, listening, telegram

PAPER = Message(
    heading="ViTAR: <Vision> & more",
    link="https://arxiv.org/abs/2403.18361",
    picture="https://cdn-thumbnails.huggingface.co/2403.18361.png",
    bullets=("It takes any resolution.",),
    buttons=(Button("PDF", "https://arxiv.org/pdf/2403.18361"), Button("Similar", action="s:2403.18361")),
)
CARD = Card(id="2403.18361", title="ViTAR", description="👍 24 · any resolution", message=PAPER, picture=PAPER.picture)


class Finding(RecordingInbox):
    """Gives `found` to each lookup, once `gate` is open."""

    def __init__(self, found: Cards, answer: "Callable[[Request], object] | None" = None) -> None:
        super().__init__(answer)  # type: ignore[arg-type]  # the tests' answers are coroutines
        self.found, self.lookups, self.gate = found, list[Lookup](), asyncio.Event()
        self.gate.set()

    async def cards(self, lookup: Lookup) -> Cards:
        self.lookups.append(lookup)
        await self.gate.wait()
        return self.found


async def test_words_become_cards_that_can_be_put_anywhere(fake: FakeTelegram):
    minji, inbox = fake.person(11, language="ko"), Finding(Cards(cards=(CARD,), offset="10", opens="Open Daily Papers"))
    async with listening(fake, inbox):
        shown = await fake.types(minji, "any resolution", offset="20")
    assert inbox.lookups == [Lookup(platform="telegram", person="11", text="any resolution", language="ko", offset="20")]
    assert (shown.next_offset, shown.personal) == ("10", True)
    assert shown.button == {"text": "Open Daily Papers", "start_parameter": "inline"}
    (result,) = shown.results
    assert (result["id"], result["title"], result["description"]) == ("2403.18361", "ViTAR", "👍 24 · any resolution")
    assert result["thumbnail_url"] == PAPER.picture
    put = fake.methods.inline.take(result)
    assert put.text.startswith("ViTAR: <Vision> & more")
    assert put.links == ["https://arxiv.org/abs/2403.18361"]
    assert put.preview is not None
    assert put.preview["url"] == PAPER.picture
    assert put.buttons == {"PDF": "https://arxiv.org/pdf/2403.18361", "Similar": "s:2403.18361"}


async def test_only_the_newest_stroke_of_a_person_is_answered(fake: FakeTelegram):
    minji, ada, inbox = fake.person(11), fake.person(12), Finding(Cards(cards=(CARD,)))
    inbox.gate.clear()
    async with listening(fake, inbox):
        await fake.types(minji, "d", wait=False)
        await fake.until(lambda: len(inbox.lookups) == 1)
        for text in ("di", "dif", "diff"):
            await fake.types(minji, text, wait=False)
        other = asyncio.create_task(fake.types(ada, "mamba"))
        await fake.until(lambda: len(inbox.lookups) == 2)
        inbox.gate.set()
        await other
        await fake.types(minji, "diffusion")
    assert [one.text for one in inbox.lookups if one.person == "11"] == ["d", "diff", "diffusion"]
    # "d" was overtaken before its answer was there.
    assert fake.count_calls("answerInlineQuery") == 3


async def test_a_result_that_telegram_refuses_is_offered_without_its_form(fake: FakeTelegram):
    minji, inbox = fake.person(11), Finding(Cards(cards=(CARD,)))
    fake.fail_method("answerInlineQuery", Fail(400, "Bad Request: WEBDOCUMENT_URL_INVALID"))
    async with listening(fake, inbox):
        (result,) = (await fake.types(minji, "vitar")).results
    assert "thumbnail_url" not in result
    assert "parse_mode" not in result["input_message_content"]


async def test_what_cannot_be_shown_does_not_stop_the_listening(fake: FakeTelegram):
    hopeless = replace(CARD, id="x" * 65)
    minji, inbox = fake.person(11), Finding(Cards(cards=(hopeless,)))
    async with listening(fake, inbox):
        await fake.types(minji, "vitar", wait=False)
        await fake.until(lambda: fake.count_calls("answerInlineQuery") == 2)
        inbox.found = Cards(cards=(CARD,))
        assert (await fake.types(minji, "vita")).results


@pytest.mark.parametrize("title", ["", "\ud800", "\u202e evil", "a" * 5000, "<b>&"], ids=ascii)
async def test_any_title_makes_a_result(fake: FakeTelegram, title: str):
    card = replace(CARD, title=title, description=title, message=replace(PAPER, heading=title))
    async with listening(fake, Finding(Cards(cards=(card,)))):
        (result,) = (await fake.types(fake.person(11), "x")).results
    assert result["title"]


async def test_a_card_put_into_the_bots_own_chat_is_not_asked_of_it(fake: FakeTelegram):
    minji, inbox = fake.person(11), Finding(Cards(cards=(CARD,)))
    other = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    async with listening(fake, inbox):
        put = fake.methods.inline.take((await fake.types(minji, "vitar")).results[0])
        await fake.says(minji, minji, put.text, via_bot=fake.bot)
        await fake.says(minji, minji, "of another bot", via_bot=other)
        assert [request.text for request in await asked(fake, inbox)] == ["of another bot"]


# --- Buttons of what somebody has put into a chat ------------------------------------------------------------------------


async def test_a_notice_reaches_who_pressed_where_the_bot_is_not(fake: FakeTelegram):
    async def answer(request: Request) -> None:
        assert request.notice is not None
        await request.notice("Saved.")

    minji, inbox = fake.person(11, started=False), Finding(Cards(cards=(CARD,)), answer)
    async with listening(fake, inbox):
        put = fake.methods.inline.take((await fake.types(minji, "vitar")).results[0])
        assert await fake.answer_to(await fake.presses_inline(put, minji, "Similar")) == "Saved."
    (request,) = inbox.asked
    assert (request.address, request.kind, request.action) == (telegram(11), ChatKind.PRIVATE, "s:2403.18361")
    assert request.edit is None, "what others read stays as it is"
    assert fake.messages == []


async def test_what_is_longer_than_a_notice_is_answered_in_private_by_one_more_tap(fake: FakeTelegram):
    async def answer(request: Request) -> None:
        await request.reply(Message(heading="Similar papers"))
        await request.reply(Message(heading="and more"))

    minji, inbox = fake.person(11, started=False), Finding(Cards(cards=(CARD,)), answer)
    async with listening(fake, inbox):
        put = fake.methods.inline.take((await fake.types(minji, "vitar")).results[0])
        query = await fake.presses_inline(put, minji, "Similar")
        await fake.answer_to(query)
        word = fake.methods.presses.opened[query]
        assert fake.messages == []
        # The client opens the private chat and sends this.
        await fake.says(minji, minji, f"/start {word}")
        await fake.wait_for(minji, 2)
        # Another person's tap on the same address does nothing in their name.
        ada = fake.person(12)
        await fake.says(ada, ada, f"/start {word}")
        requests = await asked(fake, inbox, 3)
    assert [(one.action, one.text) for one in requests] == [
        ("s:2403.18361", ""),
        ("s:2403.18361", ""),
        ("", f"/start {word}"),
    ]


@given(action=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), person=st.integers(1, 2**52))
def test_an_action_comes_through_the_address_for_its_person_alone(action: str, person: int):
    word = start_word("1:a", person, action)
    assert (word is None) == (len(action.encode()) > 40)
    if word is not None:
        assert len(word) <= 64
        assert carried_action("1:a", person, word) == action
        assert carried_action("1:a", person + 1, word) is None
        assert carried_action("1:b", person, word) is None


@given(word=st.text(max_size=70))
def test_other_words_carry_nothing(word: str):
    assert carried_action("1:a", 7, word) is None
    assert carried_action("1:a", 7, "x-" + word) is None
