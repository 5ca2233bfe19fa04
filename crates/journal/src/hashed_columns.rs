//! Which columns the proof hashes, and how a value is written for it.

use std::fmt::Write as _;

use rusqlite::types::ValueRef;

use grainloss_core::data_file;

/// The columns of each numbered table that are hashed, in this order. Never changed: a later version adds tables and columns
/// in a list of its own.
pub(super) const RECORDS: [(&str, &str); 8] = [
    ("event", "seq, t_us, kind, id, level, stream, count, value"),
    (
        "pan",
        "seq, t_us, dropped_us, known_us, kind, area_m2, header_width_m, discharge_width_m, concentration, kernels, grams, \
         grain_kg, shed_kernels_m2, shed_kg_m2, who, outcome, log_found_over_expected, weight",
    ),
    ("setting", "seq, t_us, setting, value, unit, origin, who"),
    ("activity", "seq, t_us, state"),
    ("acknowledgement", "seq, t_us, alarm, stream, who"),
    ("fact", "seq, t_us, item, value, who"),
    ("sensor", "seq, t_us, channel, state"),
    ("bus", "seq, t_us, interface, state, frames, error_frames, odd"),
];
/// The columns of `tenth` that are hashed.
pub(super) const TENTHS: &str = "t_us, state, ground_speed_m_s, header_height_m, feed_kg_s, engine_rpm, grain_in_kg_s, \
    header_loss_kg_s, separation_loss_kg_s, cleaning_loss_kg_s, total_pct, total_lo, total_hi";
/// The columns of `fusion` that are hashed; a journal without such rows has the same hashes as before version 4.
pub(super) const FUSIONS: &str = "t_us, measurement, innovation, variance, test_ratio, outcome, reason";

/// A value as it is hashed. No hashed column holds bytes: they are written as no text can be.
pub(super) fn json(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => vec![data_file::hex(bytes)].into(),
    }
}

/// Adds a value to a row's line: a comma, and its [`json`].
pub(super) fn push_value(line: &mut String, value: ValueRef<'_>) {
    line.push(',');
    // A `String` takes everything.
    match value {
        ValueRef::Null => line.push_str("null"),
        ValueRef::Integer(number) => _ = write!(line, "{number}"),
        other => _ = write!(line, "{}", json(other)),
    }
}
