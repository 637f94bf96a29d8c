"""What is offered while somebody still types: cards for any chat, and values for the arguments of commands."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.commands.command_line import ALIASES, COMMANDS
from bot.commands.command_names import names_of
from bot.commands.conversation import command_specs
from bot.commands.dates import read_date
from bot.commands.hours import read_hour
from bot.commands.setting_values import NoValue, read_setting
from bot.commands.zones import read_zone
from bot.digest.importing import save_sample
from bot.ports import Completion, Lookup, Suggestion
from tests.unit.commands.conftest import PERSON

MENU = command_specs()
ARGUMENTS = [(command.name, one.name) for command in MENU for one in command.arguments if one.suggests]


async def cards(scene, text="", *, language="en", offset="", person="1"):
    return await scene.talk.cards(Lookup(platform="telegram", person=person, text=text, language=language, offset=offset))


async def offered(scene, command, argument, typed="", *, language="en", **given) -> dict[str, str]:
    """Values by their labels, in their order."""
    found = await scene.talk.suggestions(
        Completion(address=PERSON, command=command, argument=argument, typed=typed, language=language, given=given)
    )
    assert len(found) <= 25
    for one in found:
        assert isinstance(one, Suggestion)
        assert 0 < len(one.value) <= 100
        assert 0 < len(one.label) <= 100
    return {one.value: one.label for one in found}


# --- Cards ------------------------------------------------------------------------------------------------------------


async def test_nothing_typed_gives_the_newest_list_the_best_first(scene):
    await scene.fetched("2024-03-26", "2024-03-28")
    found = await cards(scene)
    assert len(found.cards) == 10
    assert found.opens == "Open Daily Papers"
    votes = [int(card.description.split()[1]) for card in found.cards]
    assert votes == sorted(votes, reverse=True)


async def test_words_give_papers_with_what_stands_in_them(scene):
    await scene.fetched("2024-03-28")
    (card, *_) = (await cards(scene, "any resolution")).cards
    assert (card.id, card.title) == ("2403.18361", "ViTAR: Vision Transformer with Any Resolution")
    assert card.description.startswith("👍 ")
    assert card.message.link == "https://arxiv.org/abs/2403.18361"
    assert card.picture is not None


@pytest.mark.parametrize(
    "text", ["2403.18361", "https://arxiv.org/abs/2403.18361v2", "vit", "vision transformer with any reso"]
)
async def test_an_id_an_address_or_the_beginning_of_a_word_is_enough(scene, text):
    await scene.fetched("2024-03-28")
    assert "2403.18361" in [card.id for card in (await cards(scene, text)).cards]


@pytest.mark.parametrize("text", ["해ㅅ", "해사", "해상ㄷ", "해상도"])
async def test_korean_is_found_while_its_letters_still_come(scene, text):
    scene.store.write_now(save_sample, now=scene.now)
    found = await cards(scene, text, language="ko")
    assert "2403.18361" in [card.id for card in found.cards]


async def test_a_command_to_be_explained_is_found_by_its_name_in_the_readers_language(scene):
    assert await offered(scene, "help", "command", "검색", language="ko") == {"search": "/search · 검색"}
    assert "cite" in await offered(scene, "help", "command", "ci")


async def test_a_card_holds_nothing_that_belongs_to_a_chats_digests(scene):
    await scene.fetched("2024-03-28")
    (card, *_) = (await cards(scene, "2403.18361")).cards
    actions = [button.action.partition(":")[0] for button in card.message.buttons if button.action]
    assert set(actions) == {"a", "s", "k"}
    assert len({button.row for button in card.message.buttons if button.action}) == 1


async def test_nothing_found_says_so_on_the_button(scene):
    await scene.fetched("2024-03-28")
    found = await cards(scene, "zzzzqqqq")
    assert (found.cards, found.offset) == ([], "")
    assert "Nothing found" in found.opens
    assert "찾은 논문 없음" in (await cards(scene, "zzzzqqqq", language="ko")).opens


async def test_more_of_them_come_when_one_scrolls(scene):
    await scene.fetched("2024-03-26", "2024-03-28")
    first = await cards(scene, "digest")
    assert (len(first.cards), first.offset) == (10, "10")
    second = await cards(scene, "digest", offset=first.offset)
    assert second.cards
    assert not {card.id for card in first.cards} & {card.id for card in second.cards}


@pytest.mark.parametrize("offset", ["x", "-1", "９", "9" * 400], ids=ascii)
async def test_an_offset_of_anybodys_own_is_no_fault(scene, offset):
    await scene.fetched("2024-03-28")
    assert (await cards(scene, "model", offset=offset)).opens


async def test_a_private_bot_shows_strangers_nothing(scene):
    await scene.fetched("2024-03-28")
    private = scene.other(settings=scene.settings.model_copy(update={"allowed_chats": (PERSON,)}))
    assert (await cards(private, "model", person="2")).cards == ()
    assert (await cards(private, "model", person="1")).cards


# --- Values of arguments ----------------------------------------------------------------------------------------------


async def test_papers_by_parts_of_ids_and_beginnings_of_words(scene):
    await scene.fetched("2024-03-28")
    assert "2403.18361" in await offered(scene, "paper", "id", "2403.18")
    assert next(iter(await offered(scene, "paper", "id", "any resol"))) == "2403.18361"
    assert (await offered(scene, "paper", "id", "vitar"))["2403.18361"].startswith("2403.18361 · ViTAR")
    assert len(await offered(scene, "paper", "id")) == 10


async def test_days_are_those_that_have_a_list(scene):
    await scene.fetched("2024-03-26", "2024-03-28")
    assert await offered(scene, "day", "date") == {
        "2024-03-28": "2024-03-28 (Thu) · 10 papers",
        "2024-03-26": "2024-03-26 (Tue) · 7 papers",
    }
    assert (await offered(scene, "day", "date", language="ko"))["2024-03-28"] == "2024-03-28 (목) · 논문 10편"
    assert next(iter(await offered(scene, "day", "date", "화요일"))) == "2024-03-26"
    assert next(iter(await offered(scene, "day", "date", "yesterday"))) == "2024-03-27"
    assert list(await offered(scene, "day", "date", "2024-03-2")) == ["2024-03-28", "2024-03-26"]
    assert next(iter(await offered(scene, "day", "date", "2024-03-27"))) == "2024-03-27"


async def test_spans_are_words_and_the_months_that_have_lists(scene):
    await scene.fetched("2024-03-28")
    assert await offered(scene, "top", "span") == {
        "week": "The last seven days",
        "month": "The last thirty days",
        "2024-03": "2024-03 · March 2024",
    }
    assert list(await offered(scene, "top", "span", "3월", language="ko")) == ["2024-03"]


async def test_authors_by_any_part_of_their_names(scene):
    await scene.fetched("2024-03-28")
    for typed in ("qihang", "fan qi", "Fan Q"):
        assert (await offered(scene, "author", "author", typed))["Qihang Fan"] == "Qihang Fan · 1 paper"
    assert await offered(scene, "author", "author", "%") == {}


async def test_zones_are_named_by_cities_in_the_persons_language(scene):
    found = await offered(scene, "subscribe", "zone", "파리", language="ko")
    assert next(iter(found)) == "Europe/Paris"
    assert "파리" in found["Europe/Paris"]
    assert "Asia/Seoul" in await offered(scene, "subscribe", "zone")
    assert next(iter(await offered(scene, "subscribe", "zone", language="ja"))) == "Asia/Tokyo"
    assert next(iter(await offered(scene, "subscribe", "zone", "lond"))) == "Europe/London"
    assert "America/New_York" in await offered(scene, "subscribe", "zone", "usa")


async def test_hours_as_people_write_them(scene):
    assert next(iter(await offered(scene, "subscribe", "time", "9 pm"))) == "21:00"
    assert next(iter(await offered(scene, "subscribe", "time", "오전 7시"))) == "07:00"
    assert len(await offered(scene, "subscribe", "time")) == 24


@pytest.mark.parametrize("name", ["time", "zone", "weekdays", "language", "shape", "top", "votes"])
async def test_each_setting_has_values_that_it_takes(scene, name):
    found = await offered(scene, "settings", "value", name=name)
    assert found
    for value in found:
        assert not isinstance(read_setting(name, value), NoValue), value


async def test_days_to_come_for_what_ends(scene):
    found = await offered(scene, "pause", "until")
    assert next(iter(found)) == "2024-03-29"
    assert next(iter(await offered(scene, "pause", "until", "next friday"))) == "2024-03-29"
    assert all(dt.date.fromisoformat(day) > dt.date(2024, 3, 28) for day in found)


async def test_every_value_is_one_that_the_command_reads(scene):
    await scene.fetched("2024-03-28")
    for value in await offered(scene, "subscribe", "zone"):
        assert read_zone(value) == value
    for value in await offered(scene, "subscribe", "time"):
        assert isinstance(read_hour(value), dt.time)
    for value in await offered(scene, "day", "date"):
        assert read_date(value, dt.date(2024, 3, 28)) == dt.date.fromisoformat(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(typed=st.text(max_size=120), which=st.sampled_from(ARGUMENTS), name=st.sampled_from(["", "zone", "votes", "x"]))
async def test_whatever_is_typed_is_no_fault(scene, typed, which, name):
    command, argument = which
    if not await offered(scene, "day", "date"):
        await scene.fetched("2024-03-28")
    with capture_logs() as logs:
        await offered(scene, command, argument, typed, name=name)
        await cards(scene, typed)
    assert logs == []


async def test_what_nothing_is_known_of_has_no_values(scene):
    assert await offered(scene, "search", "words", "diffusion") == {}
    assert await offered(scene, "no such", "thing") == {}


# --- Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", MENU, ids=lambda one: one.name)
def test_a_command_has_a_name_in_each_language_that_can_be_typed_too(command):
    assert set(command.names) == {"ko", "ja", "zh-Hans"}
    assert set(command.names.values()) <= set(ALIASES[command.name])


@pytest.mark.parametrize("language", ["ko", "ja", "zh-Hans"])
def test_no_two_commands_have_one_name(language):
    names = [names_of(name)[language] for name in COMMANDS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 32 and name == name.lower() and " " not in name for name in names)
