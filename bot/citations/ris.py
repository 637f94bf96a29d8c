"""References as RIS, which EndNote, Mendeley and Zotero read. Written by rispy."""

import re
from collections.abc import Sequence
from typing import Any

import rispy
from rispy import RisWriter

from bot.citations.names import Name
from bot.citations.reference import Reference

# A line is a tag and its value: what would begin another line would begin another field.
_LINES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class _Writer(RisWriter):  # type: ignore[misc]  # rispy has no types
    """Rispy numbers the references, which the format does not know."""

    def set_header(self, count: int) -> str:
        del count
        return ""


def ris(references: Sequence[Reference]) -> str:
    """All of them as one file's text, `UNPB` (unpublished work) each: RIS has no preprints."""
    written: str = rispy.dumps([_fields(one) for one in references], implementation=_Writer)
    return written


def _fields(one: Reference) -> dict[str, Any]:
    date = f"{one.year}/{one.month or 0:02}/{one.day or 0:02}/" if one.year is not None else ""
    fields: dict[str, Any] = {
        "type_of_reference": "UNPB",
        "title": _line(one.title),
        "authors": [_line(_name(name)) for name in one.names],
        "year": "" if one.year is None else str(one.year),
        # YYYY/MM/DD/other, empty where not known
        "date": date.replace("/00", "/"),
        "type_of_work": "Preprint",
        "publisher": "arXiv",
        "accession_number": f"arXiv:{one.arxiv_id}",
        "doi": one.doi,
        "urls": [one.url],
        "abstract": _line(one.abstract),
        "keywords": [_line(word) for word in one.keywords],
        "id": one.key,
    }
    return {field: value for field, value in fields.items() if value}


def _name(name: Name) -> str:
    """Lastname, Firstname, Suffix."""
    return name.literal or ", ".join(filter(None, (name.whole_family, name.given, name.suffix)))


def _line(text: str) -> str:
    return _LINES.sub(" ", text).strip()
