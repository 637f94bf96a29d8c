-- What a subscriber wants and does not want to read, and until when nothing is to be sent.

-- bot.model.Filters as JSON; '' for none.
ALTER TABLE subscription ADD COLUMN filters TEXT NOT NULL DEFAULT '';
-- The first day, by the subscription's own clock, on which digests come again; `next_due_at` is not before it.
ALTER TABLE subscription ADD COLUMN paused_until TEXT;
