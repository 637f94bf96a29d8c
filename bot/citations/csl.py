"""References as CSL-JSON (citationstyles.org), which Zotero, pandoc and citeproc read."""

import json
from collections.abc import Sequence
from typing import Any

from bot.citations.names import Name
from bot.citations.reference import Reference


def csl_json(references: Sequence[Reference]) -> str:
    """All of them as one array. A preprint is an `article` without a journal (CSL 1.0.2, appendix III)."""
    return json.dumps([_item(one) for one in references], ensure_ascii=False, indent=2) + "\n"


def _item(one: Reference) -> dict[str, Any]:
    date = [part for part in (one.year, one.month, one.day) if part is not None]
    item: dict[str, Any] = {
        "id": one.key,
        "type": "article",
        "genre": "preprint",
        "title": one.title,
        "author": [_name(name) for name in one.names],
        "issued": {"date-parts": [date]} if date else None,
        "publisher": "arXiv",
        "number": f"arXiv:{one.arxiv_id}",
        "DOI": one.doi,
        "URL": one.url,
        "abstract": one.abstract,
        "keyword": ", ".join(one.keywords),
    }
    return {field: value for field, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given, "non-dropping-particle": name.particle, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}
