-- grainloss journal, version 1. Times are microseconds since 1970-01-01 UTC; NULL is unknown, never 0.

-- One crop on one field with one machine.
CREATE TABLE session (
    id             INTEGER PRIMARY KEY,
    started_us     INTEGER NOT NULL,   -- bus time of its start
    last_us        INTEGER,            -- bus time of its newest second
    end_reason     TEXT,               -- NULL while open, and for ever after a crash
    source         TEXT    NOT NULL,   -- where the frames came from
    clock          TEXT    NOT NULL,   -- whose time it is: log, system, simulator
    machine        TEXT    NOT NULL,
    profile_sha256 TEXT    NOT NULL,
    crop           TEXT    NOT NULL,
    limit_id       TEXT,
    limit_percent  REAL,
    limit_source   TEXT,
    software       TEXT    NOT NULL,
    totals         TEXT                -- JSON: the session's totals with their 90 % intervals, as of last_us
) STRICT;

-- One second. Rates are means over it; _lo and _hi are 90 % intervals.
CREATE TABLE sample (
    session              INTEGER NOT NULL REFERENCES session (id),
    t_us                 INTEGER NOT NULL,   -- the end of the second
    state                TEXT,               -- stopped, transport, cutting, turning
    turning_cut          INTEGER,
    lugging              INTEGER,
    unloading            INTEGER,
    ground_speed_m_s     REAL,
    header_height_m      REAL,
    feed_kg_s            REAL,
    engine_rpm           REAL,
    grain_in_kg_s        REAL,
    header_loss_kg_s     REAL,
    header_lo            REAL,
    header_hi            REAL,
    rear_loss_kg_s       REAL,
    rear_lo              REAL,
    rear_hi              REAL,
    threshing_loss_kg_s  REAL,
    separation_loss_kg_s REAL,
    cleaning_loss_kg_s   REAL,
    total_pct            REAL,
    total_lo             REAL,
    total_hi             REAL,
    basis                TEXT,               -- model-only, sensed, calibrated, fault
    alarm_level          INTEGER,
    loss_kg_ha           REAL,
    loss_kg_ha_lo        REAL,
    loss_kg_ha_hi        REAL,
    working_width_m      REAL,
    fuel_l_h             REAL,
    moisture_pct         REAL,
    PRIMARY KEY (session, t_us)
) STRICT, WITHOUT ROWID;

-- Alarms raised and cleared, operator faults, what happened to the bus, gaps in time, records that were lost.
CREATE TABLE event (
    session INTEGER NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL,
    t_us    INTEGER NOT NULL,
    kind    TEXT    NOT NULL,   -- alarm-raised, alarm-cleared, notice, pan, bus, clock, lost
    id      TEXT    NOT NULL,   -- which alarm, which operator fault, what became of the pan, of the bus
    level   INTEGER,            -- 1 low, 2 medium, 3 high
    stream  TEXT,               -- header, separation, cleaning, or the plate; the interface of a bus
    count   INTEGER,            -- how often so far; how many records, or frames, were lost
    value   REAL,               -- loss in per cent when an alarm was raised; seconds of a gap or a clock jump;
                                -- logarithm of found over expected of a pan
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
