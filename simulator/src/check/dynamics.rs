//! How the machine answers in time, against the 1 Hz logs of two maize combines and what is known of yield monitors.

use super::row::{CheckRow, row};
use super::runs::Run;
use super::statistics::{line, mean, percentile, reaches, sd};
use crate::math::ln;
use crate::truth::{Activity, TruthRow};

const LOGS: &str = "1 Hz logs of two maize combines (Illinois 2000)";
/// Seconds before and after an event that are looked at.
const BEFORE_S: usize = 3;
const AFTER_S: usize = 30;

/// Rows from a run in maize.
pub fn rows(maize: &Run) -> Vec<CheckRow> {
    let torque = step(maize, |row| row.engine_torque_pct);
    // First order with dead time, from the times of 28.3 and 63.2 % of the step.
    let (early, late) = (reaches(&torque, 0.283), reaches(&torque, 0.632));
    let time_constant_s = 1.5 * (late - early);
    let zero = BEFORE_S as f64;
    let flow = step(maize, |row| row.tank_in_kg_s);
    let straight: Vec<&TruthRow> = straight(maize).collect();
    let points: Vec<(f64, f64)> = straight.iter().map(|row| (row.engine_torque_pct, row.engine_rpm)).collect();
    let (droop, intercept) = line(&points);
    let scatter: Vec<f64> = points.iter().map(|(torque, rpm)| rpm - intercept - droop * torque).collect();
    let torques: Vec<f64> = points.iter().map(|point| point.0).collect();
    vec![
        row("crop into the header: torque, dead time", "s", late - time_constant_s - zero, (0.5, 0.75), LOGS),
        row("crop into the header: torque, time constant", "s", time_constant_s, (3.7, 4.8), LOGS),
        row("crop into the header: torque, 90 %", "s", reaches(&torque, 0.9) - zero, (10.0, 12.0), LOGS),
        row(
            "crop into the header: half of the grain flow at the tank",
            "s",
            reaches(&flow, 0.5) - zero,
            (10.0, 14.0),
            "yield monitor practice, header to sensor",
        ),
        row("crop ends: decay of the grain flow, time constant", "s", decay_s(maize), (4.0, 5.4), LOGS),
        row("governor droop", "rpm/%", droop, (-2.1, -1.89), LOGS),
        row("engine speed about the droop line, sd", "rpm", sd(&scatter), (13.0, 17.0), LOGS),
        row("torque, straight on: mean", "%", mean(&torques), (62.0, 74.0), LOGS),
        row("torque, straight on: sd", "%", sd(&torques), (5.0, 7.0), LOGS),
    ]
}

/// Seconds of cutting straight on, half a minute after the crop began and without unloading.
fn straight(run: &Run) -> impl Iterator<Item = &TruthRow> {
    let mut cutting_s = 0;
    run.rows.iter().filter(move |row| {
        cutting_s = if row.state == Activity::Cutting { cutting_s + 1 } else { 0 };
        cutting_s > 30 && !row.unloading && !row.turning_cut
    })
}

/// The median answer to crop coming in, from 0 before it to 1 when it has settled, one value a second.
fn step(run: &Run, column: fn(&TruthRow) -> f64) -> Vec<f64> {
    let begins = |at: usize| run.rows[at - 1].grain_in_kg_s <= 0.0 && run.rows[at].grain_in_kg_s > 0.0;
    let steady = |at: usize| run.rows[at..at + 60].iter().all(|row| row.grain_in_kg_s > 0.0 && !row.unloading);
    let range = BEFORE_S + 15..run.rows.len().saturating_sub(60);
    let events: Vec<usize> = range.filter(|&at| begins(at) && steady(at)).collect();
    let each: Vec<Vec<f64>> = events
        .iter()
        .map(|&at| {
            let values = |from: usize, to: usize| run.rows[from..to].iter().map(column).collect::<Vec<_>>();
            let (before, after) = (mean(&values(at - BEFORE_S, at)), mean(&values(at + AFTER_S, at + 60)));
            values(at - BEFORE_S, at + AFTER_S).iter().map(|value| (value - before) / (after - before)).collect()
        })
        .collect();
    let at_second = |second: usize| percentile(&each.iter().map(|values| values[second]).collect::<Vec<_>>(), 0.5);
    (0..BEFORE_S + AFTER_S).map(at_second).collect()
}

/// The time constant with which the grain flow falls after the crop has ended: log slope from 80 to 5 % of it, median.
fn decay_s(run: &Run) -> f64 {
    let mut found = Vec::new();
    for at in 60..run.rows.len().saturating_sub(20) {
        let ends =
            run.rows[at - 1].grain_in_kg_s > 0.0 && run.rows[at..at + 20].iter().all(|row| row.grain_in_kg_s <= 0.0);
        let before = mean(&run.rows[at - 20..at].iter().map(|row| row.tank_in_kg_s).collect::<Vec<_>>());
        if ends && before > 1.0 {
            let points: Vec<(f64, f64)> = (0..20)
                .map(|after| (after as f64, run.rows[at + after].tank_in_kg_s / before))
                .filter(|(_, flow)| (0.05..0.8).contains(flow))
                .map(|(after, flow)| (after, ln(flow)))
                .collect();
            found.push(-1.0 / line(&points).0);
        }
    }
    percentile(&found, 0.5)
}
