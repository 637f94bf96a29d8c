"""The best sentences of an abstract, whole and in its order."""

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Paper, Summary, SummarySource
from bot.summaries.choose import shown_summary
from bot.summaries.extractive import extract
from bot.summaries.sentences import plain_text, sentences

ABSTRACT = (
    "Long videos are everywhere. Many systems, e.g. captioners, read them frame by frame (cf. Fig. 2). "
    "We propose Rivulet, a streaming reader of long videos that keeps a small memory. "
    "Its memory is updated at each frame by a gate. "
    "Experiments were run on four data sets by J. Doe et al. in our laboratory. "
    "Rivulet outperforms frame readers by 12.5\\% on long videos with a tenth of the memory. "
    "Code is available at https://example.org/rivulet."
)
PAPER = Paper(id="2401.00001", title="Rivulet: Streaming Reading of Long Videos", abstract=ABSTRACT)


def test_what_is_new_and_what_came_out_is_chosen():
    summary = extract(PAPER, 2)
    assert summary is not None
    assert summary.bullets == (
        "We propose Rivulet, a streaming reader of long videos that keeps a small memory.",
        "Rivulet outperforms frame readers by 12.5% on long videos with a tenth of the memory.",
    )
    assert summary.source is SummarySource.ABSTRACT
    assert summary.language == "en"


def test_where_the_code_lies_is_no_summary():
    summary = extract(PAPER)
    assert summary is not None
    assert not any("https://" in bullet for bullet in summary.bullets)


def test_a_short_abstract_is_shown_whole():
    paper = Paper(id="2401.00002", title="T", abstract="One thing. Another thing.")
    summary = extract(paper)
    assert summary is not None
    assert summary.bullets == ("One thing.", "Another thing.")


def test_without_an_abstract_there_is_none():
    assert extract(Paper(id="2401.00003", title="T")) is None


def test_shortenings_and_initials_end_no_sentence():
    found = sentences(plain_text(ABSTRACT))
    assert len(found) == 7
    assert found[1] == "Many systems, e.g. captioners, read them frame by frame (cf. Fig. 2)."
    assert "by J. Doe et al. in" in found[4]


def test_latex_is_undone_and_formulas_stay():
    assert plain_text(r"\textbf{Up to \emph{83.3\%}} of $x_{1}$ is ``new''") == "Up to 83.3% of $x_{1}$ is “new”"


def test_markdowns_bold_is_undone():
    assert plain_text("***What's New***: **two** of 2**3 and a * b") == "What's New: two of 2**3 and a * b"


@given(st.text())
def test_sentences_lose_nothing_but_white_space(text: str):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def written(language: str, source: SummarySource) -> Summary:
    return Summary(language=language, source=source, bullets=(f"{language} {source}",))


def shown(language: str, *summaries: Summary, hub: str = "", abstract: str = "An abstract.") -> str:
    summary = shown_summary(Paper(id="1", title="T", summaries=summaries, hub_summary=hub, abstract=abstract), language)
    return summary.bullets[0] if summary else ""


IMPORTED_KO = written("ko", SummarySource.IMPORTED)
SAMPLE_KO = written("ko", SummarySource.SAMPLE)


def test_a_reader_gets_the_most_trusted_summary_in_their_language():
    assert shown("ko", SAMPLE_KO, IMPORTED_KO, hub="A hub summary.") == "ko imported"


def test_an_english_one_comes_before_the_hubs():
    assert shown("ko", written("en", SummarySource.SAMPLE), hub="A hub summary.") == "en sample"


def test_the_hubs_comes_before_the_abstract():
    assert shown("en", IMPORTED_KO, hub="A hub summary.") == "A hub summary."


def test_the_abstract_comes_before_a_language_that_was_not_asked_for():
    assert shown("en", IMPORTED_KO) == "An abstract."
    assert shown("en", IMPORTED_KO, abstract="") == "ko imported"


def test_with_nothing_known_nothing_is_shown():
    assert shown("ko", abstract="") == ""
