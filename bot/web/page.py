"""What every page is: it knows its address, its mark, and how to make its content, on a connection that only reads.

`mark` is cheap, and changes whenever the page does; None means that there is no such page. `written` is the page.
"""

import sqlite3
from typing import Any, ClassVar, Protocol

from bot.model import Paper
from bot.web.site import Site

HTML = "text/html; charset=utf-8"


class Page(Protocol):
    """What can be asked for in one language: a frozen dataclass, so that it is a key too."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def language(self) -> str: ...

    @property
    def path(self) -> str:
        """Where it stands, without language and ending; "" for the newest day."""

    @property
    def media_type(self) -> str: ...

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None: ...

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes: ...


def is_to_come(paper: Paper, site: Site) -> bool:
    """Whether a paper is on the list of a day after today, and so on no page yet."""
    return paper.list_day is not None and paper.list_day > site.today()
