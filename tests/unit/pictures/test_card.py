"""What stands on the card of a day, and that whatever a title holds makes a picture of the right size."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.locales import LANGUAGES
from bot.model import Paper
from bot.pictures import fonts
from bot.pictures.day_card import DayCard, Line, day_card
from bot.pictures.drawing import HEIGHT, WIDTH, draw
from bot.pictures.fonts import Face, Faces, faces
from bot.pictures.setting import Type
from bot.sample import sample_day

DAY, PAPERS = sample_day()
WHITE = Image.new("RGB", (1200, 648), "white")


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG"
    assert image.size == (WIDTH, HEIGHT)
    return image.convert("RGB")


def test_a_card_names_the_three_with_the_most_votes():
    card = day_card(DAY, PAPERS, "en")
    votes = sorted((paper.upvotes or 0 for paper in PAPERS), reverse=True)
    assert [line.votes for line in card.lines] == votes[:3]
    assert card.lines[0].title == "ViTAR: Vision Transformer with Any Resolution"
    assert (card.date, card.year, card.counted) == ("Thursday, March 28", "2024", "10 papers")


@pytest.mark.parametrize(
    ("language", "date", "counted"),
    [
        ("ko", "3월 28일 목요일", "논문 63편 가운데 5편"),
        ("ja", "3月28日 木曜日", None),
        ("zh-Hans", "3月28日 星期四", None),
    ],
)
def test_a_card_speaks_its_readers_language(language, date, counted):
    card = day_card(DAY, PAPERS, language, shown=5, total=63)
    assert card.date == date
    assert counted in {None, card.counted}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_drawn_in_every_language_with_the_fonts_that_there_are(language):
    card = day_card(DAY, PAPERS, language)
    image = opened(draw(card, {}))
    # The first title's letters stand there, and differ from those of another title.
    other = replace(card, lines=(replace(card.lines[0], title="Something else"), *card.lines[1:]))
    assert sum(image.convert("L").histogram()[200:]) > 5000
    assert opened(draw(other, {})).tobytes() != image.tobytes()


def test_pictures_stand_before_the_titles_and_one_that_is_missing_is_a_number():
    card = day_card(DAY, PAPERS, "en")
    card = replace(card, lines=tuple(replace(line, picture=f"https://h/{n}") for n, line in enumerate(card.lines)))
    image = opened(draw(card, {"https://h/0": WHITE, "https://h/1": Image.new("L", (40, 900), 200)}))
    # A white picture is dimmed, for it is looked at by night.
    assert image.getpixel((150, 276)) == pytest.approx((224, 224, 224), abs=4)
    assert image.getpixel((80, 535)) == pytest.approx((36, 40, 46), abs=4)


def test_a_machine_without_fonts_has_the_latin_one_that_comes_with_pillow_and_cards_in_english(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    for cached in (fonts._families, faces):
        cached.cache_clear()
    try:
        assert faces("ko") == Faces(Face(), Face(), native=False)
        assert faces("en").native
        assert draw(day_card(DAY, PAPERS, "ko"), {}) == draw(day_card(DAY, PAPERS, "en"), {})
        # A file that only looks like a font is passed over.
        (tmp_path / "fonts").mkdir()
        (tmp_path / "fonts" / "NanumGothic.ttf").write_bytes(b"no font")
        fonts._families.cache_clear()
        faces.cache_clear()
        assert not faces("ko").native
    finally:
        for cached in (fonts._families, faces):
            cached.cache_clear()


# --- Setting ----------------------------------------------------------------------------------------------------------

LATIN = Type(Faces(Face(), Face()), 36)


def test_lines_are_as_even_as_they_can_be_and_cut_with_points():
    assert LATIN.lines("Vision Transformer with Any Resolution", 600, 2) == ["Vision Transformer", "with Any Resolution"]
    cut = LATIN.lines("word " * 60, 600, 2)
    assert len(cut) == 2
    assert cut[-1].endswith("word...")


def test_what_no_font_shows_is_left_out_and_mathematics_becomes_letters():
    assert LATIN.showable("A \U0010fffe b\u0007") == "A b"
    assert LATIN.showable("𝒟iffusion") == "Diffusion"


@given(
    title=st.text(max_size=300) | st.text("가나다 中文字、。 Aα", max_size=300),
    votes=st.none() | st.integers(0, 10**7),
    width=st.integers(40, 900),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_line_is_wider_than_it_may_be_whatever_a_title_holds(title, votes, width):
    kind = Type(faces("ko"), 38)
    lines = kind.lines(title, width, 2)
    assert len(lines) <= 2
    assert all(kind.width(line) <= width or len(line) <= 4 for line in lines)


@given(st.lists(st.builds(Line, st.text(max_size=200), st.none() | st.integers(0, 10**6)), max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_day_holds_makes_a_card(lines):
    opened(draw(DayCard(day=dt.date(2024, 3, 28), language="ko", shown=len(lines), total=9, lines=tuple(lines)), {}))


def test_a_day_without_votes_keeps_its_order():
    card = day_card(DAY, [Paper(id=f"2403.0000{n}", title=f"Paper {n}") for n in range(1, 6)], "ko")
    assert [(line.title, line.votes) for line in card.lines] == [("Paper 1", None), ("Paper 2", None), ("Paper 3", None)]
