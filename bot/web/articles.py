"""The HTML of papers on a day's page, kept small: what does not fit of long summaries is on each paper's own page.

Built here and not in a template, because a page has sixty of them and a template takes three times as long. Pure.
"""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from bot.locales import translator
from bot.web.views import Card, Point, points

# What the frame of a page leaves of 50 kB: head, links and footer take up to 4.5 kB, with long titles and addresses.
MOST_BYTES = 45_400
# Most readers come for the first papers: these stay whole as long as cutting the others is enough.
_WHOLE = 5
# What a link to the rest of a summary takes, beside the paper's address.
_LINK_BYTES = 60


def articles(cards: Sequence[Card], language: str, *, most: int = MOST_BYTES) -> Markup:
    """The papers one after the other, in `most` bytes as far as that leaves each its title, its facts and its links."""
    written = [_article(card, language, first=not place) for place, card in enumerate(cards)]
    sizes = [len(one.encode("utf-8", "replace")) for one in written]
    if (excess := sum(sizes) - most) > 0:
        lines = _shown_lines(cards, excess)
        written = [
            written[place] if shown is None else _article(card, language, first=not place, shown=shown)
            for place, (card, shown) in enumerate(zip(cards, lines, strict=True))
        ]
    # Each text in it was escaped on its way in.
    return Markup("".join(written))  # noqa: S704


def _shown_lines(cards: Sequence[Card], excess: int) -> list[int | None]:
    """How many lines of each summary are shown so that `excess` bytes are saved, None for all of them.

    The last papers, which the fewest have voted for and scroll to, lose theirs first, all but the first line; where even
    that is not enough, that one too.
    """
    shown: list[int | None] = [None] * len(cards)
    saved = [0] * len(cards)
    for kept, spared in ((1, _WHOLE), (0, _WHOLE), (1, 0), (0, 0)):
        for place in range(len(cards) - 1, spared - 1, -1):
            if excess <= 0:
                return shown
            # A link that is longer than what it stands for saves nothing.
            if (less := _saved(cards[place], kept)) > saved[place]:
                excess -= less - saved[place]
                shown[place], saved[place] = kept, less
    return shown


def _saved(card: Card, kept: int) -> int:
    """How many bytes less a paper takes with so many lines of its summary and a link to the rest."""
    left_out = card.bullets.lines[kept:] if card.bullets else ()
    taken = sum(len(line.encode("utf-8", "replace")) + len("<li>") for line in left_out)
    return taken - len(card.address) - _LINK_BYTES


def _article(card: Card, language: str, *, first: bool, shown: int | None = None) -> str:
    """A paper with `shown` lines of its summary.

    HTML lets the ends of paragraphs and of a list's lines be left out, and quotation marks around plain values.
    """
    english = "" if language == "en" else " lang=en"
    address = escape(card.address)
    parts = [f'<article id="{escape(card.id)}"><h2><a href="{address}"{english}>{_text(card.title)}</a></h2>']
    if card.picture:
        # The first is seen at once; of the others those that somebody scrolls to are fetched.
        lazy = "" if first else " loading=lazy"
        parts.append(f'<img src="{escape(card.picture)}" alt="" width=1200 height=648{lazy}>')
    if card.facts:
        parts.append(f"<p>{_text(card.facts)}")
    if card.authors:
        parts.append(f"<p>{_text(card.authors)}")
    if card.keywords:
        parts.append(f"<p{english}>{_text(card.keywords)}")
    rest = 0
    if card.bullets:
        lines = card.bullets.lines if shown is None else card.bullets.lines[:shown]
        rest = len(card.bullets.lines) - len(lines)
        spoken = "" if card.bullets.lang == language else f' lang="{escape(card.bullets.lang)}"'
        listed = "".join(map(_item, points(lines)))
        parts.append(f"<ul{spoken}>{listed}</ul>" if lines else "")
    more = f'<a href="{address}">{_text(_more(rest, language))}</a> ' if rest else ""
    links = " ".join(f'<a href="{escape(link.url)}">{_text(link.text)}</a>' for link in card.links)
    parts.append(f"<p>{_text(card.source)}<div>{more}{links}</div></article>\n")
    return "".join(parts)


def _item(point: Point) -> str:
    under = "".join(f"<li>{_text(line)}" for line in point.under)
    return f"<li>{_text(point.text)}{f'<ul>{under}</ul>' if under else ''}"


def _text(text: str) -> str:
    """Outside of attributes a quotation mark is nothing but itself."""
    return escape(text, quote=False)


def _more(count: int, language: str) -> str:
    said = translator(language).ngettext("{count} more point", "{count} more points", count)
    return said.format(count=count)
