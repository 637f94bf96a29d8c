"""Texts and terms in the form in which filters compare them: no case, accents or punctuation, words split by script."""

import re
import unicodedata

# As a class of characters in patterns.
CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_LETTER = rf"[^\W{CJK}]"
_ASCII_SIGNS = {number: " " for number in range(128) if not re.match(_LETTER, chr(number))}
# The marks of Latin, Greek and Cyrillic only: those of Japanese (が) tell words apart.
_MARKS = re.compile("[\u0300-\u036f]+")
_TOKEN = re.compile(rf"[{CJK}]+|{_LETTER}+")


def folded(text: str) -> str:
    """`text` without case, Latin accents and signs, its words by single blanks, CJK apart from Latin: `gpt 4`, `llm 을`."""
    if text.isascii():  # as most titles and abstracts are: the same, in a fifth of the time
        return " ".join(text.lower().translate(_ASCII_SIGNS).split())
    kept = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFC", kept)))


def is_cjk(token: str) -> bool:
    """Whether a word of `folded` is written in Korean, Japanese or Chinese."""
    return re.match(f"[{CJK}]", token) is not None
