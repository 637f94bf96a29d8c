"""Plots come from a process of its own: the right form, whatever topics are called, and None when it fails."""

import asyncio
import io
import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image

from bot.pictures.plots import Plot, Plots, Series
from bot.pictures.plotting import _apart, _Look, plotted

LABELS = ("11월\n2023", "12월", "1월\n2024", "2월")
PLOT = Plot(
    language="ko",
    title="비율 <&> $x$",
    labels=LABELS,
    places=(0, 1, 4, 5),
    series=(Series("확산 모델 $\\frac{$ <script>", (0.1, 0.2, 0.3, 0.35)), Series("\u0007 mamba 𝒟", (0.0, 0.0, 0.01, 0.0))),
    unfinished=True,
)


@pytest.mark.parametrize("form", ["png", "svg"])
async def test_a_process_draws_what_it_is_told(form):
    plots = Plots(seconds=120)
    plot = Plot(language="ko", title=PLOT.title, labels=LABELS, series=PLOT.series, unfinished=True, form=form)
    drawn = await plots.drawn(plot)
    assert drawn is not None
    assert await plots.drawn(plot) is drawn
    if form == "png":
        assert Image.open(io.BytesIO(drawn)).size == (1200, 675)
    else:
        root = ET.fromstring(drawn)
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"11월", "2023"} <= set(texts)
        # The page's own words say what it is; and on a phone, where it is 358 pixels wide, its letters have some twelve.
        assert PLOT.title not in texts
        width = float(root.get("viewBox", "").split()[2])
        sizes = [float(size) for size in re.findall(rb"font-size: ([\d.]+)px", drawn)]
        assert min(sizes) * 358 / width > 11.5
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
        assert b"system-ui" in drawn
        assert len(drawn) < 30_000


async def test_a_process_that_fails_or_hangs_is_no_picture(tmp_path):
    assert await Plots(python="/nonexistent/python").drawn(PLOT) is None
    assert await Plots(seconds=0.01, python=sys.executable).drawn(PLOT) is None
    broken = Plot(language="ko", title="", labels=LABELS, series=PLOT.series, form="odd")
    assert await Plots(seconds=120).drawn(broken) is None


async def test_what_could_not_be_drawn_is_logged_without_what_was_asked_for(capsys):
    # Whatever fails in there may repeat words that a person typed.
    assert await Plots(seconds=120).drawn(replace(PLOT, form="my secret wish")) is None
    told = capsys.readouterr()
    assert "a plot could not be drawn" in told.out + told.err
    assert "ValueError" in told.out + told.err
    assert "secret" not in told.out + told.err


async def test_of_many_who_ask_at_once_some_go_without():
    slow = Plots(seconds=0.2)
    found = await asyncio.gather(
        *(slow.drawn(Plot(language="en", title=str(n), labels=LABELS, series=())) for n in range(9))
    )
    assert found.count(None) >= 5


def test_names_at_the_ends_of_lines_stand_apart_in_their_order():
    moved = _apart([0.5, 0.0, 0.01, 0.005, 0.9], [0.075] * 5)
    assert moved[0] == 0.5
    assert moved[4] == 0.9
    assert moved[1] < moved[3] < moved[2]
    assert min(moved) >= 0
    ordered = sorted(moved)
    assert all(above - below > 0.07 for below, above in pairwise(ordered))


@pytest.mark.parametrize("ends", [[1.0] * 5, [0.0] * 5, [0.9, 1.0, 0.95, 0.2, 0.98]])
def test_names_in_two_lines_have_the_room_of_two_and_stay_in_the_picture(ends: list[float]):
    sizes = [0.18, 0.1, 0.18, 0.18, 0.18]
    moved = _apart(ends, sizes)
    assert min(moved) >= 0
    assert max(moved) <= 1
    order = sorted(range(5), key=moved.__getitem__)
    for below, above in pairwise(order):
        assert moved[above] - moved[below] > (sizes[below] + sizes[above]) / 2 - 1e-9


@pytest.mark.parametrize("form", ["png", "svg"])
def test_long_names_are_told_apart(form: str):
    names = ("reinforcement learning", "reasoning capabilities", "Reasoning Models", "Vision Language Models")
    series = [{"name": name, "shares": [0.1, 0.2 + number / 50]} for number, name in enumerate(names)]
    look = _Look("en", dark=False, vector=form == "svg")
    assert [" ".join(look.named(name)) for name in names] == list(names)
    drawn = plotted({"language": "en", "title": "", "labels": ["a", "b"], "places": [], "series": series,
                     "unfinished": False, "form": form, "dark": False})  # fmt: skip
    if form == "svg":
        texts = [element.text for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
        assert {"reinforcement", "learning", "capabilities"} <= set(texts)
    else:
        # The ink of no letter touches the edge.
        picture = Image.open(io.BytesIO(drawn)).convert("L")
        assert len(picture.crop((1194, 0, 1200, 675)).getcolors() or ()) == 1


def test_nothing_to_draw_is_an_empty_plot():
    drawn = plotted(
        {
            "language": "en",
            "title": "",
            "labels": ["a", "b"],
            "places": [],
            "series": [],
            "unfinished": False,
            "form": "svg",
            "dark": False,
        }
    )
    ET.fromstring(drawn)
