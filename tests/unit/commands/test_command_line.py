"""What a person types, read into commands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.command_line import ALIASES, Command, nearest_command, read_bare_command, read_command


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/today", "today", ""), ("/TODAY", "today", ""), ("  /today  ", "today", ""), ("／today", "today", ""),
        ("/오늘", "today", ""), ("/어제", "yesterday", ""), ("/논문 2403.18361", "paper", "2403.18361"),
        ("/검색 확산 모델", "search", "확산 모델"), ("/구독", "subscribe", ""), ("/설정", "settings", ""), ("/도움말", "help", ""),
        ("/day 2024-03-28", "day", "2024-03-28"), ("/day\n2024-03-28", "day", "2024-03-28"),
        ("/subscribe  09:00   Seoul", "subscribe", "09:00   Seoul"),
        ("/구독 취소", "unsubscribe", ""), ("/구독취소", "unsubscribe", ""), ("/subscribe off", "unsubscribe", ""),
        ("/todya", "", ""), ("/", "", ""),
    ],
)  # fmt: skip
def test_command_lines_are_read(text, name, arguments):
    command = read_command(text)
    assert command is not None
    assert (command.name, command.arguments) == (name, arguments)


def test_text_without_a_slash_is_no_command():
    assert read_command("today is a fine day") is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("todya", "today"), ("tody", "today"), ("serach", "search"), ("subscrbe", "subscribe"), ("unsubscibe", "unsubscribe"),
        ("setings", "settings"), ("도움멀", "help"), ("설젖", "settings"), ("ㅗ디ㅔ", "help"), ("새ㅇ묘", "today"), ("xyzzy", None), ("", None),
    ],
)  # fmt: skip
def test_a_mistyped_command_offers_the_nearest(typed, name):
    assert nearest_command(typed) == name


def test_a_command_whose_slash_was_forgotten_is_known():
    assert read_bare_command("검색 확산 모델") == Command("search", "확산 모델", "검색")
    assert read_bare_command("hello there") is None


def test_no_word_stands_for_two_commands():
    words = [*ALIASES, *(word for words in ALIASES.values() for word in words)]
    assert len(words) == len(set(words))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text):
    command = read_command(text)
    nearest_command(command.typed if command else text)
    read_bare_command(text)
