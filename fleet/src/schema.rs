//! The tables of the store and their columns: one place for the writer, the engines and the documentation.
//!
//! Everything that is summed is a whole number, so that the sums are the same in every engine and in every order. Ratios
//! are made outside of SQL, from two whole numbers. A column is added at the end of its table and never renamed.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, 64 bits.
    Whole,
    /// Text, UTF-8.
    Text,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, with the unit.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a value may be unknown (null).
    pub may_be_unknown: bool,
    /// What it is.
    pub what: &'static str,
}

/// A table: one folder of the store.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// Whether its files lie in folders `season=…/region=…/day=…/crop=…`, whose values are text columns of the table.
    pub is_partitioned: bool,
    /// Its columns, without those of the folders.
    pub columns: &'static [Column],
}

/// The columns that the folders give: each is text.
pub const PARTITIONS: [&str; 4] = ["season", "region", "day", "crop"];

const fn whole(name: &'static str, what: &'static str) -> Column {
    Column { name, kind: Kind::Whole, may_be_unknown: false, what }
}

const fn whole_or_unknown(name: &'static str, what: &'static str) -> Column {
    Column { name, kind: Kind::Whole, may_be_unknown: true, what }
}

const fn text(name: &'static str, what: &'static str) -> Column {
    Column { name, kind: Kind::Text, may_be_unknown: false, what }
}

const fn text_or_unknown(name: &'static str, what: &'static str) -> Column {
    Column { name, kind: Kind::Text, may_be_unknown: true, what }
}

/// Every table of the store.
pub const TABLES: &[Table] =
    &[SECONDS, SESSIONS, DRIVERS, HABITS, EVENTS, PANS, POINTS, CALIBRATIONS, FINDINGS, MACHINES, TRAININGS, HEARD];

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// One row for each second of a session.
pub const SECONDS: Table = Table {
    name: "seconds",
    is_partitioned: true,
    columns: &[
        text("device", "the machine: 16 hexadecimal digits of the SHA-256 of its public key"),
        text("session", "the session: eight hexadecimal digits of its journal, a hyphen, its number"),
        whole("t_s", "the second's end, s since 1970 UTC"),
        text_or_unknown("state", "stopped, transport, cutting, turning"),
        whole_or_unknown("turning_cut", "1 while it cuts in a turn"),
        whole_or_unknown("lugging", "1 while the engine is pulled down"),
        whole(
            "grain_g",
            "grain that came in since the row before, corrected later, g; may be negative by a correction",
        ),
        whole("header_loss_dg", "loss at the header since the row before, 0.1 g; may be negative by a correction"),
        whole("rear_loss_dg", "loss behind the machine since the row before, 0.1 g; may be negative by a correction"),
        whole_or_unknown("speed_mm_s", "ground speed"),
        whole_or_unknown("width_cm", "width cut"),
        whole_or_unknown("feed_g_s", "feed rate"),
        whole_or_unknown("moisture_bp", "moisture of the grain, 0.01 %"),
        whole_or_unknown("latitude_e7", "latitude, 1e-7 degree"),
        whole_or_unknown("longitude_e7", "longitude, 1e-7 degree"),
        whole_or_unknown("cell_north", "10 m cell: whole tens of metres north of the equator"),
        whole_or_unknown(
            "cell_east",
            "10 m cell: whole tens of metres east of Greenwich along the parallel of the cell's row",
        ),
        text_or_unknown("basis_header", "what the header's loss rests on"),
        text_or_unknown("basis_rear", "what the loss behind rests on"),
        whole_or_unknown("alarm_level", "0 none, 1 low, 2 medium, 3 high"),
    ],
};

/// One row for each session.
pub const SESSIONS: Table = Table {
    name: "sessions",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text("session", "the session"),
        text_or_unknown("revises", "the session that this one revises"),
        whole("counts", "1; 0 for a session that another one revises: sums are over those with 1"),
        whole("is_closed", "1 when its end is in the store"),
        whole("start_s", "the first second's end, s since 1970 UTC"),
        whole("end_s", "the last second's end, s since 1970 UTC"),
        whole("seconds", "how many seconds it has"),
        whole("cutting_s", "how many of them are cutting"),
        whole_or_unknown("area_dm2", "area cut, 0.01 m²"),
        whole_or_unknown("grain_g", "grain that came in, g"),
        whole_or_unknown("header_loss_dg", "loss at the header, 0.1 g"),
        whole_or_unknown("rear_loss_dg", "loss behind the machine, 0.1 g"),
        whole_or_unknown("loss_dg", "both losses, 0.1 g: their sum"),
        whole_or_unknown("loss_lo_dg", "lower end of the 90 % interval of both losses"),
        whole_or_unknown("loss_hi_dg", "upper end of the 90 % interval of both losses"),
        text_or_unknown("basis", "what the loss rests on: model-only, sensed, calibrated, fault"),
        text_or_unknown("basis_header", "what the header's loss rests on"),
        text_or_unknown("basis_rear", "what the loss behind rests on"),
        whole_or_unknown("turns", "turns at the headland"),
        whole_or_unknown("turning_cuts", "how often it cut in a turn"),
        whole_or_unknown("luggings", "how often the engine was pulled down"),
        whole("alarms", "alarms that were raised"),
        text_or_unknown("limit_id", "the limit that it is judged by"),
        whole_or_unknown("limit_ppm", "that limit, parts per million of the grain: 1.2 % is 12000"),
        text_or_unknown("township", "township, as entered"),
        text_or_unknown("field", "field, as entered; only with consent"),
        text_or_unknown("operator", "operator, as entered; only with consent"),
        text_or_unknown("software", "the program that recorded it"),
    ],
};

/// One row for each driver of a session.
pub const DRIVERS: Table = Table {
    name: "drivers",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text("session", "the session"),
        text("driver", "name, with consent; else `driver-` and a number within the session"),
        whole("counts", "as in sessions"),
        whole("start_s", "the session's first second, s since 1970 UTC"),
        whole("seconds", "seconds that are this driver's"),
        whole("cutting_s", "of these, cutting"),
        whole_or_unknown("area_dm2", "area cut, 0.01 m²"),
        whole_or_unknown("grain_g", "grain that came in, g"),
        whole_or_unknown("header_loss_dg", "loss at the header, 0.1 g"),
        whole_or_unknown("rear_loss_dg", "loss behind the machine, 0.1 g"),
        whole_or_unknown("loss_dg", "both losses, 0.1 g"),
        whole_or_unknown("loss_lo_dg", "lower end of the 90 % interval"),
        whole_or_unknown("loss_hi_dg", "upper end of the 90 % interval"),
        text_or_unknown("basis", "what the session's loss rests on"),
        whole("turning_cuts", "how often it was cut in a turn"),
        whole("luggings", "how often the engine was pulled down"),
        whole("alarms", "alarms that were raised"),
    ],
};

/// One row for each habit of a driver in a session.
pub const HABITS: Table = Table {
    name: "habits",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text("session", "the session"),
        text("driver", "as in drivers"),
        whole("counts", "as in sessions"),
        text("habit", "overload, throttle and others"),
        whole("n", "how often"),
        whole("duration_ms", "how long altogether"),
        whole_or_unknown("cost_dg", "what it cost in grain, 0.1 g; unknown when it cannot be told from scatter"),
        whole_or_unknown("cost_lo_dg", "lower end of the 90 % interval"),
        whole_or_unknown("cost_hi_dg", "upper end of the 90 % interval"),
        text_or_unknown("untold", "why the cost is unknown"),
    ],
};

/// One row for each event that names no person: alarms, faults, habits, pans.
pub const EVENTS: Table = Table {
    name: "events",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text("session", "the session"),
        whole("counts", "as in sessions"),
        whole("t_ms", "when, ms since 1970 UTC"),
        text("kind", "alarm-raised, alarm-cleared, habit, doubt, trouble and others"),
        text("id", "which alarm, habit or fault"),
        whole_or_unknown("level", "level of an alarm: 1 low, 2 medium, 3 high"),
        text_or_unknown("stream", "loss stream, sensor, or bus"),
        whole_or_unknown("n", "how often so far"),
        whole_or_unknown("value_e6", "the event's value, in millionths"),
    ],
};

/// One row for each drop pan.
pub const PANS: Table = Table {
    name: "pans",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text("session", "the session"),
        whole("counts", "as in sessions"),
        whole("t_s", "when it was dropped, s since 1970 UTC"),
        text("place", "rear, front"),
        whole_or_unknown("found_mg_m2", "grain found on its area over the working width, mg/m²"),
        text("outcome", "used, or why not"),
        whole_or_unknown("log_found_over_expected_e6", "natural logarithm of found over expected, in millionths"),
        whole_or_unknown("weight_ppm", "how much it counted, millionths"),
    ],
};

/// One row for each measured point: a loss that was counted by hand in a field.
pub const POINTS: Table = Table {
    name: "points",
    is_partitioned: true,
    columns: &[
        text("device", "the machine whose journal has it"),
        whole("point", "its number in that journal"),
        text_or_unknown("session", "the session that covers the plot"),
        whole("counts", "1; 0 for one that was corrected by another"),
        whole("made_s", "when it was stored, s since 1970 UTC"),
        whole_or_unknown("loss_ppm", "measured loss, parts per million of the grain"),
        whole_or_unknown("loss_mg_m2", "measured loss, mg/m²"),
        whole_or_unknown("yield_g_m2", "measured yield, g/m²"),
        text_or_unknown("township", "township, as entered"),
        text_or_unknown("field", "field, as entered; only with consent"),
        text("body", "everything that was entered, JSON; without names unless with consent"),
        text("journal", "eight hexadecimal digits of the journal that has it: numbers are unique in a journal only"),
    ],
};

/// One row for each calibration that a machine has learned.
pub const CALIBRATIONS: Table = Table {
    name: "calibrations",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        text_or_unknown("session", "the session it was learned in"),
        whole("t_s", "when it was true, s since 1970 UTC"),
        text("profile", "the machine profile: it fits machines of the same profile"),
        whole("rear_pans", "pans on the loss behind"),
        whole("header_pans", "pans on the loss at the header"),
        whole_or_unknown("load_lo_ppm", "least load at which pans were taken, millionths of ordinary load"),
        whole_or_unknown("load_hi_ppm", "greatest"),
        whole_or_unknown("moisture_lo_bp", "least moisture, 0.01 %"),
        whole_or_unknown("moisture_hi_bp", "greatest"),
        text("sha256", "SHA-256 of what was learned"),
        text("learned", "what was learned, JSON"),
    ],
};

/// One row for each finding of the follow-up.
pub const FINDINGS: Table = Table {
    name: "findings",
    is_partitioned: true,
    columns: &[
        text("device", "the machine"),
        whole("finding", "its number in that journal"),
        text_or_unknown("session", "the session that raised it"),
        whole("raised_s", "when, s since 1970 UTC"),
        text("rule", "which rule was broken"),
        text_or_unknown("operator", "whose it is; only with consent"),
        text("state", "open, assigned, closed"),
        whole("value_e6", "what was found, in millionths"),
        whole("above_e6", "what the rule allows, in millionths"),
        text("journal", "eight hexadecimal digits of the journal that has it: numbers are unique in a journal only"),
    ],
};

/// One row for each machine of the register.
pub const MACHINES: Table = Table {
    name: "machines",
    is_partitioned: false,
    columns: &[
        text("device", "the machine"),
        text_or_unknown("plate", "licence plate, as the register has it"),
        text_or_unknown("name", "what its owner calls it"),
        text_or_unknown("co_op", "the co-op it belongs to"),
        text_or_unknown("township", "its home township"),
        text("region", "its region: the folder of its rows"),
        whole_or_unknown("last_seen_s", "the newest second in the store, s since 1970 UTC"),
        whole("is_expected", "1 when the office expects packets of it"),
    ],
};

/// One row for each training of a driver, as the office enters it.
pub const TRAININGS: Table = Table {
    name: "trainings",
    is_partitioned: false,
    columns: &[
        text("driver", "name, as in drivers"),
        text_or_unknown("co_op", "the co-op of the driver's machines: two of the same name are told apart by it"),
        text("day", "the day of the training, as 2026-06-12"),
    ],
};

/// One row for each machine that was heard over MQTT (`grainloss-fleet listen`).
pub const HEARD: Table = Table {
    name: "heard",
    is_partitioned: false,
    columns: &[
        text("device", "the machine"),
        whole_or_unknown("heard_s", "when a message of it came last, s since 1970 UTC, by the office's clock"),
        whole_or_unknown("is_online", "1 when it is connected to the broker, as that said last"),
        whole_or_unknown(
            "state_s",
            "when its newest state was true, s since 1970 UTC, by the machine; what follows is of it",
        ),
        text_or_unknown("activity", "stopped, transport, cutting, turning"),
        text_or_unknown("crop", "the crop"),
        whole_or_unknown("area_m2", "area of its session, m²"),
        whole_or_unknown("loss_ppm", "loss of its session, parts per million of the grain"),
        whole_or_unknown("loss_lo_ppm", "lower end of the 90 % interval"),
        whole_or_unknown("loss_hi_ppm", "upper end of the 90 % interval"),
        whole_or_unknown("limit_ppm", "the loss limit, parts per million"),
        text_or_unknown("basis", "what the loss rests on"),
        whole_or_unknown("blocks_waiting", "packets that wait in the cab"),
        text_or_unknown("alarm", "which alarm came last, as in events"),
        text_or_unknown("alarm_happened", "raised, changed, lowered, acknowledged, cleared"),
        whole_or_unknown("alarm_level", "its level"),
        whole_or_unknown("alarm_s", "when, s since 1970 UTC, by the machine"),
        whole_or_unknown(
            "clock_ahead_s",
            "by how much its clock is ahead of the office's, s, where that is over ten minutes",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        for table in TABLES {
            let mut names: BTreeSet<&str> = PARTITIONS.into_iter().filter(|_| table.is_partitioned).collect();
            for column in table.columns {
                assert!(names.insert(column.name), "{}.{}", table.name, column.name);
                assert!(column.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            }
        }
    }
}
