//! Four simple monitors that see the same readings and the same pans. None is held back: dead time is corrected, a plate
//! that says it is broken is left out, the grain flow is the estimator's, a session is reckoned anew with all of its
//! pans, and where a rule needs a figure that nobody has measured it gets the crop's usual one.
//!
//! - **B0** factory gain: kernels counted, through the plates' data sheet, over ten seconds.
//! - **B1** the cab's bar in ten segments. Its zero is set by the operator: on the first rear pan, or without one on the
//!   crop's usual loss in the first five minutes of cutting.
//! - **B2** B0 times found over told, of all rear pans so far (with one pan: the one-point calibration).
//! - **B3** feed rate only: b f + c f² through the origin, neither below 0, fitted to the rear pans (the quadratic of the
//!   Xinjiang-2A trial, 2011); one or two pans fit c alone, and without one c is the crop's usual loss in ordinary work.
//!
//! Header loss is the crop's usual share of the grain in all of them; B2 and B3 take it from the front samples when there
//! are any.

mod feed_law;
mod pans;

use super::alarms::simple_level_alarms;
use super::told::{Said, Told};
use grainloss_core::harvest::{Activity, Crop, ORDINARY_LOAD};
use grainloss_core::machine::{Channel, LossPlates, Readings};
use grainloss_core::record::SecondRow;
pub(super) use pans::Pans;

/// Moving averages are over so many seconds.
const AVERAGE_S: usize = 10;
/// The operator sets the bar's zero in so many seconds of cutting.
const ZERO_S: usize = 300;
/// Segments of the bar.
const SEGMENTS: f64 = 10.0;

const PLATES: [(Channel, Channel); 4] = [
    (Channel::LossSeparationLeft, Channel::LossIndexSeparationLeft),
    (Channel::LossSeparationRight, Channel::LossIndexSeparationRight),
    (Channel::LossCleaningLeft, Channel::LossIndexCleaningLeft),
    (Channel::LossCleaningRight, Channel::LossIndexCleaningRight),
];

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

/// What a simple monitor sees in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glance {
    /// The machine cuts.
    pub cutting: bool,
    /// What it cuts, m²/s.
    pub area_m2_s: Option<f64>,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Grain at the header, kg/s.
    pub grain_kg_s: Option<f64>,
    /// Kernels counted so far and their rate now, 1/s: separation left and right, cleaning left and right; `None` for a
    /// plate that does not say.
    pub plates: [Option<(f64, f64)>; 4],
    /// The bars of the same plates, 0..1.
    pub bars: [Option<f64>; 4],
}

impl Glance {
    /// Of a second's row and the readings at its end.
    pub fn new(row: &SecondRow, readings: &Readings) -> Self {
        let plate = |channel| readings.value(channel).map(|rate| (readings.get(channel).impacts, rate));
        Self {
            cutting: row.doing.activity == Some(Activity::Cutting),
            area_m2_s: row.working_width_m.zip(row.ground_speed_m_s).map(|(width, speed)| width * speed),
            feed_kg_s: row.feed_kg_s,
            grain_kg_s: row.grain_in_kg_s,
            plates: PLATES.map(|(plate_channel, _)| plate(plate_channel)),
            bars: PLATES.map(|(_, bar)| readings.value(bar)),
        }
    }
}

/// What a simple monitor is told beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Mass of one kernel, kg.
    pub kernel_mass_kg: f64,
    /// The plates' data sheet.
    pub plates: LossPlates,
    /// The crop's usual loss behind the machine, as a share of the grain.
    pub usual_rear: f64,
    /// The same at the header.
    pub usual_header: f64,
    /// The crop's usual loss behind the machine in ordinary work, kg/s, over the square of the feed then, kg²/s².
    pub usual_feed_law: f64,
}

impl Sheet {
    /// For a crop, its plates, and a machine of this rated feed.
    pub fn new(crop: &Crop, plates: &LossPlates, rated_feed_kg_s: f64) -> Self {
        let usual_rear = crop.separation_loss + crop.cleaning_loss;
        let grain_share = 1.0 / (1.0 + crop.straw_to_grain);
        Self {
            kernel_mass_kg: crop.kernel_mass_kg,
            plates: plates.clone(),
            usual_rear,
            usual_header: crop.header_loss,
            usual_feed_law: usual_rear * grain_share / (ORDINARY_LOAD * rated_feed_kg_s),
        }
    }
}

/// What this monitor says of a harvest.
pub fn told(
    baseline: Baseline,
    glances: &[Option<Glance>],
    pans: &Pans,
    sheet: &Sheet,
    limit_share: Option<f64>,
) -> Told {
    let rear = match baseline {
        Baseline::FactoryGain => Series::constant(factory(glances, sheet), 1.0),
        Baseline::Bar => bar(glances, pans, sheet),
        Baseline::PanRatio => pan_ratio(glances, pans, sheet),
        Baseline::FeedOnly => feed_law::series(glances, pans, sheet),
    };
    let by_pans = matches!(baseline, Baseline::PanRatio | Baseline::FeedOnly);
    let header_share = |until| {
        let found = if by_pans { pans.header_share(glances, until) } else { None };
        found.unwrap_or(sheet.usual_header)
    };
    let grain: Vec<f64> = glances.iter().map(|glance| glance.and_then(|g| g.grain_kg_s).unwrap_or(0.0)).collect();
    let end = glances.len();
    let rear_kg: f64 = rear.at_end.iter().flatten().sum();
    let total_kg = rear_kg + header_share(end) * grain.iter().sum::<f64>();
    let shares: Vec<Option<f64>> = (0..end)
        .map(|at| {
            let from = (at + 1).saturating_sub(AVERAGE_S);
            let grain: f64 = grain[from..=at].iter().sum();
            let rear: f64 = rear.live[from..=at].iter().flatten().sum();
            (grain > 0.0).then(|| rear / grain + header_share(at))
        })
        .collect();
    let cutting: Vec<bool> = glances.iter().map(|glance| glance.is_some_and(|glance| glance.cutting)).collect();
    let level_alarms = limit_share.map_or(Vec::new(), |limit| simple_level_alarms(&shares, &cutting, limit));
    Told {
        rear_kg: rear.at_end.iter().any(Option::is_some).then(|| Said::bare(rear_kg)),
        total_kg: rear.at_end.iter().any(Option::is_some).then(|| Said::bare(total_kg)),
        rear_kg_s: rear.live.into_iter().map(|value| value.map(Said::bare)).collect(),
        raised: level_alarms.iter().map(|span| span.0).collect(),
        level_alarms,
    }
}

/// Loss behind the machine in each second, kg/s: as it was told then, and as it is reckoned at the end.
#[derive(Debug, PartialEq)]
struct Series {
    live: Vec<Option<f64>>,
    at_end: Vec<Option<f64>>,
}

impl Series {
    fn constant(values: Vec<Option<f64>>, factor: f64) -> Self {
        let live: Vec<_> = values.into_iter().map(|value| value.map(|value| value * factor)).collect();
        Self { at_end: live.clone(), live }
    }
}

/// What the data sheet makes of the counts, kg/s.
fn factory(glances: &[Option<Glance>], sheet: &Sheet) -> Vec<Option<f64>> {
    let mut before: [Option<f64>; 4] = [None; 4];
    let mut said = None;
    let mut second = |glance: &Option<Glance>| {
        let glance = glance.as_ref()?;
        let mut counted = [None; 4];
        for ((now, before), counted) in glance.plates.iter().zip(&mut before).zip(&mut counted) {
            let kernels = now.zip(*before).map(|((impacts, rate), before)| {
                let blind = (rate * sheet.plates.dead_time_s).clamp(0.0, 0.75);
                (impacts - before).max(0.0) / (1.0 - blind)
            });
            (*before, *counted) = (now.map(|(impacts, _)| impacts), kernels);
        }
        let kg = sheet.kernel_mass_kg / (sheet.plates.area_share * sheet.plates.detection_share);
        // Each path by those of its plates that say something; a path without one stays what it was.
        let path = |pair: &[Option<f64>]| mean(pair.iter().copied().flatten());
        if let (Some(separation), Some(cleaning)) = (path(&counted[..2]), path(&counted[2..])) {
            said = Some((separation + cleaning) * kg);
        }
        said
    };
    glances.iter().map(&mut second).collect()
}

/// The bar, scaled so that its reading at the zero is the loss there.
fn bar(glances: &[Option<Glance>], pans: &Pans, sheet: &Sheet) -> Series {
    let raw: Vec<Option<f64>> =
        glances.iter().map(|glance| mean(glance.as_ref()?.bars.into_iter().flatten())).collect();
    let shown: Vec<Option<f64>> =
        (0..raw.len()).map(|at| average(&raw, at).map(|bar| (bar * SEGMENTS).round() / SEGMENTS)).collect();
    let cutting = (0..raw.len()).filter(|&at| glances[at].is_some_and(|glance| glance.cutting)).take(ZERO_S);
    let (mut bars, mut usual) = (0.0, 0.0);
    for at in cutting {
        if let (Some(bar), Some(grain)) = (shown[at], glances[at].and_then(|glance| glance.grain_kg_s)) {
            bars += bar;
            usual += sheet.usual_rear * grain;
        }
    }
    let unit = if bars > 0.0 { usual / bars } else { 0.0 };
    // A bar that shows nothing at the pan cannot be scaled by it.
    let at_pan = pans.rear(glances, glances.len()).first().and_then(|pan| {
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

/// The factory's figure times found over told, of the rear pans known so far.
fn pan_ratio(glances: &[Option<Glance>], pans: &Pans, sheet: &Sheet) -> Series {
    let raw = factory(glances, sheet);
    let ratio = |until: usize| {
        let (mut found, mut told) = (0.0, 0.0);
        for pan in pans.rear(glances, until) {
            // Around the drop, so that chance in one second's counts does not spoil the pan.
            let around = &raw[pan.at.saturating_sub(AVERAGE_S / 2)..(pan.at + AVERAGE_S / 2).min(raw.len())];
            if let Some(mean) = mean(around.iter().copied().flatten()) {
                found += pan.kg_s;
                told += mean;
            }
        }
        if found > 0.0 && told > 0.0 { found / told } else { 1.0 }
    };
    let live = pans.follow(raw.len(), ratio);
    let at_end = ratio(raw.len());
    Series {
        live: raw.iter().zip(live).map(|(value, ratio)| value.map(|value| value * ratio)).collect(),
        at_end: raw.iter().map(|value| value.map(|value| value * at_end)).collect(),
    }
}

/// The mean of the last seconds up to this one.
fn average(values: &[Option<f64>], at: usize) -> Option<f64> {
    mean(values[(at + 1).saturating_sub(AVERAGE_S)..=at].iter().copied().flatten())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests;
