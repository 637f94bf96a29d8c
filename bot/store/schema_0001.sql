-- The whole store as of its first version. Instants are TEXT in UTC, `2024-03-28T12:00:00.000Z`; days are `2024-03-28`;
-- lists are JSON arrays. Every table is STRICT.

-- What is known of a paper now, merged over its sources by bot/store/papers.py.
CREATE TABLE paper (
    key            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,          -- arXiv's, without version
    title          TEXT NOT NULL,
    authors        TEXT NOT NULL DEFAULT '[]',
    abstract       TEXT NOT NULL DEFAULT '',
    upvotes        INTEGER,
    list_day       TEXT,                          -- the first list day on which it stood
    archive_day    TEXT,                          -- the archive's own date
    thumbnail      TEXT,
    media          TEXT NOT NULL DEFAULT '[]',
    published_at   TEXT,
    comments       INTEGER,
    project_page   TEXT,
    github_repo    TEXT,
    github_stars   INTEGER,
    organization   TEXT,
    keywords       TEXT NOT NULL DEFAULT '[]',
    submitted_by   TEXT,
    hub_summary    TEXT NOT NULL DEFAULT '',
    origin         TEXT NOT NULL,                 -- the strongest source that has spoken of it
    first_seen_at  TEXT NOT NULL,
    updated_at     TEXT NOT NULL
) STRICT;
CREATE INDEX paper_by_list_day ON paper (list_day);

-- A source's own answer, so that a field that appears later can be read without asking again.
CREATE TABLE paper_raw (
    paper_key   INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    source      TEXT NOT NULL,                    -- hub, hub-paper, arxiv, archive, jsonl
    raw         TEXT NOT NULL,
    fetched_at  TEXT NOT NULL,
    PRIMARY KEY (paper_key, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE summary (
    paper_key       INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    language        TEXT NOT NULL,
    source          TEXT NOT NULL,                -- imported, sample, model
    prompt_version  TEXT NOT NULL DEFAULT '',
    bullets         TEXT NOT NULL,
    model           TEXT NOT NULL DEFAULT '',
    created_at      TEXT NOT NULL,
    PRIMARY KEY (paper_key, language, source, prompt_version)
) STRICT, WITHOUT ROWID;

-- How far the Hub's list of a day is known; for days that only an archive has, that.
CREATE TABLE list_day (
    day         TEXT PRIMARY KEY,
    state       TEXT NOT NULL,                    -- wanted, open, settled, closed
    origin      TEXT NOT NULL,                    -- hub, archive, sample
    papers      INTEGER NOT NULL DEFAULT 0,
    revision    INTEGER NOT NULL DEFAULT 1,
    fetched_at  TEXT,                             -- the last complete answer
    failed_at   TEXT,                             -- the last failed request after it
    last_error  TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- The lists themselves, the Hub's and an archive's side by side: a day shows the strongest origin that it has.
CREATE TABLE list_entry (
    day            TEXT NOT NULL,
    origin         TEXT NOT NULL,
    paper_key      INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    position       INTEGER NOT NULL,              -- from 0, the source's order
    upvotes        INTEGER,                       -- as that source gave them
    first_seen_at  TEXT NOT NULL,
    PRIMARY KEY (day, origin, paper_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_entry_by_paper ON list_entry (paper_key);

-- Text prepared by bot/store/search.py (pairs of characters for CJK, the rest stemmed); rowid is paper.key.
CREATE VIRTUAL TABLE paper_search USING fts5 (title, authors, abstract, summaries, tokenize = 'porter unicode61');

-- A chat and topic. It outlives unsubscribing, so that coming back never repeats a day.
CREATE TABLE target (
    id          INTEGER PRIMARY KEY,
    platform    TEXT NOT NULL,
    chat_id     TEXT NOT NULL,
    topic_id    TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL DEFAULT '',
    language    TEXT NOT NULL,
    parked      TEXT NOT NULL DEFAULT '',         -- why nothing is sent there; '' when reachable
    strikes     INTEGER NOT NULL DEFAULT 0,       -- vague refusals in a row, on different days
    struck_at   TEXT,
    created_at  TEXT NOT NULL,
    UNIQUE (platform, chat_id, topic_id)
) STRICT;

CREATE TABLE subscription (
    target_id      INTEGER PRIMARY KEY REFERENCES target (id) ON DELETE CASCADE,
    active         INTEGER NOT NULL,
    time_zone      TEXT NOT NULL,
    local_time     TEXT NOT NULL,                 -- HH:MM
    weekdays       TEXT NOT NULL,                 -- digits, Monday = 0: '0123456'
    shape          TEXT NOT NULL,
    top            INTEGER,
    min_votes      INTEGER NOT NULL DEFAULT 0,
    floor_day      TEXT,                          -- nothing up to this list day is owed
    next_due_at    TEXT,
    subscribed_at  TEXT NOT NULL
) STRICT;
CREATE INDEX subscription_due ON subscription (next_due_at) WHERE active = 1;

-- What is sent of a day: frozen, shared by all targets with the same choice. `items` holds the messages in order, as
-- [{"kind": "heading"}, {"kind": "paper", "id": "2403.18361"}, …] or [{"kind": "list", "ids": […], "part": 1, "parts": 2}].
CREATE TABLE selection (
    id           INTEGER PRIMARY KEY,
    list_day     TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    choice       TEXT NOT NULL,                   -- Choice.key()
    previous_id  INTEGER NOT NULL DEFAULT 0,      -- the selection that the chat had before, 0 for none
    items        TEXT NOT NULL,
    total        INTEGER NOT NULL,
    frozen_at    TEXT NOT NULL,
    UNIQUE (list_day, revision, choice, previous_id)
) STRICT;

CREATE TABLE delivery (
    id            INTEGER PRIMARY KEY,
    target_id     INTEGER NOT NULL REFERENCES target (id) ON DELETE CASCADE,
    list_day      TEXT NOT NULL,
    selection_id  INTEGER REFERENCES selection (id),  -- null while the day is waited for
    cursor        INTEGER NOT NULL DEFAULT 0,     -- messages sent and recorded
    total         INTEGER NOT NULL DEFAULT 0,
    state         TEXT NOT NULL,
    not_before    TEXT,
    lapses_at     TEXT,                           -- for waiting ones
    lease_owner   TEXT,
    lease_until   TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,     -- since the last message that arrived
    rejected      INTEGER NOT NULL DEFAULT 0,     -- messages that the platform refused and that were passed over
    last_error    TEXT NOT NULL DEFAULT '',
    container_id  TEXT NOT NULL DEFAULT '',
    planned_at    TEXT NOT NULL,
    ended_at      TEXT,
    UNIQUE (target_id, list_day)
) STRICT;
CREATE INDEX delivery_ready ON delivery (not_before) WHERE state = 'ready';
CREATE INDEX delivery_waiting ON delivery (list_day, lapses_at) WHERE state = 'waiting';
CREATE INDEX delivery_leased ON delivery (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX delivery_by_day ON delivery (list_day);

CREATE TABLE delivery_message (
    delivery_id  INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    external_id  TEXT NOT NULL,                   -- '' when the platform refused the message and it was passed over
    sent_at      TEXT NOT NULL,
    PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;

-- Small texts of adapters and of the program itself, by owner.
CREATE TABLE key_value (
    owner  TEXT NOT NULL,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
