"""The script of a text, and whether it is that of the requested language. Pure."""

import re

# Letters of each script; marks, digits and signs belong to none.
_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_URL = re.compile(r"https?://\S+")

# A Korean sentence of this field can hold many English names. Fewer letters than this share in its own script, Latin words
# counted as one letter each (a syllable or sign says as much), is no sentence of that language.
LEAST_SHARE = 0.3


def language_fault(text: str, language: str) -> str:
    """Why `text` is not written in `language` (a BCP 47 tag), "" when it is or its script is unknown here."""
    text = _URL.sub(" ", text)
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    latin = len(_LATIN.findall(text))
    total = hangul + kana + han + latin
    if not total:
        return ""
    match language.lower().split("-")[0]:
        case "ko":
            share, name = hangul / total, "Korean"
        case "ja":
            # Kanji alone is Chinese: some kana must be there.
            share, name = ((kana + han) / total if kana > han / 20 else kana / total), "Japanese"
        case "zh":
            share, name = (han / total if kana < han / 20 else 0.0), "Chinese"
        case "en":
            share, name = (latin / total, "English")
        case _:
            return ""
    if share >= LEAST_SHARE:
        return ""
    return f"Not written in {name} as asked: only {share:.0%} of it is."
