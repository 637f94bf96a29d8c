"""Who is answered, in which language, and what is said when something fails."""

import asyncio
import contextlib
import datetime as dt
import re
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.commands.command_line import COMMANDS
from bot.commands.conversation import Conversation, command_specs
from bot.commands.exporting import FORMATS
from bot.commands.setting_values import SETTINGS
from bot.digest.compose import RUN, compose_heading
from bot.errors import PaperNotFound, SourceUnavailable
from bot.locales import LANGUAGES
from bot.model import TERMINAL, Address, ChatKind, Shape
from bot.ports import Request
from bot.settings import Settings
from bot.store import chats
from bot.store.connection import open_store
from tests.unit.commands.conftest import GROUP, NOW, PERSON, all_words, no, sent
from tests.unit.commands.taps import tapping


async def test_start_greets_and_names_the_next_step(scene):
    words = await scene.words("/start")
    assert "/subscribe" in words
    assert "/help" in words
    assert scene.chat().language == "en"


async def test_start_wakes_a_private_chat_that_was_parked(scene):
    await scene.ask("/subscribe")
    scene.store.write_now(chats.park_chat, PERSON.platform, PERSON.chat_id, "blocked")
    assert "Welcome back" in await scene.words("/start")
    assert scene.chat().parked == ""
    assert "This chat is subscribed" in await scene.words("/start")


async def test_start_wakes_the_groups_topic_in_which_it_was_asked(scene):
    topics = [Address("telegram", "-100", "2"), Address("telegram", "-100", "3")]
    for topic in topics:
        await scene.in_group("/subscribe", address=topic)
    scene.store.write_now(chats.park_chat, "telegram", "-100", "no rights")
    assert "Welcome back" in all_words(await scene.in_group("/start", address=topics[0]))
    assert [scene.chat(topic).parked for topic in topics] == ["", "no rights"]


async def test_help_names_every_command(scene):
    words = await scene.words("/help")
    assert all(f"/{name}" in words for name in COMMANDS)


async def test_help_is_one_screen_of_a_phone_whose_buttons_describe_the_commands(scene):
    screen = await tapping(scene, "/help")
    assert screen.words().count("\n") < 25
    assert screen.labels() == ["New papers", "Find papers", "Get them every day", "Keep them", "This bot"]
    described = await screen.tap("Find papers")
    assert "/author Kaiming He – The papers of an author" in described
    assert "/today" not in described
    assert "/cite 2403.18361 – One paper as BibTeX" in await screen.tap("Keep them")
    assert "/today" in await screen.tap("↩ All commands")


async def test_help_in_a_terminal_describes_them_all(scene):
    words = await scene.words("/help", address=Address("terminal", "local"))
    assert all(f"/{name}" in words for name in COMMANDS)
    assert "/cite 2403.18361 – One paper as BibTeX" in words


@pytest.mark.parametrize("asked", ["search", "/search", "검색", "serach"])
async def test_help_tells_more_of_one_command(scene, asked):
    screen = await tapping(scene, f"/help {asked}")
    assert screen.message.heading == "/search"
    assert "-video" in screen.words()
    assert screen.message.footer == "Also: /find"
    (korean,) = await scene.ask(f"/help {asked}", language="ko")
    assert korean.footer == "다른 이름: /검색 · /찾기 · /find"
    assert "/today" in await screen.tap("↩ All commands")


@pytest.mark.parametrize("group", ["9", "-1", "x", "1.0"])
async def test_a_group_of_commands_that_there_is_not_is_no_error(scene, group):
    assert "went wrong" not in await scene.words("", action=f"p:?:0::{group}")


async def test_help_with_something_that_is_no_command_names_them_all(scene):
    assert "/today" in await scene.words("/help qqqq")


async def test_looking_things_up_keeps_no_chat(scene):
    await scene.fetched("2024-03-28")
    for text in ("/today", "/help", "/settings", "/search vision", "/unsubscribe", "hello"):
        await scene.ask(text)
    assert scene.chat() is None


@pytest.mark.parametrize(
    ("kind", "person_speaks", "answered_in"),
    [
        (ChatKind.PRIVATE, "ko", "ko"), (ChatKind.PRIVATE, "en-GB", "en"), (ChatKind.PRIVATE, "fr", "ko"), (ChatKind.PRIVATE, None, "ko"),
        (ChatKind.GROUP, "en", "ko"), (ChatKind.CHANNEL, "en", "ko"),
    ],
)  # fmt: skip
async def test_a_person_is_answered_in_their_language_and_a_group_in_the_default(scene, kind, person_speaks, answered_in):
    korean = scene.other(settings=Settings(default_language="ko"))
    words = await korean.words("/help", kind=kind, language=person_speaks)
    assert ("사용할 수 있는 명령" in words) == (answered_in == "ko")


async def test_the_chats_own_language_goes_before_the_persons(scene):
    await scene.ask("/settings language ko")
    assert "사용할 수 있는 명령" in await scene.words("/help", language="en")


@pytest.mark.parametrize(
    ("text", "offer"),
    [("/todya", "/today"), ("/serach vision", "/search vision"), ("/도움멀", "/help"), ("/ㅗ디ㅔ", "/help")],
)
async def test_a_mistyped_command_offers_the_nearest(scene, text, offer):
    words = await scene.words(text)
    assert "There is no command" in words
    assert offer in words


async def test_what_is_offered_is_a_button_that_does_it_and_a_line_in_the_terminal(scene):
    await scene.fetched("2024-03-28")
    (offer,) = (await scene.ask("/serach any resolution"))[0].buttons
    assert offer.label == "/search any resolution"
    (found,) = await scene.ask("", action=offer.action)
    assert found.heading == "Search: any resolution"
    (offer,) = (await scene.in_group("/todya", addressed=True))[0].buttons
    assert "2024-03-28" in all_words(await scene.in_group("", action=offer.action))
    (typed,) = await scene.ask("/todya", address=Address("terminal", "local"))
    assert typed.paragraphs[1] == "Perhaps you meant: /today"
    assert typed.buttons == ()
    # What no button can carry stands there as a line, too.
    (half,) = await scene.ask("/serach \udfff")
    assert half.buttons == ()
    (long,) = await scene.ask(f"/serach {'word ' * 12}")
    assert "Perhaps you meant: /search word" in long.paragraphs[1]


async def test_one_list_from_now_on_is_a_button_of_a_long_digest(scene):
    await scene.ask("/subscribe 09:00 Seoul")
    heading = compose_heading(dt.date(2024, 3, 28), "en", shown=30, total=30)
    (button,) = heading.buttons
    assert "Form: one message a paper → one compact list" in await scene.words("", action=button.action)
    assert scene.chat().subscription.shape is Shape.COMPACT
    await scene.in_group("/subscribe 09:00 Seoul", addressed=True)
    assert "Only the admins" in all_words(await scene.in_group("", action=button.action, may_change=no))


async def test_whoever_presses_what_was_offered_to_an_admin_may_no_more_than_before(scene):
    (offer,) = (await scene.in_group("/subscribe 25:00", addressed=True))[0].buttons
    assert offer.label == "/subscribe 01:00"
    assert "Only the admins" in all_words(await scene.in_group("", action=offer.action, may_change=no))
    assert scene.chat(GROUP) is None


async def test_in_a_group_a_mistyped_command_is_answered_only_when_the_bot_is_named(scene):
    assert await scene.in_group("/todya") == []
    assert await scene.in_group("/todya", addressed=True)


async def test_in_a_group_a_by_name_that_other_bots_have_is_answered_only_when_the_bot_is_named(scene):
    await scene.in_group("/subscribe")
    assert await scene.in_group("/stop") == []
    assert scene.chat(GROUP).subscription.active
    assert "Unsubscribed" in all_words(await scene.in_group("/stop", addressed=True))
    assert await scene.in_group("/설정")


async def test_in_a_group_talk_is_not_answered(scene):
    for text in ("hello", "today", "2403.18361", "어제"):
        assert await scene.in_group(text) == []


async def test_in_a_private_chat_a_command_needs_no_slash(scene):
    await scene.fetched("2024-03-28")
    assert "2024-03-28" in (await scene.ask("today"))[0].heading
    assert "2024-03-28" in (await scene.ask("검색 vision transformer"))[0].entries[0].facts
    assert "2024-03-28" in (await scene.ask("3월 28일"))[0].heading


async def test_in_a_private_chat_other_words_are_searched_for_and_what_is_not_found_gets_a_hint(scene):
    await scene.fetched("2024-03-28")
    (found,) = await scene.ask("any resolution please")
    assert found.heading == "Search: any resolution please"
    assert "ViTAR" in all_words([found])
    (missed,) = await scene.ask("asdfgh 찾아줘")
    assert missed.paragraphs[0] == "No paper here holds “asdfgh 찾아줘”."
    assert missed.paragraphs[-1] == "/help shows all commands."
    for text in ("?!", "안녕하세요", "x", "Thanks!!", "감사합니다 :)", "ㅋㅋㅋ", "ありがとう！", "谢谢", "the"):
        (hint,) = await scene.ask(text)
        assert "/help" in all_words([hint])
        assert not hint.buttons


@pytest.mark.parametrize("text", ["this week", "이번 주 인기", "지난주", "今週", "march"])
async def test_in_a_private_chat_a_span_alone_shows_its_best(scene, text):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask(text)
    assert "by their votes now" in message.paragraphs[0]


async def test_an_hour_alone_is_offered_as_that_of_a_subscription(scene):
    (offer,) = (await scene.ask("8시"))[0].buttons
    assert offer.label == "/subscribe 8시"


async def test_an_address_that_is_no_papers_is_not_searched_for(scene):
    await scene.fetched("2024-03-27")
    assert "I understand" in await scene.words("https://example.org/invented/paper")


async def test_today_with_another_day_is_that_day(scene):
    await scene.fetched("2024-03-26", "2024-03-28")
    assert "2024-03-26" in (await scene.ask("/today 2024-03-26"))[0].heading
    assert "2024-03-28" in (await scene.ask("/today please"))[0].heading


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/save", "Saved: ViTAR"), ("save", "Saved: ViTAR"), ("/cite", "@misc{fan2024vitar"), ("/cite ris", "RIS · 2403.18361"),
        ("/similar", "ViTAR"), ("/paper 2403.18814", "Mini-Gemini"), ("/save 2403.18814", "Saved: Mini-Gemini"),
        ("/unsave", "2403.18361 is not on your list"),
    ],
)  # fmt: skip
async def test_a_command_that_replies_to_a_paper_means_that_paper(scene, text, said):
    await scene.fetched("2024-03-28")
    about = "https://arxiv.org/abs/2403.18361 ViTAR 👍 26"
    (message,) = await scene.ask(text, about=about, person="1")
    assert said in f"{message.code}{all_words([message])}"


@pytest.mark.parametrize(
    ("text", "about", "lines"),
    [
        ("/save", "1. https://arxiv.org/abs/2403.18361 2. https://arxiv.org/abs/2403.18814", ["/save 2403.18361", "/save 2403.18814"]),
        ("/save 2403.18361 2403.18814", "", ["/save 2403.18361", "/save 2403.18814"]),
        ("/unsave 2403.18361, 2403.99999", "", ["/unsave 2403.18361", "/unsave 2403.99999"]),
        ("/cite 2403.18361 2403.18814", "", ["/cite 2403.18361", "/cite 2403.18814"]),
        ("see 2403.18361 and 2403.18814", "", ["/paper 2403.18361", "/paper 2403.18814"]),
    ],
)  # fmt: skip
async def test_where_several_papers_are_named_one_is_chosen_by_a_button(scene, text, about, lines):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask(text, about=about, person="1")
    assert message.paragraphs == ("Several papers are named there. Which one?",)
    assert [button.action for button in message.buttons] == [f"{RUN}:{line}" for line in lines]
    assert message.buttons[0].label.startswith("2403.18361 · ViTAR")
    typed = await scene.words(text, about=about, person="1", address=Address(TERMINAL, "local"))
    assert all(line in typed for line in lines)


async def test_a_reply_to_something_else_asks_for_the_paper(scene):
    assert "Which paper?" in await scene.words("/save", about="Daily Papers", person="1")


async def test_start_leads_to_a_subscription_or_its_settings(scene):
    (greeting,) = await scene.ask("/start")
    button, newest = greeting.buttons
    assert (button.label, newest.label) == ("Subscribe", "The newest papers")
    await scene.fetched("2024-03-28")
    assert "2024-03-28" in (await scene.ask("", action=newest.action))[0].heading
    await scene.ask("", action=button.action)
    assert scene.chat().subscription.active
    (greeting,) = await scene.ask("/start")
    assert [one.label for one in greeting.buttons] == ["Settings", "The newest papers"]


async def test_a_private_bot_answers_the_chats_that_it_serves_and_its_admins(scene):
    private = scene.other(settings=Settings(allowed_chats=(Address("telegram", "7"),), admin_chats=(PERSON,)))
    (refused,) = await private.ask("/today", address=Address("telegram", "8"))
    assert "telegram:8" in refused.paragraphs[0]
    assert "/subscribe" in await private.words("/start")
    assert "/subscribe" in await private.words("/start", address=Address("telegram", "7", "4"))
    assert await private.in_group("just talk") == []


async def test_a_command_that_fails_answers_with_a_code_that_is_in_the_log(scene):
    scene.fetcher.fetch_newest = None
    with capture_logs() as logs:
        words = await scene.words("/today")
    code = re.search(r"code ([0-9a-f]{6})", words)
    assert code is not None
    (failure,) = [line for line in logs if line["event"] == "a command failed"]
    assert failure["code"] == code[1]
    assert isinstance(failure["exc_info"], TypeError)


async def test_a_store_that_fails_has_its_own_sentence(scene):
    # Read as well as write, as a file that was damaged under the program's feet.
    with contextlib.closing(sqlite3.connect(scene.store.path)) as other:
        other.execute("DROP TABLE list_day")
    scene.store._writer.close()
    with capture_logs() as logs:
        words = await scene.words("/day 2024-03-28")
    assert "wrong on my side" in words or "store cannot be used" in words
    assert any("code" in line for line in logs)


async def test_a_group_has_a_row_of_its_own_by_topic(scene):
    await scene.in_group("/subscribe", address=Address(GROUP.platform, GROUP.chat_id, "5"))
    assert scene.chat(GROUP) is None
    assert scene.chat(Address(GROUP.platform, GROUP.chat_id, "5")).subscription.active


def test_the_menu_describes_every_command_in_every_language():
    specs = command_specs()
    assert {spec.name for spec in specs} == set(COMMANDS)
    for spec in specs:
        assert re.fullmatch(r"[a-z]{1,32}", spec.name)
        described = [spec.description, *(argument.description for argument in spec.arguments)]
        labels = [label for argument in spec.arguments for label in argument.choices.values()]
        for texts in (*described, *labels):
            assert set(texts) == set(LANGUAGES)
            assert all(1 <= len(text) <= 100 for text in texts.values())
            # A format is called the same everywhere.
            assert len(set(texts.values())) >= 3 or set(texts.values()) <= {form.label for form in FORMATS.values()}


def test_the_forms_ask_for_what_a_command_needs():
    arguments = {spec.name: [(one.name, one.required) for one in spec.arguments] for spec in command_specs()}
    assert arguments["day"] == [("date", True)]
    assert arguments["paper"] == [("id", True)]
    assert arguments["search"] == [("words", True)]
    assert arguments["subscribe"] == [("time", False), ("zone", False), ("chat", False)]
    assert arguments["settings"] == [("name", False), ("value", False), ("chat", False)]
    (names,) = [spec.arguments[0].choices for spec in command_specs() if spec.name == "settings"]
    assert list(names) == list(SETTINGS)


class NoHub:
    """A Hub and an arXiv that cannot be reached."""

    async def fetch_day(self, day):
        raise SourceUnavailable("The Hub is away.")

    async def fetch_newest(self):
        raise SourceUnavailable("The Hub is away.")

    async def find(self, paper_id):
        raise PaperNotFound("Nobody knows it.")


TYPED = st.one_of(
    st.text(max_size=200),
    st.builds("/{} {}".format, st.sampled_from(COMMANDS), st.text(max_size=80)),
    st.builds(
        "/settings {} {}".format,
        st.sampled_from(list(SETTINGS)),
        st.text(max_size=30),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TYPED, kind=st.sampled_from(ChatKind))
def test_whatever_a_person_types_gets_an_answer_that_is_no_failure(tmp_path, text, kind):
    with open_store(tmp_path / "store.db") as store:
        talk = Conversation(store, Clock(NOW), Settings(), NoHub(), NoHub())
        request = Request(address=PERSON, kind=kind, text=text, reply=sent, language="en")
        answered = asyncio.run(_answered(talk, request))
    assert answered
    assert all_words(answered)
    assert "code " not in all_words(answered) or "code " in text


async def _answered(talk, request):
    return await talk.answer(request)
