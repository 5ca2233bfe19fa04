//! Ten minutes of harvest, replayed in many ways, and what is compared.

use std::sync::OnceLock;

use serde_json::Value;

use super::run::Sandbox;
use super::table::Table;

/// `--trace` of the replay contract, in its order.
pub const CONTRACT: &str = "t_unix,state,turning_cut,lugging,unloading,ground_speed_m_s,header_height_m,feed_kg_s,\
    engine_rpm,grain_in_kg_s,header_loss_kg_s,header_lo,header_hi,rear_loss_kg_s,rear_lo,rear_hi,threshing_loss_kg_s,\
    separation_loss_kg_s,cleaning_loss_kg_s,total_pct,total_lo,total_hi,basis,alarm_level";
/// Every column that speaks of loss.
pub const LOSS: &str = "header_loss_kg_s,header_lo,header_hi,rear_loss_kg_s,rear_lo,rear_hi,threshing_loss_kg_s,\
    separation_loss_kg_s,cleaning_loss_kg_s,total_pct,total_lo,total_hi,basis,loss_kg_ha,loss_kg_ha_lo,loss_kg_ha_hi";
/// The bundled scenarios begin at 2025-06-10 02:00 UTC.
pub const START: f64 = 1_749_520_800.0;

/// Ten minutes of `wheat`, with its plain replay.
pub fn ten_minutes() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let sandbox = Sandbox::new();
        sandbox.simulate("w", "wheat", 5, 600);
        sandbox.replay("w.log", "plain", &[]);
        sandbox
    })
}

/// A changed log of the ten minutes, replayed: its trace and summary.
pub fn changed(name: &str, log: impl AsRef<[u8]>, more: &[&str]) -> (Table, Value) {
    let sandbox = ten_minutes();
    let file = format!("{name}.log");
    sandbox.write(&file, log);
    sandbox.replay(&file, name, more);
    (Table::parse(&sandbox.text(&format!("{name}.csv"))), sandbox.json(&format!("{name}.json")))
}

pub fn without_hash(mut summary: Value) -> Value {
    summary.as_object_mut().unwrap().remove("log_sha256").expect("a hash or null");
    summary
}

/// Upper over lower end of the rear interval, the median over the seconds of this range.
pub fn width(trace: &Table, from_s: usize, to_s: usize) -> f64 {
    let (lo, hi) = (trace.numbers("rear_lo"), trace.numbers("rear_hi"));
    let ratio = |at: usize| lo[at].zip(hi[at]).filter(|(lo, _)| *lo > 1e-4).map(|(lo, hi)| hi / lo);
    let mut ratios: Vec<f64> = (from_s..to_s).filter_map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    assert!(ratios.len() > (to_s - from_s) / 2, "{} seconds with an interval", ratios.len());
    ratios[ratios.len() / 2]
}

pub fn band(summary: &Value, key: &str) -> [f64; 3] {
    ["lo", "value", "hi"].map(|end| summary[key][end].as_f64().unwrap_or_else(|| panic!("{key} {end}: {summary}")))
}

/// Sums over the truth's seconds: grain in, header loss, rear loss in kg, area in ha.
pub fn truth_of(truth: &Table) -> [f64; 4] {
    let rear = ["threshing_loss_kg_s", "separation_loss_kg_s", "cleaning_loss_kg_s"];
    let (grain, yields) = (truth.numbers("grain_in_kg_s"), truth.numbers("yield_kg_ha"));
    let area = grain.iter().zip(&yields).map(|(grain, yields)| grain.unwrap() / yields.unwrap()).sum();
    [truth.sum("grain_in_kg_s"), truth.sum("header_loss_kg_s"), rear.into_iter().map(|c| truth.sum(c)).sum(), area]
}
