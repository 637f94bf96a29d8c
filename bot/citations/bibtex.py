"""References as BibTeX, as arXiv gives them: `@misc` with eprint and archivePrefix. By bibtexparser and pylatexenc."""

import re
from collections.abc import Iterator, Sequence

from bibtexparser.library import Library
from bibtexparser.model import Block, Entry, Field
from bibtexparser.writer import BibtexFormat, write
from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

from bot.citations.names import Name
from bot.citations.reference import Reference

# bibtex's own names of months, which styles translate.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What titles have of LaTeX: formulas between two dollars that touch them ("$5 to $10" is none, as pandoc tells them
# apart), and words in another letter.
_LATEX = re.compile(r"\$(?=\S)(?P<formula>[^$]*\S)\$(?!\d)|\\(?:text(?:sc|tt|bf|it|sf|rm)|emph)\{[^{}\\$&%#_^~]*\}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# What a style that writes titles small would ruin: ViTAR, GPT-4, mT5.
_NOT_LOWERED = re.compile(r"[^\s{}$:,;.!?()-]*[^\s{}$:,;.!?()-][A-Z][^\s{}$:,;.!?()-]*|[A-Z](?=-)")
_QUOTES = re.compile(r'"([^"]*)"')
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Instead of the table's. BibTeX counts braces before LaTeX reads backslashes: with `\{` the file would not end.
_COMMANDS = {ord("{"): r"\textbraceleft", ord("}"): r"\textbraceright", ord("“"): "``", ord("”"): "''"}
# What the table has no command for stays as it is: today's BibTeX reads UTF-8, Korean in it too.
_encoder = UnicodeToLatexEncoder(
    conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _COMMANDS), "defaults"],
    unknown_char_policy="keep",
    unknown_char_warning=False,
    replacement_latex_protection="braces-all",
)


def bibtex(references: Sequence[Reference]) -> str:
    """All of them as one file's text; no abstracts, which arXiv leaves out too."""
    entries: list[Block] = [Entry("misc", one.key, [Field(*field) for field in _fields(one)]) for one in references]
    layout = BibtexFormat()  # type: ignore[no-untyped-call]  # its author left the types out here
    layout.indent, layout.block_separator = "  ", "\n"
    return write(Library(entries), layout)


def _fields(one: Reference) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_title(one.title)}}}"
    if one.names:
        yield "author", f"{{{' and '.join(map(_name, one.names))}}}"
    if one.year is not None:
        yield "year", f"{{{one.year}}}"
    if one.month is not None:
        yield "month", _MONTHS[one.month - 1]
    yield "eprint", f"{{{one.arxiv_id}}}"
    yield "archivePrefix", "{arXiv}"
    if one.primary_class:
        yield "primaryClass", f"{{{one.primary_class}}}"
    yield "doi", f"{{{one.doi}}}"
    yield "url", f"{{{one.url}}}"


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{_latex(name.literal)}}}"
    # "von Last, Jr, First": as bibtex's own manual orders them.
    return _latex(", ".join(filter(None, (name.whole_family, name.suffix, name.given))))


def _title(title: str) -> str:
    """The title in LaTeX: what is LaTeX in it as it is, words with capitals inside kept from being written small."""
    parts: list[str] = []
    end = 0
    for found in _LATEX.finditer(title):
        if _balanced(found["formula"] or ""):
            kept = _NOT_ASCII.sub(lambda letters: _latex(letters[0]), _CONTROLS.sub(" ", found[0]))
            parts += [_words(title[end : found.start()]), f"{{{kept}}}"]
            end = found.end()
    return "".join([*parts, _words(title[end:])])


def _words(text: str) -> str:
    kept: list[str] = []
    end = 0
    for word in _NOT_LOWERED.finditer(text):
        kept += [_latex(text[end : word.start()]), f"{{{_latex(word[0])}}}"]
        end = word.end()
    return "".join([*kept, _latex(text[end:])])


def _latex(text: str) -> str:
    # LaTeX has no straight quotes: both would close.
    encoded: str = _encoder.unicode_to_latex(_QUOTES.sub(r"“\1”", _CONTROLS.sub(" ", text)))
    return encoded


def _balanced(formula: str) -> bool:
    """Whether its braces close, those with a backslash too: without that the whole file could not be read."""
    depth = 0
    for ch in formula:
        depth += (ch == "{") - (ch == "}")
        if depth < 0:
            return False
    return depth == 0 and not formula.endswith("\\")
