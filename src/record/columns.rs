//! The columns of a second, once for every place that writes them.

use super::second::SecondRow;
use crate::harvest::Band;

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown: an empty field, never 0.
    Empty,
    /// A whole number.
    Whole(i64),
    /// A number, written with so many decimals.
    Number(f64, usize),
    /// A word from a closed list.
    Word(&'static str),
}

impl Cell {
    /// The text of a CSV field.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number, decimals) => format!("{number:.decimals$}"),
            Self::Word(word) => (*word).to_owned(),
        }
    }
}

/// A column: its name with the unit, and its cell in a row.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name, as outside programs know it.
    pub name: &'static str,
    /// The cell.
    pub cell: fn(&SecondRow) -> Cell,
}

fn number(value: Option<f64>, decimals: usize) -> Cell {
    value.filter(|value| value.is_finite()).map_or(Cell::Empty, |value| Cell::Number(value, decimals))
}

fn flag(value: Option<bool>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Whole(i64::from(value)))
}

fn value(band: Option<Band>) -> Option<f64> {
    band.map(|band| band.value)
}

fn lo(band: Option<Band>) -> Option<f64> {
    band.map(|band| band.lo)
}

fn hi(band: Option<Band>) -> Option<f64> {
    band.map(|band| band.hi)
}

const fn column(name: &'static str, cell: fn(&SecondRow) -> Cell) -> Column {
    Column { name, cell }
}

/// Every column, in the order of the trace. Columns are added at the end and never renamed.
pub const COLUMNS: &[Column] = &[
    column("t_unix", |r| Cell::Number(r.t_us as f64 / 1e6, 1)),
    column("state", |r| r.doing.activity.map_or(Cell::Empty, |a| Cell::Word(a.word()))),
    column("turning_cut", |r| flag(r.doing.turning_cut)),
    column("lugging", |r| flag(r.doing.lugging)),
    column("unloading", |r| flag(r.doing.unloading)),
    column("ground_speed_m_s", |r| number(r.ground_speed_m_s, 3)),
    column("header_height_m", |r| number(r.header_height_m, 3)),
    column("feed_kg_s", |r| number(r.feed_kg_s, 3)),
    column("engine_rpm", |r| number(r.engine_rpm, 1)),
    column("grain_in_kg_s", |r| number(r.grain_in_kg_s, 4)),
    column("header_loss_kg_s", |r| number(value(r.header_kg_s), 6)),
    column("header_lo", |r| number(lo(r.header_kg_s), 6)),
    column("header_hi", |r| number(hi(r.header_kg_s), 6)),
    column("rear_loss_kg_s", |r| number(value(r.rear_kg_s), 6)),
    column("rear_lo", |r| number(lo(r.rear_kg_s), 6)),
    column("rear_hi", |r| number(hi(r.rear_kg_s), 6)),
    // No sensor tells unthreshed grain from free grain behind the separator: it is part of the next column.
    column("threshing_loss_kg_s", |_| Cell::Empty),
    column("separation_loss_kg_s", |r| number(r.separation_kg_s, 6)),
    column("cleaning_loss_kg_s", |r| number(r.cleaning_kg_s, 6)),
    column("total_pct", |r| number(value(r.total_pct), 4)),
    column("total_lo", |r| number(lo(r.total_pct), 4)),
    column("total_hi", |r| number(hi(r.total_pct), 4)),
    column("basis", |r| r.basis.map_or(Cell::Empty, |b| Cell::Word(b.word()))),
    column("alarm_level", |r| Cell::Whole(i64::from(r.alarm_level))),
    column("loss_kg_ha", |r| number(value(r.loss_kg_ha), 2)),
    column("loss_kg_ha_lo", |r| number(lo(r.loss_kg_ha), 2)),
    column("loss_kg_ha_hi", |r| number(hi(r.loss_kg_ha), 2)),
    column("working_width_m", |r| number(r.working_width_m, 2)),
    column("fuel_l_h", |r| number(r.fuel_l_h, 2)),
    column("moisture_pct", |r| number(r.moisture.map(|m| m * 100.0), 2)),
];
