"""Typesetting on a picture: which font has which character, where a line breaks, and what is cut. Pure except for fonts."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import ImageDraw, ImageFont

from bot.pictures.fonts import Faces

# Three points: the one character stands in the middle of the line in faces for Korean, Chinese and Japanese.
ELLIPSIS = "..."
# Chinese and Japanese break between any two characters, Korean and the rest only at blanks.
_PIECE = re.compile(
    "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\\s\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+|\\s+"
)
# What a line does not begin with.
_CLOSING = frozenset("、。，．・：；？！）］｝」』】》〉”’…,.!?:;)]}")


@dataclass(frozen=True, slots=True)
class Type:
    """A size and weight of a language's faces."""

    faces: Faces
    size: int
    bold: bool = False

    def width(self, text: str) -> float:
        """How many pixels a line takes."""
        return sum(font.getlength(run) for font, run in self._runs(text))

    def draw(self, canvas: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> float:
        """Set a line with its baseline at `at`; gives where it ends."""
        x, y = at
        for font, run in self._runs(text):
            canvas.text((x, y), run, fill=colour, font=font, anchor="ls")
            x += font.getlength(run)
        return x

    def lines(self, text: str, width: float, most: int) -> list[str]:
        """`text` in at most `most` lines, none wider than `width`, as even as possible; an ellipsis where it is cut."""
        found, cut = self._filled(text, width, most)
        if cut or len(found) < 2:
            return found
        # The narrowest that needs no more lines and breaks no word: a last line of one word looks forgotten.
        narrow, wide = max(width / 2, *(self.width(piece.strip()) for piece in self._pieces(text, width))), width
        while wide - narrow > 4:
            middle = (narrow + wide) / 2
            tried, cut = self._filled(text, middle, len(found))
            if cut:
                narrow = middle
            else:
                wide, found = middle, tried
        return found

    def _filled(self, text: str, width: float, most: int) -> tuple[list[str], bool]:
        """Lines as full as they can be, and whether something is cut."""
        found: list[str] = []
        line = ""
        for piece in self._pieces(text, width):
            if self.width((line + piece).rstrip()) <= width or not line:
                line += piece
                continue
            found.append(line.rstrip())
            if len(found) == most:
                found[-1] = self._cut(f"{found[-1]} {piece.lstrip()}", width)
                return found, True
            line = piece.lstrip()
        if line.strip():
            found.append(line.rstrip())
        return found, False

    def _cut(self, line: str, width: float) -> str:
        while line and self.width(line.rstrip(" ,;:-") + ELLIPSIS) > width:
            line = line[:-1]
        return line.rstrip(" ,;:-") + ELLIPSIS

    def _pieces(self, text: str, width: float) -> Iterator[str]:
        """What stays together in a line: words, single characters of Chinese and Japanese; too long words in parts."""
        kept = ""
        for piece in _PIECE.findall(self.showable(text)):
            if kept and piece[0] in _CLOSING:
                kept += piece
                continue
            if kept:
                yield from self._broken(kept, width)
            kept = piece if not piece.isspace() else " "
        if kept:
            yield from self._broken(kept, width)

    def _broken(self, piece: str, width: float) -> Iterator[str]:
        while self.width(piece) > width and len(piece) > 1:
            end = next(count for count in range(len(piece) - 1, 0, -1) if count == 1 or self.width(piece[:count]) <= width)
            yield piece[:end]
            piece = piece[end:]
        yield piece

    def showable(self, text: str) -> str:
        """`text` without what no font of this machine shows; letters of mathematics as plain ones."""
        shown = []
        for character in unicodedata.normalize("NFC", text):
            if unicodedata.category(character)[0] == "C" and not character.isspace():
                continue  # controls, halves of characters, private ones: some fonts show a box for them
            if self.faces.of(character, bold=self.bold) is not None:
                shown.append(character)
            else:
                plain = unicodedata.normalize("NFKC", character)
                shown += [one for one in plain if plain != character and self.faces.of(one, bold=self.bold) is not None]
        return re.sub(r"\s+", " ", "".join(shown)).strip()

    def _runs(self, text: str) -> Sequence[tuple[ImageFont.FreeTypeFont, str]]:
        """Parts of a line, each with the font that shows all of it."""
        runs: list[tuple[ImageFont.FreeTypeFont, str]] = []
        for character in text:
            face = self.faces.of(character, bold=self.bold)
            if face is None:
                continue
            font = face.at(self.size)
            if runs and (runs[-1][0] is font or character == " "):
                runs[-1] = (runs[-1][0], runs[-1][1] + character)
            else:
                runs.append((font, character))
        return runs
