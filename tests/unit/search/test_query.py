"""What people type, as a Query."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.search.query import MOST_WORDS, read_query


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("attention sink", {"words": ("attention", "sink")}),
        ('"attention sink" -lip', {"phrases": (("attention", "sink"),), "without": (("lip",),)}),
        ("“어텐션 싱크” 모델은", {"words": ("모델",), "phrases": (("어텐션", "싱크"),)}),
        ("「어텐션 싱크」", {"phrases": (("어텐션", "싱크"),)}),
        ('-"lip sync" video', {"words": ("video",), "without": (("lip", "sync"),)}),
        ("text-to-video", {"words": ("text", "video")}),
        ("author:bengio", {"authors": (("bengio",),)}),
        ('author:"Yoshua Bengio" -author:He', {"authors": (("yoshua", "bengio"),), "without_authors": (("he",),)}),
        ("저자:김철수 이후:2024-05 추천:>=3", {"authors": (("김철수",),), "since": dt.date(2024, 5, 1), "least_votes": 3}),
        ("since:2024-05 until:2024-06", {"since": dt.date(2024, 5, 1), "until": dt.date(2024, 6, 30)}),
        ("since:2024 until:2024-02-10", {"since": dt.date(2024, 1, 1), "until": dt.date(2024, 2, 10)}),
        ("이후:2024년5월", {"since": dt.date(2024, 5, 1)}),
        ("votes:>20", {"least_votes": 21}), ("votes:20", {"least_votes": 20}), ("votes>20", {"least_votes": 21}),
        ("votes:<5", {"most_votes": 4}), ("votes:<=5", {"most_votes": 5}),
        ("votes:=5", {"least_votes": 5, "most_votes": 5}), ("VOTES:>=5", {"least_votes": 5}),
        ("2403.18361", {"ids": ("2403.18361",)}), ("arXiv:2403.18361v2", {"ids": ("2403.18361",)}),
        ("https://arxiv.org/abs/2403.18361v1", {"ids": ("2403.18361",)}), ("2403.183", {"ids": ("2403.183",)}),
        ("cs/0112017", {"ids": ("cs/0112017",)}), ("18361", {"words": ("18361",), "ids": ("18361",)}),
        ("votes:many since:tomorrow", {"words": ("votes", "many", "since", "tomorrow")}),
        ("since:2024-13", {"words": ("since", "2024", "13")}),
        ("a OR NOT (b* ^c {", {"words": ("b", "c")}), ("title:foo NEAR(x y)", {"words": ("title", "foo", "near", "x", "y")}),
        ("the", {"words": ("the",)}), ("what is attention", {"words": ("attention",)}),
        ("", {}), ("-", {}), ('""', {}), ("* ^ ( ) { } :", {}), ("author:", {"words": ("author",)}),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(typed, expected):
    query = read_query(typed)
    given = {
        name: getattr(query, name) for name in query.__slots__ if name != "typed" and getattr(query, name) not in ((), None)
    }
    assert given == expected


def test_what_asks_for_nothing_is_empty():
    assert read_query(" - * ").is_empty
    assert not read_query("since:2024").is_empty


def test_a_pasted_abstract_is_cut():
    assert len(read_query(" ".join(f"word{n}" for n in range(500))).words) == MOST_WORDS


@given(st.text())
@example('since:0000 until:9999-99-99 votes:>9999999 author:"')
@example("−−“” -author:")
def test_any_text_is_a_query(typed):
    query = read_query(typed)
    assert len(query.words) <= MOST_WORDS
    assert all(query.wanted)
