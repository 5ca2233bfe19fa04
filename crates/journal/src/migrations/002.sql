-- grainloss journal, version 2. Times are microseconds since 1970-01-01 UTC, bus time unless said; NULL is unknown, never 0.
--
-- Rows are added and never changed, but for the end, newest second, count of seconds and totals of a session, and the state of a capture.
-- Everything that happens in a session (event, pan, setting, activity, acknowledgement, fact, sensor, bus) has a number
-- `seq` of one sequence for the session, in the order of its happening: no number is in two tables.

-- Machine profiles as they were used, each once.
CREATE TABLE profile (
    sha256   TEXT PRIMARY KEY,    -- of profile and dbc, one after the other
    name     TEXT NOT NULL,
    text     TEXT NOT NULL,       -- TOML
    dbc_name TEXT,                -- what the profile calls its database; NULL when it has none
    dbc      BLOB                 -- the .dbc file as it was read
) STRICT, WITHOUT ROWID;

-- What was entered about a session at its start; later entries are in fact, later corrections in correction.
ALTER TABLE session ADD COLUMN operator     TEXT;   -- who drives
ALTER TABLE session ADD COLUMN field        TEXT;   -- the field's name
ALTER TABLE session ADD COLUMN place        TEXT;   -- village or spot
ALTER TABLE session ADD COLUMN township     TEXT;   -- township, as county summaries group
ALTER TABLE session ADD COLUMN machine_name TEXT;   -- what its owner calls it
ALTER TABLE session ADD COLUMN plate        TEXT;   -- licence plate
-- JSON: the sums as the estimator keeps them, to go on with after a restart or a power cut.
ALTER TABLE session ADD COLUMN memory       TEXT;
-- With what it was run; NULL is the crop's usual value.
ALTER TABLE session ADD COLUMN yield_kg_ha  REAL;
ALTER TABLE session ADD COLUMN tkw_g        REAL;   -- thousand-kernel weight
-- A session that was recomputed from another one.
ALTER TABLE session ADD COLUMN revision_of  INTEGER REFERENCES session (id);
ALTER TABLE session ADD COLUMN revision     TEXT;   -- JSON: name, from (capture, samples), what was changed
ALTER TABLE session ADD COLUMN made_us      INTEGER; -- wall clock when it was begun; a replay's is later than started_us

-- How many seconds are stored: counting them for a list of ten years of sessions would take seconds itself.
ALTER TABLE session ADD COLUMN seconds      INTEGER NOT NULL DEFAULT 0;
UPDATE session SET seconds = (SELECT count(*) FROM sample WHERE sample.session = session.id);

ALTER TABLE sample ADD COLUMN latitude_deg  REAL;   -- WGS 84, north above 0
ALTER TABLE sample ADD COLUMN longitude_deg REAL;   -- WGS 84, east above 0
ALTER TABLE sample ADD COLUMN course_deg    REAL;   -- over ground, clockwise from north

-- Ten rows a second, where asked for. What the estimator said at the end of each step.
CREATE TABLE tenth (
    session              INTEGER NOT NULL REFERENCES session (id),
    t_us                 INTEGER NOT NULL,   -- the end of the tenth of a second
    state                TEXT,
    ground_speed_m_s     REAL,
    header_height_m      REAL,
    feed_kg_s            REAL,
    engine_rpm           REAL,
    grain_in_kg_s        REAL,
    header_loss_kg_s     REAL,
    separation_loss_kg_s REAL,
    cleaning_loss_kg_s   REAL,
    total_pct            REAL,
    total_lo             REAL,
    total_hi             REAL,
    PRIMARY KEY (session, t_us)
) STRICT, WITHOUT ROWID;

-- Drop pans: what was found, with what it was found, by whom, and what became of it.
CREATE TABLE pan (
    session               INTEGER NOT NULL REFERENCES session (id),
    seq                   INTEGER NOT NULL,
    t_us                  INTEGER NOT NULL,   -- when it was judged
    dropped_us            INTEGER NOT NULL,
    known_us              INTEGER NOT NULL,   -- from when on the result was known
    kind                  TEXT    NOT NULL,   -- rear, front
    area_m2               REAL    NOT NULL,
    header_width_m        REAL,               -- as entered, or the profile's
    discharge_width_m     REAL,
    concentration         REAL    NOT NULL,   -- header width over discharge width; 1 for a front sample
    kernels               REAL,               -- as found
    grams                 REAL,
    grain_kg              REAL    NOT NULL,   -- what was reckoned with
    shed_kernels_m2       REAL,               -- natural shed, measured apart
    shed_kg_m2            REAL,
    who                   TEXT,
    outcome               TEXT    NOT NULL,   -- used, or why not
    log_found_over_expected REAL,
    weight                REAL,               -- how much it counted, 0 to 1
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- Settings of the machine: each value from t_us on.
CREATE TABLE setting (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    setting TEXT    NOT NULL,   -- the channel's name, such as fan.speed, or what the operator called it
    value   REAL,               -- in the channel's unit; NULL when it was marked without one
    unit    TEXT,
    origin  TEXT    NOT NULL,   -- bus, operator
    who     TEXT,
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- What the machine did: each state from t_us on, until the next row or the session's newest second.
CREATE TABLE activity (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    state   TEXT,               -- stopped, transport, cutting, turning; NULL is unknown
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- Somebody has seen an alarm.
CREATE TABLE acknowledgement (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    alarm   TEXT    NOT NULL,   -- which alarm, as event.id
    stream  TEXT,
    who     TEXT,
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- What somebody entered about the session while it ran: it holds from t_us on.
CREATE TABLE fact (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    item    TEXT    NOT NULL,   -- operator, field, place, township, machine_name, plate, note
    value   TEXT,
    who     TEXT,
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- State of each channel from t_us on, looked at every ten seconds.
CREATE TABLE sensor (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    channel TEXT    NOT NULL,
    state   TEXT    NOT NULL,   -- valid, not-available, error, not-calibrated, stale, implausible, never-seen, not-mapped
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- Counters of each bus since the session's start, once a minute and at the end.
CREATE TABLE bus (
    session      INTEGER NOT NULL REFERENCES session (id),
    seq          INTEGER NOT NULL,
    t_us         INTEGER NOT NULL,
    interface    TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    frames       INTEGER NOT NULL,
    error_frames INTEGER NOT NULL,
    odd          INTEGER NOT NULL,   -- frames that are none
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

-- The frames of a session, as compressed candump beside the journal.
CREATE TABLE capture (
    session INTEGER PRIMARY KEY REFERENCES session (id),
    file    TEXT    NOT NULL,   -- relative to the journal's folder
    frames  INTEGER NOT NULL DEFAULT 0,
    lost    INTEGER NOT NULL DEFAULT 0,   -- frames that the disk did not take
    bytes   INTEGER NOT NULL DEFAULT 0,   -- of the file
    sha256  TEXT,               -- of the file; NULL while it is written, and for ever after a crash
    pruned  INTEGER NOT NULL DEFAULT 0    -- 1 when the file was removed to make room
) STRICT;

-- Every report that was made: a session in this list may lose its capture when room is needed.
CREATE TABLE export (
    id      INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session (id),
    made_us INTEGER NOT NULL,   -- wall clock
    format  TEXT    NOT NULL,
    file    TEXT
) STRICT;
CREATE INDEX export_of_session ON export (session);

-- Additions to a session that was closed: what it says stays, and who says otherwise is beside it.
CREATE TABLE correction (
    id         INTEGER PRIMARY KEY,
    session    INTEGER NOT NULL REFERENCES session (id),
    made_us    INTEGER NOT NULL,   -- wall clock
    item       TEXT    NOT NULL,   -- as in fact
    was        TEXT,
    value      TEXT,
    who        TEXT    NOT NULL,
    why        TEXT    NOT NULL,
    chain      TEXT    NOT NULL,   -- SHA-256 of the session's root, or the correction before, and this one
    public_key TEXT,               -- Ed25519, hexadecimal; NULL when unsigned
    signature  TEXT                -- over chain
) STRICT;
CREATE INDEX correction_of_session ON correction (session);

-- The chain over a session's minutes; docs/journal.md says what is hashed. All hashes are SHA-256 in hexadecimal.
CREATE TABLE minute (
    session        INTEGER NOT NULL REFERENCES session (id),
    end_us         INTEGER NOT NULL,   -- whole minutes of bus time; rows with end_us - 60 s < t_us <= end_us
    seconds        INTEGER NOT NULL,   -- how many samples
    columns        INTEGER NOT NULL,   -- how many columns of the CSV report are hashed, from the first
    last_seq       INTEGER NOT NULL,   -- records up to this number are in this minute or one before
    rows_sha256    TEXT    NOT NULL,   -- samples as the CSV report prints them
    records_sha256 TEXT    NOT NULL,   -- everything else
    chain          TEXT    NOT NULL,   -- of the chain before and both hashes
    PRIMARY KEY (session, end_us)
) STRICT, WITHOUT ROWID;

-- The seal of a closed session.
CREATE TABLE proof (
    session    INTEGER PRIMARY KEY REFERENCES session (id),
    facts      TEXT NOT NULL,   -- JSON: what the session says of itself, hashed into the root
    root       TEXT NOT NULL,   -- of the last minute's chain and the facts
    public_key TEXT,            -- Ed25519, hexadecimal; NULL when there was no key
    signature  TEXT             -- over root
) STRICT;

-- The activities with their ends.
CREATE VIEW activity_span AS
SELECT a.session, a.t_us AS from_us,
       coalesce(lead(a.t_us) OVER (PARTITION BY a.session ORDER BY a.seq), s.last_us) AS to_us, a.state
FROM activity a JOIN session s ON s.id = a.session;

-- The alarms: raised, acknowledged, cleared.
CREATE VIEW alarm AS
SELECT r.session, r.seq, r.t_us AS raised_us, r.id AS alarm, r.stream, r.level, r.value AS loss_pct,
       (SELECT min(c.t_us) FROM event c WHERE c.session = r.session AND c.seq > r.seq AND c.kind = 'alarm-cleared'
          AND c.id = r.id AND (r.id NOT IN ('plate-fault', 'signal-fault') OR c.stream IS r.stream)) AS cleared_us,
       k.t_us AS acknowledged_us, k.who AS acknowledged_by
FROM event r LEFT JOIN acknowledgement k ON k.session = r.session AND k.seq = (
       SELECT min(a.seq) FROM acknowledgement a WHERE a.session = r.session AND a.seq > r.seq AND a.alarm = r.id
          AND (a.stream IS NULL OR a.stream IS r.stream)
          AND a.seq < coalesce((SELECT min(n.seq) FROM event n WHERE n.session = r.session AND n.seq > r.seq
             AND n.kind = 'alarm-raised' AND n.id = r.id AND n.stream IS r.stream), 9223372036854775807))
WHERE r.kind = 'alarm-raised';
