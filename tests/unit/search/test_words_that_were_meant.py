"""Spellings, sounds and renderings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.renderings import renderings, shortened
from bot.search.sounds import sounds
from bot.search.spelling import is_long_enough, letters, meant, slips


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("decodng", "decoding", 1), ("speculativ", "speculative", 1), ("guassian", "gaussian", 1), ("same", "same", 0),
     ("스플레팅", "스플래팅", 1), ("트렌스포머", "트랜스포머", 1), ("abcd", "wxyz", 3)],
)  # fmt: skip
def test_slips_are_counted_by_letters_and_a_syllable_has_several(first, second, count):
    assert slips(letters(first), letters(second), 2) == count


def test_the_likeliest_word_is_meant_and_a_word_that_is_there_stands():
    known = [("=decoding", 40), ("=decoring", 1), ("=recording", 9)]
    assert meant("decodng", known, 0)[0] == ("=decoding", 1)
    assert meant("decoring", known, 30) == []
    assert not is_long_enough("cat")
    assert not is_long_enough("모델")


@given(st.text(), st.text())
def test_slips_are_the_same_both_ways_and_none_for_the_same_word(first, second):
    assert slips(first, second, 2) == slips(second, first, 2)
    assert slips(first, first, 2) == 0


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("attention", "어텐션"), ("sink", "싱크"), ("tokenizer", "토크나이저"), ("gaussian", "가우시안"), ("splatting", "스플래팅"),
        ("transformer", "트랜스포머"), ("quantization", "퀀타이제이션"), ("agent", "에이전트"), ("architecture", "아키텍처"),
        ("hallucination", "할루시네이션"), ("retrieval", "리트리벌"), ("dataset", "데이터셋"), ("robot", "로봇"),
    ],
)  # fmt: skip
def test_a_loanword_sounds_as_in_english(english, korean):
    assert set(sounds(english)) & set(sounds(korean))


@pytest.mark.parametrize(("english", "korean"), [("attention", "토크나이저"), ("sink", "모델"), ("gaussian", "트랜스포머")])
def test_other_words_sound_otherwise(english, korean):
    assert not set(sounds(english)) & set(sounds(korean))


def test_summaries_teach_how_terms_are_written():
    found = renderings(
        ["본 연구는 어텐션 싱크(attention sink) 현상과 토크나이저(Tokenizer)를 다룹니다.", "RAG(검색 증강 생성)"]
    )
    assert ("어텐션 싱크", "attention sink") in found
    assert ("토크나이저", "tokenizer") in found
    assert ("검색 증강 생성", "rag") in found
    assert renderings(["괄호가 없는 문장입니다."]) == set()


def test_initials_are_told_by_the_words_before_them():
    text = "Kolmogorov-Arnold Networks (KANs), mixture of experts (MoE), a needle in a haystack (NIAH), our code (GitHub), (AI)"
    assert shortened([text]) == {
        ("kan", "kolmogorov arnold network"),
        ("moe", "mixture expert"),
        ("niah", "needle haystack"),
    }


@given(st.text())
def test_any_text_teaches_nothing_bad(text):
    assert all(native and english for native, english in renderings([text, f"가나({text})"]))
    assert all(short and term for short, term in shortened([text, f"Aa Bb ({text})"]))
    sounds(text)
    letters(text)
