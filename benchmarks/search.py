"""How well and how fast the store is searched, beside plain FTS5 over the same papers.

    python -m benchmarks.search [--queries FILE] [--parts] [--papers 100000]

Quality: nDCG@10 and recall@20 of each judged query of ../shared/data/search, as ../shared/tools/search_quality.py does it,
beside SQLite's tokenizers `unicode61` and `trigram` (any of the words, bm25). The queries are split by a hash: ranking was
made while looking at the answers of one half ("look"); of the other ("kept") the scores alone were seen. `--parts` shows
what each part of the ranking is worth. Speed: milliseconds of processor for a query, each asked twice, on the archive and
on a store that holds it many times over with changed ids.
"""

import argparse
import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import math
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bot.digest.importing import import_path
from bot.search.answering import answer
from bot.search.query import read_query
from bot.search.weights import Weights
from bot.store.connection import open_store
from bot.store.search import search, snapshot
from bot.store.search_index import StoredIndex
from bot.store.search_writing import BLOCK, BLOCKS, COLUMNS
from bot.store.similar import similar
from bot.summaries.checking import check_imported

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "search"
WANTED = {"nDCG@10": 0.82, "recall@20": 0.80, "median": 10.0, "99th percentile": 50.0}
PARTS = {
    "all of it": {},
    "no senses": {"least_sense": 9.0},
    "no sounds": {"sound": 0.0},
    "no renderings": {"rendering": 0.0},
    "no corrections": {"rare": -1},
    "no compounds": {"compound": 0.0},
    "no names": {"name": 0.0},
    "nothing of neighbours": {"side_by_side": 0.0},
    "nothing of the best papers": {"feedback": 0.0},
    "words independent": {"dependence": 0.0},
    "no votes, no age": {"votes": 0.0, "age": 0.0},
    "nothing of titles as typed": {"title": 0.0, "whole_title": 0.0},
}
# Beside the judged ones, whose words are rather rare: what costs most, and what people type by mistake.
ALSO_TIMED = (
    "large language model", "언어 모델", "speculativ decodng", "bengio yoshua", '"language model"',
    "diffusion -video votes:>20",
    "since:2024-05 reasoning", "author:He", "2403.183", "모델", "text-to-video generation with diffusion transformers",
)  # fmt: skip


def is_kept(query):
    """Whether a query is of the half that was not looked at."""
    return hashlib.sha256(query.encode()).digest()[0] % 2 == 1


def measures(ids, query):
    """nDCG@10 and recall@20 of these ids for a judged query."""
    gains = dict.fromkeys(query.get("also_relevant", ()), 1) | dict.fromkeys(query["relevant"], 2)
    gained = sum(gains.get(paper, 0) / math.log2(rank + 2) for rank, paper in enumerate(ids[:10]))
    best = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:10]))
    return gained / best, len(set(ids[:20]) & set(query["relevant"])) / len(query["relevant"])


def mean(pairs):
    pairs = list(pairs)
    return tuple(statistics.mean(one[place] for one in pairs) for place in (0, 1)) if pairs else (0.0, 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=Path, default=DATA / "queries.jsonl")
    parser.add_argument("--parts", action="store_true", help="what each part of the ranking is worth")
    parser.add_argument("--papers", type=int, default=100_000, help="papers of the large store (100000)")
    options = parser.parse_args()
    if not (DATA / "papers.jsonl").exists() or not options.queries.exists():
        print(f"The judged queries and their papers ({DATA}) are not on this machine; search was not measured.")
        return 0
    queries = [json.loads(line) for line in options.queries.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "papers.db") as store:
        began = time.process_time()
        import_path(store, DATA / "papers.jsonl", now=dt.datetime.now(dt.UTC))
        check_imported(store)
        print(f"The archive's papers were imported, checked and indexed in {time.process_time() - began:.0f} s.\n")
        quality(store, queries)
        if options.parts:
            parts(store, queries)
        ids = [one for query in queries for one in query["relevant"][:2]]
        speed(store, queries, ids, "the archive")
        store.write_now(multiply, options.papers)
        # As it is some seconds later: what was written is in the file itself, not in the log beside it.
        with contextlib.closing(sqlite3.connect(Path(folder) / "papers.db")) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        speed(store, queries, ids, "copies of it")
    return 0


def quality(store, queries):
    ways = {"this": lambda typed: store.read_now(search, typed, limit=20).ids, **plain_fts5(store)}
    print(f"{'':<36}" + "".join(f"{name:^20}" for name in ways) + f"\n{'':<36}" + "  nDCG@10 recall@20 " * len(ways))
    found = {name: [measures(list(way(query["query"])), query) for query in queries] for name, way in ways.items()}
    for place, query in enumerate(queries):
        cells = "".join("{:9.3f}{:10.3f} ".format(*found[name][place]) for name in ways)
        print(f"{'kept' if is_kept(query['query']) else 'look'}  {query['query'][:28]:<30}{cells}")
    for title, chosen in (("look", False), ("kept", True), ("all", None)):
        rows = [n for n, query in enumerate(queries) if chosen is None or is_kept(query["query"]) is chosen]
        cells = "".join("{:9.3f}{:10.3f} ".format(*mean(found[name][row] for row in rows)) for name in ways)
        print(f"{title + ' (' + str(len(rows)) + ')':<36}{cells}")
    print(f"{'wanted':<36}{WANTED['nDCG@10']:9.3f}{WANTED['recall@20']:10.3f}\n")


def plain_fts5(store, tokenizers=("unicode61", "trigram")):
    """SQLite's own tokenizers over title, authors, abstract and summaries, any of the words, bm25."""
    # A file of its own that SQLite removes, filled inside SQLite: a large index in memory would slow down what is measured
    # beside it by a third.
    file = sqlite3.connect("")
    file.execute("ATTACH ? AS store", (str(store.path),))
    ways = {}
    for tokenizer in tokenizers:
        file.execute(f"CREATE VIRTUAL TABLE {tokenizer} USING fts5 (id UNINDEXED, text, tokenize = '{tokenizer}')")
        file.execute(
            f"INSERT INTO {tokenizer} SELECT id, title || ' ' || authors || ' ' || abstract || ' ' || coalesce("
            "(SELECT group_concat(bullets, ' ') FROM store.summary WHERE paper_key = paper.key), '') FROM store.paper"
        )
        file.commit()
        ways[tokenizer] = lambda typed, table=tokenizer: [
            row[0]
            for row in file.execute(
                f"SELECT id FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT 20",
                (" OR ".join(f'"{word}"' for word in re.findall(r"\w+", typed)),),
            )
        ]
    return ways


def parts(store, queries):
    """nDCG@10 and recall@20 with each part of the ranking left out."""
    names = store.read_now(lambda connection: dict(map(tuple, connection.execute("SELECT key, id FROM paper"))))

    def found(connection, typed, weights):
        with snapshot(connection):
            return [
                names[key] for key in answer(StoredIndex(connection), read_query(typed), limit=20, weights=weights).keys
            ]

    print(f"{'':<30}{'look':^20}{'kept':^20}")
    for title, changed in PARTS.items():
        weights = dataclasses.replace(Weights(), **changed)
        cells = ""
        for chosen in (False, True):
            half = [query for query in queries if is_kept(query["query"]) is chosen]
            cells += "{:9.3f}{:10.3f} ".format(
                *mean(measures(store.read_now(found, query["query"], weights), query) for query in half)
            )
        print(f"{title:<30}{cells}", flush=True)
    print()


def speed(store, queries, ids, title):
    """Milliseconds of processor for a query, when the index is first read and when it was read before."""
    (count,) = store.read_now(lambda connection: connection.execute("SELECT count(*) FROM paper").fetchone())
    print(f"On {count:,} papers ({title}), milliseconds of processor, and as a part of what plain FTS5 takes:")
    plain = plain_fts5(store, ("unicode61",))["unicode61"]
    judged = [query["query"] for query in queries]
    baseline = statistics.median(sorted(_timed(plain, one) for one in judged * 2))
    print(f"  {'a judged query, unicode61':<26} median {baseline:6.1f}")
    for name, function, asked in (
        ("a judged query", search, judged),
        ("another query", search, ALSO_TIMED),
        ("papers like one", similar, ids),
    ):
        for turn in ("first", "again"):
            times = sorted(_timed(lambda one, ask=function: store.read_now(ask, one, limit=10), one) for one in asked)
            median = statistics.median(times)
            print(
                f"  {name + ', ' + turn:<26} median {median:6.1f}   "
                f"99th percentile {times[min(len(times) - 1, int(len(times) * 0.99))]:6.1f}   {median / baseline:5.2f}"
            )
    print(
        f"  {'wanted':<26} median {WANTED['median']:6.1f}   99th percentile {WANTED['99th percentile']:6.1f}\n", flush=True
    )


def _timed(ask, asked):
    began = time.process_time_ns()
    ask(asked)
    return (time.process_time_ns() - began) / 1e6


def multiply(connection, wanted):
    """Copies of every paper with another id, as an import of them would leave the store, made in bulk."""
    (papers,) = connection.execute("SELECT max(key) FROM paper").fetchone()
    copies = -(-wanted // papers)
    for copy in range(1, copies):
        shift, most = copy * papers, min(papers, wanted - copy * papers)
        _copy_rows(connection, "paper", {"key": f"key + {shift}", "id": f"id || 'c{copy}'"}, f"key <= {most}")
        for table in ("summary", "search_paper"):
            _copy_rows(connection, table, {"paper_key": f"paper_key + {shift}"}, f"paper_key <= {most}")
    connection.execute("UPDATE search_rendering SET papers = papers * ?", (copies,))
    _multiply_postings(connection, papers, copies, wanted)
    for name in ("papers", "mass", "votes", "day"):
        _multiply_column(connection, name, papers, wanted)
    connection.execute("UPDATE search_state SET mark = randomblob(8)")


def _copy_rows(connection, table, changed, condition):
    columns = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
    given = ", ".join(changed.get(column, column) for column in columns)
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given} FROM {table} WHERE {condition}")


def _multiply_postings(connection, papers, copies, wanted):
    """Each term's papers again for each copy."""
    terms = {}
    for row in connection.execute("SELECT number, data FROM search_posting ORDER BY number"):
        count = len(row["data"]) // 3
        term, block = divmod(row["number"], BLOCKS)
        keys = np.frombuffer(row["data"], "<u2", count).astype(np.int64) + block * BLOCK
        terms.setdefault(term, []).append((keys, np.frombuffer(row["data"], np.uint8, count, 2 * count)))
    connection.execute("DELETE FROM search_posting")
    for term, found in terms.items():
        keys = np.concatenate([keys for keys, _ in found])
        every = np.concatenate([keys + copy * papers for copy in range(copies)])
        weights = np.tile(np.concatenate([weights for _, weights in found]), copies)[every <= wanted]
        every = every[every <= wanted]
        blocks = every // BLOCK
        for block in np.unique(blocks).tolist():
            places, values = (every[blocks == block] % BLOCK).astype("<u2"), weights[blocks == block]
            connection.execute(
                "INSERT INTO search_posting VALUES (?, ?)", (term * BLOCKS + block, places.tobytes() + values.tobytes())
            )


def _multiply_column(connection, name, papers, wanted):
    rows = connection.execute("SELECT block, data FROM search_column WHERE name = ? ORDER BY block", (name,)).fetchall()
    data = np.concatenate([np.frombuffer(row["data"], COLUMNS[name]) for row in rows])
    if name in {"papers", "mass"}:
        data = (data * (wanted / papers)).astype(COLUMNS[name])
    else:
        every = np.resize(data[1 : papers + 1], wanted)
        data = np.zeros(-(-(wanted + 1) // BLOCK) * BLOCK, COLUMNS[name])
        data[1 : wanted + 1] = every
    connection.executemany(
        "INSERT OR REPLACE INTO search_column VALUES (?, ?, ?)",
        [(name, block, data[block * BLOCK : (block + 1) * BLOCK].tobytes()) for block in range(len(data) // BLOCK)],
    )


if __name__ == "__main__":
    sys.exit(main())
