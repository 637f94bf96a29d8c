"""A day as a document: the seed's Markdown, a page of HTML, plain text. Pure: papers in, text out."""

import datetime as dt
from collections.abc import Sequence
from html import escape

from bot.digest.compose import compose_heading, compose_paper, doubt
from bot.message import NESTED, Message
from bot.model import Paper, SummarySource
from bot.summaries.choose import shown_summary

# Summaries that somebody wrote for the paper stand in the Markdown as they do in the seed; of all others it says what they
# are, in a comment that readers do not see and that an import reads.
_WRITTEN = frozenset({SummarySource.IMPORTED, SummarySource.SAMPLE})

# The archive writes all other formats as pictures.
_VIDEOS = (".mp4",)


def markdown(day: dt.date, papers: Sequence[Paper], language: str) -> str:
    """The form of the archive that the seed belongs to, line for line; `daily-papers import` reads it back."""
    lines = [f"## Daily Papers ({day.isoformat()})", ""]
    for paper in papers:
        lines += [f"### [{paper.title}]({paper.arxiv_url})", ""]
        shown = paper.thumbnail or next(iter(paper.media), None)
        if shown:
            lines += [*_shown(shown), ""]
        if paper.upvotes is not None:
            lines += [f"Vote: {paper.upvotes}", ""]
        if paper.authors:
            lines += [f"Authors: {', '.join(paper.authors)}", ""]
        summary = shown_summary(paper, language)
        if summary:
            if summary.source not in _WRITTEN:
                lines += [f"<!-- summary: {summary.source} -->", ""]
            if summary.verified is False:
                # A line that readers see; an import passes over it.
                lines += [f"> {doubt(summary, language)}", ""]
            lines += [*(f"- {bullet}" for bullet in summary.bullets), ""]
    return "\n".join(lines) + "\n"


def _shown(url: str) -> list[str]:
    """A picture, or a video in the archive's two lines."""
    if not url.lower().endswith(_VIDEOS):
        return [f"![]({url})"]
    return [f"[Watch Video]({url})", f'<div><video controls src="{url}" muted="false"></video></div>']


def text(day: dt.date, papers: Sequence[Paper], language: str, *, total: int) -> str:
    """Plain text for a mail or a pipe, a blank line between papers."""
    blocks = [_text_of(compose_heading(day, language, shown=len(papers), total=total))]
    blocks += [_text_of(compose_paper(paper, language), number) for number, paper in enumerate(papers, 1)]
    return "\n\n".join(blocks) + "\n"


def paper_text(paper: Paper, language: str) -> str:
    """One paper as plain text."""
    return _text_of(compose_paper(paper, language)) + "\n"


def _text_of(message: Message, number: int | None = None) -> str:
    lines = [f"{number}. {message.heading}" if number else message.heading]
    lines += [message.link] if message.link else []
    lines += [message.facts] if message.facts else []
    if message.authors:
        lines.append(f"{message.authors.label}: {message.authors.text()}")
    lines += [*message.paragraphs, *(f"  {one}" if one.startswith(NESTED) else f"- {one}" for one in message.bullets)]
    lines += [message.footer] if message.footer else []
    return "\n".join(lines)


_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.6 system-ui, sans-serif; word-break: keep-all; overflow-wrap: anywhere; max-width: 44rem;
       margin: 0 auto; padding: 1rem }
article { margin: 2.5rem 0 } h2 { font-size: 1.15rem; line-height: 1.35 }
img { max-width: 100%; height: auto; border-radius: .4rem }
p { margin: .3rem 0 } .facts, .source { opacity: .75 } nav a { margin-right: .8rem }
"""


def html(day: dt.date, papers: Sequence[Paper], language: str, *, total: int) -> str:
    """A page that stands alone: no script, no file beside it; pictures are loaded from where the paper's list has them."""
    heading = compose_heading(day, language, shown=len(papers), total=total)
    title = escape(heading.heading)
    parts = [
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<h1>{title}</h1>",
        *(f"<p>{escape(paragraph)}</p>" for paragraph in heading.paragraphs),
        *(_article(compose_paper(paper, language)) for paper in papers),
        "</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _article(message: Message) -> str:
    parts = ["<article>", f'<h2><a href="{escape(message.link or "")}">{escape(message.heading)}</a></h2>']
    if message.picture:
        parts.append(f'<img src="{escape(message.picture)}" alt="" loading="lazy">')
    if message.facts:
        parts.append(f'<p class="facts">{escape(message.facts)}</p>')
    if message.authors:
        parts.append(f"<p>{escape(message.authors.label)}: {escape(message.authors.text())}</p>")
    parts += [f'<p class="facts">{escape(paragraph)}</p>' for paragraph in message.paragraphs]
    if message.bullets:
        parts.append("<ul>" + "".join(f"<li>{escape(bullet)}</li>" for bullet in message.bullets) + "</ul>")
    if message.footer:
        parts.append(f'<p class="source">{escape(message.footer)}</p>')
    links = "".join(f'<a href="{escape(one.url)}">{escape(one.label)}</a>' for one in message.buttons if one.url)
    parts += [f"<nav>{links}</nav>", "</article>"]
    return "\n".join(parts)
