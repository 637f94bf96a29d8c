-- Summaries that readers called wrong: one row for each text, by the mark that its button carries (bot/summaries/marks.py).
CREATE TABLE summary_report (
    paper_key    INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    mark         TEXT NOT NULL,
    language     TEXT NOT NULL,                   -- the reader's, in which a language model is asked again
    bullets      TEXT NOT NULL,                   -- what it said then
    platform     TEXT NOT NULL,
    room         TEXT NOT NULL DEFAULT '',        -- the group or channel of the first report; '' for a private chat
    reported_at  TEXT NOT NULL,
    told_at      TEXT,                            -- when ADMIN_CHATS were told
    asked_at     TEXT,                            -- when a language model was asked for another
    PRIMARY KEY (paper_key, mark)
) STRICT, WITHOUT ROWID;

-- Who has said so, so that nobody says it twice, nor of everything.
CREATE TABLE summary_reporter (
    person       TEXT NOT NULL,                   -- platform:number
    paper_key    INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    mark         TEXT NOT NULL,
    reported_at  TEXT NOT NULL,
    PRIMARY KEY (person, paper_key, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX summary_reporter_by_paper ON summary_reporter (paper_key);
