//! How the work goes on, against the logs of two maize combines; how fields vary, against yield maps.

use super::row::{CheckRow, row};
use super::runs::Run;
use super::statistics::{mean, percentile, sd};
use crate::math::{exp, ln};
use crate::truth::{Activity, TruthRow};

const LOGS: &str = "1 Hz logs of two maize combines (Illinois 2000)";
const MAPS: &str = "public yield maps (Illinois, Minnesota, Missouri)";
/// Below this height the head is called down, m.
const DOWN_M: f64 = 0.45;
/// Slower than this counts as standing in the logs' share of turning, m/s.
const TURNING_M_S: f64 = 0.28;

/// Rows from a run in maize.
pub fn rows(maize: &Run) -> Vec<CheckRow> {
    // From the first crop on: the way to the field is not in the logs.
    let first = maize.rows.iter().position(|row| row.grain_in_kg_s > 0.0).unwrap_or(0);
    let rows = &maize.rows[first..];
    let is_down = |row: &&TruthRow| row.header_height_m < DOWN_M;
    let (down, up): (Vec<&TruthRow>, Vec<&TruthRow>) = rows.iter().partition(is_down);
    let lifts = rows.windows(2).filter(|pair| is_down(&&pair[0]) && !is_down(&&pair[1])).count();
    let hours = rows.len() as f64 / 3600.0;
    let rates = |rows: &[&TruthRow]| rows.iter().map(|row| row.turn_rate_deg_s.abs()).collect::<Vec<_>>();
    let moving = |rows: &[&TruthRow]| {
        let speeds = rows.iter().map(|row| 3.6 * row.ground_speed_m_s).filter(|kmh| *kmh > 0.5);
        percentile(&speeds.collect::<Vec<_>>(), 0.5)
    };
    let share = |rows: &[&TruthRow], is: &dyn Fn(&TruthRow) -> bool| {
        100.0 * rows.iter().filter(|row| is(row)).count() as f64 / rows.len() as f64
    };
    let turning =
        |over: f64| move |row: &TruthRow| row.turn_rate_deg_s.abs() > over && row.ground_speed_m_s > TURNING_M_S;
    let all: Vec<&TruthRow> = rows.iter().collect();
    let on_the_go = |row: &TruthRow| row.unloading && row.ground_speed_m_s > TURNING_M_S;
    vec![
        row("head-up events", "1/h", lifts as f64 / hours, (19.0, 28.1), LOGS),
        row(
            "head-up share of the time",
            "%",
            100.0 * up.len() as f64 / rows.len() as f64,
            (7.7, 12.0),
            "8-12 % in the Illinois logs; headlands 7.7 % (telemetry 2021, scribd 730624752)",
        ),
        row("turning rate, head down: 95th percentile", "deg/s", percentile(&rates(&down), 0.95), (2.1, 2.84), LOGS),
        row(
            "turning rate, head up: median",
            "deg/s",
            percentile(&rates(&up), 0.5),
            (6.5, 8.0),
            "7.2 in both Illinois logs, a tenth more or less",
        ),
        row("turning rate, head up: 90th percentile", "deg/s", percentile(&rates(&up), 0.9), (21.0, 42.0), LOGS),
        row("cutting at over 5 deg/s, share of head-down time", "%", share(&down, &turning(5.0)), (1.6, 2.0), LOGS),
        row("cutting at over 3 deg/s, share of head-down time", "%", share(&down, &turning(3.0)), (2.8, 4.7), LOGS),
        row("speed, head down: median", "km/h", moving(&down), (4.4, 4.9), LOGS),
        row("speed, head up: median", "km/h", moving(&up), (5.3, 6.7), LOGS),
        row(
            "unloading on the go, share of the time",
            "%",
            share(&all, &on_the_go),
            (12.8, 15.7),
            "14.1 and 14.3 in the Illinois logs, a tenth more or less",
        ),
    ]
}

/// Rows on how grain flow varies, from runs in maize and wheat.
pub fn field(maize: &Run, wheat: &Run) -> Vec<CheckRow> {
    let (maize_cv, maize_s, between) = variation(maize, 0.5);
    let (wheat_cv, wheat_s, _) = variation(wheat, 0.15);
    vec![
        row("maize: measured grain flow within a pass, cv", "-", maize_cv, (0.067, 0.36), MAPS),
        row("wheat: measured grain flow within a pass, cv", "-", wheat_cv, (0.067, 0.36), MAPS),
        row("maize: grain flow remembered to 1/e", "s", maize_s, (4.0, 26.0), MAPS),
        row("wheat: grain flow remembered to 1/e", "s", wheat_s, (4.0, 26.0), MAPS),
        row("maize: grain flow from pass to pass, sd of the log", "-", between, (0.06, 0.25), MAPS),
    ]
}

/// Of the flow at the tank in passes, without their first 30 and last 20 s: median variation, with a meter of this
/// scatter, kg/s; the lag at which its correlation has fallen to 1/e; and the spread of the passes' means.
fn variation(run: &Run, meter_kg_s: f64) -> (f64, f64, f64) {
    let mut passes: Vec<Vec<f64>> = Vec::new();
    for stretch in run.rows.split(|row| row.state != Activity::Cutting || row.turning_cut) {
        if stretch.len() > 110 {
            passes.push(stretch[30..stretch.len() - 20].iter().map(|row| ln(row.tank_in_kg_s.max(1e-3))).collect());
        }
    }
    let meter = |pass: &[f64]| meter_kg_s / exp(mean(pass));
    let cvs: Vec<f64> = passes.iter().map(|pass| libm::hypot(sd(pass), meter(pass))).collect();
    let correlation = |lag: usize| {
        let each = passes.iter().map(|pass| {
            let middle = mean(pass);
            let both: f64 = pass.iter().zip(&pass[lag..]).map(|(a, b)| (a - middle) * (b - middle)).sum();
            both / pass.iter().map(|a| (a - middle) * (a - middle)).sum::<f64>()
        });
        mean(&each.collect::<Vec<_>>())
    };
    let memory = (1..50).find(|&lag| correlation(lag) < exp(-1.0));
    let means: Vec<f64> = passes.iter().map(|pass| mean(pass)).collect();
    (percentile(&cvs, 0.5), memory.map_or(f64::NAN, |lag| lag as f64), sd(&means))
}
