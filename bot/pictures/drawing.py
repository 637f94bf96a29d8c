"""Draws the card of a day: 1200×630 pixels, the size for link previews (ogp.me; platforms crop it least).

Cards are dark, because they fill the width of a phone in chats that are read at night.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from bot.pictures.day_card import DayCard, Line
from bot.pictures.fonts import Faces, faces
from bot.pictures.setting import Type

WIDTH, HEIGHT = 1200, 630
# The colours of the pages' dark scheme (bot/web/static/style.css).
_PAPER, _RAISED, _INK, _SOFT, _RULE, _ACCENT = "#16181c", "#24282e", "#e7e6e3", "#a9adb5", "#33373e", "#f0a878"
_EDGE = 60
_THUMB = (192, 108)
_ROW = 132
_FIRST_ROW = 222
# Shapes are drawn this many times larger, then scaled down: Pillow does not smooth their edges.
_FINE = 4
JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is drawn on, and the faces in which it is set."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    faces: Faces

    def type(self, size: int, *, bold: bool = False) -> Type:
        return Type(self.faces, size, bold)


def draw(card: DayCard, thumbnails: Mapping[str, Image.Image]) -> bytes:
    """The card as JPEG. `thumbnails` are those of its pictures that could be had, by URL, in any size."""
    set_in = faces(card.language)
    # In letters that every machine shows, where it has none for the language; titles are English anyway.
    shown = card if set_in.native else replace(card, language="en")
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    sheet = _Sheet(image, ImageDraw.Draw(image), set_in)
    _head(sheet, shown)
    pictures = [_thumbnail(thumbnails.get(line.picture or "")) for line in card.lines]
    for number, (line, picture) in enumerate(zip(card.lines, pictures, strict=True), 1):
        top = _FIRST_ROW + (number - 1) * _ROW
        sheet.pen.line((_EDGE, top - 12, WIDTH - _EDGE, top - 12), fill=_RULE, width=2)
        if any(pictures):
            _tile(sheet, top, number, picture)
            _row(sheet, line, _EDGE + _THUMB[0] + 28, top)
        else:
            sheet.type(58, bold=True).draw(sheet.pen, (_EDGE, top + 76), str(number), _ACCENT)
            _row(sheet, line, _EDGE + 76, top)
    out = io.BytesIO()
    # Full colours for the letters' edges: halved ones make them grey.
    image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True, progressive=True)
    return out.getvalue()


def _head(sheet: _Sheet, card: DayCard) -> None:
    _icon(sheet.image, (_EDGE, 50))
    small = sheet.type(30)
    small.draw(sheet.pen, (_EDGE + 50, 81), "Daily Papers", _SOFT)
    small.draw(sheet.pen, (WIDTH - _EDGE - small.width(card.counted), 81), card.counted, _SOFT)
    # The first letter's own margin would make it stand in from the edge.
    end = sheet.type(66, bold=True).draw(sheet.pen, (_EDGE - 3, 170), card.date, _INK)
    sheet.type(34).draw(sheet.pen, (end + 22, 170), card.year, _SOFT)


def _row(sheet: _Sheet, line: Line, left: int, top: int) -> None:
    """A paper's title from `left` on, its votes at the right."""
    right = WIDTH - _EDGE
    if line.votes is not None:
        votes, said = sheet.type(34, bold=True), f"{line.votes:,}"
        x = round(right - votes.width(said))
        votes.draw(sheet.pen, (x, top + 66), said, _ACCENT)
        _arrow(sheet.image, (x - 32, top + 42))
        right = x - 32 - 34
    title = sheet.type(38)
    lines = title.lines(line.title, right - left, 2)
    first = top + (68 if len(lines) == 1 else 43)
    for place, text in enumerate(lines):
        title.draw(sheet.pen, (left, first + place * 50), text, _INK)


def _tile(sheet: _Sheet, top: int, number: int, picture: Image.Image | None) -> None:
    """A thumbnail, or the paper's number where there is none."""
    mask = Image.new("L", (_THUMB[0] * _FINE, _THUMB[1] * _FINE))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), 12 * _FINE, fill=255)
    tile = picture or Image.new("RGB", _THUMB, _RAISED)
    sheet.image.paste(tile, (_EDGE, top), mask.resize(_THUMB, Image.Resampling.LANCZOS))
    if picture is None:
        rank = sheet.type(50, bold=True)
        rank.draw(sheet.pen, (_EDGE + (_THUMB[0] - rank.width(str(number))) / 2, top + 72), str(number), _ACCENT)


def _thumbnail(found: Image.Image | None) -> Image.Image | None:
    """A picture as a tile shows it: cut to its shape, and no brighter than a page at night."""
    if found is None:
        return None
    shape = _THUMB[0] / _THUMB[1]
    width, height = min(found.width, round(found.height * shape)), min(found.height, round(found.width / shape))
    left, top = (found.width - width) // 2, (found.height - height) // 2
    cut = found.convert("RGB").resize(_THUMB, Image.Resampling.LANCZOS, (left, top, left + width, top + height))
    return cut.point(lambda value: round(value * 0.88))


def _icon(image: Image.Image, at: tuple[int, int]) -> None:
    """The icon of the pages (bot/web/static/icon.svg), 38 pixels wide."""
    side = 38 * _FINE
    unit = side / 32
    icon = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), 7 * unit, fill="#b4470f")
    pen.polygon([(x * unit, y * unit) for x, y in ((9, 6), (19, 6), (24, 11), (24, 26), (9, 26))], fill="#fff")
    pen.polygon([(x * unit, y * unit) for x, y in ((19, 6), (19, 11), (24, 11))], fill="#e9c7b3")
    for x, y in ((21, 15), (21, 18.5), (18, 22)):
        pen.line((12 * unit, y * unit, x * unit, y * unit), fill="#b4470f", width=round(1.7 * unit))
    small = icon.resize((38, 38), Image.Resampling.LANCZOS)
    image.paste(small, at, small)


def _arrow(image: Image.Image, at: tuple[int, int]) -> None:
    """An arrowhead upwards, 22 pixels wide: votes."""
    side = 22 * _FINE
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).polygon(
        ((side / 2, side * 0.12), (side * 0.98, side * 0.88), (side * 0.02, side * 0.88)), fill=255
    )
    image.paste(_ACCENT, (at[0], at[1]), mask.resize((22, 22), Image.Resampling.LANCZOS))
