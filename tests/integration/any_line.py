"""Command lines as nobody should type them, by hypothesis: any text, script and length, and the syntax of what lies behind.

An example of hypothesis is a set of words; each becomes ten lines, for drawing a line alone takes longer than answering it.
Run as a program it prints them: hypothesis also draws the words that stand in the project's own modules, and which of these
are loaded is the same each time only in a process of its own.
"""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.commands.command_line import ALIASES
from bot.commands.pressing import ACTIONS
from bot.message import ACTION_BYTES

# Names and by-names of every command, and words that are nearly one.
NAMES = tuple(sorted({word for name, words in ALIASES.items() for word in (name, *words)}))
_NEARLY = (
    "tody",
    "PAPER",
    "paper@DailyPapersBot",
    "today@OtherBot",
    "serach",
    "ㅗ디ㅔ",
    "구독취소해",
    "_",
    "0",
    "2403.18361",
)

# What means something to SQLite, to FTS5, to HTML and Markdown, to printf and gettext, to a terminal, to a file system.
_SYNTAX = (
    "'; DROP TABLE paper; --", '" OR 1=1 --', "Robert'); DELETE FROM target;--", "UNION SELECT * FROM key_value", "?1 :id @x $y",
    "NEAR(a b, 5)", "title:*", "{title abstract} : x", "^a*", "a AND NOT", "OR", "((((", '"unclosed', "*", "-x", "- -", "a + b",
    "author:", 'author:"', "since:2024-13-99", "votes:>", "votes:>99999999999999999999", "-author:x", "<b>", "</b></a>", "&#0;",
    '<a href="javascript:x">', "**__~~||`", "[x](y)", "@everyone", "<@1>", "%s%d%n", "{chat} {0} {}", "\x1b[2J", "../../etc/passwd",
    "file:///etc/passwd", "https://arxiv.org/abs/2403.18361", "https://huggingface.co/papers/../../x", "http://[::1", "arXiv:9999.99999",
)  # fmt: skip
# What commands read, in shape or nearly so.
_ARGUMENTS = (
    "2024-03-28", "2024-02-30", "0000-00-00", "9999-12-31", "-1", "어제", "last friday", "first monday of may", "13월 40일", "明日",
    "2403.18361", "2403.18361v99", "cs/0112017", "99999.99999", "2403.99999", "24:00", "09:00", "9", "-9:-9", "오전 12시 반", "Seoul",
    "Asia/Seoul", "Etc/GMT+99", "+14:00", "UTC-25", "week", "2024-03", "1e9", "٣", "Ⅷ", "½", "𝟡", "top 0", "top 99999999999999999999",
    "language xx", "language ko", "votes -1", "zone Nowhere", "mon,tue", "on", "off", "all", "now", "until 2024-04-01",
    "@channel", "-1001234567890", "<#123>", "bibtex", "csl", "ris",
)  # fmt: skip
# Marks that turn lines around, join, hide or break; half characters; the ends of planes.
_MARKS = (
    "\x00", "\x07", "\r\n", "\t", "\u200b", "\u200d", "\u202e", "\u2066", "\u2069", "\u200f", "\ufeff", "\ufffe", "\ud800", "\udfff",
    "\u2028", "\u0085", "\u0301" * 9, "\U000e0041", "\U0010ffff", "👨‍👩‍👧‍👦", "🇰🇷", "ﷺ", "İ", "ß", "ﬁ", "각", "ㅋㅋㅋ", "カ゚", "鬱",
)  # fmt: skip
_WORD = st.one_of(st.sampled_from(_SYNTAX + _ARGUMENTS + _MARKS), st.text(max_size=10))
_WORDS = st.lists(_WORD, min_size=2, max_size=5)
_LENGTHS = (1, 2, 50, 300, 4096)
_LONGEST = 4096  # core.telegram.org/bots/api#message, text; Discord takes 4,000 at most


# `make lines` draws ten times as many.
COUNTS = [pytest.param(2_000, id="2000"), pytest.param(20_000, id="20000", marks=pytest.mark.long)]
# So many people say a line in turn: none of them floods.
PEOPLE, ROOMS = 1_250, 20
# So many lines of a round are also typed where an answer comes with each stroke: inline mode, a command's form.
STROKES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is typed; or, `pressed`, it is what a button brings back (at most ACTION_BYTES)."""

    text: str
    pressed: bool = False


def lines(count: int) -> Sequence[Line]:
    """So many different lines, the same on each machine and day."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.integration.any_line", str(count)]
    drawn = subprocess.run(command, cwd=root, env={}, check=True, capture_output=True, text=True).stdout
    return [Line(text, pressed=pressed) for text, pressed in json.loads(drawn)]


def worn(some: Sequence[Line], actions: Sequence[str]) -> Sequence[Line]:
    """`some`, in which most pressed buttons are of those that were really shown, as they were or with a part from elsewhere."""
    return [replace(line, text=_worn(line.text, actions, turn)) if line.pressed else line for turn, line in enumerate(some)]


def _worn(text: str, actions: Sequence[str], turn: int) -> str:
    if not actions or turn % 5 == 0:
        return text
    pieces = actions[turn * 7 % len(actions)].split(":")
    if turn % 5 > 1:
        pieces[turn % len(pieces)] = text.partition(":")[2] or text
    return _cut(":".join(pieces))


def _drawn(count: int) -> Sequence[Line]:
    found: dict[Line, None] = {}
    turn = itertools.count()

    @settings(
        max_examples=count // 8,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_WORDS, st.text(max_size=40))
    def draw(words: list[str], text: str) -> None:
        found.update(dict.fromkeys(_ten(words, text, next(turn))))

    draw()
    assert len(found) >= count, f"only {len(found)} different lines"
    return list(found)[:count]


def _ten(words: list[str], text: str, turn: int) -> Iterator[Line]:
    """Every command comes by with all sorts of words, since `turn` goes on by a number that shares no factor with theirs."""
    names = itertools.islice(itertools.cycle(NAMES + _NEARLY), turn * 5 % len(NAMES + _NEARLY), None)
    said = " ".join(words)
    yield Line(text or said or "-")
    yield Line(((text or said or "-") * _LENGTHS[turn % len(_LENGTHS)])[:_LONGEST])
    yield Line(f"{words[0]}{text}{words[-1]}" or "-")
    yield Line(f"/{next(names)} {said}")
    yield Line(f"/{next(names)} {text}{words[0]}")
    yield Line(f"/{next(names)}{words[-1]} {text}")
    yield Line(f"{('/', '／', ' /', '//')[turn % 4]}{next(names)}\t{words[0]}\n{words[1]}")
    yield Line(f"{next(names)} {words[turn % len(words)]}")
    actions = sorted(ACTIONS)
    yield Line(_cut(f"{actions[turn % len(actions)]}:{said}"), pressed=True)
    yield Line(
        _cut((f"{actions[turn % len(actions)]}:{words[0]}:{turn % 7}:{words[1]}", said or "-")[turn % 5 == 0]), pressed=True
    )


def _cut(action: str) -> str:
    """As much as fits, with no half of a character, as a platform that is given bytes would have it."""
    return action.encode("utf-8", "replace")[:ACTION_BYTES].decode("utf-8", "ignore") or "-"


if __name__ == "__main__":
    sys.stdout.write(json.dumps([(line.text, line.pressed) for line in _drawn(int(sys.argv[1]))]))
