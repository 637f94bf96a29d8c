"""The form of bullets: how many there are, and whether they are prose or remains of a program's data. Pure."""

import re
from collections.abc import Iterator, Sequence

FEWEST, MOST = 3, 9

# The one mark-up that stays: a bold label at the head of a bullet (`**What's New**: …`, as the seed's archive has it).
LABEL = re.compile(r"\s*(?P<stars>\*{2,3})[^*\n]{1,60}(?P=stars)\s*:?\s*")
# `[{'text': …`, `{"a": 1`, `['a', 'b']`: Python's or JSON's spelling of data, where a sentence should stand.
_DATA = re.compile(r"(?:^|:)\s*[\[{]\s*[\[{]?\s*['\"]")
# C0 and C1 controls but the line break; escapes that ate LaTeX (`\t` of `\text`), half characters, a byte order mark.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffd]")
# A star between letters or after a space is mark-up that nobody closed; `JUMP*`, `A*` and `2 * 3` are names and products.
_BOLD = re.compile(r"\*\*")
_FENCE = re.compile(r"```|^#{1,6} ", re.MULTILINE)


def unlabelled(bullet: str) -> str:
    """The bullet without the bold label at its head."""
    return LABEL.sub("", bullet, count=1) if bullet.lstrip().startswith("**") else bullet


def shape_faults(bullets: Sequence[str]) -> Iterator[str]:
    """What is wrong with the form, a sentence each; nothing when all is well."""
    if not FEWEST <= len(bullets) <= MOST:
        yield f"{len(bullets)} bullets; a summary has {FEWEST} to {MOST}."
    for number, bullet in enumerate(bullets, 1):
        said = unlabelled(bullet)
        if not said.strip():
            yield f"Bullet {number} is empty."
        if _DATA.search(said):
            yield f"Bullet {number} holds a list or a dictionary, not a sentence."
        if _BOLD.search(said):
            yield f"Bullet {number} has stray asterisks."
        if _FENCE.search(said):
            yield f"Bullet {number} has a code fence or a heading of Markdown."
        if found := _CONTROL.search(said):
            yield f"Bullet {number} has a control or broken character (U+{ord(found[0]):04X})."
