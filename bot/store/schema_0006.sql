-- Papers that people have saved for themselves, wherever they met them.
CREATE TABLE saved (
    person     TEXT NOT NULL,                     -- platform:number
    paper_key  INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    saved_at   TEXT NOT NULL,
    PRIMARY KEY (person, paper_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_by_time ON saved (person, saved_at);
CREATE INDEX saved_by_paper ON saved (paper_key);
