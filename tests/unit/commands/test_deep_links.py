"""Addresses that open the bot on a paper or a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.command_line import Command, read_command
from bot.commands.deep_links import day_word, followed, paper_word
from tests.unit.commands.conftest import all_words


def read(text: str) -> Command:
    command = read_command(text)
    assert command is not None
    return followed(command)


@pytest.mark.parametrize("paper_id", ["2403.18361", "0704.0001", "cs/0112017", "hep-th/9901001"])
def test_the_address_of_a_paper_opens_it(paper_id: str):
    word = paper_word(paper_id)
    assert word.replace("_", "").replace("-", "").isalnum()
    command = read(f"/start {word}")
    assert (command.name, command.arguments) == ("paper", paper_id)


@pytest.mark.parametrize("word", ["2403_18361", "paper_2403_18361v2", "PAPER_2403_18361"])
def test_other_ways_to_write_it(word: str):
    assert (read(f"/start {word}").name, read(f"/start {word}").arguments) == ("paper", "2403.18361")


def test_the_address_of_a_day_opens_it():
    assert day_word(dt.date(2024, 3, 28)) == "day_20240328"
    for word in ("day_20240328", "day_2024-03-28"):
        assert (read(f"/start {word}").name, read(f"/start {word}").arguments) == ("day", "2024-03-28")


@pytest.mark.parametrize("word", ["", "inline", "paper_", "paper_9999_99999", "day_2024", "search_x", "paper_cs_1"])
def test_any_other_word_only_begins(word: str):
    assert read(f"/start {word}").name == "start"


@given(word=st.text(max_size=70))
def test_no_word_is_an_error(word: str):
    assert followed(Command("start", word, "start")).name in {"start", "paper", "day"}


def test_other_commands_are_left_alone():
    command = Command("day", "paper_2403_18361", "day")
    assert followed(command) is command


async def test_a_person_who_comes_by_such_an_address_sees_the_paper(scene):
    await scene.fetched("2024-03-28")
    assert "ViTAR" in await scene.words("/start paper_2403_18361")
    assert "2024-03-28" in all_words(await scene.ask("/start day_20240328"))
    assert "/subscribe" in await scene.words("/start inline")


async def test_a_day_that_the_calendar_has_not_is_said_plainly(scene):
    assert "2024-02-30" in await scene.words("/start day_20240230")


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/2403.18361",
        "arxiv.org/pdf/2403.18361v1.pdf",
        "http://www.arxiv.org/html/2403.18361v1#S3",
        "https://ar5iv.org/abs/2403.18361",
        "https://huggingface.co/papers/2403.18361?utm=1",
        "hf.co/papers/2403.18361",
        "https://www.alphaxiv.org/abs/2403.18361v2",
        "https://alphaxiv.org/overview/2403.18361",
        "https://arxiv.org/abs/2403.18361, 이거 봤어요?",
        "읽어 보세요 https://huggingface.co/papers/2403.18361",
        "look (https://arxiv.org/abs/2403.18361)",
        "[ViTAR](https://arxiv.org/abs/2403.18361)",
        "see arxiv.org/abs/2403.18361 please",
        "ViTAR\nhttps://arxiv.org/abs/2403.18361",
        "<https://arxiv.org/abs/2403.18361>",
        "arXiv:2403.18361",
        "2403.18361",
    ],
    ids=str,
)
async def test_a_link_typed_in_private_is_answered_with_its_card(scene, text: str):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask(text)
    assert message.link == "https://arxiv.org/abs/2403.18361"
