-- What lists of papers need beside the store's papers.

-- What a list is of, where that is too long for its buttons (64 bytes): each text once, named by its row in old messages.
CREATE TABLE list_argument (
    id    INTEGER PRIMARY KEY,
    text  TEXT NOT NULL UNIQUE
) STRICT;

-- The paper that /random showed somebody last, so that the next one is another.
CREATE TABLE random_paper (
    person    TEXT NOT NULL PRIMARY KEY,          -- platform:number
    paper_id  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
