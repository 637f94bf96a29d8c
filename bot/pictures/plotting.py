"""Draws one plot: a Plot as JSON on standard input, PNG or SVG on standard output. Run as a process of its own by plots.py,
for matplotlib is slow to load, large, and not for threads.
"""

import io
import json
import os
import re
import sys
import traceback
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.pictures.fonts import faces
from bot.pictures.setting import Type

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

# The card's colours (bot/pictures/drawing.py), and the pages' light ones (bot/web/static/style.css).
_DARK = {"paper": "#16181c", "ink": "#e7e6e3", "soft": "#a9adb5", "rule": "#33373e"}
_LIGHT = {"paper": "#fbfaf8", "ink": "#1c1d1f", "soft": "#565a61", "rule": "#e3e0da"}
# Distinguishable in grey and by the colour-blind (after Okabe and Ito), with enough contrast on their background.
_LINES_DARK = ("#f0a878", "#6fb7e9", "#5cc9a0", "#e6d06a", "#d896c4")
_LINES_LIGHT = ("#9a3a08", "#0065a3", "#00734f", "#7a6200", "#94407c")
# Inches at 100 points each: 1200×675 of a chat's picture; a page's is read on phones, which show it at two thirds.
_SIZE, _DPI = (12.0, 6.75), 100
_FAMILIES = re.compile(rb"font-family: [^;\"]*;")
_SVG_SIZE = (5.2, 3.5)
# Names at the ends of lines are at least this far apart, as a share of the height; those in two lines by so much more.
_APART, _APART_SVG = 0.075, 0.1
_SECOND_LINE, _SECOND_LINE_SVG = 0.105, 0.1
# Letters for measuring names, and the widest that a line of one may be in them: no more, and little is left of the plot.
_MEASURE, _NAME_WIDTH, _NAME_LINES = 30, 250, 2
# What such a pixel takes of a picture's width; on a page a fifth more, whose reader's font may be wider.
_OF_WIDTH, _OF_WIDTH_SVG = 1 / 1165, 1 / 640
# Where the plot ends and names begin, when none of them is long.
_RIGHT, _RIGHT_SVG = 0.78, 0.72


class _Look:
    """Colours and faces of a plot: a chat's picture in the machine's fonts, a page's in its reader's and smaller."""

    def __init__(self, language: str, *, dark: bool, vector: bool) -> None:
        self.faces = faces(language)
        self.colours, self.lines = (_DARK, _LINES_DARK) if dark else (_LIGHT, _LINES_LIGHT)
        self.vector = vector
        self.scale = 0.66 if vector else 1.0

    def font(self, size: float, *, bold: bool = False) -> "FontProperties":
        from matplotlib.font_manager import FontProperties  # noqa: PLC0415

        face = self.faces.bold if bold else self.faces.regular
        if self.vector or not face.path:
            return FontProperties(family="sans-serif", size=size * self.scale, weight="bold" if bold else "normal")
        return FontProperties(fname=face.path, size=size)

    def shown(self, text: str) -> str:
        """`text` without what no font here has."""
        return Type(self.faces, 20).showable(text)

    def named(self, text: str) -> list[str]:
        """A topic in the lines for which there is room at the end of its own."""
        return Type(self.faces, _MEASURE, bold=True).lines(text, _NAME_WIDTH, _NAME_LINES)

    def right(self, names: list[list[str]]) -> float:
        """Where the plot ends, as a share of the picture's width, so that the names have room."""
        measure = Type(self.faces, _MEASURE, bold=True)
        widest = max((measure.width(line) for name in names for line in name), default=0.0)
        share = widest * (_OF_WIDTH_SVG if self.vector else _OF_WIDTH)
        # Between a line's end and its name.
        return min(_RIGHT_SVG if self.vector else _RIGHT, 0.98 - share)


def plotted(plot: dict[str, Any]) -> bytes:
    """The plot's picture. Raises KeyError for what is no Plot."""
    import matplotlib as mpl  # noqa: PLC0415 - the process begins with reading what it is to draw

    vector = plot["form"] == "svg"
    mpl.use("svg" if vector else "agg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "daily-papers", "font.family": "sans-serif"}
    from matplotlib import pyplot as plt  # noqa: PLC0415

    look = _Look(plot["language"], dark=plot["dark"], vector=vector)
    figure, axes = plt.subplots(figsize=_SVG_SIZE if vector else _SIZE, dpi=_DPI)
    figure.patch.set_facecolor(look.colours["paper"])
    highest = max((share for series in plot["series"] for share in series["shares"]), default=0.0) * 100
    top = max(highest * 1.05, 1.0)
    places = plot["places"] or list(range(len(plot["labels"])))
    _draw_axes(axes, places, plot["labels"], top, look)
    _draw_lines(axes, places, plot, look)
    names = [look.named(series["name"]) for series in plot["series"]]
    _write_names(axes, names, [100 * series["shares"][-1] / top for series in plot["series"]], look)
    if vector:
        # The page says itself what it shows, in letters that end their lines where there is no more room.
        figure.subplots_adjust(left=0.12, right=look.right(names), top=0.96, bottom=0.16)
    else:
        title = figure.text(
            0.028, 0.905, look.shown(plot["title"]), color=look.colours["ink"], fontproperties=look.font(28, bold=True)
        )
        title.set_parse_math(False)
        figure.subplots_adjust(left=0.085, right=look.right(names), top=0.84, bottom=0.15)
    out = io.BytesIO()
    # Without a date two plots of the same are the same bytes.
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None} if vector else None
    figure.savefig(out, format=plot["form"], facecolor=look.colours["paper"], metadata=nothing)
    return _FAMILIES.sub(b"font-family: system-ui, sans-serif;", out.getvalue()) if vector else out.getvalue()


def _draw_axes(axes: "Axes", places: list[int], labels: list[str], top: float, look: _Look) -> None:
    from matplotlib import ticker  # noqa: PLC0415

    axes.set_facecolor(look.colours["paper"])
    axes.set_ylim(0, top)
    edge = 0.025 * max(places[-1] - places[0], 1)
    axes.set_xlim(places[0] - edge, places[-1] + edge)
    axes.set_xticks([place for place, label in zip(places, labels, strict=True) if label])
    lines = ["\n".join(map(look.shown, label.split("\n"))) for label in labels if label]
    # All of them in two lines where some are: else those of one line stand a little off.
    axes.set_xticklabels([line if "\n" in line or "\n" not in "".join(lines) else f"{line}\n " for line in lines])
    axes.yaxis.set_major_locator(ticker.MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(look.font(19))
        label.set_color(look.colours["soft"])
        label.set_parse_math(False)
    axes.tick_params(length=0, pad=10 * look.scale)
    axes.grid(axis="y", color=look.colours["rule"], linewidth=1.4 * look.scale)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_lines(axes: "Axes", places: list[int], plot: dict[str, Any], look: _Look) -> None:
    """A line for each topic, dotted towards a span that is not over."""
    count, width = len(places), 4 * look.scale
    whole = count - 1 if plot["unfinished"] and count > 2 else count
    for number, series in enumerate(plot["series"]):
        shares, colour = [100 * share for share in series["shares"]], look.lines[number % len(look.lines)]
        how: dict[str, Any] = {"color": colour, "linewidth": width, "zorder": 3, "clip_on": False}
        axes.plot(places[:whole], shares[:whole], solid_capstyle="round", **how)
        if whole < count:
            axes.plot(places[whole - 1 :], shares[whole - 1 :], linestyle=(0, (0.6, 1.6)), dash_capstyle="round", **how)
        axes.plot(places[-1:], shares[-1:], "o", color=colour, markersize=10 * look.scale, zorder=4, clip_on=False)


def _write_names(axes: "Axes", names: list[list[str]], ends: list[float], look: _Look) -> None:
    """Each topic at the end of its line, in its colour: nobody has to look from a legend to the lines and back."""
    one, more = (_APART_SVG, _SECOND_LINE_SVG) if look.vector else (_APART, _SECOND_LINE)
    heights = _apart(ends, [one + more * (len(name) - 1) for name in names])
    for number, (lines, height) in enumerate(zip(names, heights, strict=True)):
        name = axes.text(
            1.025,
            height,
            "\n".join(lines),
            transform=axes.transAxes,
            color=look.lines[number % len(look.lines)],
            fontproperties=look.font(22, bold=True),
            va="center",
            linespacing=1.05,
        )
        name.set_parse_math(False)


def _apart(heights: list[float], sizes: list[float]) -> list[float]:
    """The middles, from 0 to 1, of names of these sizes moved as little as keeps them apart, in their order."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed, tall = [heights[place] for place in order], [sizes[place] for place in order]
    gaps = [(below + above) / 2 for below, above in pairwise(tall)]
    for _ in placed:
        for below, gap in enumerate(gaps):
            if (lack := gap - (placed[below + 1] - placed[below])) > 0:
                placed[below] -= lack / 2
                placed[below + 1] += lack / 2
    # In the picture, from above and at last from below.
    most, least = 1.0, 0.0
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], most)
        most = placed[place] - (gaps[place - 1] if place else 0.0)
    for place, height in enumerate(placed):
        placed[place] = max(height, least)
        least = placed[place] + (gaps[place] if place < len(gaps) else 0.0)
    moved = [0.0] * len(heights)
    for place, height in zip(order, placed, strict=True):
        moved[place] = height
    return moved


def main() -> None:
    """Draw what standard input says."""
    if hasattr(os, "nice"):
        os.nice(5)  # digests and answers first
    try:
        picture = plotted(json.load(sys.stdin))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and ends this process
        # It goes into the log, and its words may repeat what was to be drawn: what a person typed.
        sys.exit("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
    sys.stdout.buffer.write(picture)


if __name__ == "__main__":
    main()
