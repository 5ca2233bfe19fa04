-- grainloss journal, version 9: measured points (监测点), each a record of its own, also without any session.

-- What was measured by hand on a plot. Rows are added and never changed: a correction is a new row that names the old one.
-- A seal `point` states each of them, so that one that was altered, removed or added is found.
CREATE TABLE measured_point (
    id       INTEGER PRIMARY KEY,                    -- 1, 2, 3 and so on
    made_us  INTEGER NOT NULL,                       -- wall clock when it was stored, µs
    session  INTEGER,                                -- the session that covers the plot; NULL without one
    corrects INTEGER REFERENCES measured_point (id), -- the row that this one takes the place of; NULL for a new point
    who      TEXT,                                   -- who corrected it; NULL for a new point
    why      TEXT,                                   -- why; NULL for a new point
    body     TEXT    NOT NULL,                       -- JSON: what was entered, in the units of its keys
    hash     TEXT    NOT NULL                        -- SHA-256 of the columns before it, hexadecimal
) STRICT;
