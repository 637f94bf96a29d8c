"""English words written in Hangul or katakana by their sound (`Gaussian`, 가우시안), compared by consonants. Pure.

The rules are those of 외래어 표기법, the Korean orthography of loanwords, and of katakana, for consonants only: vowels vary
too much in both to compare. Each consonant becomes one of ten classes (voicing, aspiration and length are dropped, as no
loanword keeps them); a silent English `r` is dropped, and a letter with two sounds gives two keys.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Four consonants seldom meet by chance; three count when the word is long and the first vowels agree too. In Hangul a word
# of two syllables is mostly Korean's own.
LEAST_CONSONANTS = 3
_SURE_CONSONANTS = 4
_LEAST_LETTERS, _LEAST_SYLLABLES = 6, 3
# Syllables of the longest loanword worth hearing.
_LONGEST = 9

# Hangul's vowels in Unicode's order, each as the English letters that it may stand for.
_VOWELS = (
    "ao",
    "ae",
    "a",
    "ae",
    "aeou",
    "ea",
    "eu",
    "e",
    "ou",
    "wo",
    "w",
    "w",
    "yo",
    "uo",
    "w",
    "w",
    "w",
    "yu",
    "",
    "w",
    "eiy",
)
_KATAKANA_VOWELS = {
    letter: sounds
    for letters, sounds in (
        ("アカガサザタダナハバパマヤラワァャ", "aoui"), ("イキギシジチヂニヒビピミリィ", "eiy"),
        ("ウクグスズツヅヌフブプムユルゥュヴ", "uo"),
        ("エケゲセゼテデネヘベペメレェ", "ea"),
        ("オコゴソゾトドノホボポモヨロヲォョ", "oau"),
    )
    for letter in letters
}  # fmt: skip

# Hangul's first and last consonants of a syllable in Unicode's order (The Unicode Standard, section 3.12).
_FIRST = ("K", "K", "N", "T", "T", "R", "M", "P", "P", "S", "S", "", "C", "C", "C", "K", "T", "P", "H")
_LAST = (
    "", "K", "K", "KS", "N", "NC", "NH", "T", "R", "RK", "RM", "RP", "RS", "RT", "RP", "RH", "M", "P", "PS", "S", "S", "N",
    "C", "C", "K", "T", "P", "H",
)  # fmt: skip
_HANGUL_RUN = re.compile(r"[가-힣]+(?:[-·][가-힣]+)*")
_KATAKANA_RUN = re.compile(r"[ァ-ヺー]+(?:・[ァ-ヺー]+)*")
_KATAKANA = {
    letter: sound
    for letters, sound in (
        ("カキクケコガギグゲゴ", "K"), ("サスセソ", "S"), ("シ", "S"),
        ("ザズゼゾジヂヅ", "C"), ("タテトダデド", "T"), ("チツ", "C"),
        ("ナニヌネノン", "N"), ("ハヒヘホ", "H"),
        ("フバビブベボパピプペポヴ", "P"), ("マミムメモ", "M"), ("ラリルレロ", "R"),
    )
    for letter in letters
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
# English spelling → classes; where a spelling has two sounds, both. The longest is tried first. A vowel is "".
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "tion": ("SN", "CN"), "sion": ("SN", "CN"), "cial": ("SR",), "tial": ("SR", "CR"), "sure": ("S", "C"),
    "ture": ("C",), "ough": ("", "P"), "sch": ("S", "SK"), "tch": ("C",), "dge": ("C",), "ss": ("S",),
    "sc": ("S", "SK"), "ch": ("C", "K"), "sh": ("S",), "ph": ("P",), "th": ("S", "T"), "gh": ("", "K"), "ck": ("K",),
    "cc": ("K", "KS"), "qu": ("K",), "ng": ("N", "NK"), "kn": ("N",), "wr": ("R",), "ce": ("S",), "ci": ("S",),
    "cy": ("S",), "ge": ("C", "K"), "gi": ("C", "K"), "gy": ("C", "K"), "b": ("P",), "c": ("K",), "d": ("T",),
    "f": ("P",), "g": ("K",), "h": ("H", ""), "j": ("C",), "k": ("K",), "l": ("R",), "m": ("M",), "n": ("N",),
    "p": ("P",), "q": ("K",), "s": ("S", "C"), "t": ("T",), "v": ("P",), "x": ("KS",), "z": ("C", "S"),
}  # fmt: skip
_MOST_KEYS = 16
# What may follow a loanword in one run of Hangul: particles, and the endings that make it a noun or verb of Korean.
_PARTICLES = frozenset("은는이가을를의에와과로으도만인적화형기들하된되한할라처별용식성")
# Syllables of grammar and of Sino-Korean words that no loanword is spelled with: no English sound is written so by
# 외래어 표기법. What is heard ends before them: 모델을 is 모델 and no `module`, 다양성 no `attention`.
_NATIVE = frozenset(
    "을를는은의된될됩됨되계것있없같않많했었였겠습음능성력률율법학향량형념령련례활혁협약양열연여왔귀규관권결견"
)
_FOLLOWING = _PARTICLES | _NATIVE
# Particles and verbs' endings of two syllables, each of which alone a loanword may hold.
_ENDINGS = re.compile(
    "에서|으로|에게|까지|부터|처럼|보다|하는|하고|하며|하여|하면|하기|되는|되고|되어|다는|이다|합니|입니|로운|스러|로써|면서"
)
# Words that a summary of any paper may hold (as terms.EVERYDAY in English), long enough to be taken for a loanword.
_EVERYDAY = (
    "그러",
    "이루",
    "이러",
    "다른",
    "모든",
    "대부분",
    "불필요",
    "가중치",
    "저자",
    "개선",
    "개발",
    "발전",
    "빠르",
    "사용자",
    "기반",
)


@lru_cache(maxsize=20_000)
def english_keys(word: str) -> tuple[str, ...]:
    """The consonant keys of an English word, at most sixteen; () for one too short to compare."""
    keys = {""}
    word = word.lower()
    at = 0
    while at < len(word):
        if word[at] == "r":
            sounded = at + 1 < len(word) and word[at + 1] in "aeiouy" and not (at + 2 == len(word) and word[at + 1] == "e")
            sounds: tuple[str, ...] = ("R",) if sounded or at == 0 else ("", "R")
            at += 2 if word[at : at + 2] == "rr" else 1
        else:
            size = next((size for size in (4, 3, 2, 1) if word[at : at + size] in _SPELLINGS), 0)
            sounds = _SPELLINGS[word[at : at + size]] if size else ("",)
            # A doubled letter is one sound; `ce` leaves its vowel, which is nothing here.
            at += size or 1
        keys = {_add(key, sound) for key in keys for sound in sounds}
        if len(keys) > _MOST_KEYS:
            keys = set(sorted(keys)[:_MOST_KEYS])
    return tuple(sorted(key for key in keys if len(key) >= LEAST_CONSONANTS))


def spelled_by_sound(text: str, words: Iterable[str]) -> dict[str, str]:
    """Which of the English `words` stand in `text` by their sound, as word → what is written there.

    A Korean word carries its particle (가우시안을), so every beginning of a run of letters is compared; compounds are also
    written with spaces or hyphens, so a run begins again at each.
    """
    heard = dict(_heard(text))
    found: dict[str, str] = {}
    for word in words:
        for key in english_keys(word):
            if key in heard and (len(key) >= _SURE_CONSONANTS or _agree(word, heard[key])):
                found[word] = heard[key]
                break
    return found


def _heard(text: str) -> Iterator[tuple[str, str]]:
    for match in _HANGUL_RUN.finditer(text):
        for piece in re.split("[-·]", match[0]):
            if len(piece) >= _LEAST_SYLLABLES and not piece.startswith(_EVERYDAY):
                yield from _heard_in(piece, _ENDINGS.split(piece, maxsplit=1)[0])
    for match in _KATAKANA_RUN.finditer(unicodedata.normalize("NFC", text)):
        for piece in match[0].split("・"):
            key = ""
            for letter in piece:
                key = _add(key, _KATAKANA.get(letter, ""))
            if len(key) >= LEAST_CONSONANTS:
                yield key, piece


def _heard_in(piece: str, spoken: str) -> Iterator[tuple[str, str]]:
    """The beginnings of `spoken`, itself the beginning of a run of Hangul, that may be a loanword."""
    key, reach = "", 0
    for end, syllable in enumerate(spoken[:_LONGEST], 1):
        if syllable in _NATIVE:
            return
        code = ord(syllable) - 0xAC00
        before, key = key, _add(_add(key, _FIRST[code // 588]), _LAST[code % 28])
        if key != before:
            reach = end
        is_end = end == len(spoken) or piece[end] in _FOLLOWING
        # A vowel at the end may be a particle (모델이): it lengthens no word.
        if is_end and reach >= _LEAST_SYLLABLES and len(key) >= LEAST_CONSONANTS:
            yield key, piece[:end]


def _agree(word: str, written: str) -> bool:
    """Whether a word and what is written may be the same by length and first vowel."""
    if len(word) < _LEAST_LETTERS:
        return False
    first = next((letter for letter in word if letter in "aeiouy"), "")
    if "가" <= written[0] <= "힣":
        vowels = _VOWELS[(ord(written[0]) - 0xAC00) % 588 // 28]
        # ㅡ is no vowel of the word but the filling between two consonants (스플래팅).
        return not vowels or first in vowels
    return first in _KATAKANA_VOWELS.get(written[0], "")


def _add(key: str, sounds: str) -> str:
    """`key` with sounds after it; the same sound twice in a row is one (`ㄹㄹ`, `ss`)."""
    for sound in sounds:
        if not key.endswith(sound):
            key += sound
    return key
