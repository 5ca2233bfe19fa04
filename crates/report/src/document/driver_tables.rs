//! What each driver did, and what habits have cost.

use super::columns::{heads, rows};
use super::content::{Cell, Table};
use crate::model::{DriverPart, MU_PER_HA, SessionReport};
use crate::text::ReportText;
use grainloss_core::habits::{HabitPrice, Untold};
use grainloss_core::harvest::Interval90;

fn interval(interval: Option<Interval90>, factor: f64, decimals: usize) -> [Cell; 3] {
    let part = |of: fn(Interval90) -> f64| Cell::number(interval.map(|i| factor * of(i)), decimals);
    [part(|i| i.value), part(|i| i.lo), part(|i| i.hi)]
}

/// One row for each driver of each session.
pub fn drivers(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = [
        "operator",
        "driver-time",
        "driver-cutting",
        "driver-turning",
        "driver-area",
        "driver-grain",
        "driver-loss",
        "lo",
        "hi",
        "loss-pct",
        "lo",
        "hi",
        "driver-turns",
        "turning-cuts",
        "luggings",
        "alarms",
    ];
    let minutes = |seconds: u32| Cell::Number(f64::from(seconds) / 60.0, 1);
    let count = |n: Option<i64>| Cell::number(n.map(|n| n as f64), 0);
    let row = |part: &DriverPart| {
        let mut cells = vec![
            Cell::Text(part.operator.clone().unwrap_or_else(|| text.unknown())),
            minutes(part.seconds),
            minutes(part.cutting_s),
            minutes(part.turning_s),
            Cell::Number(part.area_m2 * 1e-4 * MU_PER_HA, 2),
            Cell::number(part.grain_kg, 0),
        ];
        cells.extend(interval(part.loss_kg, 1.0, 1));
        cells.extend(interval(part.loss_pct, 1.0, 2));
        cells.extend([count(part.turns), count(part.turning_cuts), count(part.luggings)]);
        cells.push(Cell::Number(f64::from(part.alarms), 0));
        cells
    };
    let rows = rows(sessions, |s| s.drivers.as_slice(), row).collect();
    Table { heads: heads(text, sessions.len() > 1, &keys), rows }
}

/// One row for each habit of each driver.
pub fn habits(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = [
        "operator",
        "habit",
        "habit-count",
        "habit-time",
        "habit-kg",
        "lo",
        "hi",
        "habit-kg-each",
        "habit-lost",
        "lo",
        "hi",
        "habit-money",
        "lo",
        "hi",
        "habit-note",
    ];
    let rows = sessions.iter().flat_map(|s| {
        s.drivers.iter().flat_map(move |part| {
            part.habits.iter().map(move |price| {
                let number = (sessions.len() > 1).then_some(Cell::Number(s.id as f64, 0));
                number.into_iter().chain(habit_row(s, part, price, text)).collect()
            })
        })
    });
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

fn habit_row(s: &SessionReport, part: &DriverPart, price: &HabitPrice, text: &ReportText) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(part.operator.clone().unwrap_or_else(|| text.unknown())),
        Cell::Text(text.get(&format!("habit-{}", price.habit.word()))),
        Cell::Number(f64::from(price.count), 0),
        Cell::Number(price.seconds / 60.0, 1),
    ];
    let kg = price.kg.ok();
    cells.extend(interval(kg, 1.0, 2));
    cells.push(Cell::number(kg.map(|kg| kg.value / f64::from(price.count.max(1))), 3));
    cells.extend(interval(price.lost_s.ok(), 1.0 / 60.0, 2));
    let money = s.prices.grain_per_kg.and_then(|grain| price.money(grain, s.prices.hour));
    cells.extend(interval(money, 1.0, 1));
    let mut notes = Vec::new();
    let mut untold = |what: &str, why: Option<Untold>| {
        if let Some(why) = why {
            let why = text.get(&format!("untold-{}", why.word()));
            notes.push(text.with(&format!("untold-{what}"), &[("why", &why)]));
        }
    };
    untold("kg", price.kg.err());
    untold("time", price.lost_s.err());
    cells.push(Cell::Text(notes.join("; ")));
    cells
}
