"""The parameter of a link that opens the bot: `t.me/BOT?start=paper_2403_18361` comes as `/start paper_2403_18361`. Pure.

Telegram allows 64 of A-Z, a-z, 0-9, _ and - (core.telegram.org/bots/features#deep-linking), so that the dot or slash of a
paper's id is written as `_`.
"""

import datetime as dt
import re

from bot.commands.command_line import Command
from bot.sources.paper_ids import parse

_PAPER = re.compile(
    r"(?:paper_)?(?P<new>\d{4}_\d{4,5})(?:v\d+)?|(?:paper_)?(?P<archive>[a-z-]+)_(?P<number>\d{7})(?:v\d+)?"
)
_DAY = re.compile(r"day_(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)")


def paper_word(paper_id: str) -> str:
    """The word that opens a paper: `paper_2403_18361`, `paper_hep-th_9901001`."""
    return "paper_" + paper_id.replace(".", "_").replace("/", "_")


def day_word(day: dt.date) -> str:
    """The word that opens a list day: `day_20240328`."""
    return f"day_{day:%Y%m%d}"


def followed(command: Command) -> Command:
    """The command that a /start with such a word stands for; any other command, and /start alone, as it is."""
    if command.name != "start":
        return command
    word = command.arguments.strip().casefold()
    paper = _PAPER.fullmatch(word)
    if paper is not None:
        written = paper["new"].replace("_", ".") if paper["new"] else f"{paper['archive']}/{paper['number']}"
        paper_id = parse(written)
        return Command("paper", paper_id, command.typed) if paper_id else command
    day = _DAY.fullmatch(word)
    return Command("day", f"{day['y']}-{day['m']}-{day['d']}", command.typed) if day else command
