"""A command typed as a reply: `/save` under a paper means that paper. Pure."""

from dataclasses import replace

from bot.commands.command_line import Command
from bot.commands.exporting import format_named
from bot.sources.paper_ids import mentioned

_OF_A_PAPER = frozenset({"paper", "similar", "save", "unsave", "cite"})


def concerning(command: Command, about: str) -> Command:
    """The command with the papers that the replied-to message `about` names, where it names none itself."""
    if command.name not in _OF_A_PAPER or not about:
        return command
    form = command.arguments if command.name == "cite" and format_named(command.arguments) else ""
    named = mentioned(about) if command.arguments == form else []
    return replace(command, arguments=" ".join([*named, form]).strip()) if named else command
