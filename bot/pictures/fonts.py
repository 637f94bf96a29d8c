"""Finds the machine's fonts for each language at run time: the program brings none, because Korean ones are large."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

# What names of faces look like, the best first; Noto's collections hold a face for each country.
_WANTED: dict[str, tuple[str, ...]] = {
    "ko": (
        "Pretendard", "Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "Source Han Sans KR", "Apple SD Gothic Neo",
        "NanumSquare", "NanumGothic", "NanumBarunGothic", "Malgun Gothic", "UnDotum", "Baekmuk Dotum", "Noto Serif CJK KR",
        "NanumMyeongjo",
    ),
    "ja": (
        "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP", "Hiragino Sans", "Yu Gothic",
        "IPAexGothic", "IPAGothic", "VL Gothic", "TakaoGothic", "Noto Serif CJK JP",
    ),
    "zh-Hans": (
        "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans CN", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
        "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Serif CJK SC",
    ),
    "en": (
        "Inter", "Noto Sans", "Noto Sans CJK KR", "Noto Sans CJK JP", "Source Sans 3", "DejaVu Sans", "Liberation Sans",
        "Arial",
    ),
}  # fmt: skip
# Files whose names look like none of these are not opened: some machines have thousands of fonts.
_FILES = re.compile(
    r"pretendard|noto-?sans(cjk|kr|jp|sc|-|\.|\[)|noto-?serif-?cjk|sourcehansans|sourcesans|applesdgothic|nanum|malgun|"
    r"undotum|dotum|hiragino|yugoth|ipa(ex)?g|vl-?gothic|takaogothic|pingfang|msyh|wqy|inter|dejavusans|liberationsans|arial",
    re.IGNORECASE,
)
_ENDINGS = (".ttf", ".otf", ".ttc")
# A collection of Noto's has ten faces.
_MOST_FACES = 20
# A text of each language that only a font made for it can show.
_SAMPLES = {"ko": "한글날", "ja": "日本語の", "zh-Hans": "中文简体", "en": "Papers"}
# What is installed where there is none: Debian's packages, and what they are called elsewhere.
INSTALL = "fonts-noto-cjk (or fonts-nanum for Korean alone)"


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a font file; without `path` the Latin one that comes with Pillow."""

    path: str = ""
    index: int = 0
    weight: int = 0  # of a variable font

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at `size` pixels."""
        return _loaded(self, size)

    def shows(self, character: str) -> bool:
        """Whether the face has a picture of this character."""
        return _shows(self, character)


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of a language, regular and bold, and those that stand in for characters which they have not."""

    regular: Face
    bold: Face
    others: tuple[Face, ...] = ()
    native: bool = True

    def of(self, character: str, *, bold: bool) -> Face | None:
        """The face for a character; None when no font of this machine has it."""
        first = self.bold if bold else self.regular
        return next((face for face in (first, *self.others) if face.shows(character)), None)


@cache
def faces(language: str) -> Faces:
    """The best faces for a language on this machine. `native` is false when none can show the language's own letters."""
    found = _families()
    for family in _WANTED.get(language, _WANTED["en"]):
        styles = found.get(family)
        if not styles:
            continue
        regular = _nearest(styles, _REGULAR)
        if all(regular.shows(character) for character in _SAMPLES.get(language, "")):
            others = (*_stand_ins(found), Face())
            return Faces(regular, _nearest(styles, _BOLD), others)
    latin = faces("en") if language != "en" else Faces(Face(), Face())
    return Faces(latin.regular, latin.bold, latin.others, native=language == "en")


_REGULAR = ("Regular", "Book", "Medium", "Normal", "W3", "Roman", "DemiLight", "Light")
_BOLD = ("Bold", "SemiBold", "Semibold", "DemiBold", "W6", "ExtraBold", "Heavy", "Black", "Medium")


def _nearest(styles: dict[str, Face], wanted: tuple[str, ...]) -> Face:
    return next((styles[name] for name in wanted if name in styles), next(iter(styles.values())))


def _stand_ins(found: dict[str, dict[str, Face]]) -> tuple[Face, ...]:
    """One face of each other script, for titles that mix them, and the one that knows most signs of mathematics."""
    families = ("Noto Sans CJK KR", "Noto Sans CJK JP", "NanumGothic", "Noto Sans", "DejaVu Sans", "Arial Unicode MS")
    return tuple(_nearest(found[name], _REGULAR) for name in families if name in found)


@cache
def _families() -> dict[str, dict[str, Face]]:
    """Faces by family and style."""
    wanted = {name for names in _WANTED.values() for name in names}
    found: dict[str, dict[str, Face]] = {}
    for path in _font_files():
        for index in range(_MOST_FACES if path.suffix.lower() == ".ttc" else 1):
            try:
                font = ImageFont.truetype(path, 16, index=index)
            except (OSError, ValueError):
                break  # after the last face, or no font at all
            family, style = font.getname()
            if family not in wanted:
                continue
            weights = {"Regular": 400, "Bold": 700} if _is_variable(font) else {style or "Regular": 0}
            for name, weight in weights.items():
                found.setdefault(family, {}).setdefault(name, Face(str(path), index, weight))
    return found


def _is_variable(font: ImageFont.FreeTypeFont) -> bool:
    """Whether a font has all weights in one face; its own name is then that of the thinnest, mostly."""
    try:
        return len(font.get_variation_axes()) == 1
    except (OSError, RuntimeError):
        # A font without axes; or a FreeType without variations, which Pillow says by a RuntimeError ("not implemented").
        return False


def _font_files() -> Iterator[Path]:
    for folder in _folders():
        for root, folders, names in os.walk(folder, followlinks=False):
            folders.sort()
            yield from (
                Path(root, name) for name in sorted(names) if name.lower().endswith(_ENDINGS) and _FILES.search(name)
            )


def _folders() -> Iterator[Path]:
    """Where systems keep their fonts, a person's own first."""
    home = Path.home()
    if sys.platform == "darwin":
        yield from (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    elif sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows"), "Fonts")
    else:
        shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share", "fonts")
        yield home / ".fonts"
        yield from (Path(folder, "fonts") for folder in shared.split(":") if folder)


@lru_cache(maxsize=64)
def _loaded(face: Face, size: int) -> ImageFont.FreeTypeFont:
    if face.path:
        # Without Raqm, which not every machine has: the same picture everywhere.
        font = ImageFont.truetype(face.path, size, index=face.index, layout_engine=ImageFont.Layout.BASIC)
        if face.weight:
            font.set_variation_by_axes([face.weight])
        return font
    built_in = ImageFont.load_default(size)
    assert isinstance(built_in, ImageFont.FreeTypeFont)  # Pillow with FreeType, as all its wheels are
    return built_in


@lru_cache(maxsize=8192)
def _shows(face: Face, character: str) -> bool:
    if character.isspace():
        return True
    font = face.at(20)
    shown = font.getmask(character)
    nothing = _nothing(face)
    return shown.size != (0, 0) and (shown.size, bytes(shown)) != nothing


@cache
def _nothing(face: Face) -> tuple[tuple[int, int], bytes]:
    """What a face draws for what it has not: a character that Unicode will never assign."""
    mask = face.at(20).getmask("\U0010fffe")
    return mask.size, bytes(mask)
