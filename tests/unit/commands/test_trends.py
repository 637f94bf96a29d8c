"""/trends says how a topic goes, month by month, and shows a picture where there is one."""

import datetime as dt
import random

import pytest

from bot.commands.topic_shares import Shares, is_topic, plot_of, read_topics, shares
from bot.digest.trends import Trend
from bot.model import TERMINAL, Address, ListDayState, Origin, Paper
from bot.pictures.plots import Plots
from bot.ports import SourcePaper
from bot.store import list_days, papers
from bot.store.topic_counts import TopicCounts, topic_counts
from tests.unit.commands.conftest import NOW, all_words

SUBJECTS = ("graph neural network", "video generation", "speech recognition")


def put_months(connection, months=6, first=dt.date(2023, 10, 2), *, abstracts=True):
    """Twelve papers a month: of `diffusion models` one in the first, two in the second, and so on; one of mamba in all."""
    chance = random.Random(7)
    for month in range(months):
        day = (first + dt.timedelta(days=31 * month)).replace(day=4)
        listed = []
        for number in range(12):
            subject = "Diffusion Models" if number <= month else "Mamba" if number == 11 else "Robots"
            listed.append(
                Paper(
                    id=f"{day:%y%m}.{number:05d}",
                    title=f"Paper {number} on {subject}",
                    abstract=f"We study {subject.lower()} with {chance.choice(SUBJECTS)}." if abstracts else "",
                    upvotes=number,
                )
            )
        papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=NOW)
        list_days.save_list(connection, day, listed, origin=Origin.HUB, state=ListDayState.CLOSED, now=NOW)


def put_rise(connection):
    """A month in which half of the papers are of sparse autoencoders."""
    for day in range(6, 28):
        listed = [
            Paper(id=f"2403.{day:02d}{n:03d}", title="Sparse Autoencoders", abstract="Of them.")
            if n < 3
            else Paper(id=f"2403.{day:02d}{n:03d}", title=f"X{day}{n}", abstract="Of robots.")
            for n in range(6)
        ]
        papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=NOW)
        list_days.save_list(
            connection, dt.date(2024, 3, day), listed, origin=Origin.HUB, state=ListDayState.CLOSED, now=NOW
        )


@pytest.fixture
def months(scene):
    scene.store.write_now(put_months)
    return scene


def test_papers_that_name_a_topic_are_counted_by_months(months):
    counts = months.store.read_now(topic_counts, ["diffusion model", "MAMBA", "robot", "model diffusion"], NOW.date())
    assert [span.isoformat() for span in counts.spans] == [
        "2023-10-01", "2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01",
    ]  # fmt: skip
    assert counts.papers == (12,) * 6
    assert counts.named["diffusion model"] == (1, 2, 3, 4, 5, 6)
    assert counts.named["MAMBA"] == (1,) * 6
    assert counts.named["robot"] == (10, 9, 8, 7, 6, 5)
    assert counts.named["model diffusion"] == (0,) * 6
    assert not counts.weekly


def test_days_to_come_are_not_counted(months):
    counts = months.store.read_now(topic_counts, ["mamba"], dt.date(2024, 2, 1))
    assert counts.spans[-1] == dt.date(2024, 1, 1)
    assert counts.last == dt.date(2024, 1, 4)


def test_where_abstracts_are_known_papers_without_one_do_not_count_as_naming_nothing(scene):
    scene.store.write_now(put_months, 3, dt.date(2023, 7, 2), abstracts=False)
    scene.store.write_now(put_months)
    counts = scene.store.read_now(topic_counts, ["mamba"], NOW.date())
    assert counts.spans[0] == dt.date(2023, 10, 1)


def test_a_few_weeks_are_counted_by_weeks_and_less_is_too_little(scene):
    assert scene.store.read_now(topic_counts, ["mamba"], NOW.date()) is None
    scene.store.write_now(put_months, 1, dt.date(2024, 3, 1))
    assert scene.store.read_now(topic_counts, ["mamba"], NOW.date()) is None
    scene.store.write_now(put_months, 1, dt.date(2024, 2, 1))
    counts = scene.store.read_now(topic_counts, ["mamba"], NOW.date())
    assert counts.weekly
    assert [span.isoformat() for span in counts.spans] == ["2024-01-29", "2024-03-04"]


@pytest.mark.parametrize(
    ("typed", "topics"),
    [
        ("diffusion models", ("diffusion models",)),
        ("diffusion mamba", ("diffusion", "mamba")),
        ("diffusion models, mamba", ("diffusion models", "mamba")),
        ("robots vs mamba VS. diffusion", ("robots", "mamba", "diffusion")),
        ('"models diffusion" mamba', ("models diffusion", "mamba")),
        ("확산 모델、 로봇", ("확산 모델", "로봇")),
        ("Mamba, mamba, MAMBA", ("Mamba",)),
        ("a, b, c, d, e, f, g", ("a", "b", "c", "d", "e")),
        (" , ;; … \u0000 ", ()),
        ("", ()),
    ],
)
def test_topics_are_read_with_commas_quotes_or_neither(months, typed, topics):
    assert months.store.read_now(read_topics, typed) == topics


async def test_the_answer_says_where_each_topic_goes(months):
    # The newest list is fetched before, of ten papers, one of which names mamba.
    (answer,) = await months.ask("/trends diffusion models, mamba, zebras <b>")
    assert answer.bullets == ("diffusion models: 8.3% → 27.3% · 21 papers", "mamba: 8.3% → 9.1% · 7 papers")
    assert "zebras <b>" in all_words([answer])
    assert answer.image is None


async def test_korean_words_and_keys_lead_there_too(months):
    (answer,) = await months.ask("/추이 mamba", language="ko")
    assert answer.bullets == ("mamba: 8.3% → 9.1% · 논문 7편",)
    (other,) = await months.ask("/trend mamba", language="ko")
    assert other.bullets == answer.bullets


async def test_without_words_those_that_rose_are_shown(months):
    months.store.write_now(put_rise)
    (answer,) = await months.ask("/trends")
    assert [bullet.partition(":")[0] for bullet in answer.bullets] == ["Sparse Autoencoders"]
    assert "rose most" in answer.paragraphs[0]


async def test_a_store_without_months_says_so(scene):
    assert "too few lists" in await scene.words("/trends mamba")
    assert "too few lists" in await scene.words("/trends")


async def test_nothing_that_is_named_is_said(months):
    assert "No paper of these lists names zebras." in await months.words("/trends zebras")


def test_a_month_that_is_not_over_is_dotted(months):
    early = months.store.read_now(shares, "mamba", dt.date(2024, 3, 5))
    assert plot_of(early, "en").unfinished
    assert plot_of(early, "en").labels == ("Oct\n2023", "Nov", "Dec", "Jan\n2024", "Feb", "Mar")
    assert plot_of(early, "en", form="svg").labels == ("", "Nov\n2023", "", "Jan\n2024", "", "Mar")
    assert plot_of(early, "ko").series[0].shares[0] == pytest.approx(1 / 12)


def test_months_without_lists_leave_a_gap_and_each_year_is_named():
    months = (*(dt.date(2025, one, 1) for one in (1, 2, 3, 6, 9, 12)), dt.date(2026, 5, 1), dt.date(2026, 8, 1))
    counts = TopicCounts(spans=months, weekly=False, papers=(10,) * 8, named={"mamba": (1,) * 8}, last=dt.date(2026, 8, 31))
    plot = plot_of(Shares(counts=counts, topics=("mamba",)), "ko")
    assert plot.places == (0, 1, 2, 5, 8, 11, 16, 19)
    assert plot.labels == ("", "", "3월\n2025", "6월", "9월", "12월", "5월\n2026", "8월")
    weeks = tuple(dt.date(2025, 12, 15) + dt.timedelta(weeks=number) for number in (0, 1, 4))
    weekly = TopicCounts(spans=weeks, weekly=True, papers=(10,) * 3, named={"mamba": (1,) * 3}, last=dt.date(2026, 1, 12))
    plot = plot_of(Shares(counts=weekly, topics=("mamba",)), "en")
    assert (plot.places, plot.labels) == ((0, 1, 4), ("Dec 15", "Dec 22", "Jan 12"))


@pytest.mark.parametrize(
    ("term", "papers", "times", "expected"),
    [
        ("Sparse Autoencoders", 40, 1.5, True),
        ("Text-to-Video", 40, 1.5, True),
        ("GRPO", 40, 1.5, True),
        ("Mamba", 12, None, True),
        ("Agentic", 12, 4.0, True),  # named by 1.5 % before
        ("Baseline", 50, 2.5, False),  # by 10 % before
        ("robust", 30, 3.0, False),
    ],
)
def test_a_plain_word_that_many_papers_hold_is_no_topic(term, papers, times, expected):
    assert is_topic(Trend(term, papers, times), 200) is expected


class Drawn(Plots):
    async def drawn(self, plot):
        return b"\x89PNG"


async def test_a_chat_gets_the_picture_and_a_terminal_does_not(months):
    months.talk._library.plots = Drawn()
    (answer,) = await months.ask("/trends mamba")
    assert answer.image is not None
    assert answer.image.name == "trends.png"
    (said,) = await months.ask("/trends mamba", address=Address(TERMINAL, "here"))
    assert said.bullets == answer.bullets
    assert said.image is None
