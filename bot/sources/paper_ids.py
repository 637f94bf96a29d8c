"""Finds arXiv identifiers in what people type and files contain: bare, with a version, inside a URL. Pure.

Their two schemes are described at info.arxiv.org/help/arxiv_identifier.html.
"""

import re
import unicodedata
from urllib.parse import unquote

# Since April 2007: YYMM.NNNN, since 2015 YYMM.NNNNN. With a digit too few or too many it is a slip: no server is asked.
_NEW = r"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5})"
# From 1991 to March 2007: archive, sometimes a subject class, then YYMMNNN.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD = rf"(?P<archive>{_ARCHIVES})(?:\.[a-z-]{{2,9}})?/(?P<number>(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])\d{{3}})"
_ID = re.compile(rf"(?:(?P<new>{_NEW})|{_OLD})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_HOSTS = r"(?:[a-z]+\.)?(?:arxiv\.org|alphaxiv\.org|huggingface\.co|hf\.co|ar5iv\.labs\.arxiv\.org|ar5iv\.org)"
_PLACES = r"(?:abs|pdf|html|format|e-print|src|ps|overview|papers|api/papers)"
_URL = re.compile(rf"(?:https?://)?{_HOSTS}/(?:[a-z]{{2}}/)?{_PLACES}/(?P<rest>\S+)", re.IGNORECASE)
# arXiv's own: info.arxiv.org/help/doi.html.
_DOI = r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi\s*:\s*)?10\.48550/arxiv\."
_PREFIX = re.compile(rf"arxiv\s*:\s*|{_DOI}", re.IGNORECASE)
# An id as a word of its own; what follows it in Korean or Japanese has no blank before it.
_AMONG_WORDS = re.compile(rf"(?<![a-z\d./-]){_NEW}(?:v\d+)?(?![a-z\d]|\.\d)", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(rf"{_URL.pattern}|{_DOI}\S+", re.IGNORECASE)
# What stands around an id in a sentence or in Markdown.
_AROUND = " \t\r\n<>()[]{}\"'`“”‘’«»「」『』*_,;:!?。、，．"


def mentioned(text: str) -> list[str]:
    """The ids of the papers whose addresses stand among other words, as in a remark on a link; else whose ids do.

    Each once, in their order.
    """
    written = unicodedata.normalize("NFKC", text)
    # What closes a bracket around an address, and what follows it without a blank, is none of it.
    addresses = (re.split(r"[)\]>\"'”」』、。]", found[0], maxsplit=1)[0] for found in _ADDRESS.finditer(written))
    named = [paper_id for address in addresses if (paper_id := parse(address))]
    among = named or [paper_id for found in _AMONG_WORDS.finditer(written) if (paper_id := parse(found[0]))]
    return list(dict.fromkeys(among))


def parse(text: str) -> str | None:
    """The id without its version, or None when `text` is not one paper's id or address.

    The subject class of an old id is dropped, as arXiv itself does: `math.GT/0309136` is `math/0309136`.
    """
    written = unicodedata.normalize("NFKC", text).strip(_AROUND).rstrip(".")
    written = _PREFIX.sub("", written, count=1).strip(_AROUND) if _PREFIX.match(written) else written
    address = _URL.fullmatch(written)
    if address is not None:
        written = unquote(re.split(r"[?#]", address["rest"], maxsplit=1)[0]).strip(_AROUND).rstrip("/.")
        written = re.sub(r"\.pdf$", "", written, flags=re.IGNORECASE).strip(_AROUND)
    found = _ID.fullmatch(written)
    if found is None:
        return None
    return found["new"] or f"{found['archive'].lower()}/{found['number']}"
