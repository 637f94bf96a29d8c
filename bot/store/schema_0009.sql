-- What an operator announces to every subscriber, and when chats were parked, so that a rise of that is seen.

-- Sent as deliveries of a day of their own (bot/store/announcements.py says which). It holds nothing of who wrote it.
CREATE TABLE announcement (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: it names the day of its deliveries
    text          TEXT NOT NULL,
    state         TEXT NOT NULL,                  -- draft, confirmed, planned, dropped
    written_at    TEXT NOT NULL,
    confirmed_at  TEXT,
    planned_to    INTEGER NOT NULL DEFAULT 0      -- deliveries are made for the targets up to this one
) STRICT;

ALTER TABLE target ADD COLUMN parked_at TEXT;     -- of a parked one; null when that was before this version
CREATE INDEX target_parked ON target (parked_at) WHERE parked <> '';
