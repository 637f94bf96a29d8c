"""The lists in the documentation, taken from the program itself so that they cannot fall behind it. Markdown, no MkDocs.

Settings come from `.env.example`, commands of the terminal from their own `--help`, commands of the chat from the menu.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from typer.core import TyperGroup

from bot.cli.app import app
from bot.commands.command_line import ALIASES
from bot.commands.help import GROUPS
from bot.commands.menu import DESCRIPTIONS, USAGE
from bot.locales import translator

ROOT = Path(__file__).resolve().parent.parent
ENV_EXAMPLE = ROOT / ".env.example"

_SECTION = re.compile(r"# --- (?P<title>.+?) -*")
_SETTING = re.compile(r"(?P<name>[A-Z][A-Z_]*)=(?P<value>.*)")
# Wide enough for a sentence a line, narrow enough not to be scrolled on a laptop.
_HELP_COLUMNS = 96


@dataclass(frozen=True, slots=True)
class Explained:
    """Settings that are explained together: their names with their defaults, and the words."""

    defaults: Mapping[str, str]
    words: str


def explained_settings(example: str) -> dict[str, list[Explained]]:
    """What `.env.example` says, by section title: comments, each with the settings that follow and that it explains."""
    sections: dict[str, list[Explained]] = {}
    title, words, defaults = "", list[str](), dict[str, str]()

    def end() -> None:
        nonlocal words, defaults
        if defaults:
            sections.setdefault(title, []).append(Explained(defaults, " ".join(words)))
            words, defaults = [], {}

    for line in example.splitlines():
        if section := _SECTION.fullmatch(line):
            end()
            title, words = section["title"], []
        elif line.startswith("#"):
            end()
            words.append(line.removeprefix("#").strip())
        elif setting := _SETTING.fullmatch(line):
            defaults[setting["name"]] = setting["value"]
    end()
    return sections


def settings() -> str:
    """Every setting with its default and what it does."""
    parts = []
    for title, entries in explained_settings(ENV_EXAMPLE.read_text(encoding="utf-8")).items():
        heading, _, rest = title.partition(": ")
        parts.append(f"## {heading}")
        if rest:
            parts.append(f"{rest[0].upper()}{rest[1:]}.")
        parts.extend(_explanation(entry) for entry in entries)
    return "\n\n".join(parts)


def _explanation(entry: Explained) -> str:
    # A heading with a single name already has an anchor of that name.
    several = len(entry.defaults) > 1
    names = " ".join(f'<span id="{name.lower()}"></span>`{name}`' if several else f"`{name}`" for name in entry.defaults)
    given = {name: value for name, value in entry.defaults.items() if value}
    if not given:
        default = "Not set by default"
    elif len(entry.defaults) == 1:
        default = f"Default: `{next(iter(given.values()))}`"
    else:
        default = "Defaults: " + ", ".join(f"`{name}={value}`" for name, value in given.items())
    return f"### {names}\n\n{_addresses(entry.words)}\n\n*{default}.*"


def _addresses(words: str) -> str:
    """Bare addresses as links; one that ends a sentence or stands in parentheses keeps what follows it."""
    return re.sub(r"https?://[^\s,)]*[^\s,).;:]", r"<\g<0>>", words)


@functools.cache
def terminal_commands() -> dict[str, str]:
    """What `--help` says of each command of the terminal, by name."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)  # there are several
    wide = {"max_content_width": _HELP_COLUMNS, "terminal_width": _HELP_COLUMNS}
    with group.make_context("daily-papers", ["status"], resilient_parsing=True) as context:
        return {
            name: command.get_help(command.make_context(name, [], parent=context, resilient_parsing=True, **wide))
            for name, command in group.commands.items()
        }


def terminal() -> str:
    """Every command of the terminal, as it explains itself."""
    return "\n\n".join(f"## {name}\n\n```text\n{told}\n```" for name, told in terminal_commands().items())


def chat() -> str:
    """Every command of the chat by what people come for: what it does, an example, and what else it may be called."""
    english = translator("en").gettext
    parts = []
    for label, names in GROUPS:
        parts += [f"### {label(english)}", "| Command | What it does | Also called |\n|---|---|---|"]
        parts[-1] += "".join(f"\n{_row(name, english)}" for name in names if name in DESCRIPTIONS)
    return "\n\n".join(parts)


def _row(name: str, gettext: Callable[[str], str]) -> str:
    usage = f" {USAGE[name](gettext)}" if name in USAGE else ""
    others = " ".join(f"`{word}`" for word in ALIASES[name])
    return f"| `/{name}{usage}` | {DESCRIPTIONS[name](gettext)} | {others} |".replace("\\", "\\\\")


GENERATED: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "terminal": terminal,
    "chat": chat,
}

_MARK = re.compile(r"<!-- generated: (\w+) -->")


def filled(page: str) -> str:
    """A page with each mark (`<!-- generated: settings -->`) replaced by its list. Raises KeyError for an unknown one."""
    return _MARK.sub(lambda mark: GENERATED[mark[1]](), page)
