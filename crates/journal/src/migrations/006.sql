-- grainloss journal, version 6: what pans have taught is kept for the next field. Rows are added and never changed.

-- What the estimator knew of a machine in a crop: a row after each pan that was used, and at the session's end. The newest
-- of a session counts. An event `calibration`, `kept` of the session has its SHA-256, so that the proof covers it.
CREATE TABLE calibration (
    id           INTEGER PRIMARY KEY,
    session      INTEGER REFERENCES session (id),   -- NULL when it was imported from a file
    t_us         INTEGER NOT NULL,   -- when it was true, bus time
    machine      TEXT    NOT NULL,   -- the profile's name
    machine_name TEXT,               -- the owner's name for the machine
    plate        TEXT,               -- licence plate
    crop         TEXT    NOT NULL,
    field        TEXT,
    rear_pans    INTEGER NOT NULL,   -- pans that told of the loss behind the machine
    header_pans  INTEGER NOT NULL,   -- pans that told of the loss at the header
    load_lo      REAL,               -- loads at which they were taken, over that of ordinary work
    load_hi      REAL,
    moisture_lo  REAL,               -- moistures of the grain, share of wet mass; NULL when not measured
    moisture_hi  REAL,
    sha256       TEXT    NOT NULL,   -- of `learned`
    learned      TEXT    NOT NULL,   -- JSON: what the estimator knew
    imported_us  INTEGER             -- wall clock; NULL when it was not imported
) STRICT;
CREATE INDEX calibration_of_crop ON calibration (crop, t_us);

-- Calibrations that no session is to begin with any more.
CREATE TABLE calibration_forgotten (
    calibration INTEGER PRIMARY KEY REFERENCES calibration (id),
    made_us     INTEGER NOT NULL     -- wall clock
) STRICT;
