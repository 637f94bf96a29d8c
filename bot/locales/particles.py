"""Korean particles, which follow the sound of the word before them: 은/는, 이/가, 을/를, 과/와, 으로/로. Pure.

A catalogue writes both forms after a field, as Korean does when it cannot know which: `{day}은(는)`. The one that fits is
chosen when the field is filled in. What a person or a paper wrote is never changed.
"""

import gettext
import re
import string
from enum import Enum
from typing import Any

# What catalogues write, with the form after a consonant and the form after a vowel.
PARTICLES = {
    "은(는)": ("은", "는"), "이(가)": ("이", "가"), "을(를)": ("을", "를"), "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"), "(이)라는": ("이라는", "라는"), "(이)나": ("이나", "나"),
}  # fmt: skip
_MARKED = re.compile("|".join(map(re.escape, PARTICLES)))


class Sound(Enum):
    """How a word ends."""

    VOWEL = "vowel"
    CONSONANT = "consonant"
    # Before 으로 it counts as a vowel: 서울로.
    L = "l"
    UNKNOWN = "unknown"


# Closing quotes, signs and blanks are not said.
_SILENT = " \t\n\"'”’»›」』)]}.,!?…*_`"
# What stands in brackets behind a word does not change its particle (국립국어원, 온라인가나다: 괄호 안의 말).
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")

_VOWEL_DIGITS = "2459"
_L_DIGITS = "178"
# The names of Latin letters as Korean says them: 엘, 알; 엠, 엔; all others end in a vowel.
_L_LETTERS = "LR"
_CONSONANT_LETTERS = "MN"
# Words of English as Korean transcribes them (외래어 표기법): l, m, n and ng close the syllable, a mute e behind them too;
# so do p, t and k after one short vowel (bot 봇). Every other end is said with 으, 이 or another vowel: Discord 디스코드.
_ENDS_IN_L = re.compile(r"(?:l|[^aeiou]le|[aeiou]le)$")
_ENDS_IN_CONSONANT = re.compile(r"(?:[mn]|ng|[aeiouy][mn]e|(?:^|[^aeiouy])[aeiou](?:[ptk]|ck))$")


def particle(word: str, both: str) -> str:
    """The form of a particle (a key of PARTICLES) that follows `word`; both forms where its sound cannot be known."""
    sound = sound_of(word)
    if sound is Sound.UNKNOWN:
        return both
    after_consonant, after_vowel = PARTICLES[both]
    if sound is Sound.VOWEL or (sound is Sound.L and both == "(으)로"):
        return after_vowel
    return after_consonant


def sound_of(word: str) -> Sound:
    """How `word` ends when it is read aloud in Korean. English is judged by its spelling, and so now and then wrong."""
    said = word
    while (bare := _BRACKETS.sub("", said)) != said and bare.strip():
        said = bare
    said = said.rstrip(_SILENT)
    if not said:
        return Sound.UNKNOWN
    last = said[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return Sound.VOWEL if final == 0 else Sound.L if final == 8 else Sound.CONSONANT
    if last.isascii() and last.isdigit():
        return _of_digits(said)
    if last.isascii() and last.isalpha():
        return _of_latin(re.search(r"[A-Za-z]+$", said)[0])  # type: ignore[index]  # its last character is one
    if last == "%":
        return Sound.VOWEL  # 퍼센트
    if last in "んン":
        return Sound.CONSONANT
    return Sound.VOWEL if "ぁ" <= last <= "ヺ" or last == "ー" else Sound.UNKNOWN


def _of_digits(said: str) -> Sound:
    if re.search(r"\d{4}-\d\d-\d\d$", said):
        return Sound.L  # 28일
    if clock := re.search(r"(?<!\d)\d{1,2}:(\d\d)$", said):
        return Sound.VOWEL if clock[1] == "00" else Sound.CONSONANT  # 아홉 시, 삼십 분
    if said[-1] in _VOWEL_DIGITS:
        return Sound.VOWEL
    return Sound.L if said[-1] in _L_DIGITS else Sound.CONSONANT


def _of_latin(word: str) -> Sound:
    if word.isupper() or len(word) == 1:
        last = word[-1].upper()
        return Sound.L if last in _L_LETTERS else Sound.CONSONANT if last in _CONSONANT_LETTERS else Sound.VOWEL
    if _ENDS_IN_L.search(word.lower()):
        return Sound.L
    return Sound.CONSONANT if _ENDS_IN_CONSONANT.search(word.lower()) else Sound.VOWEL


class KoreanSentence(str):
    """A sentence of the catalogue; `format` puts the particle that fits behind each field."""

    __slots__ = ()

    def format(self, *values: Any, **fields: Any) -> str:
        """As `str.format`, with the particles resolved that stand in the sentence itself."""
        said = ""
        for literal, name, form, conversion in string.Formatter().parse(self):
            said += _resolved(said, literal)
            if name is not None:
                field = "{" + name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "") + "}"
                said += field.format(*values, **fields)
        return said


def _resolved(before: str, literal: str) -> str:
    return _MARKED.sub(lambda mark: particle(before + literal[: mark.start()], mark[0]), literal)


class Korean(gettext.GNUTranslations):
    """The Korean catalogue."""

    def gettext(self, message: str) -> str:
        """The sentence, whose `format` knows particles."""
        return KoreanSentence(super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence for `n` things, whose `format` knows particles."""
        return KoreanSentence(super().ngettext(msgid1, msgid2, n))
