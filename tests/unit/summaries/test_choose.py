"""Which summary is shown when some are doubtful, and for which papers a model is asked."""

from dataclasses import replace

import pytest

from bot.digest.compose import compose_paper, provenance
from bot.digest.documents import markdown
from bot.model import REPORTED, Summary, SummarySource
from bot.sources.markdown_archive import parse
from bot.summaries.choose import shown_summary, wants_model
from tests.unit.summaries.scene import DAY, OTTER, RIGHT, WRONG

MODEL = Summary(language="ko", source=SummarySource.MODEL, bullets=("하나", "둘", "셋"), model="m", verified=True)
GOOD = replace(RIGHT, verified=True)
BAD = replace(WRONG, verified=False, reasons=("It is about something else.",))
CALLED_WRONG = replace(RIGHT, verified=False, reasons=(REPORTED,))


def paper(*summaries, **changes):
    return replace(OTTER, summaries=summaries, **changes)


def shown(*summaries, language="ko", **changes):
    found = shown_summary(paper(*summaries, **changes), language)
    assert found is not None
    return found


def test_what_failed_gives_way_to_what_did_not():
    assert shown(BAD, MODEL).bullets == MODEL.bullets
    assert shown(GOOD, MODEL).bullets == GOOD.bullets
    assert shown(CALLED_WRONG, MODEL).bullets == MODEL.bullets


def test_what_failed_is_kept_and_shown_with_a_doubt_when_there_is_nothing_better():
    assert shown(BAD).verified is False
    assert provenance(shown(BAD), "en").endswith("⚠ not verified: it may say what the paper does not")
    assert "⚠ 검증되지 않음" in compose_paper(paper(BAD), "ko").footer
    assert "⚠ 잘못된 요약이라는 독자의 신고" in compose_paper(paper(CALLED_WRONG), "ko").footer


def test_what_could_be_checked_and_was_not_yet_is_in_doubt():
    assert shown(RIGHT).verified is False
    assert shown(replace(MODEL, verified=None)).verified is False


def test_without_an_abstract_nothing_is_said_of_the_truth():
    assert shown(RIGHT, abstract="").verified is None
    assert "⚠" not in provenance(shown(RIGHT, abstract=""), "en")
    assert "⚠" not in provenance(shown(GOOD), "en")


def test_a_summary_of_the_hub_that_a_reader_called_wrong_comes_after_the_abstracts_sentences():
    said = replace(CALLED_WRONG, language="en", source=SummarySource.HUB, bullets=("It counts otters.",))
    assert shown(said, hub_summary="It counts otters.").source is SummarySource.ABSTRACT
    assert shown(said, hub_summary="It counts otters.", abstract="").verified is False
    assert shown(said, hub_summary="It counts them all.").verified is None


def test_markdown_shows_the_doubt_and_is_read_back_without_it():
    written = markdown(DAY, [paper(BAD)], "ko")
    assert "> ⚠ 검증되지 않음" in written
    archive = parse(written)
    assert not archive.unread
    (found,) = archive.days[DAY]
    assert found.paper.summaries[0].bullets == BAD.bullets


@pytest.mark.parametrize(
    ("summaries", "marking", "replacing"),
    [
        ((), True, True),
        ((GOOD,), False, False),
        ((RIGHT,), False, False),  # not checked yet: it may be true
        ((BAD,), False, True),
        ((CALLED_WRONG,), True, True),
        ((BAD, MODEL), False, False),
        ((replace(MODEL, verified=False, reasons=(REPORTED,)),), True, True),
        ((replace(GOOD, language="en"),), True, True),
    ],
)
def test_whom_a_model_is_asked_for(summaries, marking, replacing):
    assert wants_model(paper(*summaries), "ko", replacing=False) is marking
    assert wants_model(paper(*summaries), "ko", replacing=True) is replacing


def test_no_abstract_no_model():
    assert not wants_model(paper(abstract=" "), "ko", replacing=True)
