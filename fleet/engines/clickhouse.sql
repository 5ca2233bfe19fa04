-- Tables of a ClickHouse server that takes the store's files out of a bucket as they come (S3Queue).
-- UNTRIED: no server was at hand; chDB asks the same files without a copy (clickhouse.py).
--
-- Replace the address and the named collection's keys. Gather writes a day's file anew when more of that day comes: a queue would
-- count the old and the new one. So let the queue follow only days that are finished (its path), and truncate a partition
-- before a day is read again: ALTER TABLE fleet.seconds DROP PARTITION '2026-06-12'.
-- Questions need: SET join_use_nulls = 1, cast_keep_nullable = 1; and a view `asked` as clickhouse.py makes it.

CREATE DATABASE IF NOT EXISTS fleet;
CREATE NAMED COLLECTION IF NOT EXISTS grainloss AS access_key_id = 'KEY', secret_access_key = 'SECRET', format = 'Parquet';

CREATE TABLE IF NOT EXISTS fleet.seconds_queue (
    device Nullable(String),
    session Nullable(String),
    t_s Nullable(Int64),
    state Nullable(String),
    turning_cut Nullable(Int64),
    lugging Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    speed_mm_s Nullable(Int64),
    width_cm Nullable(Int64),
    feed_g_s Nullable(Int64),
    moisture_bp Nullable(Int64),
    latitude_e7 Nullable(Int64),
    longitude_e7 Nullable(Int64),
    cell_north Nullable(Int64),
    cell_east Nullable(Int64),
    basis_header Nullable(String),
    basis_rear Nullable(String),
    alarm_level Nullable(Int64)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/seconds/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.seconds (
    device Nullable(String),
    session Nullable(String),
    t_s Nullable(Int64),
    state Nullable(String),
    turning_cut Nullable(Int64),
    lugging Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    speed_mm_s Nullable(Int64),
    width_cm Nullable(Int64),
    feed_g_s Nullable(Int64),
    moisture_bp Nullable(Int64),
    latitude_e7 Nullable(Int64),
    longitude_e7 Nullable(Int64),
    cell_north Nullable(Int64),
    cell_east Nullable(Int64),
    basis_header Nullable(String),
    basis_rear Nullable(String),
    alarm_level Nullable(Int64),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session, t_s) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.seconds_take TO fleet.seconds AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.seconds_queue;

CREATE TABLE IF NOT EXISTS fleet.sessions_queue (
    device Nullable(String),
    session Nullable(String),
    revises Nullable(String),
    counts Nullable(Int64),
    is_closed Nullable(Int64),
    start_s Nullable(Int64),
    end_s Nullable(Int64),
    seconds Nullable(Int64),
    cutting_s Nullable(Int64),
    area_dm2 Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    loss_dg Nullable(Int64),
    loss_lo_dg Nullable(Int64),
    loss_hi_dg Nullable(Int64),
    basis Nullable(String),
    basis_header Nullable(String),
    basis_rear Nullable(String),
    turns Nullable(Int64),
    turning_cuts Nullable(Int64),
    luggings Nullable(Int64),
    alarms Nullable(Int64),
    limit_id Nullable(String),
    limit_ppm Nullable(Int64),
    township Nullable(String),
    field Nullable(String),
    operator Nullable(String),
    software Nullable(String)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/sessions/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.sessions (
    device Nullable(String),
    session Nullable(String),
    revises Nullable(String),
    counts Nullable(Int64),
    is_closed Nullable(Int64),
    start_s Nullable(Int64),
    end_s Nullable(Int64),
    seconds Nullable(Int64),
    cutting_s Nullable(Int64),
    area_dm2 Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    loss_dg Nullable(Int64),
    loss_lo_dg Nullable(Int64),
    loss_hi_dg Nullable(Int64),
    basis Nullable(String),
    basis_header Nullable(String),
    basis_rear Nullable(String),
    turns Nullable(Int64),
    turning_cuts Nullable(Int64),
    luggings Nullable(Int64),
    alarms Nullable(Int64),
    limit_id Nullable(String),
    limit_ppm Nullable(Int64),
    township Nullable(String),
    field Nullable(String),
    operator Nullable(String),
    software Nullable(String),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.sessions_take TO fleet.sessions AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.sessions_queue;

CREATE TABLE IF NOT EXISTS fleet.drivers_queue (
    device Nullable(String),
    session Nullable(String),
    driver Nullable(String),
    counts Nullable(Int64),
    start_s Nullable(Int64),
    seconds Nullable(Int64),
    cutting_s Nullable(Int64),
    area_dm2 Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    loss_dg Nullable(Int64),
    loss_lo_dg Nullable(Int64),
    loss_hi_dg Nullable(Int64),
    basis Nullable(String),
    turning_cuts Nullable(Int64),
    luggings Nullable(Int64),
    alarms Nullable(Int64)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/drivers/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.drivers (
    device Nullable(String),
    session Nullable(String),
    driver Nullable(String),
    counts Nullable(Int64),
    start_s Nullable(Int64),
    seconds Nullable(Int64),
    cutting_s Nullable(Int64),
    area_dm2 Nullable(Int64),
    grain_g Nullable(Int64),
    header_loss_dg Nullable(Int64),
    rear_loss_dg Nullable(Int64),
    loss_dg Nullable(Int64),
    loss_lo_dg Nullable(Int64),
    loss_hi_dg Nullable(Int64),
    basis Nullable(String),
    turning_cuts Nullable(Int64),
    luggings Nullable(Int64),
    alarms Nullable(Int64),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.drivers_take TO fleet.drivers AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.drivers_queue;

CREATE TABLE IF NOT EXISTS fleet.habits_queue (
    device Nullable(String),
    session Nullable(String),
    driver Nullable(String),
    counts Nullable(Int64),
    habit Nullable(String),
    n Nullable(Int64),
    duration_ms Nullable(Int64),
    cost_dg Nullable(Int64),
    cost_lo_dg Nullable(Int64),
    cost_hi_dg Nullable(Int64),
    untold Nullable(String)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/habits/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.habits (
    device Nullable(String),
    session Nullable(String),
    driver Nullable(String),
    counts Nullable(Int64),
    habit Nullable(String),
    n Nullable(Int64),
    duration_ms Nullable(Int64),
    cost_dg Nullable(Int64),
    cost_lo_dg Nullable(Int64),
    cost_hi_dg Nullable(Int64),
    untold Nullable(String),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.habits_take TO fleet.habits AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.habits_queue;

CREATE TABLE IF NOT EXISTS fleet.events_queue (
    device Nullable(String),
    session Nullable(String),
    counts Nullable(Int64),
    t_ms Nullable(Int64),
    kind Nullable(String),
    id Nullable(String),
    level Nullable(Int64),
    stream Nullable(String),
    n Nullable(Int64),
    value_e6 Nullable(Int64)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/events/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.events (
    device Nullable(String),
    session Nullable(String),
    counts Nullable(Int64),
    t_ms Nullable(Int64),
    kind Nullable(String),
    id Nullable(String),
    level Nullable(Int64),
    stream Nullable(String),
    n Nullable(Int64),
    value_e6 Nullable(Int64),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.events_take TO fleet.events AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.events_queue;

CREATE TABLE IF NOT EXISTS fleet.pans_queue (
    device Nullable(String),
    session Nullable(String),
    counts Nullable(Int64),
    t_s Nullable(Int64),
    place Nullable(String),
    found_mg_m2 Nullable(Int64),
    outcome Nullable(String),
    log_found_over_expected_e6 Nullable(Int64),
    weight_ppm Nullable(Int64)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/pans/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.pans (
    device Nullable(String),
    session Nullable(String),
    counts Nullable(Int64),
    t_s Nullable(Int64),
    place Nullable(String),
    found_mg_m2 Nullable(Int64),
    outcome Nullable(String),
    log_found_over_expected_e6 Nullable(Int64),
    weight_ppm Nullable(Int64),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.pans_take TO fleet.pans AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.pans_queue;

CREATE TABLE IF NOT EXISTS fleet.points_queue (
    device Nullable(String),
    point Nullable(Int64),
    session Nullable(String),
    counts Nullable(Int64),
    made_s Nullable(Int64),
    loss_ppm Nullable(Int64),
    loss_mg_m2 Nullable(Int64),
    yield_g_m2 Nullable(Int64),
    township Nullable(String),
    field Nullable(String),
    body Nullable(String),
    journal Nullable(String)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/points/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.points (
    device Nullable(String),
    point Nullable(Int64),
    session Nullable(String),
    counts Nullable(Int64),
    made_s Nullable(Int64),
    loss_ppm Nullable(Int64),
    loss_mg_m2 Nullable(Int64),
    yield_g_m2 Nullable(Int64),
    township Nullable(String),
    field Nullable(String),
    body Nullable(String),
    journal Nullable(String),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.points_take TO fleet.points AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.points_queue;

CREATE TABLE IF NOT EXISTS fleet.calibrations_queue (
    device Nullable(String),
    session Nullable(String),
    t_s Nullable(Int64),
    profile Nullable(String),
    rear_pans Nullable(Int64),
    header_pans Nullable(Int64),
    load_lo_ppm Nullable(Int64),
    load_hi_ppm Nullable(Int64),
    moisture_lo_bp Nullable(Int64),
    moisture_hi_bp Nullable(Int64),
    sha256 Nullable(String),
    learned Nullable(String)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/calibrations/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.calibrations (
    device Nullable(String),
    session Nullable(String),
    t_s Nullable(Int64),
    profile Nullable(String),
    rear_pans Nullable(Int64),
    header_pans Nullable(Int64),
    load_lo_ppm Nullable(Int64),
    load_hi_ppm Nullable(Int64),
    moisture_lo_bp Nullable(Int64),
    moisture_hi_bp Nullable(Int64),
    sha256 Nullable(String),
    learned Nullable(String),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.calibrations_take TO fleet.calibrations AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.calibrations_queue;

CREATE TABLE IF NOT EXISTS fleet.findings_queue (
    device Nullable(String),
    finding Nullable(Int64),
    session Nullable(String),
    raised_s Nullable(Int64),
    rule Nullable(String),
    operator Nullable(String),
    state Nullable(String),
    value_e6 Nullable(Int64),
    above_e6 Nullable(Int64),
    journal Nullable(String)
) ENGINE = S3Queue(grainloss, url = 'https://s3.example/BUCKET/store/findings/season=*/region=*/day=*/crop=*/*.parquet')
SETTINGS mode = 'unordered', s3queue_loading_retries = 10;
CREATE TABLE IF NOT EXISTS fleet.findings (
    device Nullable(String),
    finding Nullable(Int64),
    session Nullable(String),
    raised_s Nullable(Int64),
    rule Nullable(String),
    operator Nullable(String),
    state Nullable(String),
    value_e6 Nullable(Int64),
    above_e6 Nullable(Int64),
    journal Nullable(String),
    season Nullable(String), region Nullable(String), day String, crop Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (device, session) SETTINGS allow_nullable_key = 1;
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet.findings_take TO fleet.findings AS
SELECT *, extract(_path, 'season=([^/]+)/') AS season, extract(_path, 'region=([^/]+)/') AS region,
    extract(_path, 'day=([^/]+)/') AS day, extract(_path, 'crop=([^/]+)/') AS crop
FROM fleet.findings_queue;

-- Small and written anew: read where it lies.
CREATE OR REPLACE VIEW fleet.machines AS
SELECT * FROM s3(grainloss, url = 'https://s3.example/BUCKET/store/machines/*.parquet', structure = 'device Nullable(String), plate Nullable(String), name Nullable(String), co_op Nullable(String), township Nullable(String), region Nullable(String), last_seen_s Nullable(Int64), is_expected Nullable(Int64)');

-- Small and written anew: read where it lies.
CREATE OR REPLACE VIEW fleet.trainings AS
SELECT * FROM s3(grainloss, url = 'https://s3.example/BUCKET/store/trainings/*.parquet', structure = 'driver Nullable(String), co_op Nullable(String), day Nullable(String)');

-- Small and written anew: read where it lies.
CREATE OR REPLACE VIEW fleet.heard AS
SELECT * FROM s3(grainloss, url = 'https://s3.example/BUCKET/store/heard/*.parquet', structure = 'device Nullable(String), heard_s Nullable(Int64), is_online Nullable(Int64), state_s Nullable(Int64), activity Nullable(String), crop Nullable(String), area_m2 Nullable(Int64), loss_ppm Nullable(Int64), loss_lo_ppm Nullable(Int64), loss_hi_ppm Nullable(Int64), limit_ppm Nullable(Int64), basis Nullable(String), blocks_waiting Nullable(Int64), alarm Nullable(String), alarm_happened Nullable(String), alarm_level Nullable(Int64), alarm_s Nullable(Int64), clock_ahead_s Nullable(Int64)');
