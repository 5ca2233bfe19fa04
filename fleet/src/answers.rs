//! Answers for people: ratios and units that are made from the whole numbers of an answer.
//!
//! SQL gives whole numbers only, so that every engine gives the same; what is divided is divided here, once.

mod compare;

pub use compare::{Compared, Ranked, Verdict, ranking, training};

use crate::engine::{Answer, Value};

/// A column that is made from one column of whole numbers, or from two of them.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Its name, with the unit.
    pub name: &'static str,
    /// The column above the line.
    pub over: &'static str,
    /// The column below the line; `None` for a change of unit only.
    pub under: Option<&'static str>,
    /// What the quotient is multiplied by.
    pub factor: f64,
    /// Decimals that are shown.
    pub decimals: usize,
}

/// 0.01 m² in a mu (666.67 m²).
const DM2_OF_MU: f64 = 200_000.0 / 3.0;

const fn unit(name: &'static str, over: &'static str, factor: f64, decimals: usize) -> Made {
    Made { name, over, under: None, factor, decimals }
}

const fn ratio(name: &'static str, over: &'static str, under: &'static str, factor: f64, decimals: usize) -> Made {
    Made { name, over, under: Some(under), factor, decimals }
}

/// Every column that is made. An answer gets those whose columns it has.
pub const MADE: &[Made] = &[
    unit("hours", "cutting_s", 1.0 / 3600.0, 1),
    unit("area_mu", "area_dm2", 1.0 / DM2_OF_MU, 1),
    unit("grain_t", "grain_g", 1e-6, 2),
    // 0.1 g over g is tenths; per cent.
    ratio("loss_pct", "loss_dg", "known_grain_g", 10.0, 2),
    ratio("loss_lo_pct", "loss_lo_dg", "known_grain_g", 10.0, 2),
    ratio("loss_hi_pct", "loss_hi_dg", "known_grain_g", 10.0, 2),
    ratio("loss_kg_mu", "loss_dg", "known_area_dm2", 1e-4 * DM2_OF_MU, 2),
    ratio("n_per_h", "n", "cutting_s", 3600.0, 2),
    unit("cost_kg", "cost_dg", 1e-4, 1),
    unit("cost_lo_kg", "cost_lo_dg", 1e-4, 1),
    unit("cost_hi_kg", "cost_hi_dg", 1e-4, 1),
    unit("minutes", "duration_ms", 1.0 / 60_000.0, 1),
    unit("measured_pct", "measured_ppm", 1e-4, 2),
    ratio("sensor_pct", "sensor_loss_dg", "sensor_grain_g", 10.0, 2),
    ratio("sensor_lo_pct", "sensor_loss_lo_dg", "sensor_grain_g", 10.0, 2),
    ratio("sensor_hi_pct", "sensor_loss_hi_dg", "sensor_grain_g", 10.0, 2),
    unit("session_pct", "session_ppm", 1e-4, 2),
    unit("session_lo_pct", "session_lo_ppm", 1e-4, 2),
    unit("session_hi_pct", "session_hi_ppm", 1e-4, 2),
    unit("limit_pct", "limit_ppm", 1e-4, 1),
    unit("silent_days", "silent_s", 1.0 / 86_400.0, 1),
    unit("found", "value_e6", 1e-6, 2),
    unit("allowed", "above_e6", 1e-6, 2),
];

/// Columns that a table for people leaves out: parts of what is made, and what only programs need.
const PARTS: &[&str] = &[
    "known_grain_g",
    "known_area_dm2",
    "header_loss_dg",
    "rear_loss_dg",
    "measured_mg_m2",
    "sha256",
    "learned",
    "region",
];

impl Made {
    /// Its value in this row; `None` where a part is unknown, or nothing is below the line.
    pub fn value(&self, answer: &Answer, row: &[Value]) -> Option<f64> {
        let whole = |name| row.get(answer.column(name)?)?.whole();
        let over = whole(self.over)? as f64 * self.factor;
        match self.under {
            None => Some(over),
            Some(under) => whole(under).filter(|under| *under != 0).map(|under| over / under as f64),
        }
    }
}

/// The columns that are made from this answer's.
pub fn made(answer: &Answer) -> Vec<&'static Made> {
    let has = |name: &str| answer.column(name).is_some();
    MADE.iter().filter(|made| has(made.over) && made.under.is_none_or(has)).collect()
}

/// Whether a table for people shows this column itself: not when something is made from it.
pub fn is_shown(name: &str) -> bool {
    !PARTS.contains(&name) && MADE.iter().all(|made| made.over != name && made.under != Some(name)) || name == "n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_a_calculation_by_hand() {
        let columns = ["cutting_s", "area_dm2", "loss_dg", "known_grain_g", "known_area_dm2", "n"];
        let answer = Answer {
            columns: columns.map(str::to_owned).to_vec(),
            // 2 h, 20 mu (13,333.33 m²), 96 kg of 8 t on them, seven times.
            rows: vec![
                [7200, 1_333_333, 960_000, 8_000_000, 1_333_333, 7].map(Value::Whole).to_vec(),
                vec![Value::Whole(0), Value::Null, Value::Null, Value::Whole(0), Value::Null, Value::Whole(1)],
            ],
        };
        let of = |row: usize| -> Vec<(&str, Option<String>)> {
            let shown = |made: &Made| made.value(&answer, &answer.rows[row]).map(|v| format!("{v:.*}", made.decimals));
            made(&answer).into_iter().map(|made| (made.name, shown(made))).collect()
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            of(0),
            [
                ("hours", some("2.0")),
                ("area_mu", some("20.0")),
                ("loss_pct", some("1.20")),
                ("loss_kg_mu", some("4.80")),
                ("n_per_h", some("3.50"))
            ]
        );
        assert_eq!(
            of(1),
            [("hours", some("0.0")), ("area_mu", None), ("loss_pct", None), ("loss_kg_mu", None), ("n_per_h", None)]
        );
    }
}
