-- grainloss journal, version 8: seals are added and never changed; docs/journal.md says what each one holds.

-- Signed statements about the journal, each naming the one before: a seal that was taken out leaves a gap.
CREATE TABLE seal (
    id         INTEGER PRIMARY KEY,   -- 1, 2, 3 and so on; no number is left out
    session    INTEGER NOT NULL,
    kind       TEXT    NOT NULL,      -- earlier, begin, minutes, end, continue, correction, capture-deleted
    body       TEXT    NOT NULL,      -- JSON: what is stated, with the hash of the seal before
    hash       TEXT    NOT NULL,      -- SHA-256 of body, hexadecimal
    public_key TEXT,                  -- Ed25519, hexadecimal; NULL when there was no key
    signature  TEXT                   -- over hash
) STRICT;
CREATE INDEX seal_of_session ON seal (session, kind);

-- The minute that is not over, of each open session: written anew with each commit.
CREATE TABLE open_minute (
    session    INTEGER PRIMARY KEY REFERENCES session (id),
    last_us    INTEGER,               -- the newest second, µs; NULL before the first
    body       TEXT    NOT NULL,      -- JSON: the chain so far, the minute so far, the totals so far
    hash       TEXT    NOT NULL,      -- SHA-256 of body, hexadecimal
    public_key TEXT,                  -- Ed25519, hexadecimal; NULL when there was no key
    signature  TEXT                   -- over hash
) STRICT;
