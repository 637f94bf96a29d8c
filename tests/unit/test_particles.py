"""Korean particles behind any word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.locales import translator
from bot.locales.particles import PARTICLES, KoreanSentence, particle

PAIRS = ("은(는)", "이(가)", "을(를)", "과(와)", "(으)로")
VOWEL = ("는", "가", "를", "와", "로")
CONSONANT = ("은", "이", "을", "과", "으로")
L = ("은", "이", "을", "과", "로")


@pytest.mark.parametrize(
    ("word", "particles"),
    [
        ("나무", VOWEL), ("부산", CONSONANT), ("서울", L),
        # digits, as they are read: 영 일 이 삼 사 오 육 칠 팔 구
        ("0", CONSONANT), ("1", L), ("2", VOWEL), ("3", CONSONANT), ("4", VOWEL), ("5", VOWEL), ("6", CONSONANT), ("7", L),
        ("8", L), ("9", VOWEL), ("10", CONSONANT), ("1,000", CONSONANT), ("2403.18361", L), ("50%", VOWEL),
        ("2024-03-22", L), ("2024-03-22 (금)", L), ("09:00", VOWEL), ("09:30", CONSONANT),
        # letters and acronyms
        ("GPT", VOWEL), ("LLM", CONSONANT), ("RL", L), ("GPT-4", VOWEL), ("VLM-R", L), ("N", CONSONANT),
        # English, by its spelling
        ("Discord", VOWEL), ("Telegram", CONSONANT), ("Hugging Face", VOWEL), ("arXiv", VOWEL), ("Python", CONSONANT),
        ("Seoul", L), ("simple", L), ("bot", CONSONANT), ("track", CONSONANT), ("line", CONSONANT), ("London", CONSONANT),
        ("Transformer", VOWEL), ("embedding", CONSONANT), ("today", VOWEL),
        # what is not said
        ("“나무”", VOWEL), ("‘서울’", L), ("(부산)", CONSONANT), ("나무 (식물)", VOWEL), ("LLM [1]", CONSONANT), ("부산!? ", CONSONANT),
        ("ラーメン", CONSONANT), ("さくら", VOWEL), ("データ", VOWEL),
    ],
)  # fmt: skip
def test_the_particle_fits_the_sound_of_the_word(word, particles):
    assert tuple(particle(word, both) for both in PAIRS) == particles


@pytest.mark.parametrize("word", ["", "東京", "…", "🙂", "()"])
def test_where_the_sound_is_not_known_both_stand(word):
    assert particle(word, "을(를)") == "을(를)"


def test_a_sentence_takes_the_particle_when_its_field_is_filled_in():
    sentence = KoreanSentence("“{city}”은(는) {count}번째 {kind}이(가) 아닙니다.")
    assert sentence.format(city="서울", count=2, kind="도시") == "“서울”은 2번째 도시가 아닙니다."
    assert sentence.format(city="Oslo", count=2, kind="마을") == "“Oslo”는 2번째 마을이 아닙니다."


def test_what_a_person_wrote_is_not_touched():
    assert KoreanSentence("{words}을(를) 찾습니다.").format(words="나무을(를) 말") == "나무을(를) 말을 찾습니다."
    assert KoreanSentence("{words}을(를)").format(words="{x}은(는) 나무") == "{x}은(는) 나무를"


def test_fields_keep_their_form_and_conversion():
    assert KoreanSentence("{{{n:03d}}} {word!r}").format(n=7, word="말") == "{007} '말'"


def test_the_catalogue_speaks_so():
    words = translator("ko")
    assert (
        words.gettext("I cannot read “{written}” as a day.").format(written="어재") == "“어재”를 날짜로 읽을 수 없습니다."
    )
    assert words.gettext("There is no command /{command}.").format(command="설젖") == "/설젖은 없는 명령입니다."


@given(st.text(max_size=30), st.sampled_from(sorted(PARTICLES)))
def test_any_word_has_a_particle(word, both):
    assert particle(word, both) in {both, *PARTICLES[both]}
    assert KoreanSentence("{word}" + both).format(word=word) == word + particle(word, both)
