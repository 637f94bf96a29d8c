"""The papers of terms, written in whichever order, agree with the terms of papers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.connection import open_store
from bot.store.search_writing import BLOCK, BLOCKS, unpacked_postings, unpacked_vector, write_index

# Keys on both sides of a block's end, and a few words: each step says of some papers what they hold now, nothing for one that
# is gone.
KEYS = (1, 2, 3, BLOCK - 1, BLOCK, BLOCK + 1)
steps = st.lists(
    st.dictionaries(st.sampled_from(KEYS), st.none() | st.text("abcdef", max_size=4), min_size=1), min_size=1, max_size=6
)


def put(connection, said):
    for key, letters in said.items():
        connection.execute("DELETE FROM paper WHERE key = ?", (key,))
        if letters is not None:
            # Every letter is a word, as often as it stands there.
            title = " ".join(f"{letter}word" for letter in letters)
            connection.execute(
                "INSERT INTO paper (key, id, title, origin, first_seen_at, updated_at) VALUES (?, ?, ?, 'hub', '', '')",
                (key, f"2401.{key:05}", title),
            )
    write_index(connection, list(said))


def of_papers(connection):
    found: dict[tuple[int, int], int] = {}
    for row in connection.execute("SELECT paper_key, data FROM search_paper"):
        terms, weights = unpacked_vector(row["data"])
        found |= {(term, row["paper_key"]): weight for term, weight in zip(terms.tolist(), weights.tolist(), strict=True)}
    return found


def of_terms(connection):
    found: dict[tuple[int, int], int] = {}
    for row in connection.execute("SELECT number, data FROM search_posting"):
        places, weights = unpacked_postings(row["data"])
        term, block = divmod(row["number"], BLOCKS)
        assert np.all(np.diff(places.astype(np.int64)) > 0)
        keys = (places.astype(np.int64) + block * BLOCK).tolist()
        found |= {(term, key): weight for key, weight in zip(keys, weights.tolist(), strict=True)}
    return found


@settings(deadline=None, max_examples=40)
@given(steps)
def test_papers_of_terms_agree_with_terms_of_papers(tmp_path_factory, story):
    with open_store(tmp_path_factory.mktemp("index") / "papers.db") as store:
        for said in story:
            store.write_now(put, said)
            assert store.read_now(of_terms) == store.read_now(of_papers)
        words = store.read_now(lambda c: {row["id"]: row["term"] for row in c.execute("SELECT id, term FROM search_term")})
        last = {key: letters for said in story for key, letters in said.items()}
        held = {(words[term], key) for term, key in store.read_now(of_papers) if words[term].startswith("=")}
        assert held == {(f"={letter}word", key) for key, letters in last.items() for letter in letters or ""}
