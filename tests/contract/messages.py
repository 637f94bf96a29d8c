"""Messages to send: one of each form, the worst papers of the real data re-made of invented words, hostile texts."""

from hypothesis import strategies as st

from bot.message import Button, Entry, Message, Names

PAPER = Message(
    heading="ViTAR: Vision Transformer with Any Resolution",
    link="https://arxiv.org/abs/2403.18361",
    picture="https://cdn-uploads.huggingface.co/a.png",
    facts="👍 52 · 💬 3",
    authors=Names(label="저자", shown=("Qihang Fan", "Quanzeng You"), total=6, more="외 {count}명"),
    bullets=("해상도가 바뀌어도 성능을 지킵니다.", "It merges tokens step by step.", "4032×4032 화소에서도 83.3%"),
    footer="요약: 시험을 위해 지은 것",
    buttons=(
        Button("arXiv", "https://arxiv.org/abs/2403.18361"),
        Button("PDF", "https://arxiv.org/pdf/2403.18361"),
        Button("Hugging Face", "https://huggingface.co/papers/2403.18361"),
    ),
)
HEADING = Message(heading="Daily Papers · 2024-03-28 (목)", paragraphs=("논문 10편",))
PLAIN = Message(paragraphs=("구독했습니다. 매일 09:00에 보냅니다.", "Two lines\nin one paragraph."))
GUIDE = Message(paragraphs=("How to begin.",), buttons=(Button("Guide", "https://huggingface.co/papers"),))
LISTING = Message(
    heading="Daily Papers · 2024-03-28 (목)",
    paragraphs=("논문 2편",),
    entries=(
        Entry(number=1, title="ViTAR: Vision Transformer", link="https://arxiv.org/abs/2403.18361", facts="👍 52"),
        Entry(number=2, title="Long-form factuality", link="https://arxiv.org/abs/2403.18802", facts="👍 24"),
    ),
    footer="/paper with an id shows one paper.",
)
FORMS = {"a paper": PAPER, "a heading": HEADING, "plain words": PLAIN, "a button alone": GUIDE, "a list": LISTING}

EMPTY = {
    "nothing at all": Message(),
    "spaces": Message(heading="  ", paragraphs=("\n\t",), bullets=("",)),
    "characters that leave no ink": Message(heading="\u200b\u2060\x00\u202e"),
    "a picture alone": Message(picture="https://cdn-uploads.huggingface.co/a.png"),
}


def texts(message: Message) -> list[str]:
    """Every text of `message` that a reader is to see, in order."""
    names = message.authors.text() if message.authors else ""
    listed = [text for entry in message.entries for text in (entry.title, entry.facts)]
    found = [message.heading, message.facts, names, *message.paragraphs, *message.bullets, *listed, message.footer]
    return [text for text in found if text.strip()]


def links(message: Message) -> set[str]:
    found = [message.link, *(entry.link for entry in message.entries), *(button.url for button in message.buttons)]
    return set(filter(None, found))


LONG_SENTENCE = "The reward model is never asked twice, and what it said once is kept for the next step. "
WORST_TITLE = ("On <think> & </think> in $O(n^2)$ [models](https://example.org): **bold** claims_about_`code` " * 6)[:500]
# Each of these has occurred: 664 authors, a title of 250 characters with marks in it, a summary of 2,087 characters.
WORST_PAPER = Message(
    heading=WORST_TITLE[:250],
    link="https://arxiv.org/abs/2501.12948",
    facts="👍 352",
    authors=Names(
        label="Authors", shown=tuple(f"Given{n} Family-{n}" for n in range(664)), total=664, more="and {count} more"
    ),
    bullets=("첫째 문장입니다.", (LONG_SENTENCE * 30)[:2087], "The last one."),
    footer="Sentences of the abstract, chosen by this bot",
)


MARKS = [
    "<b>",
    "</a>",
    "&amp;",
    "&#60;",
    "**",
    "__",
    "~~",
    "||",
    "`",
    "```",
    "[",
    "](https://example.org)",
    "\\",
    "# ",
    "> ",
    "- ",
]
MARKS += [
    "1. ",
    "-# ",
    "@everyone",
    "<@123>",
    "<think>",
    "$x_i$",
    ":smile:",
    "[red]",
    "[/red]",
    "\x1b[2J",
    "\r\n",
    "\f",
    "\x85",
]
MARKS += [
    "\u202e",
    "\u2066",
    "\u200f",
    "\u200d",
    "\u2028",
    "\ufeff",
    "\ufe0f",
    "e\u0301",
    "A\u030a",
    "각",
    "ᄀ",
    "👩‍👩‍👧",
    "🇰🇷",
    "https://a.example/b_c_d",
]

_piece = st.one_of(st.sampled_from(MARKS), st.text(max_size=12), st.sampled_from(["word", " ", "어텐션", "\n"]))


def hostile(most: int) -> st.SearchStrategy[str]:
    """Any text whatever, made of marks of every platform as well as of any characters."""
    return st.lists(_piece, max_size=20).map("".join).map(lambda text: text[:most])


def hostile_messages() -> st.SearchStrategy[Message]:
    """Small enough for every platform, however much escaping it needs."""
    entry = st.builds(Entry, number=st.just(1), title=hostile(100), link=st.just("https://arxiv.org/abs/2403.18361"))
    return st.builds(
        Message,
        heading=hostile(100),
        link=st.sampled_from([None, "https://arxiv.org/abs/2403.18361"]),
        facts=hostile(60),
        paragraphs=st.lists(hostile(200), max_size=2).map(tuple),
        bullets=st.lists(hostile(200), max_size=3).map(tuple),
        entries=st.lists(entry, max_size=1).map(tuple),
        footer=hostile(60),
    )
