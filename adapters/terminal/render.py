"""A message as text that rich shows in a terminal or writes into a pipe. Pure: no console is used here."""

import re
from collections.abc import Mapping

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.message import NESTED, Button, Entry, Message

# Control characters would let a paper's title move the cursor or recolour the screen; direction marks would reorder it;
# half characters (surrogates) no stream takes.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


# `👍 1,024 · 2024-03-28` and a little more.
_FACTS_BESIDE = 32


def clean(text: str) -> str:
    """`text` without control characters, on one line."""
    return " ".join(unseen_removed(text).split())


def unseen_removed(text: str) -> str:
    """`text` without control characters, its blanks as they are."""
    return _CONTROLS.sub("", text)


def render(message: Message, *, links: bool, hints: Mapping[str, str] | None = None) -> RenderableType:
    """`message` as one renderable; with `links` its addresses are hyperlinks, without they are written out.

    `hints` say what to type for a button's action; an action that is not among them is not shown.
    """
    parts: list[RenderableType] = []
    if message.heading:
        parts.append(_linked(clean(message.heading), message.link, "bold cyan" if message.link else "bold", links=links))
        if message.link and not links:
            parts.append(_indented(Text(message.link)))
    facts = [clean(message.facts)] if message.facts else []
    if message.authors and (names := message.authors.text()):
        facts.append(f"{clean(message.authors.label)}: {clean(names)}")
    parts.extend(_indented(Text(line, style="dim")) for line in facts)
    parts.extend(_paragraph(paragraph, indented=bool(message.link)) for paragraph in message.paragraphs)
    parts.extend(_bullet(clean(bullet)) for bullet in message.bullets)
    if message.code:
        # As it stands, so that it can be copied: a line of it is not broken.
        parts.append(Text("\n".join(map(unseen_removed, message.code.splitlines())), no_wrap=True, overflow="ignore"))
    if message.entries:
        parts.append(_entries(message.entries, links=links))
    if message.footer:
        parts.append(_indented(Text(clean(message.footer), style="dim italic")))
    if message.buttons:
        parts.append(_buttons(message.buttons, message.link, hints or {}, links=links))
    return Group(*parts)


def _bullet(text: str) -> RenderableType:
    nested = text.startswith(NESTED)
    return _indented(_hanging(NESTED.strip(), Text(text.removeprefix(NESTED)))) if nested else _hanging("•", Text(text))


def _paragraph(text: str, *, indented: bool) -> RenderableType:
    lines = Text("\n".join(clean(line) for line in text.splitlines()))
    return _indented(lines) if indented else lines


def _linked(text: str, url: str | None, style: str, *, links: bool) -> Text:
    return Text(text, style=f"{style} link {url}" if url and links else style)


def _indented(text: RenderableType) -> Padding:
    return Padding(text, (0, 0, 0, 2), expand=False)


def _hanging(mark: str, text: Text, width: int = 2) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=width, justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style="dim"), text)
    return Padding(grid, (0, 0, 0, 1), expand=False)


def _entries(entries: tuple[Entry, ...], *, links: bool) -> Table:
    """Numbers, titles and facts in columns; rich counts cells, so wide Korean characters keep them aligned."""
    # Long facts, such as what two papers have in common, would leave the titles no room beside them.
    beside = max(cell_len(clean(entry.facts)) for entry in entries) <= _FACTS_BESIDE
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify="right", no_wrap=True, min_width=3)
    grid.add_column(overflow="fold", ratio=1)
    if beside:
        grid.add_column(justify="right", no_wrap=True, min_width=max(cell_len(entry.facts) for entry in entries))
    for entry in entries:
        title = _linked(clean(entry.title), entry.link, "cyan", links=links)
        facts = Text(clean(entry.facts), style="dim")
        if entry.link and not links:
            title.append(f"\n{entry.link}", style="dim")
        if facts and not beside:
            title.append("\n").append_text(facts)
        grid.add_row(Text(f"{entry.number}.", style="dim"), title, *([facts] if beside else []))
    return grid


def _buttons(buttons: tuple[Button, ...], shown: str | None, hints: Mapping[str, str], *, links: bool) -> RenderableType:
    """Addresses first; then what can be typed, its rows one after another. The numbers of a list stand in the list."""
    addresses = [one for one in buttons if one.url]
    typed = [Text(line, style="dim") for line in _typed(buttons, hints)]
    if links:
        linked = [Text(clean(one.label), style=f"blue underline link {one.url}") for one in addresses]
        lines = [Text(" · ", style="dim").join(linked)] if linked else []
    else:
        # The address that stands under the title already is not written twice.
        lines = [Text(f"{clean(one.label)}: {one.url}", style="dim") for one in addresses if one.url != shown]
    return Group(*(_indented(line) for line in (*lines, *typed)))


def _typed(buttons: tuple[Button, ...], hints: Mapping[str, str]) -> list[str]:
    """A line for each row of the buttons that come back, each button with what is typed for it."""
    rows: dict[int, list[str]] = {}
    for one in buttons:
        if one.acts and one.action in hints and not one.label.isdigit():
            hint = hints[one.action]
            rows.setdefault(one.row, []).append(f"{clean(one.label)}: {hint}" if hint else clean(one.label))
    return [" · ".join(row) for row in rows.values()]
