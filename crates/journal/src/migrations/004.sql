-- grainloss journal, version 4: why the estimate is what it is.

-- What each measurement contributed to the estimate in a second: measured beside expected, and whether it was used. Rows
-- that would repeat the one before are left out, but there is one a minute; docs/journal.md gives the rule.
CREATE TABLE fusion (
    session     INTEGER NOT NULL REFERENCES session (id),
    t_us        INTEGER NOT NULL,   -- the end of the second
    measurement TEXT    NOT NULL,   -- separation-plates, cleaning-plates, separation-index, cleaning-index, rear-pan,
                                    -- front-pan, whole-pan
    innovation  REAL,               -- natural logarithm of measured over expected; NULL when nothing was compared
    variance    REAL,               -- variance expected of the innovation: prediction and measurement together
    test_ratio  REAL,               -- innovation squared over variance: 1 on average, above 3.84 in one case of twenty
    outcome     TEXT    NOT NULL,   -- fused, discounted (used with less weight), not-fused
    reason      TEXT,               -- why it was discounted or not fused; NULL when fused
    PRIMARY KEY (session, t_us, measurement)
) STRICT, WITHOUT ROWID;
