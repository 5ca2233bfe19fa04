//! Four simple monitors that get the same readings and the same pans. Each is as good as its rule allows: dead time is
//! corrected, a plate that reports a fault is left out, the grain flow is the estimator's, a session is recomputed at its
//! end with all of its pans, and a figure that was not measured is the crop's usual one.
//!
//! - **B0** factory gain: kernels counted, through the plates' data sheet, over ten seconds.
//! - **B1** the cab's bar in ten segments. Its zero is set by the operator: on the first rear pan, or without one on the
//!   crop's usual loss in the first five minutes of cutting.
//! - **B2** the ratio on all pans: B0 times pan loss over B0's loss, each summed over all rear pans so far (with one pan: the
//!   one-point calibration).
//! - **B3** feed rate only: b f + c f² through the origin, neither below 0, fitted to the rear pans (the quadratic of the
//!   Xinjiang-2A trial, 2011); one or two pans fit c alone, and without one c is the crop's usual loss in ordinary work.
//!
//! Header loss is the crop's usual share of the grain in all of them; B2 and B3 take it from the front samples when there
//! are any.

mod feed_law;
mod inputs;
mod pans;
mod series;

use super::alarms::simple_level_alarms;
use super::reported::{ReportedHarvest, ReportedValue};
pub use inputs::{MonitorInput, MonitorSetup};
pub(super) use pans::Pans;
use series::{AVERAGE_S, Series, average, mean};

/// The operator sets the bar's zero in the first seconds of cutting, this many.
const ZERO_S: usize = 300;
/// Segments of the bar.
const SEGMENTS: f64 = 10.0;

/// A simple monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Baseline {
    /// Counts at the factory's gain.
    FactoryGain,
    /// The bar with the operator's zero.
    Bar,
    /// Counts calibrated by pans.
    PanRatio,
    /// Feed rate alone.
    FeedOnly,
}

impl Baseline {
    /// All four.
    pub const ALL: [Self; 4] = [Self::FactoryGain, Self::Bar, Self::PanRatio, Self::FeedOnly];

    /// `B0` to `B3`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FactoryGain => "B0",
            Self::Bar => "B1",
            Self::PanRatio => "B2",
            Self::FeedOnly => "B3",
        }
    }
}

/// What this monitor reports of a harvest.
pub fn reported(
    baseline: Baseline,
    inputs: &[Option<MonitorInput>],
    pans: &Pans,
    setup: &MonitorSetup,
    limit_share: Option<f64>,
) -> ReportedHarvest {
    let rear = match baseline {
        Baseline::FactoryGain => Series::constant(factory(inputs, setup), 1.0),
        Baseline::Bar => bar(inputs, pans, setup),
        Baseline::PanRatio => pan_ratio(inputs, pans, setup),
        Baseline::FeedOnly => feed_law::series(inputs, pans, setup),
    };
    let by_pans = matches!(baseline, Baseline::PanRatio | Baseline::FeedOnly);
    let header_share = |until| {
        let found = if by_pans { pans.header_share(inputs, until) } else { None };
        found.unwrap_or(setup.usual_header)
    };
    let grain: Vec<f64> = inputs.iter().map(|input| input.and_then(|g| g.grain_kg_s).unwrap_or(0.0)).collect();
    let end = inputs.len();
    let rear_kg: f64 = rear.at_end.iter().flatten().sum();
    let header_kg = header_share(end) * grain.iter().sum::<f64>();
    let total_kg = rear_kg + header_kg;
    let shares: Vec<Option<f64>> = (0..end)
        .map(|at| {
            let from = (at + 1).saturating_sub(AVERAGE_S);
            let grain: f64 = grain[from..=at].iter().sum();
            let rear: f64 = rear.live[from..=at].iter().flatten().sum();
            (grain > 0.0).then(|| rear / grain + header_share(at))
        })
        .collect();
    let cutting: Vec<bool> = inputs.iter().map(|input| input.is_some_and(|input| input.cutting)).collect();
    let level_alarms = limit_share.map_or(Vec::new(), |limit| simple_level_alarms(&shares, &cutting, limit));
    ReportedHarvest {
        rear_kg: rear.at_end.iter().any(Option::is_some).then(|| ReportedValue::bare(rear_kg)),
        header_kg: (!grain.is_empty()).then(|| ReportedValue::bare(header_kg)),
        total_kg: rear.at_end.iter().any(Option::is_some).then(|| ReportedValue::bare(total_kg)),
        rear_kg_s: rear.live.into_iter().map(|value| value.map(ReportedValue::bare)).collect(),
        raised: level_alarms.iter().map(|span| span.0).collect(),
        level_alarms,
        level_alarms_by_cost: Vec::new(),
    }
}

/// What the data sheet makes of the counts, kg/s.
fn factory(inputs: &[Option<MonitorInput>], setup: &MonitorSetup) -> Vec<Option<f64>> {
    let mut before: [Option<f64>; 4] = [None; 4];
    let mut last_kg_s = None;
    let mut second = |input: &Option<MonitorInput>| {
        let input = input.as_ref()?;
        let mut counted = [None; 4];
        for ((now, before), counted) in input.plates.iter().zip(&mut before).zip(&mut counted) {
            let kernels = now.zip(*before).map(|((impacts, rate), before)| {
                let blind = (rate * setup.plates.dead_time_s).clamp(0.0, 0.75);
                (impacts - before).max(0.0) / (1.0 - blind)
            });
            (*before, *counted) = (now.map(|(impacts, _)| impacts), kernels);
        }
        let kg = setup.kernel_mass_kg / (setup.plates.area_share * setup.plates.detection_share);
        // Each path by those of its plates that have a value; without one it keeps its last loss.
        let path = |pair: &[Option<f64>]| mean(pair.iter().copied().flatten());
        if let (Some(separation), Some(cleaning)) = (path(&counted[..2]), path(&counted[2..])) {
            last_kg_s = Some((separation + cleaning) * kg);
        }
        last_kg_s
    };
    inputs.iter().map(&mut second).collect()
}

/// The bar, scaled so that its reading at the zero is the loss there.
fn bar(inputs: &[Option<MonitorInput>], pans: &Pans, setup: &MonitorSetup) -> Series {
    let raw: Vec<Option<f64>> = inputs.iter().map(|input| mean(input.as_ref()?.bars.into_iter().flatten())).collect();
    let shown: Vec<Option<f64>> =
        (0..raw.len()).map(|at| average(&raw, at).map(|bar| (bar * SEGMENTS).round() / SEGMENTS)).collect();
    let cutting = (0..raw.len()).filter(|&at| inputs[at].is_some_and(|input| input.cutting)).take(ZERO_S);
    let (mut bars, mut usual) = (0.0, 0.0);
    for at in cutting {
        if let (Some(bar), Some(grain)) = (shown[at], inputs[at].and_then(|input| input.grain_kg_s)) {
            bars += bar;
            usual += setup.usual_rear * grain;
        }
    }
    let unit = if bars > 0.0 { usual / bars } else { 0.0 };
    // A bar that shows nothing at the pan cannot be scaled by it.
    let at_pan = pans.rear(inputs, inputs.len()).first().and_then(|pan| {
        let bar = shown[pan.at].filter(|&bar| bar > 0.0)?;
        Some((pan.known_at, pan.kg_s / bar))
    });
    let by = |from: usize| {
        let unit_at =
            |at: usize| at_pan.filter(|&(known_at, _)| at >= known_at.min(from)).map_or(unit, |(_, unit)| unit);
        shown.iter().enumerate().map(|(at, bar)| bar.map(|bar| bar * unit_at(at))).collect()
    };
    Series { live: by(usize::MAX), at_end: by(0) }
}

/// The factory-gain loss times pan loss over factory-gain loss at the pans, of the rear pans known so far.
fn pan_ratio(inputs: &[Option<MonitorInput>], pans: &Pans, setup: &MonitorSetup) -> Series {
    let raw = factory(inputs, setup);
    let ratio = |until: usize| {
        let (mut found_kg_s, mut counted_kg_s) = (0.0, 0.0);
        for pan in pans.rear(inputs, until) {
            // Around the drop, so that chance in one second's counts does not spoil the pan.
            let around = &raw[pan.at.saturating_sub(AVERAGE_S / 2)..(pan.at + AVERAGE_S / 2).min(raw.len())];
            if let Some(mean) = mean(around.iter().copied().flatten()) {
                found_kg_s += pan.kg_s;
                counted_kg_s += mean;
            }
        }
        if found_kg_s > 0.0 && counted_kg_s > 0.0 { found_kg_s / counted_kg_s } else { 1.0 }
    };
    let live = pans.follow(raw.len(), ratio);
    let at_end = ratio(raw.len());
    Series {
        live: raw.iter().zip(live).map(|(value, ratio)| value.map(|value| value * ratio)).collect(),
        at_end: raw.iter().map(|value| value.map(|value| value * at_end)).collect(),
    }
}

#[cfg(test)]
mod tests;
