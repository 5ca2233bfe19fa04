-- grainloss journal, version 3: what is to be followed up. Rows are added and never changed.

-- A finding: a rule that an operator with a machine has broken.
CREATE TABLE finding (
    id        INTEGER PRIMARY KEY,
    raised_us INTEGER NOT NULL,   -- wall clock
    rule      TEXT    NOT NULL,   -- as in findings.toml
    operator  TEXT,               -- NULL when nobody was entered
    machine   TEXT    NOT NULL,   -- what its owner calls it, its plate, or the profile's name
    session   INTEGER NOT NULL REFERENCES session (id),   -- the first that broke it
    value     REAL    NOT NULL,   -- what was found there
    above     REAL    NOT NULL    -- what the rule allows
) STRICT;

-- What became of it.
CREATE TABLE finding_step (
    id       INTEGER PRIMARY KEY,
    finding  INTEGER NOT NULL REFERENCES finding (id),
    made_us  INTEGER NOT NULL,    -- wall clock
    step     TEXT    NOT NULL,    -- assigned, closed, reopened
    who      TEXT,                -- to whom it was assigned, who closed it; NULL when a rule reopened it
    session  INTEGER REFERENCES session (id),   -- the evidence
    note     TEXT
) STRICT;
CREATE INDEX finding_step_of_finding ON finding_step (finding);

-- A list of sessions counts their seconds by their minutes, and from this index alone.
CREATE INDEX minute_seconds ON minute (session, end_us, seconds);
