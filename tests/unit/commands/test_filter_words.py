"""What is typed after /filter, read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.filter_words import MOST_TERMS, NoFilter, Wanted, count, ends_filters, merged, read_filter_words
from bot.digest.filters import has_words
from bot.model import Filters


@pytest.mark.parametrize(
    ("text", "having", "without", "authors", "organizations"),
    [
        ("diffusion", ["diffusion"], [], [], []),
        ("diffusion, robots", ["diffusion", "robots"], [], [], []),
        ("diffusion robots", ["diffusion robots"], [], [], []),
        ("robots or agents", ["robots", "agents"], [], [], []),
        ('"world model" robots', ['"world model" robots'], [], [], []),
        ("“world model”、確率", ['"world model"', "確率"], [], [], []),
        ("-diffusion -video", [], ["diffusion", "video"], [], []),
        ('-"image generation" robots', ["robots"], ['"image generation"'], [], []),
        ("robots -video agents", ["robots", "agents"], ["video"], [], []),
        ("–확산 로봇", ["로봇"], ["확산"], [], []),
        ("without: image generation", [], ["image generation"], [], []),
        ("제외: 비디오, 음성", [], ["비디오", "음성"], [], []),
        ("text-to-image", ["text-to-image"], [], [], []),
        ("author:LeCun", [], [], ["LeCun"], []),
        ("author:Kaiming He, Yann LeCun org:NVIDIA", [], [], ["Kaiming He", "Yann LeCun"], ["NVIDIA"]),
        ('author:"Kaiming He" robots', ["robots"], [], ["Kaiming He"], []),
        ("저자: 김철수 기관：네이버", [], [], ["김철수"], ["네이버"]),
        ("note: this", ["note this"], [], [], []),
        ("Robots, robots, ROBOTS", ["Robots"], [], [], []),
        ("video -video", [], ["video"], [], []),
    ],
)
def test_words_phrases_and_keys_are_read(text, having, without, authors, organizations):
    wanted = Filters(
        having=tuple(having), without=tuple(without), authors=tuple(authors), organizations=tuple(organizations)
    )
    assert read_filter_words(text) == Wanted(wanted)


@pytest.mark.parametrize(
    ("text", "votes", "top"),
    [
        ("votes:>5", 5, None),
        ("votes: >= 5 top:10", 5, 10),
        ("추천:5+ 상위:3", 5, 3),
        ("top:0", None, 0),
        ("투표=3", None, None),
    ],
)
def test_numbers_are_read(text, votes, top):
    read = read_filter_words(text)
    assert isinstance(read, Wanted)
    assert (read.votes, read.top) == (votes, top)


def test_words_behind_a_number_are_words():
    assert read_filter_words("votes:5 robots") == Wanted(Filters(having=("robots",)), votes=5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("!!!", NoFilter("!!!")),
        ("votes:many", NoFilter("many", "votes")),
        ("top:500", NoFilter("500", "top")),
        ("author:!", NoFilter("!", "authors")),
        ("x" * 61, NoFilter("x" * 61)),
        (", ".join(map(str, range(MOST_TERMS + 1))), NoFilter("", too_many=True)),
    ],
)
def test_what_cannot_be_a_filter_is_named(text, fault):
    assert read_filter_words(text) == fault


def test_a_plus_adds_and_what_is_left_out_is_not_wanted_any_more():
    read = read_filter_words("+ -video, agents")
    assert isinstance(read, Wanted)
    assert read.adds
    before = Filters(having=("video", "robots"), authors=("He",))
    assert merged(before, read.filters) == Filters(having=("robots", "agents"), without=("video",), authors=("He",))


def test_words_that_end_filters():
    assert [ends_filters(text) for text in ("off", " 해제 ", "なし", "关闭", "offline", "")] == [True] * 4 + [False] * 2


@given(st.text(max_size=80) | st.lists(st.sampled_from(list('ab확 ",-:|+>=5')), max_size=30).map("".join))
def test_whatever_is_typed_is_read_or_refused(text):
    read = read_filter_words(text)
    if isinstance(read, Wanted):
        assert count(read.filters) <= MOST_TERMS
        every = (*read.filters.having, *read.filters.without, *read.filters.authors, *read.filters.organizations)
        assert all(has_words(term) for term in every)
