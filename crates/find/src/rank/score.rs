//! How well a field is a quantity, in bits of surprise.

use super::standard::Known;
use crate::fields::{Field, Series};
use crate::grid::{Grid, States};
use crate::physics::{self, best_lag, correlation, larger_when, level};
use crate::quantity::Quantity;
use crate::readings::{Fit, Windows, fit};
use crate::reason::Reason;

/// A field and a quantity, scored.
#[derive(Clone, Debug)]
pub(super) struct Scored {
    pub quantity: Quantity,
    pub stream: usize,
    pub bits: u64,
    pub series: Option<usize>,
    pub field: Field,
    pub points: f64,
    pub scale: Option<f64>,
    pub offset: Option<f64>,
    pub unit: &'static str,
    pub why: Vec<Reason>,
}

/// What scores lean on.
pub(super) struct Ground<'a> {
    pub grid: &'a Grid,
    pub settled: States,
    /// Speed of the satellite receiver, a value a second.
    pub gnss: Option<Vec<f32>>,
    /// Crop that comes in, a value a second.
    pub crop: Vec<f32>,
}

/// The unit that a scale is told in: display units, one count of ours in them.
fn units(quantity: Quantity) -> (&'static str, f64, &'static [f64]) {
    match quantity {
        // The display shows km/h and cm.
        Quantity::GroundSpeed => ("m/s", 1.0 / 3.6, &[3.6, 1.0]),
        Quantity::HeaderHeight => ("mm", 10.0, &[1.0]),
        Quantity::EngineSpeed | Quantity::ReelSpeed | Quantity::ThresherSpeed | Quantity::FanSpeed => {
            ("r/min", 1.0, &[1.0])
        }
        Quantity::Moisture => ("%", 1.0, &[1.0]),
        Quantity::FeedRate | Quantity::GrainFlow => ("kg/s", 1.0, &[1.0, 1.0 / 3.6]),
        _ => ("", 1.0, &[1.0]),
    }
}

/// Least span and widest range of the quantity in display units (assumed; wide of any combine).
fn plausible(quantity: Quantity) -> (f64, f64, f64) {
    match quantity {
        Quantity::GroundSpeed => (1.0, -1.0, 50.0),
        Quantity::HeaderHeight => (12.0, -40.0, 280.0),
        Quantity::EngineSpeed => (20.0, 0.0, 3500.0),
        Quantity::ReelSpeed => (2.0, 0.0, 120.0),
        Quantity::ThresherSpeed => (5.0, 0.0, 2200.0),
        Quantity::FanSpeed => (5.0, 0.0, 3000.0),
        Quantity::Moisture => (0.2, 0.0, 60.0),
        Quantity::FeedRate => (1.0, 0.0, 70.0),
        Quantity::GrainFlow => (0.5, 0.0, 50.0),
        _ => (0.0, f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// What telling two states apart is worth.
fn told(share: f64, most: f64) -> f64 {
    match share {
        share if share >= 0.97 => most,
        share if share >= 0.9 => most * 0.7,
        share if share >= 0.8 => most * 0.3,
        share if share >= 0.7 => -1.0,
        _ => -most,
    }
}

impl<'a> Ground<'a> {
    pub fn new(grid: &'a Grid) -> Self {
        Self { grid, settled: physics::settled(grid), gnss: None, crop: physics::crop(grid, None) }
    }

    /// `None` where nothing at all speaks for it.
    pub fn score(
        &self,
        quantity: Quantity,
        series: &Series,
        windows: &Windows,
        known: Option<&Known>,
    ) -> Option<Scored> {
        let mut found = Scored {
            quantity,
            stream: series.stream,
            bits: series.bits,
            series: None,
            field: series.field,
            points: -series.cut,
            scale: None,
            offset: None,
            unit: "",
            why: Vec::new(),
        };
        if series.cut > 3.0 {
            found.why.push(Reason::EdgesOpen);
        }
        let shown = self.grid.readings(quantity.reading());
        let fitted = fit(series, windows, &shown, units(quantity).2, quantity == Quantity::HeaderHeight);
        if let Some(fitted) = &fitted {
            if fitted.points < -6.0 {
                return None;
            }
            Self::take_fit(&mut found, series, fitted);
        }
        let is_shown = fitted.is_some();
        match quantity {
            Quantity::GroundSpeed => self.speed(&mut found, series),
            Quantity::HeaderHeight => self.height(&mut found, series, is_shown)?,
            Quantity::ReelSpeed | Quantity::ThresherSpeed | Quantity::FanSpeed => {
                if !is_shown {
                    return None;
                }
                self.shaft(&mut found, series);
            }
            Quantity::EngineSpeed if is_shown => {
                // A thresher is run at rated speed.
                let share = larger_when(&series.values, &self.grid.threshing).unwrap_or(0.5);
                found.points += if share > 0.9 { 2.0 } else { 0.0 };
            }
            Quantity::Moisture if is_shown => {}
            Quantity::FeedRate => self.flow(&mut found, series, 0..=4)?,
            Quantity::GrainFlow => self.flow(&mut found, series, 8..=20)?,
            Quantity::TankLevel => self.tank(&mut found, series)?,
            quantity if quantity.is_loss() => self.loss(&mut found, series)?,
            _ if known.is_some() => {}
            _ => return None,
        }
        if let Some(known) = known {
            found.points += known.points;
            found.why.push(Reason::Standard(known.pgn));
            (found.scale, found.offset, found.unit) = (Some(known.scale), Some(0.0), known.unit);
        }
        (found.points > 0.0).then_some(found)
    }

    fn take_fit(found: &mut Scored, series: &Series, fit: &Fit) {
        let (unit, per, _) = units(found.quantity);
        found.points += fit.points;
        found.why.push(Reason::Readings(fit.hits, fit.of));
        (found.scale, found.offset, found.unit) = (fit.scale.map(|s| s * per), fit.offset.map(|o| o * per), unit);
        let (Some(scale), Some(offset)) = (fit.scale, fit.offset) else {
            (found.scale, found.offset) = (None, None);
            found.why.push(Reason::ScaleOpen);
            return;
        };
        // Nothing stands between the tenth of the time with the lowest and with the highest values.
        let (a, b) = (f64::from(series.low) * scale + offset, f64::from(series.high) * scale + offset);
        let (span, low, high) = plausible(found.quantity);
        if (b - a).abs() < span || a.min(b) < low || a.max(b) > high {
            found.points -= 5.0;
            found.why.push(Reason::OutOfRange);
        }
    }

    fn speed(&self, found: &mut Scored, series: &Series) {
        if let Some(share) = larger_when(&series.values, &self.grid.driving) {
            found.points += told(share, 5.0);
            found.why.push(Reason::DriveMoves(share));
            let still = level(&series.values, &self.grid.driving, false);
            let is_nothing = still.is_some_and(|(middle, spread)| {
                middle - series.low.min(0.0) <= 0.02 * (series.high - series.low)
                    && spread <= 0.02 * (series.high - series.low)
            });
            found.points += if is_nothing { 2.0 } else { -3.0 };
        }
        if let Some(gnss) = &self.gnss {
            let r = correlation(&physics::seconds(&series.values), gnss, 0);
            found.points += if r > 0.98 {
                5.0
            } else if r > 0.9 {
                2.0
            } else {
                -4.0
            };
            if r > 0.9 {
                found.why.push(Reason::LikeGnss(r));
            }
        }
    }

    fn height(&self, found: &mut Scored, series: &Series, is_shown: bool) -> Option<()> {
        let share = larger_when(&series.values, &self.grid.down);
        if !is_shown && share.is_none() {
            return None;
        }
        if let Some(share) = share {
            let either = share.max(1.0 - share);
            found.points += told(either, 7.0);
            found.why.push(Reason::HeaderMoves(either));
            // Down is low: a fit that says otherwise is chance.
            if found.scale.is_some_and(|scale| (scale > 0.0) == (share > 0.5)) {
                found.points -= 7.0;
            }
            // A flow is the same nothing whenever the header is up; a header never stops twice at the same place.
            let (up, down) =
                (level(&series.values, &self.grid.down, false), level(&series.values, &self.grid.down, true));
            let span = series.high - series.low;
            if up.is_some_and(|(middle, spread)| spread <= 0.003 * span && middle <= series.low + 0.01 * span) {
                found.points -= 4.0;
            }
            // Both states are levels, apart from each other.
            if let (Some(up), Some(down)) = (up, down) {
                let apart = (up.0 - down.0).abs() / span;
                found.points += if apart > 0.35 { 1.5 } else { -1.5 };
            }
        }
        let (mut before, mut moved) = (0.0f64, 0.0f64);
        // It moves while it is lowered, and hardly in between.
        for &at in &self.grid.downs {
            let from = at.saturating_sub(20).min(series.values.len());
            let (a, b) = (from, (at + 12).min(series.values.len()));
            let change = |of: &[f32]| {
                of.windows(2).map(|w| f64::from((w[1] - w[0]).abs())).filter(|d| d.is_finite()).sum::<f64>()
            };
            moved += change(&series.values[a..b]);
            before += change(&series.values[from.saturating_sub(32)..from]);
        }
        if !self.grid.downs.is_empty() {
            found.points += if moved > 2.0 * before { 1.5 } else { -1.0 };
        }
        Some(())
    }

    fn shaft(&self, found: &mut Scored, series: &Series) {
        if let Some(share) = larger_when(&series.values, &self.grid.threshing) {
            found.points += told(share, 3.0);
            found.why.push(if share > 0.7 { Reason::ThresherMoves(share) } else { Reason::SetPoint });
        }
        // What hardly ever has another value is a set point.
        let middle = series.values.iter().copied().filter(|v| v.is_finite());
        let (mut stays, mut n, mut before) = (0usize, 0usize, f32::NAN);
        for value in middle {
            stays += usize::from(value == before);
            n += 1;
            before = value;
        }
        if stays as f64 > 0.995 * n as f64 {
            found.points -= 2.0;
            found.why.push(Reason::SetPoint);
        }
    }

    fn flow(&self, found: &mut Scored, series: &Series, lags: std::ops::RangeInclusive<usize>) -> Option<()> {
        let share = larger_when(&series.values, &self.settled)?;
        found.points += told(share, 3.0);
        let span = series.high - series.low;
        let (idle, _) = level(&series.values, &self.settled, false)?;
        let is_nothing = idle <= 0.02 * span;
        found.points += if is_nothing { 3.0 } else { -4.0 };
        found.why.push(if is_nothing { Reason::NothingIdle } else { Reason::NotNothingIdle });
        let (lag, r) = best_lag(&physics::seconds(&series.values), &self.crop);
        found.why.push(Reason::FollowsCrop(r, lag));
        found.points += if r > 0.95 {
            5.0
        } else if r > 0.6 {
            5.0 - (0.95 - r) * 20.0
        } else {
            -4.0
        };
        let off = if lag < *lags.start() { lags.start() - lag } else { lag.saturating_sub(*lags.end()) };
        found.points -= 1.5 * off as f64;
        if found.unit.is_empty() {
            found.unit = "kg/s";
        }
        Some(())
    }

    fn tank(&self, found: &mut Scored, series: &Series) -> Option<()> {
        let (falls, times) = physics::falls_while(series, &self.grid.unloading)?;
        if falls < 0.3 {
            return None;
        }
        found.points += 4.0 + 4.0 * falls.min(1.0);
        found.why.push(Reason::FallsUnloading(times));
        // It fills slowly: it never jumps.
        let jump = series.values.windows(2).map(|w| (w[1] - w[0]).abs()).filter(|d| d.is_finite()).fold(0.0, f32::max);
        found.points += if jump < 0.1 * (series.high - series.low) { 2.0 } else { -4.0 };
        Some(())
    }

    fn loss(&self, found: &mut Scored, series: &Series) -> Option<()> {
        let counting = physics::counting(series, &self.settled, &self.crop)?;
        found.why.push(Reason::Counts(counting.idle, counting.cutting));
        found.why.push(Reason::PlaceUnknown);
        let ratio = counting.idle / counting.cutting;
        found.points += if ratio < 0.02 {
            6.0
        } else if ratio < 0.15 {
            4.0
        } else if ratio < 0.4 {
            0.0
        } else {
            -6.0
        };
        // Kernels come by chance, as many as they are: variance as the mean, or more. Area, grain and distance grow steadily.
        found.points += if counting.scatter > 0.7 {
            5.0
        } else if counting.scatter > 0.4 {
            2.0
        } else {
            -5.0
        };
        found.points += if counting.follows > 0.97 {
            -3.0
        } else if counting.follows > 0.3 {
            1.0
        } else {
            0.0
        };
        found.points += f64::from(counting.wraps.min(2));
        (found.scale, found.offset, found.unit) = (Some(1.0), Some(0.0), "1");
        Some(())
    }
}
