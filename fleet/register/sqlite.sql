-- The register of a store: whose packets count, which are in the store, and where their rows lie. SQLite; postgres.sql has the
-- same for a county.
CREATE TABLE about (
    name  TEXT PRIMARY KEY,           -- version: 1; zone: the time zone whose dates are the store's days
    value TEXT NOT NULL
) STRICT;

CREATE TABLE device_key (
    public_key TEXT PRIMARY KEY,      -- Ed25519, 64 hexadecimal digits
    device     TEXT NOT NULL,         -- the machine: 16 hexadecimal digits of the SHA-256 of its first key
    state      TEXT NOT NULL CHECK (state IN ('unknown', 'trusted', 'distrusted'))
) STRICT;

CREATE TABLE machine (
    device   TEXT PRIMARY KEY,
    plate    TEXT,
    name     TEXT,                    -- what its owner calls it
    co_op    TEXT,
    township TEXT,                    -- its home township
    region   TEXT,                    -- the folder of its rows; NULL: unknown
    expected INTEGER NOT NULL DEFAULT 0  -- 1: the office expects packets of it
) STRICT;

CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    device     TEXT    NOT NULL,
    journal    TEXT    NOT NULL,      -- hash of the journal's first seal
    number     INTEGER NOT NULL,      -- its number in that journal
    revises    INTEGER,               -- the number of the session that it revises
    started_us INTEGER NOT NULL,      -- bus time of its start, µs since 1970 UTC
    crop       TEXT    NOT NULL,
    known_by   INTEGER NOT NULL,      -- where start and crop are from: 0 the seconds, 1 a report, 2 the head
    end_us     INTEGER NOT NULL,      -- the newest second
    folder     TEXT,                  -- season=…/region=…/day=…/crop=…: where its rows belong; NULL: its packets were withdrawn
    settled    TEXT,                  -- where they lie now; NULL: nowhere
    changed    INTEGER NOT NULL,      -- 1: they are not written yet as they are now
    UNIQUE (journal, number)
) STRICT;

CREATE TABLE packet (
    id          INTEGER PRIMARY KEY,
    sha256      TEXT    NOT NULL UNIQUE,  -- of its bytes, which lie in packets/DEVICE/SHA256.parquet
    session     INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    public_key  TEXT    NOT NULL,     -- who signed it, or the journal that it was made from
    from_journal INTEGER NOT NULL,    -- 1: made from a journal, which its own seals prove; it has no signature
    last        INTEGER NOT NULL,     -- 1: the session's end and report are in it
    seal        INTEGER NOT NULL,     -- of two packets of a session the higher one knows more
    steps       INTEGER NOT NULL,     -- the same, of its findings
    names       INTEGER NOT NULL      -- 1: names are in it
) STRICT;
CREATE INDEX packet_of_session ON packet (session);

CREATE TABLE minute (
    packet  INTEGER NOT NULL REFERENCES packet ON DELETE CASCADE,
    end_us  INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    chain   BLOB    NOT NULL,         -- the journal's hash chain after it: the same for the same minutes since the session's start
    PRIMARY KEY (packet, end_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE point (
    journal  TEXT    NOT NULL,
    number   INTEGER NOT NULL,        -- its number in that journal
    device   TEXT    NOT NULL,
    made_us  INTEGER NOT NULL,
    session  INTEGER,                 -- the number of the session that covers the plot
    corrects INTEGER,                 -- the point that it takes the place of
    names    INTEGER NOT NULL,
    crop     TEXT    NOT NULL,
    body     TEXT    NOT NULL,        -- what was entered, JSON
    folder   TEXT,
    settled  TEXT,
    changed  INTEGER NOT NULL,
    PRIMARY KEY (journal, number)
) STRICT;

CREATE TABLE object (
    url     TEXT PRIMARY KEY,         -- s3://BUCKET/NAME that was taken in: it is not fetched again
    version TEXT NOT NULL             -- size, time and hash, as the bucket states them
) STRICT;

CREATE INDEX session_of_device ON session (device);
CREATE INDEX session_of_folder ON session (folder);
CREATE INDEX session_settled ON session (settled);
CREATE INDEX session_changed ON session (id) WHERE changed = 1;
CREATE INDEX point_of_folder ON point (folder);
CREATE INDEX point_settled ON point (settled);
