-- When each active subscription is due next. Apart from the subscription, for it changes at every digest, and a million of
-- these narrow rows are written in a second (docs/decisions/014). Instants here are milliseconds since 1970, for the same
-- reason: a third of their text.

CREATE TABLE due (
    target_id  INTEGER PRIMARY KEY REFERENCES subscription (target_id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    floor_day  TEXT,                              -- the subscription's, raised to what planning looks at no more
    -- Equal for targets of which planning knew the same when it was last done, the digests since their floor among it.
    -- Null when something of that has changed since: the triggers below see to it.
    mark       INTEGER
) STRICT;

-- In the order of their instants. Of each row of `due` there is one here with its instant or an earlier one: planning
-- moves `due` on in one order and this one after it in the other (bot/store/due_instants.py).
CREATE TABLE due_order (
    at         INTEGER NOT NULL,
    target_id  INTEGER NOT NULL,
    PRIMARY KEY (at, target_id)
) STRICT, WITHOUT ROWID;

DROP INDEX subscription_due;
INSERT INTO due (target_id, at)
SELECT target_id, CAST(strftime('%s', next_due_at) AS INTEGER) * 1000 + CAST(substr(next_due_at, 21, 3) AS INTEGER)
FROM subscription WHERE active = 1 AND next_due_at IS NOT NULL;
INSERT INTO due_order (at, target_id) SELECT at, target_id FROM due ORDER BY at, target_id;
ALTER TABLE subscription DROP COLUMN next_due_at;

-- Not OR IGNORE: the statement that fires a trigger decides what a conflict in it does (sqlite.org/lang_createtrigger.html).
CREATE TRIGGER due_made AFTER INSERT ON due BEGIN
    INSERT INTO due_order (at, target_id) SELECT new.at, new.target_id
    WHERE NOT EXISTS (SELECT 1 FROM due_order WHERE at = new.at AND target_id = new.target_id);
END;
CREATE TRIGGER due_earlier AFTER UPDATE OF at ON due WHEN new.at < old.at BEGIN
    INSERT INTO due_order (at, target_id) SELECT new.at, new.target_id
    WHERE NOT EXISTS (SELECT 1 FROM due_order WHERE at = new.at AND target_id = new.target_id);
END;
CREATE TRIGGER due_gone AFTER DELETE ON due BEGIN
    DELETE FROM due_order WHERE at = old.at AND target_id = old.target_id;
END;

-- Whatever changes what planning knows of a target, but planning itself, takes its mark.
CREATE TRIGGER mark_of_subscription AFTER UPDATE ON subscription BEGIN
    UPDATE due SET mark = NULL WHERE target_id = new.target_id;
END;
CREATE TRIGGER mark_of_target AFTER UPDATE OF language, parked ON target BEGIN
    UPDATE due SET mark = NULL WHERE target_id = new.id;
END;
CREATE TRIGGER mark_of_delivery AFTER UPDATE OF state ON delivery WHEN new.state IN ('waiting', 'parked') BEGIN
    UPDATE due SET mark = NULL WHERE target_id = new.target_id;
END;
CREATE TRIGGER mark_of_moved_delivery AFTER UPDATE OF target_id ON delivery BEGIN
    UPDATE due SET mark = NULL WHERE target_id IN (old.target_id, new.target_id);
END;
-- Who waits has no mark.
CREATE TRIGGER mark_of_gone_delivery AFTER DELETE ON delivery WHEN old.state <> 'waiting' BEGIN
    UPDATE due SET mark = NULL WHERE target_id = old.target_id;
END;
