"""Normalizes scientific prose for comparison: LaTeX removed, formulas as plain text, look-alike characters folded. Pure."""

import re
import unicodedata

_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψω",
        _LETTERS.split(),
        strict=True,
    )
)
_GREEK_LETTER = re.compile("[α-ωΑ-Ω]")
_SIGNS = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "−": "-", "×": "x", "’": "'", "‘": "'", "∼": "~", "·": " ", "％": "%"}
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_COMMAND_WITH_TEXT = re.compile(r"\\(?:text|math|emph|href|url|underline|operatorname)[a-z]*\s*\{([^{}]*)\}")
_POWER = re.compile(r"\^\s*\{?\s*(-?\d+)\s*\}?")
_PRODUCT = re.compile(r"\s*\\(?:times|cdot)(?![A-Za-z])\s*")
_ESCAPED = re.compile(r"\\([%$&#_{}])")
_THIN_SPACE = re.compile(r"\\[,;:! ]|(?<=\d)\{,\}(?=\d{3})")
_OTHER_COMMAND = re.compile(r"\\([A-Za-z]+)")


def plain(text: str) -> str:
    r"""`text` with `\%`, `$10^{-3}$`, `1120\times1120`, `\textbf{a}`, `α`, full-width digits as plain text: `10^-3`.

    Compatibility folding (NFKC) makes one of a character's many spellings; both sides go through here, so that what is
    lost is lost on both.
    """
    text = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run[0].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    if "\\" in text:
        # Twice is as deep as abstracts nest (`\textbf{\texttt{x}}`); a loop until nothing changes could be made long.
        for _ in range(2):
            text = _COMMAND_WITH_TEXT.sub(r"\1", text)
        text = _THIN_SPACE.sub("", _ESCAPED.sub(r"\1", _PRODUCT.sub("x", text)))
        text = _OTHER_COMMAND.sub(r"\1", text)
    text = _POWER.sub(r"^\1", text)
    text = _GREEK_LETTER.sub(lambda letter: _GREEK.get(letter[0].lower(), letter[0]), text)
    return text.replace("$", "").replace("{", " ").replace("}", " ")
