-- What `grainloss-fleet listen` heard of each machine over MQTT. A register of an earlier version gets the table when it is opened.
CREATE TABLE IF NOT EXISTS heard (
    device         TEXT PRIMARY KEY,
    heard_s        INTEGER,           -- when a message of it came last, s since 1970 UTC, by the office's clock
    online         INTEGER,           -- 1: it is connected to the broker, as that said last; NULL: nothing was said
    state_us       INTEGER,           -- its newest state: time by the machine, µs since 1970 UTC, and what follows to blocks_waiting
    activity       TEXT,
    crop           TEXT,
    area_m2        INTEGER,           -- of its session
    loss_ppm       INTEGER,           -- of its session, with the ends of its 90 % interval
    loss_lo_ppm    INTEGER,
    loss_hi_ppm    INTEGER,
    limit_ppm      INTEGER,
    basis          TEXT,              -- what the loss rests on
    blocks_waiting INTEGER,           -- packets that wait in the cab
    alarm          TEXT,              -- its newest alarm; NULL: none yet
    alarm_happened TEXT,              -- raised, changed, lowered, acknowledged, cleared
    alarm_level    INTEGER,
    alarm_us       INTEGER,           -- time by the machine, µs since 1970 UTC
    clock_ahead_s  INTEGER            -- by how much its clock is ahead of the office's; NULL: less than ten minutes
) STRICT;
