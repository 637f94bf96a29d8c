-- The search index (docs/decisions/010-search.md): our own inverted lists in place of an FTS5 table. Every blob is little
-- endian and is read by numpy as it stands. Papers are numbered by paper.key and lie in blocks of 16,384.

DROP TABLE paper_search;

-- What papers hold: stems, whole words, pairs of characters, names (bot/search/terms.py tells the kinds apart by a prefix).
CREATE TABLE search_term (
    id        INTEGER PRIMARY KEY,
    term      TEXT NOT NULL UNIQUE,
    spelling  TEXT,                               -- of whole words: their letters, a Korean syllable as two or three
    backward  TEXT                                -- the same from its end, so that a slip at the beginning is found too
) STRICT;
CREATE INDEX search_term_by_spelling ON search_term (spelling) WHERE spelling IS NOT NULL;
CREATE INDEX search_term_by_backward ON search_term (backward) WHERE backward IS NOT NULL;

-- The papers of a term: first their places in the block (uint16 each), then how much each says of it (uint8 each).
CREATE TABLE search_posting (
    term   INTEGER NOT NULL,
    block  INTEGER NOT NULL,
    data   BLOB NOT NULL,
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- The terms of a paper: first their ids (uint32 each), then how much the paper says of each (uint8 each); and the pairs
-- that its summaries add to search_rendering, as JSON.
CREATE TABLE search_paper (
    paper_key   INTEGER PRIMARY KEY,
    data        BLOB NOT NULL,
    renderings  TEXT NOT NULL
) STRICT;

-- Numbers, one for each paper or each term: `papers` of a term, `kind`, `sound` and `other_sound` of a term, `votes` and `day` of a paper.
CREATE TABLE search_column (
    name   TEXT NOT NULL,
    block  INTEGER NOT NULL,
    data   BLOB NOT NULL,
    PRIMARY KEY (name, block)
) STRICT, WITHOUT ROWID;

-- What papers and summaries write beside each other, folded: `어텐션 싱크(attention sink)`, how terms are spelled in Korean,
-- and `mixture of experts (MoE)`, initials as `native`. A pair goes with the last paper that has it.
CREATE TABLE search_rendering (
    native   TEXT NOT NULL,
    english  TEXT NOT NULL,
    papers   INTEGER NOT NULL,
    PRIMARY KEY (native, english)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_rendering_by_english ON search_rendering (english);

-- A random mark that every writing changes: what a process has read of the index is good as long as it stands.
CREATE TABLE search_state (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    mark  BLOB NOT NULL
) STRICT;
INSERT INTO search_state VALUES (1, randomblob(8));

-- Papers whose index is not up to date: all of them once, when this version first opens an older store.
CREATE TABLE search_pending (paper_key INTEGER PRIMARY KEY) STRICT;
INSERT INTO search_pending SELECT key FROM paper;
