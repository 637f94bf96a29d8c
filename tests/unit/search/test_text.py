"""Words, stems, particles and pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.terms import Texts, compounds, name_parts, singular, weighted_terms
from bot.search.text import folded, terms_of, without_ending, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Müller", "muller"), ("Łukasz Ørsted", "lukasz orsted"), ("ＡＩ", "ai"), ("ﬁne", "fine"), ("가우시안", "가우시안"),
     ("が", "が"), ("soft\u00adware", "software"), ("Straße", "strasse"), ("\u202eabc", "abc")],
)  # fmt: skip
def test_letters_are_folded_to_one_form(text, plain):
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("word", "bare"),
    [("저장소에서", "저장소"), ("모델은", "모델"), ("모델을", "모델"), ("토크나이저를", "토크나이저"), ("생성하는", "생성"),
     ("언어", "언어"), ("정의", "정의"), ("제안합니다", "제안"), ("방법으로", "방법"), ("word", "word")],
)  # fmt: skip
def test_particles_and_verbs_endings_come_off_and_leave_two_syllables(word, bare):
    assert without_ending(word) == bare


def test_a_particle_after_a_latin_word_is_no_word():
    assert words("llm의 성능과 gpt4를 쓰는") == ["llm", "성능", "gpt4", "쓰는"]


def test_korean_words_are_pairs_and_english_ones_stems():
    assert terms_of("가우시안") == ("가우", "우시", "시안")
    assert terms_of("립") == ("립",)
    assert terms_of("detections") == ("detect",)


def test_hyphens_join_too():
    assert list(compounds("fine-tuning of text-to-video")) == ["finetuning", "textto", "tovideo"]


@pytest.mark.parametrize(
    ("word", "one"),
    [("tokenizers", "tokenizer"), ("studies", "study"), ("corpus", "corpus"), ("loss", "loss"), ("analysis", "analysis")],
)
def test_a_plural_is_its_singular(word, one):
    assert singular(word) == one


def test_a_title_weighs_more_than_an_abstract():
    weights = weighted_terms(Texts("Gaussian splatting", ["Jürgen Müller"], "We study avatars."))
    assert weights["=gaussian"] > weights["=avatar"]
    assert weights["@muller"] == 255
    assert "=we" not in weights


def test_names_bear_no_particles():
    assert name_parts("이수로") == ["이수로"]
    assert name_parts("Müller-Brown, K.") == ["muller", "brown", "k"]


@given(st.text())
def test_any_text_has_words_and_terms_of_weights_from_1_to_255(text):
    weights = weighted_terms(Texts(text, [text], text, [text], [text]))
    assert all(1 <= weight <= 255 for weight in weights.values())
    assert all(term for term in weights)
