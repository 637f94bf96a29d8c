"""Text in the form of the search index: letters folded, words stemmed, Korean without particles and in pairs of characters.

Pure: no store, no query language. Indexed text and queries go through the same functions.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

# Hangul stands apart from Han and kana: only Korean has particles, and only it puts spaces between words.
HANGUL = r"\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
HAN_KANA = (
    r"\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{HANGUL}]+|[{HAN_KANA}]+|[^\W_{HANGUL}{HAN_KANA}]+")
_HANGUL_RUN = re.compile(rf"[{HANGUL}]")
_HAN_KANA_RUN = re.compile(rf"[{HAN_KANA}]")
# Latin letters that Unicode does not take apart into a letter and a mark (`ß` is casefolded to `ss` already).
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
_MARKS = re.compile(r"[\u0300-\u036f]+")
_MARKED = re.compile(r"[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
# What is there and is not seen: soft hyphens, joiners, marks of direction.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")

# Grammar that says nothing of a paper. A closed class of the language, not of this field.
STOP_WORDS = frozenset(
    """
    a an the and or of in on at by for to from with without as is are be been being was were do does did can could may
    might will would shall should has have had not no nor via per we our ours us its it he she they them their this that
    these those there here than then also so such which who whom whose what when where how why if but while like into onto
    over under between among through during about across within upon i you your my me s t
    """.split()  # noqa: SIM905 - a list of so many strings reads worse
)

# Particles that stand at the end of a Korean word, and the forms of `하다` and `되다` that make a verb of a noun: closed
# classes of the grammar. The longest that leaves two syllables is cut off.
_PARTICLES = """
    으로부터 에서부터 로부터 에게서 으로서 으로써 으로의 에서의 에서는 에서도 에게는 이라는 이라고 이라도 입니다
    이었다 까지 부터 에서 에게 으로 보다 처럼 만큼 마다 조차 밖에 에는 에도 에의 로서 로써 로의 로는 과의 와의 과는
    와는 라는 이란 이나 이며 이고 인데 이다 은 는 이 가 을 를 의 에 와 과 로 도 만 나 며 인
    """.split()  # noqa: SIM905
_VERB_ENDINGS = """
    하였습니다 했습니다 되었습니다 됐습니다 합니다 됩니다 시킵니다 하였으며 하였다 했으며 하는데 하면서 하도록 되도록
    시키는 시키고 시켜 하였고 했다 한다 된다 되었다 되었고 하는 되는 하여 되어 하고 되고 하며 되며 하기 되기 하지 되지
    하게 되게 하면 되면 하다 되다 해서 해야 돼 한 된 할 될 함 됨 해
    """.split()  # noqa: SIM905
_ENDINGS = tuple(sorted({*_PARTICLES, *_VERB_ENDINGS}, key=len, reverse=True))
_LONGEST_ENDING = max(map(len, _ENDINGS))
_ENDING_SET = frozenset(_ENDINGS)
# `LLM의`: what follows a Latin word at once is its particle.
_PARTICLE_OF_LATIN = re.compile(rf"(?<=[a-z0-9])(?:{'|'.join(_ENDINGS)})(?![{HANGUL}])")


class _Stemmers(threading.local):
    """A stemmer holds a buffer of its own, so each thread has one."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)


_stemmers = _Stemmers()


def folded(text: str) -> str:
    """`text` in one form of every letter: compatibility forms undone, lower case, Latin without accents, no marks."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    if _MARKED.search(text):
        # Accents come off Latin letters alone: Korean and Japanese letters are put together again.
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_PLAIN))))
    return text


def words(text: str) -> list[str]:
    """The words of a folded text in order: Latin and other alphabets, Korean without its particles, Han and kana runs."""
    if text.isascii():
        return _RUN.findall(text)
    runs = _RUN.findall(_PARTICLE_OF_LATIN.sub(" ", text))
    return [run if run.isascii() else without_ending(run) for run in runs]


def runs(text: str) -> list[str]:
    """The runs of letters of a folded text as they stand, for names, which bear no particles."""
    return _RUN.findall(text)


@lru_cache(100_000)
def without_ending(word: str) -> str:
    """A Korean word without particle or verb ending: `저장소에서` → `저장소`. At least two syllables are left."""
    if not is_hangul(word):
        return word
    for size in range(min(_LONGEST_ENDING, len(word) - 2), 0, -1):
        if word[-size:] in _ENDING_SET:
            return word[:-size]
    return word


@lru_cache(100_000)
def terms_of(word: str) -> tuple[str, ...]:
    """What the index holds for one word: its stem, or the overlapping pairs of characters of a Korean, Han or kana run."""
    if is_cjk(word):
        return (word,) if len(word) == 1 else tuple(word[index : index + 2] for index in range(len(word) - 1))
    return (stem(word),)


@lru_cache(200_000)
def stem(word: str) -> str:
    """The stem of an English word (Porter 2); other words pass through nearly as they are."""
    return str(_stemmers.english.stemWord(word))


def is_hangul(word: str) -> bool:
    """Whether a word begins in Korean letters."""
    return not word.isascii() and _HANGUL_RUN.match(word) is not None


def is_cjk(word: str) -> bool:
    """Whether a word is a Korean, Han or kana run, which is cut into pairs of characters."""
    return not word.isascii() and (_HANGUL_RUN.match(word) is not None or _HAN_KANA_RUN.match(word) is not None)
