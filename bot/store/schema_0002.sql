-- Summaries that are checked, and language models that write them within a budget.

-- 1: it agrees with its paper; 0: it does not, or a reader said so; null: not checked, or no abstract to check against.
ALTER TABLE summary ADD COLUMN verified INTEGER;
ALTER TABLE summary ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';
-- The version of the check that gave the verdict; 'reader' when a person did, which no check overrules.
ALTER TABLE summary ADD COLUMN checked_version TEXT NOT NULL DEFAULT '';

-- Who is asking a language model for a summary, so that no two processes do; and how often that came to nothing.
CREATE TABLE summary_claim (
    paper_key       INTEGER NOT NULL REFERENCES paper (key) ON DELETE CASCADE,
    language        TEXT NOT NULL,
    prompt_version  TEXT NOT NULL,
    owner           TEXT NOT NULL DEFAULT '',     -- '' when nobody is asking
    owned_until     TEXT NOT NULL DEFAULT '',     -- the owner has died when this is past
    failures        INTEGER NOT NULL DEFAULT 0,   -- answers of the model that could not be used
    not_before      TEXT NOT NULL DEFAULT '',     -- it is not asked again before this
    PRIMARY KEY (paper_key, language, prompt_version)
) STRICT, WITHOUT ROWID;

-- What language models were asked, by UTC day; money in the currency of LLM_PRICES.
CREATE TABLE model_usage (
    day         TEXT NOT NULL,
    model       TEXT NOT NULL,
    calls       INTEGER NOT NULL DEFAULT 0,
    failures    INTEGER NOT NULL DEFAULT 0,       -- of those calls, how many gave nothing that could be used
    tokens_in   INTEGER NOT NULL DEFAULT 0,
    tokens_out  INTEGER NOT NULL DEFAULT 0,
    money       REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (day, model)
) STRICT, WITHOUT ROWID;
