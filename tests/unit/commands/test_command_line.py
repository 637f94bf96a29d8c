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
        ("/今日", "today", ""), ("/昨日", "yesterday", ""), ("/論文 2403.18361", "paper", "2403.18361"), ("/検索　拡散モデル", "search", "拡散モデル"),
        ("/購読 午前9時 東京", "subscribe", "午前9時 東京"), ("/購読解除", "unsubscribe", ""), ("/購読 解除", "unsubscribe", ""),
        ("/設定", "settings", ""), ("/ヘルプ", "help", ""), ("／ヘルプ", "help", ""), ("/検索拡散モデル", "search", "拡散モデル"),
        ("/ﾍﾙﾌﾟ", "help", ""),
        ("/今天", "today", ""), ("/昨天", "yesterday", ""), ("/论文 2403.18361", "paper", "2403.18361"), ("/论文2403.18361", "paper", "2403.18361"),
        ("/搜索 扩散模型", "search", "扩散模型"), ("/搜索扩散 模型", "search", "扩散 模型"), ("/订阅 上午9点 北京", "subscribe", "上午9点 北京"),
        ("/订阅 取消", "unsubscribe", ""), ("/取消订阅", "unsubscribe", ""), ("/退订", "unsubscribe", ""), ("/设置", "settings", ""),
        ("/设置时间 8点", "settings", "时间 8点"), ("/帮助", "help", ""), ("/日期 昨天", "day", "昨天"), ("/排行本周", "top", "本周"),
        ("/todya", "", ""), ("/", "", ""), ("/退订了", "", ""), ("/今日は", "", ""), ("/每周五", "", ""),
    ],
)  # fmt: skip
def test_command_lines_are_read(text, name, arguments):
    command = read_command(text)
    assert command is not None
    assert (command.name, command.arguments) == (name, arguments)


def test_text_without_a_slash_is_no_command():
    assert read_command("today is a fine day") is None
    assert read_command("・論文を読む") is None


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
    assert read_bare_command("検索 拡散モデル") == Command("search", "拡散モデル", "検索")
    assert read_bare_command("・検索 拡散モデル") == Command("search", "拡散モデル", "検索")
    assert read_bare_command("、帮助") == Command("help", "", "帮助")
    assert read_bare_command("今天的论文") == Command("today", "", "今天的论文")
    assert read_bare_command("hello there") is None
    assert read_bare_command("論文を読んでいます") is None


def test_no_word_stands_for_two_commands():
    words = [*ALIASES, *(word for words in ALIASES.values() for word in words)]
    assert len(words) == len(set(words))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text):
    command = read_command(text)
    nearest_command(command.typed if command else text)
    read_bare_command(text)
