"""Papers and days as neutral messages in a reader's language. Pure; no platform, no store."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache

from babel.dates import format_date

from bot.digest.media import FILMS, MOVING, picture, uploaded
from bot.digest.select import Item, items
from bot.locales import language_name, locale, thousands, translator
from bot.message import NESTED, Button, Entry, Message, Names, shortened
from bot.model import REPORTED, Choice, Origin, Paper, Summary, SummarySource
from bot.summaries.choose import shown_summary, speaks
from bot.summaries.marks import mark
from bot.summaries.sentences import plain_text

# The first few authors say who wrote it; 664 of them would be the message.
SHOWN_AUTHORS = 8
# What the button "this summary is wrong" comes back with, before the paper, the reader's language and the summary's mark.
WRONG = "w"
# And the other buttons of a paper, each before its id: open it, its whole abstract, papers like it, keep it, less of such.
OPEN, ABSTRACT, SIMILAR, KEEP, LESS = "o", "a", "s", "k", "l"
# Before a command line: the button does what the line does when it is typed.
RUN = "!"
# Behind an abstract's paper: the summary in its place again.
BACK = "b"
# Discord has rows of five buttons (discord.com/developers/docs/components/reference#action-row); a thumb hits five too.
OPENING_A_ROW = 5
# Two rows of a phone: with what may be done with a paper there are four, and ten papers follow each other.
SHOWN_LINKS = 6
# A digest of more messages than this is long to scroll through: one list is offered instead.
MANY = 15
# The first few say what it is about, in one line of a phone or two.
SHOWN_KEYWORDS, KEYWORD_UNITS = 5, 120


def day_name(day: dt.date, language: str) -> str:
    """`2024-03-28 (목)`: the date as commands take it, and the weekday as people say it."""
    return f"{day.isoformat()} ({format_date(day, 'EEE', locale=locale(language))})"


def compose_heading(
    day: dt.date,
    language: str,
    *,
    shown: int,
    total: int,
    filtered: bool = False,
    once: bool = False,
    skipped: Sequence[str] = (),
    late: Mapping[str, str] | None = None,
) -> Message:
    """The message that opens a digest: which day, how many papers, how many that are `late`; no paper's link."""
    t = translator(language)
    paragraphs = [counted(language, shown, total, filtered=filtered), *_late_counted(late or {}, language)]
    if once:
        paragraphs.append(t.gettext("I say so once, and write again on the first day that has one. /filter changes it."))
    if skipped:
        paragraphs.append(
            t.ngettext(
                "{days} was not sent, for it is too long ago; /day {first} shows it.",
                "{days} were not sent, for they are too long ago; /day {first} shows the first of them.",
                len(skipped),
            ).format(days=", ".join(skipped), first=skipped[0])
        )
    shorter = Button(t.gettext("☰ One list from now on"), action=f"{RUN}:/settings shape compact")
    return Message(
        heading=f"Daily Papers · {day_name(day, language)}",
        paragraphs=tuple(paragraphs),
        buttons=(shorter,) if shown > MANY else (),
    )


def compose_paper(paper: Paper, language: str, *, silent: bool = False, late: str = "", abstract: bool = False) -> Message:
    """One paper: title with its arXiv link, picture, votes, authors, bullets with who wrote them, links and buttons.

    `late` names the list day to which it came after that day's digest. With `abstract` its whole abstract stands in the
    place of the bullets.
    """
    summary = None if abstract else shown_summary(paper, language)
    return Message(
        heading=paper.title,
        link=paper.arxiv_url,
        picture=picture(paper),
        facts=" · ".join(filter(None, (_late(late, language), facts_line(paper, language)))),
        authors=names(paper, language),
        paragraphs=(*keyword_lines(paper), plain_text(paper.abstract)) if abstract else keyword_lines(paper),
        bullets=bullet_lines(summary) if summary else (),
        footer="" if abstract else provenance(summary, language),
        buttons=(
            *links(paper, language),
            *_acting(paper, language, abstract=abstract),
            *_wrong(paper, summary, language),
        ),
        silent=silent,
    )


def compose_listing(
    papers: Sequence[Paper],
    day: dt.date,
    language: str,
    *,
    first: int = 1,
    part: int = 1,
    parts: int = 1,
    shown: int,
    total: int,
    late: Mapping[str, str] | None = None,
) -> Message:
    """A part of a day's compact list, numbered from `first`; `late` has the days of those that came late to theirs."""
    t = translator(language)
    heading = f"Daily Papers · {day_name(day, language)}"
    if parts > 1:
        heading += f" · {part}/{parts}"
    return Message(
        heading=heading,
        paragraphs=(counted(language, shown, total),) if part == 1 else (),
        entries=tuple(
            Entry(
                number=number,
                title=shortened(paper.title, 250),
                link=paper.arxiv_url,
                facts=" · ".join(filter(None, (_late((late or {}).get(paper.id, ""), language), _votes(paper, language)))),
            )
            for number, paper in enumerate(papers, first)
        ),
        footer=t.gettext("A number opens its paper, /day with a date another day.") if part == parts else "",
        buttons=tuple(
            Button(str(number), action=f"{OPEN}:{paper.id}", row=place // OPENING_A_ROW)
            for place, (number, paper) in enumerate(zip(range(first, first + len(papers)), papers, strict=True))
        ),
        silent=part > 1,
    )


def compose_item(item: Item, day: dt.date, papers: Mapping[str, Paper], choice: Choice) -> Message:
    """One message of a frozen selection. All but the first of a digest are silent.

    A paper of `item` that is missing from `papers` (withdrawn since) is left out of a list, and named by its id alone.
    """
    language = choice.language
    if item["kind"] == "heading":
        return compose_heading(
            day,
            language,
            shown=item.get("shown", 0),
            total=item.get("total", 0),
            filtered=item.get("filtered", False),
            once=item.get("once", False),
            skipped=item.get("skipped", ()),
            late=item.get("late"),
        )
    if item["kind"] == "announcement":
        return compose_announcement(item["text"], language)
    if item["kind"] == "paper":
        paper = papers.get(item["id"]) or Paper(id=item["id"], title=item["id"])
        return compose_paper(paper, language, silent=True, late=item.get("late", {}).get(item["id"], ""))
    listed = [papers[paper_id] for paper_id in item["ids"] if paper_id in papers]
    return compose_listing(
        listed,
        day,
        language,
        first=item.get("first", 1),
        part=item.get("part", 1),
        parts=item.get("parts", 1),
        shown=item.get("shown", len(listed)),
        total=item.get("total", len(listed)),
        late=item.get("late"),
    )


def compose_announcement(text: str, language: str) -> Message:
    """What the operator says to every chat, in their own words; a blank line begins a paragraph."""
    paragraphs = tuple(filter(None, (part.strip() for part in text.split("\n\n"))))
    return Message(heading=translator(language).gettext("📢 From the operator of this bot"), paragraphs=paragraphs)


def compose_day(day: dt.date, papers: Sequence[Paper], choice: Choice) -> list[Message]:
    """A whole day as the messages that `choice` asks for."""
    known = {paper.id: paper for paper in papers}
    return [compose_item(item, day, known, choice) for item in items(papers, choice)]


def provenance(summary: Summary | None, language: str) -> str:
    """Where the bullets come from, and in which language where it is not the reader's; the reader is always told."""
    if summary is None:
        return translator(language).gettext("No summary yet: nothing but the title is known.")
    said = _source(summary.source, summary.model, language)
    if not speaks(summary, language):
        said = f"{said} ({language_name(summary.language, language)})"
    return f"{said} · {doubt(summary, language)}" if summary.verified is False else said


def doubt(summary: Summary, language: str) -> str:
    """What a reader is told of a summary that is not verified."""
    t = translator(language)
    if REPORTED in summary.reasons:
        return t.gettext("⚠ a reader reported it as wrong")
    return t.gettext("⚠ not verified: it may say what the paper does not")


@lru_cache(maxsize=64)  # a page has sixty of the same
def _source(source: SummarySource, model: str, language: str) -> str:
    t = translator(language)
    if source is SummarySource.IMPORTED:
        return t.gettext("Summary: from an imported archive")
    if source is SummarySource.SAMPLE:
        return t.gettext("Summary: written for the sample day")
    if source is SummarySource.HUB:
        return t.gettext("Summary: by Hugging Face's model")
    if source is SummarySource.ABSTRACT:
        return t.gettext("Sentences of the abstract, chosen by this bot")
    return t.gettext("Summary: by the language model {model}").format(model=model)


def names(paper: Paper, language: str) -> Names | None:
    """Its first few authors, and how many more; None when nobody is named."""
    if not paper.authors:
        return None
    t = translator(language)
    return Names(
        label=t.gettext("Authors"),
        shown=paper.authors[:SHOWN_AUTHORS],
        total=len(paper.authors),
        more=t.gettext("and {count} more"),
    )


def keyword_lines(paper: Paper) -> tuple[str, ...]:
    """What it is about in a line, by the Hub's keywords; no line where there are none."""
    words = [plain_text(word) for word in paper.keywords[:SHOWN_KEYWORDS]]
    line = " · ".join(filter(None, words))
    return (shortened(f"🏷 {line}", KEYWORD_UNITS),) if line else ()


def bullet_lines(summary: Summary) -> tuple[str, ...]:
    """The bullets as lines of prose; those that stand under another in an archive follow it with a mark."""
    lines: list[str] = []
    for bullet in summary.bullets:
        first, *nested = bullet.splitlines() or [""]
        lines.append(plain_text(first))
        lines += [f"{NESTED}{plain_text(line.strip().removeprefix('- '))}" for line in nested if line.strip()]
    return tuple(line for line in lines if line)


def _late(day: str, language: str) -> str:
    return translator(language).gettext("late, from {day}").format(day=day) if day else ""


def _late_counted(late: Mapping[str, str], language: str) -> list[str]:
    if not late:
        return []
    said = translator(language).ngettext(
        "On top, {count} paper that came late to the list of {days}.",
        "On top, {count} papers that came late to the lists of {days}.",
        len(late),
    )
    return [said.format(count=len(late), days=", ".join(sorted(set(late.values()))))]


def _votes(paper: Paper, language: str) -> str:
    return "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}"


def facts_line(paper: Paper, language: str) -> str:
    """Its votes, comments, stars, and who it is from: `👍 24 · 💬 1`."""
    facts = [_votes(paper, language)]
    if paper.comments:
        facts.append(f"💬 {thousands(paper.comments, language)}")
    if paper.github_stars:
        facts.append(f"⭐ {thousands(paper.github_stars, language)}")
    if paper.organization:
        facts.append(f"🏛 {paper.organization}")
    return " · ".join(filter(None, facts))


def links(paper: Paper, language: str) -> tuple[Button, ...]:
    """Where it can be read and seen: buttons with a URL, arXiv's first."""
    buttons = [Button("arXiv", paper.arxiv_url), Button("PDF", paper.pdf_url)]
    if paper.origin is not Origin.ARXIV:
        # arXiv was asked because the Hub has no page of it.
        buttons.append(Button("Hugging Face", paper.hub_url))
    t = translator(language)
    if paper.github_repo and paper.github_repo.startswith("https://"):
        buttons.append(Button(t.gettext("Code"), paper.github_repo))
    if paper.project_page and paper.project_page.startswith("https://"):
        buttons.append(Button(t.gettext("Project"), paper.project_page))
    if film := uploaded(paper, FILMS):
        buttons.append(Button(t.gettext("Video"), film))
    if moving := uploaded(paper, MOVING):
        buttons.append(Button("GIF", moving))
    return tuple(buttons[:SHOWN_LINKS])


def _acting(paper: Paper, language: str, *, abstract: bool) -> tuple[Button, ...]:
    """What may be done with the paper; in the place of the abstract its summary comes back."""
    t = translator(language)
    buttons = [
        Button(t.gettext("Similar"), action=f"{SIMILAR}:{paper.id}", row=1),
        Button(t.gettext("Save"), action=f"{KEEP}:{paper.id}", row=1),
        Button(t.gettext("Less like this"), action=f"{LESS}:{paper.id}", row=2),
    ]
    if abstract:
        buttons.insert(0, Button(t.gettext("Summary"), action=f"{ABSTRACT}:{paper.id}:{BACK}", row=1))
    elif paper.abstract:
        buttons.insert(0, Button(t.gettext("Abstract"), action=f"{ABSTRACT}:{paper.id}", row=1))
    return tuple(buttons)


def _wrong(paper: Paper, summary: Summary | None, language: str) -> tuple[Button, ...]:
    """For what somebody or something wrote of the paper, until a reader has found it wrong."""
    if summary is None or summary.source is SummarySource.ABSTRACT or REPORTED in summary.reasons:
        return ()
    action = f"{WRONG}:{paper.id}:{language}:{mark(summary)}"
    return (Button(translator(language).gettext("⚠ Summary is wrong"), action=action, row=2),)


def counted(language: str, shown: int, total: int, *, filtered: bool = False) -> str:
    """How many of a day's papers there are to see, or why there are none."""
    t = translator(language)
    written = thousands(total, language)
    if total and not shown and filtered:
        return t.gettext("None of the day's {total} papers passes the filters of this chat.").format(total=written)
    if total and not shown:
        return t.gettext("None of the day's {total} papers has the votes that this chat asks for.").format(total=written)
    if shown < total:
        counted = t.ngettext("{shown} of {total} paper", "{shown} of {total} papers", total)
        return counted.format(shown=thousands(shown, language), total=written)
    return t.ngettext("{total} paper", "{total} papers", total).format(total=written)
