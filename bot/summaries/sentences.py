"""Splits English scholarly prose into sentences, and removes the LaTeX that abstracts contain. Pure."""

import re

# Shortenings after which a full stop ends no sentence; one-letter names (`J. Doe`) are seen by their form.
_SHORTENINGS = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|fig|eq|sec|resp|approx|no|dr|mr|ms|st|dept|w\.r\.t)|\b[A-Z])\.$", re.IGNORECASE
)
_ENDING = re.compile(r"[.!?]+[\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9\u3131-\uffdc])")
_COMMANDS = re.compile(r"\\(?:textbf|textit|emph|texttt|text|mathrm|mathbf|url|href|underline)\s*\{([^{}]*)\}")
_STRONG = re.compile(r"(\*{2,3})(?=\S)(.+?)(?<=\S)\1")
_ESCAPED = re.compile(r"\\([%$&#_{}])")


def plain_text(text: str) -> str:
    """Prose as a person reads it: LaTeX's escapes and fonts and Markdown's bold undone. Formulas stay."""
    if "\\" not in text and "**" not in text and "``" not in text and "''" not in text:
        return " ".join(text.split())  # as most texts are; what follows would change nothing
    previous = None
    while previous != text:
        previous, text = text, _COMMANDS.sub(r"\1", text)
    text = _STRONG.sub(r"\2", text)
    text = _ESCAPED.sub(r"\1", text).replace("``", "“").replace("''", "”").replace("~", " " if "\\" in text else "~")
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, none empty, nothing lost but white space."""
    found, start = [], 0
    for match in _ENDING.finditer(text):
        piece = text[start : match.end()]
        if _SHORTENINGS.search(piece):
            continue
        found.append(piece.strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]
