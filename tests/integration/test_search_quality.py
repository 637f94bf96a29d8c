"""Search over the real archive: the judged queries of ../shared/data find what answers them, on a store as an import leaves it."""

import datetime as dt
import json
import math

import pytest

from bot.digest.importing import import_path
from bot.store.connection import open_store
from bot.store.search import search
from bot.store.similar import similar
from bot.summaries.checking import check_imported
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared
NOW = dt.datetime(2025, 6, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("quality") / "papers.db") as opened:
        import_path(opened, SHARED / "search" / "papers.jsonl", now=NOW)
        check_imported(opened)
        yield opened


def measured(store, query):
    """nDCG@10 and recall@20, as ../shared/tools/search_quality.py reckons them."""
    ids = store.read_now(search, query["query"], limit=20).ids
    gains = dict.fromkeys(query["also_relevant"], 1) | dict.fromkeys(query["relevant"], 2)
    gained = sum(gains.get(paper, 0) / math.log2(rank + 2) for rank, paper in enumerate(ids[:10]))
    best = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:10]))
    return gained / best, len(set(ids) & set(query["relevant"])) / len(query["relevant"])


def test_judged_queries_are_answered_as_well_as_the_issue_asks(store):
    lines = (SHARED / "search" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    measures = [measured(store, json.loads(line)) for line in lines]
    assert sum(ndcg for ndcg, _ in measures) / len(measures) >= 0.82
    assert sum(recall for _, recall in measures) / len(measures) >= 0.80


@pytest.mark.parametrize(
    ("typed", "paper_id"),
    [
        ("speculativ decodng", "2406.16758"), ("bengio yoshua", "2502.15657"), ("arXiv:2403.18361v2", "2403.18361"),
        ('"vision transformer with any resolution"', "2403.18361"), ("토크나이저", "2504.08736"), ("ViTAR", "2403.18361"),
    ],
)  # fmt: skip
def test_what_is_typed_in_many_ways_is_among_the_first_ten(store, typed, paper_id):
    assert paper_id in store.read_now(search, typed, limit=10).ids


def test_papers_like_one_are_of_its_subject(store):
    found = store.read_now(similar, "2402.10128", 10)
    splatting = [
        one for one in found if any("splat" in term.casefold() or "gauss" in term.casefold() for term in one.terms)
    ]
    assert len(found) == 10
    assert len(splatting) >= 8
