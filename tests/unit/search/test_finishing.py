"""Words on the way: what somebody has typed so far, letter by letter, is completed to what the index holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.finishing import finished, readings
from bot.search.text import folded

HELD = {
    "모델": 900, "모든": 40, "어텐": 500, "텐션": 500, "=어텐션": 500, "지시": 90, "지식": 300, "가우": 200, "우시": 200, "시안": 200,
    "=가우시안": 200, "생각": 50, "값이": 9, "=diffusion": 700, "=difference": 90, "=rag": 80, "=ragged": 90, "=spl": 2, "=splatting": 120,
}  # fmt: skip


def between(first: str, last: str) -> list[tuple[str, int]]:
    return [(term, papers) for term, papers in HELD.items() if first <= term < last]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("모", "모"),
        ("몯", "모델"),
        ("모데", "모델"),
        ("모델", "모델"),
        ("엍", "어텐"),
        ("어텐", "어텐"),
        ("어텐ㅅ", "어텐션"),
        ("어텐셔", "어텐션"),
        ("어텐션을", "어텐션을"),
        ("가우싱", "가우시안"),
        ("가우시안", "가우시안"),
        ("갑ㅅ", "갑"),
        ("값", "값"),
        ("지시", "지시"),
        ("새 모ㄷ", "새 모델"),
        ("ㅅ", ""),
        ("없는마", "없는마"),
        ("spl", "splatting"),
        ("gaussian spl", "gaussian splatting"),
        ("rag", "rag"),
        ("di", "di"),
        ('"latent dif', '"latent diffusion'),
        ("-dif", "-diffusion"),
        ("author:dif", "author:dif"),
        ("2403.1", "2403.1"),
        ("モデ", "モデ"),
        ("", ""),
    ],
)
def test_the_last_word_ends_as_it_most_likely_will(typed: str, meant: str):
    assert finished(typed, between) == meant


def test_a_double_final_gives_its_second_letter_away():
    (whole, moved) = readings("값")
    assert (whole.stem, whole.first, whole.last) == ("", "값", "값")
    assert (moved.stem, moved.first, moved.last) == ("갑", "사", "싷")


@given(st.text(max_size=12))
def test_with_an_empty_index_no_more_than_a_loose_letter_goes(typed: str):
    found = finished(typed, lambda *_: [])
    assert found == typed or len(found) < len(folded(typed))
