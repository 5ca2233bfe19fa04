//! The columns of a row of one second, for every writer of them.

use std::fmt::Write as _;

use super::second::SecondRow;
use crate::fixed_decimals;
use crate::harvest::Interval90;
use crate::time::us_to_s;

/// The value of one column in one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown: an empty field, never 0.
    Empty,
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A word from a closed list.
    Word(&'static str),
    /// Words from a closed list, apart from each other by a space.
    Words(String),
}

/// What the cells of a column hold where they are not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Numbers with the column's decimals.
    Number,
    /// Whole numbers.
    Whole,
    /// Words of a closed list.
    Word,
}

/// A column: its name with the unit, how its numbers are written, and its cell in a row.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name, as other programs read it.
    pub name: &'static str,
    /// What its cells hold.
    pub holds: Holds,
    /// How many decimals its numbers are written with.
    pub decimals: usize,
    cell: fn(&SecondRow) -> Cell,
}

impl Column {
    /// The value in this column, rounded as it is written.
    pub fn cell(&self, row: &SecondRow) -> Cell {
        match (self.cell)(row) {
            Cell::Number(number) if !number.is_finite() => Cell::Empty,
            // Journal and trace hold the same rounded numbers, so that a report from either has the same bytes.
            Cell::Number(number) => Cell::Number(fixed_decimals::round(number, self.decimals)),
            cell => cell,
        }
    }

    /// Adds a number to a text as this column writes it.
    pub fn push_number(&self, text: &mut String, number: f64) {
        fixed_decimals::push(text, number, self.decimals);
    }

    /// Adds the text of a CSV field.
    pub fn push_text(&self, text: &mut String, row: &SecondRow) {
        match (self.cell)(row) {
            Cell::Number(number) if number.is_finite() => self.push_number(text, number),
            Cell::Empty | Cell::Number(_) => {}
            // A `String` takes everything.
            Cell::Whole(number) => _ = write!(text, "{number}"),
            Cell::Word(word) => text.push_str(word),
            Cell::Words(words) => text.push_str(&words),
        }
    }
}

fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Number)
}

fn flag(value: Option<bool>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Whole(i64::from(value)))
}

fn value(band: Option<Interval90>) -> Option<f64> {
    band.map(|band| band.value)
}

fn lo(band: Option<Interval90>) -> Option<f64> {
    band.map(|band| band.lo)
}

fn hi(band: Option<Interval90>) -> Option<f64> {
    band.map(|band| band.hi)
}

const fn numbers(name: &'static str, decimals: usize, cell: fn(&SecondRow) -> Cell) -> Column {
    Column { name, holds: Holds::Number, decimals, cell }
}

const fn whole(name: &'static str, cell: fn(&SecondRow) -> Cell) -> Column {
    Column { name, holds: Holds::Whole, decimals: 0, cell }
}

const fn word(name: &'static str, cell: fn(&SecondRow) -> Cell) -> Column {
    Column { name, holds: Holds::Word, decimals: 0, cell }
}

/// Every column, in the order of the trace. Columns are added at the end and never renamed.
pub const COLUMNS: &[Column] = &[
    numbers("t_unix", 1, |r| Cell::Number(us_to_s(r.t_us))),
    word("state", |r| r.doing.activity.map_or(Cell::Empty, |a| Cell::Word(a.word()))),
    whole("turning_cut", |r| flag(r.doing.turning_cut)),
    whole("lugging", |r| flag(r.doing.lugging)),
    whole("unloading", |r| flag(r.doing.unloading)),
    numbers("ground_speed_m_s", 3, |r| number(r.ground_speed_m_s)),
    numbers("header_height_m", 3, |r| number(r.header_height_m)),
    numbers("feed_kg_s", 3, |r| number(r.feed_kg_s)),
    numbers("engine_rpm", 1, |r| number(r.engine_rpm)),
    numbers("grain_in_kg_s", 4, |r| number(r.grain_in_kg_s)),
    numbers("header_loss_kg_s", 6, |r| number(value(r.header_kg_s))),
    numbers("header_lo", 6, |r| number(lo(r.header_kg_s))),
    numbers("header_hi", 6, |r| number(hi(r.header_kg_s))),
    numbers("rear_loss_kg_s", 6, |r| number(value(r.rear_kg_s))),
    numbers("rear_lo", 6, |r| number(lo(r.rear_kg_s))),
    numbers("rear_hi", 6, |r| number(hi(r.rear_kg_s))),
    // No sensor separates unthreshed grain from free grain behind the separator: it is part of the next column.
    numbers("threshing_loss_kg_s", 0, |_| Cell::Empty),
    numbers("separation_loss_kg_s", 6, |r| number(r.separation_kg_s)),
    numbers("cleaning_loss_kg_s", 6, |r| number(r.cleaning_kg_s)),
    numbers("total_pct", 4, |r| number(value(r.total_pct))),
    numbers("total_lo", 4, |r| number(lo(r.total_pct))),
    numbers("total_hi", 4, |r| number(hi(r.total_pct))),
    word("basis", |r| r.basis.map_or(Cell::Empty, |b| Cell::Word(b.word()))),
    whole("alarm_level", |r| Cell::Whole(i64::from(r.alarm_level))),
    numbers("loss_kg_ha", 2, |r| number(value(r.loss_kg_ha))),
    numbers("loss_kg_ha_lo", 2, |r| number(lo(r.loss_kg_ha))),
    numbers("loss_kg_ha_hi", 2, |r| number(hi(r.loss_kg_ha))),
    numbers("working_width_m", 2, |r| number(r.working_width_m)),
    numbers("fuel_l_h", 2, |r| number(r.fuel_l_h)),
    numbers("moisture_pct", 2, |r| number(r.moisture.map(|m| m * 100.0))),
    // A ten-millionth of a degree is a centimetre.
    numbers("latitude_deg", 7, |r| number(r.position.map(|position| position.latitude_deg))),
    numbers("longitude_deg", 7, |r| number(r.position.map(|position| position.longitude_deg))),
    numbers("course_deg", 1, |r| number(r.course_rad.map(f64::to_degrees))),
    // Of the same ten seconds as total_pct: header and rear add up to it.
    numbers("header_pct", 4, |r| number(r.recent.map(|recent| recent.header_pct))),
    numbers("rear_pct", 4, |r| number(r.recent.map(|recent| recent.rear_pct))),
    numbers("grain_10s_kg_s", 4, |r| number(r.recent.map(|recent| recent.grain_kg_s))),
    // The session so far, as corrected until then: the last row is the summary.
    numbers("cum_grain_kg", 3, |r| number(r.so_far.grain_kg)),
    numbers("cum_header_loss_kg", 4, |r| number(r.so_far.header_kg)),
    numbers("cum_rear_loss_kg", 4, |r| number(r.so_far.rear_kg)),
    numbers("cum_total_loss_kg", 4, |r| number(r.so_far.total_kg)),
    word("basis_header", |r| r.basis_header.map_or(Cell::Empty, |b| Cell::Word(b.word()))),
    word("basis_rear", |r| r.basis_rear.map_or(Cell::Empty, |b| Cell::Word(b.word()))),
    // What the driver has said of it.
    word("crop", |r| if r.crop.is_unknown() { Cell::Empty } else { Cell::Words(r.crop.words()) }),
];
