"""Exports are read back by other libraries than those that wrote them: pybtex reads BibTeX, citeproc-py CSL-JSON."""

import datetime as dt
import json
import re

import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import Entry, parse_string
from pybtex.richtext import Text

from bot.citations.bibtex import bibtex
from bot.citations.csl import csl_json
from bot.citations.names import Name, name_of
from bot.citations.reference import Reference, reference_of, references
from bot.citations.ris import ris
from bot.model import Paper
from bot.sample import sample_day
from tests.shared_data import SHARED, needs_shared

PUBLISHED = dt.datetime(2024, 3, 27, 8, 48, tzinfo=dt.UTC)
VITAR = Paper(
    id="2403.18361",
    title="ViTAR: Vision Transformer with Any Resolution",
    authors=("Qihang Fan", "Jörg Müller", "Ludwig van den Berg", "DeepSeek-AI", "Martin Luther King Jr."),
    abstract="This paper tackles\na challenge.",
    keywords=("vision transformer", "resolution"),
    published_at=PUBLISHED,
)


def read_bibtex(*papers: Paper) -> list[Entry]:
    return list(parse_string(bibtex(references(papers)), "bibtex").entries.values())


def as_read(latex: str) -> str:
    return str(Text.from_latex(latex))


def only(**changes) -> Reference:
    return reference_of(Paper(**({"id": "2403.18361", "title": "A title"} | changes)))


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Qihang Fan", Name(given="Qihang", family="Fan")),
        ("Ángel M. García-Pérez", Name(given="Ángel M.", family="García-Pérez")),
        ("Ludwig van den Berg", Name(given="Ludwig", particle="van den", family="Berg")),
        ("de Vries", Name(particle="de", family="Vries")),
        ("Berg, Jan", Name(given="Jan", family="Berg")),
        ("Martin Luther King Jr.", Name(given="Martin Luther", family="King", suffix="Jr.")),
        ("Qingyao Ai", Name(given="Qingyao", family="Ai")),
        ("Madonna", Name(literal="Madonna")),
        ("DeepSeek-AI", Name(literal="DeepSeek-AI")),
        ("Meta AI", Name(literal="Meta AI")),
        ("Gemini Team, Google", Name(literal="Gemini Team, Google")),
        ("NVIDIA: Foo Bar", Name(literal="NVIDIA: Foo Bar")),
        ("Salt and Pepper", Name(literal="Salt and Pepper")),
        ("김 철수", Name(literal="김 철수")),
        ("山田 太郎", Name(literal="山田 太郎")),
        ("  Ada   {Lovelace} ", Name(given="Ada", family="Lovelace")),
        ("", Name(literal="")),
    ],
)
def test_names_come_apart_and_groups_stay_whole(author, name):
    assert name_of(author) == name


def test_marks_among_the_authors_are_nobody():
    paper = Paper(id="2403.18361", title="A title", authors=("Ada Lovelace", "+", "and Lei Bai", "…"))
    assert [one.family for one in reference_of(paper).names] == ["Lovelace", "Bai"]


def test_bibtex_reads_back():
    (entry,) = read_bibtex(VITAR)
    assert (entry.key, entry.type) == ("fan2024vitar", "misc")
    assert dict(entry.fields) == {
        "title": "{ViTAR}: Vision Transformer with Any Resolution",
        "year": "2024",
        "month": "March",
        "eprint": "2403.18361",
        "archivePrefix": "arXiv",
        "doi": "10.48550/arXiv.2403.18361",
        "url": "https://arxiv.org/abs/2403.18361",
    }
    people = [
        tuple(as_read(" ".join(part)) for part in (one.first_names + one.middle_names, one.prelast_names, one.last_names))
        for one in entry.persons["author"]
    ]
    assert people == [
        ("Qihang", "", "Fan"),
        ("Jörg", "", "Müller"),
        ("Ludwig", "van den", "Berg"),
        ("", "", "DeepSeek-AI"),
        ("Martin Luther", "", "King"),
    ]
    assert entry.persons["author"][4].lineage_names == ["Jr."]


@pytest.mark.parametrize(
    "title",
    [
        "Fast & cheap: 50% of #1 for_all ~",
        "Ångström, naïve Łukasz & Æther",
        "확산 모델의 한계",
        "拡散モデル",
        "이모지 👍 논문",
    ],
)
def test_bibtex_keeps_every_letter_of_a_title(title):
    (entry,) = read_bibtex(Paper(id="2403.18361", title=title))
    assert as_read(entry.fields["title"]) == title


def test_bibtex_keeps_formulas_and_escapes_money():
    (entry,) = read_bibtex(Paper(id="2403.18361", title=r"Attention in $\mathcal{O}(n)$ for $5 to $10"))
    assert entry.fields["title"] == r"Attention in {$\mathcal{O}(n)$} for {\$}5 to {\$}10"


@pytest.mark.parametrize(
    ("title", "latex"),
    [
        (r"AutoCoder: \textsc{AIEV-Instruct} it", r"{AutoCoder}: {\textsc{AIEV-Instruct}} it"),
        ("PanGu-$π$: Better", r"{PanGu}-{${\ensuremath{\pi}}$}: Better"),
        ("M$^{2}$UGen", r"M{$^{2}$}{UGen}"),
        (r"A \textsc{broken", r"A {\textbackslash}textsc{\textbraceleft}broken"),
    ],
)
def test_bibtex_keeps_what_is_latex_in_a_title(title, latex):
    (entry,) = read_bibtex(Paper(id="2403.18361", title=title))
    assert entry.fields["title"] == latex


@pytest.mark.parametrize("title", ["An { open brace", "A closed } one", r"$\{x$ and \} $}{$", "{}}{{", "\\", '"quoted" "'])
def test_braces_of_a_title_break_no_file(title):
    first, second = read_bibtex(Paper(id="2403.18361", title=title, authors=(title, f"Ada {title}")), VITAR)
    assert first.fields["eprint"] == "2403.18361"
    assert second.persons["author"][0].last_names == ["Fan"]


@settings(max_examples=150, deadline=None)
@given(title=st.text(max_size=80), authors=st.lists(st.text(max_size=40), max_size=4))
def test_whatever_strangers_write_every_export_can_be_read(title, authors):
    paper = Paper(id="2403.18361", title=title, authors=tuple(authors), abstract=title, keywords=(title,))
    made = references([paper, VITAR])
    assert [entry.fields["eprint"] for entry in parse_string(bibtex(made), "bibtex").entries.values()] == ["2403.18361"] * 2
    assert [item["DOI"] for item in json.loads(csl_json(made))] == ["10.48550/arXiv.2403.18361"] * 2
    assert [one["doi"] for one in rispy.loads(ris(made))] == ["10.48550/arXiv.2403.18361"] * 2


def test_csl_json_is_read_by_a_processor():
    (item,) = json.loads(csl_json(references([VITAR])))
    assert item["author"][2] == {"family": "Berg", "given": "Ludwig", "non-dropping-particle": "van den"}
    assert item["author"][3] == {"literal": "DeepSeek-AI"}
    assert item["issued"] == {"date-parts": [[2024, 3, 27]]}
    plain = references([Paper(id=one.id, title=one.title, authors=one.authors[:2]) for one in sample_day()[1]])
    source = CiteProcJSON(json.loads(csl_json(plain)))
    bibliography = CitationStylesBibliography(
        CitationStylesStyle("harvard-cite-them-right", validate=False), source, formatter.plain
    )
    for one in plain:
        bibliography.register(Citation([CitationItem(one.key)]))
    written = "\n".join(str(one) for one in bibliography.bibliography())
    assert "Fan, Q" in written
    assert "2024" in written
    assert all(one.title in written for one in plain)


def test_ris_reads_back_and_each_line_has_its_tag():
    written = ris(references([VITAR]))
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in written.splitlines() if line)
    (one,) = rispy.loads(written)
    assert one["type_of_reference"] == "UNPB"
    assert one["authors"] == [
        "Fan, Qihang",
        "Müller, Jörg",
        "van den Berg, Ludwig",
        "DeepSeek-AI",
        "King, Martin Luther, Jr.",
    ]
    assert one["abstract"] == "This paper tackles a challenge."
    assert (one["year"], one["date"]) == ("2024", "2024/03/27/")
    assert one["keywords"] == ["vision transformer", "resolution"]
    assert one["urls"] == ["https://arxiv.org/abs/2403.18361"]


@pytest.mark.parametrize(
    ("paper_id", "year", "month", "primary"),
    [
        ("2403.18361", 2024, 3, ""),
        ("0704.0001", 2007, 4, ""),
        ("cs/0112017", 2001, 12, "cs"),
        ("hep-th/9901001", 1999, 1, "hep-th"),
    ],
)
def test_the_id_says_when_where_nothing_else_does(paper_id, year, month, primary):
    one = only(id=paper_id)
    assert (one.year, one.month, one.day, one.primary_class) == (year, month, None, primary)


def test_the_day_of_the_first_version_is_that_of_utc():
    late = dt.datetime(2024, 1, 1, 3, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    one = only(published_at=late)
    assert (one.year, one.month, one.day) == (2023, 12, 31)


def test_keys_are_unique_and_do_not_depend_on_what_else_is_there():
    twin = Paper(id="2403.99999", title="ViTAR again", authors=("Qihang Fan",), published_at=PUBLISHED)
    keys = [one.key for one in references([VITAR, twin, Paper(id="2403.00001", title="확산 모델", authors=("김철수",))])]
    assert keys == ["fan2024vitar", "fan2024vitar240399999", "arxiv240300001"]
    assert [one.key for one in references([twin])] == ["fan2024vitar"]


@needs_shared
def test_real_papers_read_back_with_every_author():
    with (SHARED / "search" / "papers.jsonl").open(encoding="utf-8") as lines:
        read = [json.loads(line) for number, line in enumerate(lines) if number % 10 == 0]
    papers = [Paper(id=one["id"], title=one["title"], authors=tuple(one.get("authors") or ())) for one in read]
    made = references(papers)
    entries = parse_string(bibtex(made), "bibtex").entries
    assert len(made) > 500
    assert [entries[one.key].fields["eprint"] for one in made] == [paper.id for paper in papers]
    assert [len(entries[one.key].persons.get("author", [])) for one in made] == [len(one.names) for one in made]
