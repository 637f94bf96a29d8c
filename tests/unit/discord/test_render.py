"""Every message fits into Discord, and what a reader misses least goes first."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import (
    CONTENT,
    DESCRIPTION,
    EMBEDS_TOTAL,
    SUPPRESS_NOTIFICATIONS,
    TITLE,
    DiscordText,
    embed_units,
    render,
)
from bot.message import NESTED, Button, Entry, Message, Names, utf16_length
from tests.fakes.discord.limits import check_message
from tests.unit.discord.conftest import HEADING, PAPER


def description(text: DiscordText) -> str:
    assert text.embed is not None
    return str(text.embed["description"])


def test_a_paper_stands_in_the_order_that_readers_know():
    assert description(render(PAPER)) == (
        "👍 96\nAuthors: Opher Lieber, Barak Lenz and 20 more\n\n"
        "- It mixes attention and state spaces.\n- It fits into one GPU."
    )
    embed = render(PAPER).embed
    assert embed is not None
    assert embed["footer"] == {"text": "Summary: by Hugging Face's model"}


def test_a_bullet_under_another_stands_further_in():
    bullets = ("Three sizes:", f"{NESTED}8B", "All are open.")
    assert description(render(replace(PAPER, facts="", authors=None, bullets=bullets))) == (
        "- Three sizes:\n  - 8B\n- All are open."
    )


def test_an_entry_that_leads_nowhere_is_no_link():
    entries = (Entry(number=1, title="world *models*", link="", facts="5 papers"),)
    assert description(render(Message(heading="T", entries=entries))) == "1. world \\*models\\* · 5 papers"


def test_664_authors_give_way_before_any_bullet():
    authors = Names(
        label="Authors", shown=tuple(f"Author Number{n}" for n in range(664)), total=664, more="and {count} more"
    )
    bullets = tuple(f"{n} " + "word " * 80 for n in range(5))
    text = render(replace(PAPER, authors=authors, bullets=bullets))
    check_message(text.payload())
    for bullet in bullets:
        assert bullet.strip() in description(text)
    assert "more" in description(text)


def test_2087_characters_of_korean_bullets_fit_uncut():
    bullets = ("가" * 700, "나" * 700, "다" * 687)
    text = render(replace(PAPER, bullets=bullets))
    check_message(text.payload())
    assert all(bullet in description(text) for bullet in bullets)


def test_a_title_with_think_and_formulas_is_shown_as_written():
    embed = render(replace(PAPER, heading="<think> twice: $x_i$ *really*")).embed
    assert embed is not None
    assert embed["title"] == r"\<think> twice: $x\_i$ \*really\*"


def test_a_title_is_cut_within_256_with_its_backslashes():
    embed = render(replace(PAPER, heading="*" * 300)).embed
    assert embed is not None
    assert 200 < len(embed["title"]) <= TITLE


def test_lists_are_links_with_their_numbers():
    entries = (Entry(number=11, title="A [b] paper", link="https://arxiv.org/abs/1", facts="👍 24"),)
    assert (
        description(render(Message(heading="Day", entries=entries)))
        == r"11. [A \[b\] paper](https://arxiv.org/abs/1) · 👍 24"
    )


def test_the_longest_list_drops_its_last_entries_not_its_limits():
    entries = tuple(Entry(number=n, title="t" * 250, link="https://arxiv.org/abs/2403.18361") for n in range(1, 60))
    text = render(Message(heading="Day", entries=entries))
    check_message(text.payload())
    assert description(text).startswith("1. [ttt")


def test_only_what_is_sure_to_be_taken_becomes_a_button():
    buttons = (
        Button("PDF", "https://arxiv.org/pdf/1"),
        Button("x" * 200, "https://huggingface.co/papers/1"),
        Button("no https", "http://example.com"),
        Button("script", "javascript:alert(1)"),
        Button("too long", "https://example.com/" + "a" * 600),
        Button("", "https://example.com/"),
    )
    text = render(replace(PAPER, buttons=buttons))
    check_message(text.payload())
    assert [button.url for button in text.buttons] == ["https://arxiv.org/pdf/1", "https://huggingface.co/papers/1"]


def test_eight_buttons_take_two_rows():
    buttons = tuple(Button(str(n), f"https://example.com/{n}") for n in range(8))
    rows = render(replace(PAPER, buttons=buttons)).payload()["components"]
    assert [len(row["components"]) for row in rows] == [5, 3]


def test_a_picture_that_is_not_https_is_left_out():
    embed = render(replace(PAPER, picture="http://example.com/a.png")).embed
    assert embed is not None
    assert "image" not in embed


def test_a_sentence_is_text_and_a_sentence_that_is_too_long_for_text_an_embed():
    assert render(HEADING).content == "**Daily Papers · 2024-03-28**\n10 papers"
    assert len(description(render(Message(paragraphs=("word " * 600,))))) > CONTENT


def test_plain_is_text_with_the_link_written_out_and_no_buttons():
    text = render(PAPER, plain=True)
    check_message(text.payload())
    assert text.content.startswith(
        r"**Jamba: A Hybrid Transformer-Mamba Language Model**" + "\nhttps://arxiv.org/abs/2403.19887\n"
    )
    assert text.embed is None
    assert text.buttons == ()


def test_silence_is_a_flag():
    assert render(PAPER).payload()["flags"] == SUPPRESS_NOTIFICATIONS
    assert "flags" not in render(HEADING).payload()


def test_a_posts_name_is_the_heading_within_100_characters():
    assert render(replace(HEADING, heading="  Daily \n Papers ")).name == "Daily Papers"
    assert len(render(replace(HEADING, heading="x" * 300)).name) == 100
    assert render(Message(paragraphs=("no heading",))).name


def test_an_empty_message_is_not_sent_empty():
    for message in (Message(), Message(link="https://arxiv.org/abs/1"), Message(paragraphs=("\u202e",))):
        check_message(render(message).payload())
        check_message(render(message, plain=True).payload())


_TEXT = st.text(max_size=1500) | st.text(alphabet="*_[]()<>`|\\~#- 가😀", max_size=3000)
_MESSAGES = st.builds(
    Message,
    heading=_TEXT,
    link=st.none() | st.just("https://arxiv.org/abs/2403.18361"),
    picture=st.none() | st.just("https://cdn-uploads.huggingface.co/a.png"),
    facts=st.text(max_size=300),
    authors=st.none()
    | st.builds(
        Names,
        label=st.just("Authors"),
        shown=st.lists(st.text(max_size=60), max_size=80).map(tuple),
        total=st.integers(0, 664),
        more=st.just("and {count} more"),
    ),
    paragraphs=st.lists(_TEXT, max_size=3).map(tuple),
    bullets=st.lists(_TEXT, max_size=6).map(tuple),
    entries=st.lists(
        st.builds(
            Entry, number=st.integers(1, 99), title=_TEXT, link=st.just("https://arxiv.org/abs/1"), facts=st.just("👍 1")
        ),
        max_size=8,
    ).map(tuple),
    footer=_TEXT,
    buttons=st.lists(st.builds(Button, label=_TEXT, url=st.just("https://a.b/c") | st.text()), max_size=7).map(tuple),
    silent=st.booleans(),
)


@pytest.mark.parametrize("plain", [False, True])
@given(message=_MESSAGES)
@settings(max_examples=60, deadline=None)
def test_whatever_it_holds_discord_takes_it(message, plain):
    text = render(message, plain=plain)
    check_message(text.payload())
    if text.embed is not None:
        assert utf16_length(text.embed.get("description", "")) <= DESCRIPTION
        assert embed_units(text.embed) <= EMBEDS_TOTAL
