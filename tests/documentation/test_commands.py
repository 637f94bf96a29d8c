"""Every command has its place in the documentation, an example that can be typed, and options that say what they do."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bot import errors
from bot.cli.app import app
from bot.commands.command_line import COMMANDS
from bot.commands.help import GROUPS
from bot.commands.menu import DESCRIPTIONS
from bot.commands.operating import described
from bot.commands.setting_words import SETTINGS
from bot.locales import translator
from tests.documentation.reading import DOCS, PAGES, ROOT, page, reference, typed

_GROUP = typer.main.get_command(app)
assert isinstance(_GROUP, TyperGroup)
TERMINAL = dict(_GROUP.commands)
# Commands that are there in the operator's chats alone, as /help lists them there: `/status – …`.
OF_OPERATORS = [line.split()[0].removeprefix("/") for line in described(translator("en").gettext)]


def is_understood(words: list[str]) -> bool:
    """Whether the command line is one. Nothing is run; options and arguments that there are not raise typer's own errors."""
    if words[0] not in TERMINAL:
        pytest.fail(f"There is no command `daily-papers {shlex.join(words)}`")
    TERMINAL[words[0]].make_context(words[0], words[1:])
    return True


@pytest.mark.parametrize("name", TERMINAL)
def test_help_of_a_command_ends_its_words_with_an_example_that_can_be_typed(name: str):
    example = re.search(r"^ *Example: (.+?)\n *\n", reference.terminal_commands()[name], re.MULTILINE | re.DOTALL)
    assert example, "its docstring has no paragraph 'Example: …'"
    (words,) = typed(f"```sh\n{' '.join(example[1].split())}\n```\n")
    assert words[0] == name
    assert is_understood(words)


ADVISERS = [
    "bot/delivery/alarm_texts.py",
    "bot/store/backup.py",
    *(f"bot/doctor/{name}.py" for name in ("file", "machine", "work")),
]


@pytest.mark.parametrize("file", ADVISERS)
def test_what_the_doctor_and_the_alarms_tell_to_type_can_be_typed(file: str):
    for line in re.findall(r"`daily-papers ([^`]+)`", (ROOT / file).read_text(encoding="utf-8")):
        assert is_understood(shlex.split(line.replace("DAY", "2024-03-28").replace("CHAT", "telegram:7")))


def test_help_lists_every_command_with_words_that_are_not_cut():
    with _GROUP.make_context("daily-papers", ["status"], resilient_parsing=True, terminal_width=80) as context:
        listed = _GROUP.get_help(context).partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines()] == list(TERMINAL)
    assert "..." not in listed


@pytest.mark.parametrize("name", TERMINAL)
def test_each_option_and_argument_of_a_command_says_what_it_does(name: str):
    silent = [parameter.name for parameter in TERMINAL[name].params if not getattr(parameter, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", TERMINAL)
def test_the_page_of_the_terminal_has_the_command(name: str):
    assert re.search(rf"^## {name}$", page("terminal.md"), re.MULTILINE)
    assert f"Usage: daily-papers {name}" in page("terminal.md")


@pytest.mark.parametrize("name", [*COMMANDS, *OF_OPERATORS])
def test_the_page_of_the_chat_tells_of_the_command_in_words(name: str):
    assert re.search(rf"`/{name}\b", (DOCS / "chat.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_the_list_of_the_chat_and_help_have_the_command_once(name: str):
    assert [name for _, names in GROUPS for name in names].count(name) == 1
    assert len(re.findall(rf"^\| `/{name}[` ]", page("chat.md"), re.MULTILINE)) == 1


@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_of_the_chat_names_each_setting_of_a_subscription(name: str):
    assert re.search(rf"`/settings {name} ", (DOCS / "chat.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_of_the_terminal_in_a_page_are_commands(path: Path):
    text = path.read_text(encoding="utf-8")
    assert all(map(is_understood, typed(text)))


def test_commands_are_found_in_pages_at_all():
    found = {words[0] for path in PAGES for words in typed(path.read_text(encoding="utf-8"))}
    assert {"run", "fetch", "deliver", "doctor", "backup", "restore"} <= found


def test_the_page_of_the_terminal_explains_each_exit_status():
    statuses = {0, 130}
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.DailyPapersError):
            statuses.add(error.exit_status)
    explained = re.findall(r"^\| (\d+) \|", page("terminal.md"), re.MULTILINE)
    assert {int(status) for status in explained} == statuses
