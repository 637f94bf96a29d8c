"""arXiv's ids in what people type and paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.paper_ids import mentioned, parse

NEW = st.builds(
    lambda year, month, number: f"{year:02d}{month:02d}.{number:05d}",
    st.integers(15, 99),
    st.integers(1, 12),
    st.integers(1, 99999),
)
OLD = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02d}{month:02d}{number:03d}",
    st.sampled_from(["cs", "math", "hep-th", "astro-ph", "quant-ph", "cond-mat", "q-bio", "math-ph"]),
    st.sampled_from([*range(91, 100), *range(7)]),
    st.integers(1, 12),
    st.integers(1, 999),
)
PLACES = ["https://arxiv.org/abs/{}", "http://www.arxiv.org/pdf/{}.pdf", "https://export.arxiv.org/pdf/{}",
          "arxiv.org/html/{}#S1", "https://www.alphaxiv.org/abs/{}", "alphaxiv.org/overview/{}",
          "https://huggingface.co/papers/{}?date=2024-03-28", "hf.co/papers/{}/", "https://ar5iv.org/abs/{}",
          "https://doi.org/10.48550/arXiv.{}", "10.48550/arxiv.{}", "doi:10.48550/arXiv.{}"]  # fmt: skip
AROUND = ["{}", "<{}>", " {}\n", "({})", "{}.", "{},", "`{}`", "“{}”", "**{}**"]


@given(
    paper_id=st.one_of(NEW, OLD),
    version=st.sampled_from(["", "v1", "v12"]),
    place=st.sampled_from(["{}", "arXiv:{}", "arxiv: {}", *PLACES]),
    around=st.sampled_from(AROUND),
)
def test_an_id_is_found_in_whatever_stands_around_it(paper_id, version, place, around):
    assert parse(around.format(place.format(paper_id + version))) == paper_id


@given(st.one_of(NEW, OLD))
def test_what_was_parsed_parses_to_itself(paper_id):
    assert parse(parse(paper_id) or "") == paper_id


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    found = parse(text)
    assert found is None or parse(found) == found


@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("2403.18361v3 이거 요약해줘", "2403.18361"),
        ("논문 2403.18361의 저자는?", "2403.18361"),
        ("arXiv:2403.18361, please", "2403.18361"),
        ("see https://doi.org/10.48550/arXiv.2403.18361 for it", "2403.18361"),
        ("2403.18802 or https://arxiv.org/abs/2403.18361", "2403.18361"),
        ("it costs 2403.183610", None),
        ("1.2403.18361", None),
        ("version 3.14 of 2024.99", None),
        ("https://example.org/2403.18361", None),
        ("", None),
    ],
)
def test_a_paper_is_found_among_other_words(text: str, paper_id: str | None):
    assert mentioned(text) == ([paper_id] if paper_id else [])


@pytest.mark.parametrize(
    "text",
    [
        "2403.18814, 2403.18361",
        "2403.18814v2 and 2403.18361; again 2403.18814",
        "https://arxiv.org/abs/2403.18814 or hf.co/papers/2403.18361, not 2403.18802",
        "(https://arxiv.org/abs/2403.18814) PDF: https://arxiv.org/pdf/2403.18814 https://arxiv.org/pdf/2403.18361",
    ],
)
def test_several_papers_are_found_each_once(text: str):
    assert mentioned(text) == ["2403.18814", "2403.18361"]


@given(st.text(max_size=60))
def test_no_words_break_it(text):
    assert [parse(found) for found in mentioned(text)] == mentioned(text)


def test_an_old_id_loses_its_subject_class():
    assert parse("math.GT/0309136") == "math/0309136"
    assert parse("cond-mat.mes-hall/0309136v2") == "cond-mat/0309136"


def test_until_2014_a_new_id_has_four_digits_behind_its_point():
    assert parse("1412.6980") == "1412.6980"
    assert parse("arXiv:0704.0001v2") == "0704.0001"
    assert mentioned("Adam is 1412.6980, not 2403.1836") == ["1412.6980"]


def test_full_width_digits_are_digits():
    assert parse("２４０３．１８３６１") == "2403.18361"


@pytest.mark.parametrize(
    "text",
    ["", "2413.18361", "2403", "2403.183611", "abc", "cs/12", "123456.7890", "https://arxiv.org/list/cs.CL/recent",
     "2403.1836", "1501.0001", "1412.69801", "https://huggingface.co/papers", "https://example.com/abs/2403.18361",
     "2403.18361 2403.18814", "2403.1٨361"],
)  # fmt: skip
def test_what_is_no_id_is_none(text):
    assert parse(text) is None
