"""Rendering: the shapes that real papers have, and anything at all; what TDLib's own parser says of each."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.links import https_url
from adapters.telegram.render import TelegramText, rendered
from bot.message import NESTED, Button, Entry, Message, Names, utf16_length
from tests.fakes.telegram.failures import Refusal
from tests.fakes.telegram.html import accepted, own_parser, parse_html, tdlib_parser

needs_tdlib = pytest.mark.skipif(tdlib_parser() is None, reason="tdjson, TDLib's own parser, is not installed here")


def shown(text: TelegramText) -> tuple[str, list[dict[str, Any]]]:
    """What stands in the chat: parsed and taken as Telegram does, or Refusal."""
    parsed, entities = parse_html(text.text) if text.html else (text.text, [])
    return accepted(parsed, entities)


def names(count: int) -> Names:
    shown_names = tuple(f"Author Number-{number}" for number in range(count))
    return Names(label="Authors", shown=shown_names, total=count, more="and {count} more")


PAPER = Message(
    heading="LLaMA-Adapter",
    link="https://arxiv.org/abs/2303.16199",
    facts="👍 24 · 2303.16199",
    authors=names(3),
    bullets=("First.", "Second."),
    footer="Summary from the Hub",
)


def test_a_paper_reads_from_its_title_to_its_source():
    assert rendered(PAPER).text == (
        '<b><a href="https://arxiv.org/abs/2303.16199">LLaMA-Adapter</a></b>\n'
        "👍 24 · 2303.16199\n"
        "Authors: Author Number-0, Author Number-1, Author Number-2\n"
        "\n"
        "• First.\n"
        "• Second.\n"
        "\n"
        "<i>Summary from the Hub</i>"
    )


def test_a_bullet_under_another_stands_further_in():
    bullets = ("Three sizes:", f"{NESTED}8B", f"{NESTED}70B", "All are open.")
    assert rendered(Message(heading="T", bullets=bullets)).text == (
        "<b>T</b>\n\n• Three sizes:\n   ◦ 8B\n   ◦ 70B\n• All are open."
    )


def test_a_list_is_numbered_and_each_title_links():
    entries = (
        Entry(number=1, title="A & B", link="https://arxiv.org/abs/1", facts="👍 9"),
        Entry(number=2, title="C", link="https://arxiv.org/abs/2"),
    )
    assert rendered(Message(heading="28 March", entries=entries)).text == (
        "<b>28 March</b>\n\n"
        '1. <a href="https://arxiv.org/abs/1">A &amp; B</a> · 👍 9\n'
        '2. <a href="https://arxiv.org/abs/2">C</a>'
    )


@pytest.mark.parametrize(
    "title",
    [
        "<think> before you speak",
        "$O(n \\log n)$ & <b>bold</b> claims",
        "Quotes \" and ' and `ticks`",
        "&lt;already&gt; &amp; escaped &#60;",
        "</b></a> closing",
        "한국어 제목 😀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
        "\u200fعنوان\u200f right to left",
    ],
)
def test_a_title_stands_there_exactly_as_it_is(title: str):
    text, entities = shown(rendered(Message(heading=title, link="https://arxiv.org/abs/1", bullets=("x",))))
    assert text == f"{title}\n\n• x"
    assert {entity["type"] for entity in entities} == {"bold", "text_link"}
    assert {entity["length"] for entity in entities} == {utf16_length(title)}


def test_of_664_authors_the_last_give_way_first():
    long = Message(heading="Gemini", authors=names(664), bullets=("b" * 2087,), footer="f")
    text, _ = shown(rendered(long))
    assert utf16_length(text) <= 4096
    assert "• " + "b" * 2087 in text
    assert "Author Number-0, Author Number-1" in text
    assert " more\n" in text


def test_a_summary_of_2087_characters_is_not_cut():
    bullets = tuple("가나다라 " * 80 for _ in range(5))
    text, _ = shown(rendered(Message(heading="T", authors=names(5), bullets=bullets)))
    assert text.count("가나다라") == 400


def test_characters_outside_the_basic_plane_count_twice():
    text, _ = shown(rendered(Message(heading="T", paragraphs=("😀" * 3000,))))
    assert 3900 < utf16_length(text) <= 4096


def test_nothing_is_cut_that_fits_exactly():
    paragraph = "x" * (4096 - len("T\n\n"))
    text, _ = shown(rendered(Message(heading="T", paragraphs=(paragraph,))))
    assert len(text) == 4096


def test_unseen_characters_are_removed_and_half_characters_replaced():
    text, _ = shown(rendered(Message(heading="a\x00b\x1b\u202ec\ud800d\r\ne", paragraphs=("one\r\ntwo",))))
    assert text == "abc\ufffdd e\n\none\ntwo"


@pytest.mark.parametrize(
    "message", [Message(), Message(heading=" \u200b\n"), Message(bullets=("", " ")), Message(facts="\x00")], ids=repr
)
@pytest.mark.parametrize("plain", [False, True])
def test_a_message_is_never_empty(message: Message, plain: bool):
    assert shown(rendered(message, plain=plain))[0]


@pytest.mark.parametrize("count", [60, 100, 150])
def test_a_long_list_has_at_most_100_entities_and_keeps_its_lines(count: int):
    entries = tuple(Entry(number=n, title=f"P{n}", link=f"https://arxiv.org/abs/{n}") for n in range(1, count + 1))
    message = Message(heading="Day", link="https://huggingface.co/papers", entries=entries, footer="f")
    parsed, entities = parse_html(rendered(message).text)
    assert len(entities) <= 100
    assert f"{count}. P{count}" in parsed


def test_acting_buttons_keep_their_rows_of_eight_at_most():
    buttons = tuple(Button(f"{row}.{at}", action=f"{row}:{at}", row=row) for row in (0, 1) for at in range(9 - 7 * row))
    rows = rendered(Message(heading="Paper", buttons=buttons)).keyboard
    assert [[button.label for button in row] for row in rows] == [
        ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"],
        ["0.8"],
        ["1.0", "1.1"],
    ]


def test_a_row_is_broken_where_a_phone_would_cut_its_labels():
    labels = ("이미지 생성", "RWKV-Like Architectures", "Diffusion Models", "추론", "초록 전문", "비슷한 논문")
    buttons = tuple(Button(label, action=label) for label in labels)
    rows = rendered(Message(heading="Paper", buttons=buttons)).keyboard
    assert [[button.label for button in row] for row in rows] == [
        ["이미지 생성"],
        ["RWKV-Like Architectures"],
        ["Diffusion Models", "추론"],
        ["초록 전문", "비슷한 논문"],
    ]


def test_buttons_stand_two_or_three_in_a_row():
    def widths(count: int) -> list[int]:
        buttons = tuple(Button(f"B{n}", f"https://example.org/{n}") for n in range(count))
        return [len(row) for row in rendered(Message(heading="T", buttons=buttons)).keyboard]

    assert [widths(count) for count in range(1, 7)] == [[1], [2], [3], [2, 2], [3, 2], [3, 3]]


@pytest.mark.parametrize(
    "url",
    [
        "http://arxiv.org/abs/1",
        "javascript:alert(1)",
        "tg://user?id=1",
        "https://",
        "https://localhost/x",
        "https://user:pass@example.org/",
        "https://example.org:0/",
        "https://example.org:x/",
        "https://[::1/",
        "/papers/1",
        "",
        "https://example.org/\ud800",
        "https://example.org/" + "x" * 3000,
    ],
    ids=ascii,
)
def test_an_address_that_is_not_plain_https_is_left_out(url: str):
    assert https_url(url) is None
    made = rendered(Message(heading="T", link=url, picture=url, buttons=(Button("B", url),)))
    assert made == TelegramText("<b>T</b>")


def test_an_address_is_encoded_where_it_has_to_be():
    assert https_url(" https://example.org/한 글.png?a=1&b=%20 ") == (
        "https://example.org/%ED%95%9C%20%EA%B8%80.png?a=1&b=%20"
    )


def test_an_address_with_quotes_does_not_end_its_attribute():
    _, entities = shown(rendered(Message(heading="T", link="https://example.org/?a='\"><b>&x=<1>")))
    assert [entity["url"] for entity in entities if "url" in entity] == ["https://example.org/?a='%22%3E%3Cb%3E&x=%3C1%3E"]


# --- Anything at all --------------------------------------------------------------------------------------------------

anything = st.text(alphabet=st.characters(codec=None), max_size=300) | st.text(alphabet="<>&;/#ab \n\"'=", max_size=60)
long_texts = st.builds(lambda text, times: text * times, anything, st.sampled_from([1, 1, 1, 40]))
urls = (
    st.sampled_from(["https://arxiv.org/abs/1", "https://example.org/'\"<>&", "http://x.org", "", "https://a"]) | anything
)
messages = st.builds(
    Message,
    heading=long_texts,
    link=st.none() | urls,
    picture=st.none() | urls,
    facts=long_texts,
    authors=st.none()
    | st.builds(
        lambda label, shown: Names(label=label, shown=tuple(shown), total=len(shown) + 2, more="and {count} more"),
        anything,
        st.lists(anything, max_size=30),
    ),
    paragraphs=st.lists(long_texts, max_size=3).map(tuple),
    bullets=st.lists(long_texts, max_size=5).map(tuple),
    entries=st.lists(
        st.builds(Entry, number=st.integers(1, 99), title=anything, link=urls, facts=anything), max_size=30
    ).map(tuple),
    footer=long_texts,
    buttons=st.lists(st.builds(Button, anything, urls), max_size=8).map(tuple),
)


@given(messages, st.booleans())
def test_whatever_is_rendered_telegram_takes(message: Message, plain: bool):
    made = rendered(message, plain=plain)
    text, entities = shown(made)
    assert 0 < utf16_length(text) <= 4096
    assert len(entities) <= 100
    for row in made.keyboard:
        assert 1 <= len(row) <= 3
        assert all(button.label.strip() and button.url.startswith("https://") for button in row)
    assert made.picture is None or made.picture.startswith("https://")


@given(st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", "&lt;", "&amp", "&#60;", "<x>", "<", ">", "a", "😀", "&nbsp;",
                                 '<a href="https://a.org/">', "</a>", "</>", "<b >", "<code>", "</code>"]), max_size=8))  # fmt: skip
@needs_tdlib
def test_our_parser_and_tdlibs_take_and_refuse_the_same(pieces: list[str]):
    text = "".join(pieces)
    tdlib = tdlib_parser()
    assert tdlib is not None

    def outcome(parser) -> Any:
        try:
            return parser(text)
        except Refusal as refusal:
            return refusal.code

    ours, theirs = outcome(own_parser), outcome(tdlib)
    if isinstance(ours, int) or isinstance(theirs, int):
        assert ours == theirs
    else:
        assert ours[0] == theirs[0]
