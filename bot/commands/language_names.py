"""Parses names of languages into language tags: the interface's, and any other that summaries may have. Pure."""

import re
import unicodedata
from functools import cache

from babel import Locale, localedata

from bot.commands.nearest import nearest
from bot.locales import LANGUAGES, language_name, locale, supported

# Names that neither are tags nor stand in CLDR.
_OTHER_NAMES = {
    "zh": "zh-Hans",
    "한글": "ko", "한국말": "ko", "kor": "ko", "韩文": "ko", "韓文": "ko", "韓語": "ko",
    "eng": "en", "英文": "en", "jp": "ja", "jpn": "ja", "日文": "ja", "日語": "ja",
    "cn": "zh-Hans", "中国語": "zh-Hans", "中文": "zh-Hans", "汉语": "zh-Hans", "简体": "zh-Hans", "中文简体": "zh-Hans",
    "简体字": "zh-Hans", "簡体字": "zh-Hans", "簡體中文": "zh-Hans", "繁體中文": "zh-Hans", "간체": "zh-Hans",
}  # fmt: skip
# Languages whose own names are known, too: reading all of CLDR's files takes a second.
_BY_OWN_NAME = ("fr", "de", "es", "pt", "it", "ru", "ar", "hi", "id", "vi", "th", "tr", "pl", "nl", "uk", "fa", "sv", "cs")
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?")


def read_language(text: str) -> str | None:
    """The BCP 47 tag of the language that `text` names; one of the interface's own where it is one of these."""
    typed = _folded(text)
    if typed in _names():
        return _names()[typed]
    tag = _TAG.fullmatch(typed)
    if tag is None or not localedata.exists(tag[1]):
        return None
    written = "-".join(filter(None, (tag[1], (tag[2] or "").title(), (tag[3] or "").upper())))
    return supported(written) or written


def nearest_language(text: str) -> str | None:
    """The tag of the language whose name `text` most looks like."""
    found = nearest(_folded(text), _names())
    return _names()[found] if found else None


@cache
def _names() -> dict[str, str]:
    """Languages by every name that they have in the interface's languages; the interface's own win."""
    names: dict[str, str] = {}
    for reader in LANGUAGES:
        for code, name in locale(reader).languages.items():
            if len(code) == 2 and localedata.exists(code):
                names[_folded(str(name))] = supported(code) or code
    names |= {_folded(str(Locale.parse(code).get_display_name())): code for code in _BY_OWN_NAME}
    for reader in LANGUAGES:
        for tag in LANGUAGES:
            names[_folded(language_name(tag, reader))] = tag
            # As CLDR has it with the script, Simplified Chinese, and without, Chinese.
            for key in (tag.replace("-", "_"), tag.split("-", maxsplit=1)[0]):
                names[_folded(str(locale(reader).languages[key]))] = tag
    return names | {tag.casefold(): tag for tag in LANGUAGES} | _OTHER_NAMES


def _folded(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word).casefold())
