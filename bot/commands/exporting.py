"""Papers for reference managers: one's own list as a file, and /cite for one paper. Formats: bot/citations."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.commands.asking import Asking
from bot.commands.faults import quoted
from bot.commands.papers import wanted, which
from bot.locales import thousands
from bot.message import File, Message, utf16_length
from bot.model import Paper
from bot.sources.paper_ids import mentioned, parse
from bot.store import papers, saved

if TYPE_CHECKING:
    from bot.citations.reference import Reference

# A text longer than this, of a paper by hundreds, is a file: it would fill the screen, or be cut. Only BibTeX is copied.
TEXT_UNITS = 1500


@dataclass(frozen=True, slots=True)
class Format:
    """How references are written. `names` are what people type for it."""

    label: str
    ending: str
    media_type: str
    write: Callable[[Sequence["Reference"]], str]
    names: frozenset[str]


# With their libraries these modules take as long as a tenth of a start: whoever wants references waits for them, once.


def _references(found: Sequence[Paper]) -> "list[Reference]":
    from bot.citations.reference import references  # noqa: PLC0415

    return references(found)


def _bibtex(cited: Sequence["Reference"]) -> str:
    from bot.citations.bibtex import bibtex  # noqa: PLC0415

    return bibtex(cited)


def _csl(cited: Sequence["Reference"]) -> str:
    from bot.citations.csl import csl_json  # noqa: PLC0415

    return csl_json(cited)


def _ris(cited: Sequence["Reference"]) -> str:
    from bot.citations.ris import ris  # noqa: PLC0415

    return ris(cited)


# By the name that buttons carry, for ever.
FORMATS: Mapping[str, Format] = {
    "bibtex": Format("BibTeX", "bib", "application/x-bibtex", _bibtex, frozenset({"bib", "tex", "latex", "biblatex"})),
    "csl": Format(
        "CSL-JSON",
        "json",
        "application/vnd.citationstyles.csl+json",
        _csl,
        frozenset({"json", "csl-json", "csljson", "zotero"}),
    ),
    "ris": Format("RIS", "ris", "application/x-research-info-systems", _ris, frozenset({"endnote", "mendeley"})),
}


def format_named(written: str) -> str:
    """The name of the format that `written` means, "" for none."""
    word = written.strip().casefold().lstrip(".")
    return next((name for name, form in FORMATS.items() if word == name or word in form.names), "")


async def export(asking: Asking, person: str, name: str) -> list[Message]:
    """The list of `person` as a file in a format of FORMATS."""
    found = await asking.store.read(_saved, person)
    if not found:
        return asking.say(asking.gettext("You have saved nothing yet."), private=True)
    form = FORMATS[name]
    # A second for a full list, in which nobody else should have to wait.
    text = await asyncio.to_thread(lambda: form.write(_references(found)))
    said = asking.ngettext(
        "Your saved paper as {format}.", "Your {count} saved papers as {format}.", len(found),
        count=thousands(len(found), asking.language), format=form.label,
    )  # fmt: skip
    return [Message(paragraphs=(said,), file=_file("saved-papers", form, text), private=True)]


async def cite(asking: Asking) -> Sequence[Message]:
    """One paper as BibTeX, or in the format that is named after its id."""
    words, name = asking.arguments.split(), "bibtex"
    if len(words) > 1 and (named := format_named(words[-1])):
        words, name = words[:-1], named
    elif len(mentioned(asking.arguments)) > 1:
        return await which(asking, "cite", mentioned(asking.arguments))
    elif len(words) > 1 and (paper_id := parse(words[0])) and parse(asking.arguments) is None:
        return asking.say(
            asking.gettext("“{written}” is no format: there are {formats}.", written=quoted(" ".join(words[1:])),
                           formats=", ".join(FORMATS)),
            private=True,
            offers=[f"/cite {paper_id}"],
        )  # fmt: skip
    paper = await wanted(replace(asking, arguments=" ".join(words)), "cite")
    if not isinstance(paper, Paper):
        return paper
    form, (reference,) = FORMATS[name], _references([paper])
    text = form.write([reference])
    if name == "bibtex" and utf16_length(text) <= TEXT_UNITS:
        return [Message(code=text.strip())]
    return [Message(paragraphs=(f"{form.label} · {paper.id}",), file=_file(reference.key, form, text))]


def _file(name: str, form: Format, text: str) -> File:
    return File(name=f"{name}.{form.ending}", content=text.encode("utf-8", "replace"), media_type=form.media_type)


def _saved(connection: sqlite3.Connection, person: str) -> list[Paper]:
    ids = saved.ids(connection, person)
    known = papers.papers(connection, ids)
    return [known[one] for one in ids]
