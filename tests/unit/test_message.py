"""A message gives way in a set order, and nothing is cut that fits."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.message import Entry, Message, Names, fitted, shortened, utf16_length

NAMES = Names(label="Authors", shown=tuple(f"Author Number {n}" for n in range(20)), total=664, more="and {count} more")
PAPER = Message(
    heading="A title",
    authors=NAMES,
    bullets=("first " * 40, "second " * 20, "third"),
    footer="Summary: by hand",
)


def length(message: Message) -> int:
    return utf16_length(
        message.heading
        + (message.authors.text() if message.authors else "")
        + "".join(message.bullets + message.paragraphs)
        + "".join(entry.title + entry.link for entry in message.entries)
        + message.footer
    )


def within(limit: int):
    return lambda message: length(message) - limit


def test_what_fits_is_left_alone():
    assert fitted(PAPER, within(length(PAPER))) is PAPER


def test_authors_give_way_first_and_the_rest_is_counted():
    shorter = fitted(PAPER, within(length(PAPER) - 100))
    assert shorter.bullets == PAPER.bullets
    assert shorter.authors is not None
    assert len(shorter.authors.shown) < 20
    assert shorter.authors.text().endswith(f"and {664 - len(shorter.authors.shown)} more")


def test_bullets_give_way_after_the_authors_the_longest_first():
    shorter = fitted(PAPER, within(300))
    assert shorter.authors is not None
    assert shorter.authors.shown == ()
    assert len(shorter.bullets) == 3
    assert shorter.bullets[0].endswith("…")
    assert shorter.bullets[2] == "third"
    assert length(shorter) <= 300


def test_the_heading_gives_way_last():
    shorter = fitted(replace(PAPER, heading="word " * 100), within(120))
    assert shorter.heading.startswith("word word")
    assert length(shorter) <= 120


def test_a_list_loses_its_last_entries():
    entries = tuple(Entry(number=n, title=f"Title {n}", link="https://arxiv.org/abs/1") for n in range(1, 11))
    shorter = fitted(Message(entries=entries), within(100))
    assert [entry.number for entry in shorter.entries] == [1, 2, 3]


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_shortened_text_is_never_longer_than_asked(text: str, units: int):
    assert utf16_length(shortened(text, units)) <= max(units, 0)


@given(st.text())
def test_utf16_units_are_those_of_the_encoding(text: str):
    assert utf16_length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_nobody_named_and_nobody_left_is_an_empty_line():
    assert Names(label="Authors", shown=(), total=0, more="and {count} more").text() == ""


@given(
    st.builds(
        Message,
        heading=st.text(max_size=300),
        bullets=st.lists(st.text(max_size=400), max_size=8).map(tuple),
        paragraphs=st.lists(st.text(max_size=200), max_size=3).map(tuple),
        footer=st.text(max_size=40),
    ),
    st.integers(min_value=100, max_value=1000),
)
def test_fitting_always_ends_and_fits_where_a_heading_alone_would(message: Message, limit: int):
    assert length(fitted(message, within(limit))) <= limit
