"""What is bold, slanted and linked in a chat is what the message says: by TDLib's own parser, of every text that is sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.render import rendered
from bot.message import Entry, Message
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.failures import Refusal
from tests.fakes.telegram.html import accepted, parse_html, tdlib_parser
from tests.fakes.telegram.world import Upload

needs_tdlib = pytest.mark.skipif(tdlib_parser() is None, reason="tdjson, TDLib's own parser, is not installed here")

# What HTML, UTF-16 and people's eyes find hard, all of it to be seen.
_words = st.text(alphabet="aZ9.<>&;#/\"'`*_[](){}@$ é한국日本語😀🇰🇷", min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)
_texts = _words.filter(bool)
_links = st.builds(
    "https://{}/{}".format,
    st.sampled_from(["arxiv.org", "huggingface.co", "a.b.example"]),
    st.sampled_from(["abs/2403.18361", "x?a=1&b=2&amp;c='d'", "#f", "%3Cb%3E/(x)", ""]),
)


@needs_tdlib
@given(
    heading=st.just("") | _texts,
    link=st.none() | _links,
    paragraphs=st.lists(_texts, max_size=3).map(tuple),
    bullets=st.lists(_texts, max_size=3).map(tuple),
    titles=st.lists(st.tuples(_texts, _links, st.just("") | _texts), max_size=12),
    footer=st.just("") | _texts,
)
def test_what_is_meant_is_what_tdlib_reads(heading, link, paragraphs, bullets, titles, footer):
    entries = tuple(
        Entry(number=number, title=title, link=to, facts=facts) for number, (title, to, facts) in enumerate(titles, 1)
    )
    message = Message(heading=heading, link=link, paragraphs=paragraphs, bullets=bullets, entries=entries, footer=footer)
    made = rendered(message)
    text, entities = accepted(*parse_html(made.text)) if made.html else accepted(made.text, [])
    blocks = [
        *filter(None, [heading]),
        *paragraphs,
        "\n".join(f"• {bullet}" for bullet in bullets),
        "\n".join(f"{one.number}. {one.title}" + (f" · {one.facts}" if one.facts else "") for one in entries),
        footer,
    ]
    assert text == ("\n\n".join(filter(None, blocks)) or "…")
    units = text.encode("utf-16-le")

    def covered(entity):
        begin = 2 * entity["offset"]
        return units[begin : begin + 2 * entity["length"]].decode("utf-16-le")

    meant = [("bold", heading, None), ("text_link", heading, link)] if heading else []
    meant = meant[: 2 if link else 1] + [("text_link", one.title, one.link) for one in entries]
    meant += [("italic", footer, None)] if footer else []
    read = [(entity["type"], covered(entity), entity.get("url")) for entity in entities]
    assert sorted(read, key=repr) == sorted(meant, key=repr)
    places = [entity["offset"] for entity in entities if entity["type"] == "text_link"]
    assert places == sorted(places)


ARTICLE = {"type": "article", "id": "1", "title": "T"}


@needs_tdlib
@pytest.mark.parametrize("text", ["<b>x", "x</i>", "<a href=x>x</b>", "<x>x</x>", "&#xd800;"])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendDocument", "answerInlineQuery"])
async def test_what_tdlib_refuses_is_refused_wherever_it_is_sent(method: str, text: str):
    fake = FakeTelegram()
    person = fake.person(7)
    with pytest.raises(Refusal) as stated:
        parse_html(text)
    marked = {"text": text, "parse_mode": "HTML"}
    sent = await fake.methods.call("sendMessage", {"chat_id": "7", "text": "before"})
    content = {"message_text": text, "parse_mode": "HTML"}
    body = {
        "sendMessage": {"chat_id": str(person.id), **marked},
        "editMessageText": {"chat_id": str(person.id), "message_id": str(sent["message_id"]), **marked},
        "sendDocument": {
            "chat_id": str(person.id),
            "caption": text,
            "parse_mode": "HTML",
            "document": Upload("papers.bib", b"x"),
        },
        "answerInlineQuery": {
            "inline_query_id": fake.methods.inline.begin(),
            "results": json.dumps([ARTICLE | {"input_message_content": content}]),
        },
    }[method]
    with pytest.raises(Refusal) as refused:
        await fake.methods.call(method, body)
    assert refused.value.description == stated.value.description
    assert "can't parse entities" in refused.value.description
