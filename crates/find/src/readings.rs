//! Scale and offset from what the display showed, and how surprising it is that they fit.

use crate::fields::Series;
use crate::grid::{PER_S, Shown};

/// How a field fits the readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    /// Bits of surprise.
    pub points: f64,
    pub hits: usize,
    pub of: usize,
    /// Display units of one count, and at count 0; `None` where the readings leave them open.
    pub scale: Option<f64>,
    pub offset: Option<f64>,
}

/// Lowest and highest raw value of a window that begins at each second.
pub(crate) struct Windows(Vec<(f32, f32)>);

/// A reading with the raw values that it may be of.
#[derive(Clone, Copy, Debug)]
struct Read {
    y: f64,
    h: f64,
    low: f64,
    high: f64,
}

fn range(values: &[f32]) -> Option<(f32, f32)> {
    let known = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = known.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    (low <= high).then_some((low, high))
}

impl Windows {
    pub fn of(values: &[f32]) -> Self {
        let width = 3 * PER_S + 1;
        let starts = (0..values.len().saturating_sub(width)).step_by(PER_S);
        Self(starts.filter_map(|at| range(&values[at..at + width])).collect())
    }

    /// The share of windows that a reading would also meet, as bits of surprise.
    fn surprise(&self, read: &Read, scale: f64, offset: f64) -> f64 {
        let (from, to) = raw_range(read, scale, offset);
        let met = self.0.iter().filter(|(low, high)| f64::from(*low) <= to && f64::from(*high) >= from).count();
        let share = (met as f64 + 1.0) / (self.0.len() as f64 + 1.0);
        -share.log2()
    }
}

/// The raw values that show as this reading.
fn raw_range(read: &Read, scale: f64, offset: f64) -> (f64, f64) {
    let (a, b) = ((read.y - read.h - offset) / scale, (read.y + read.h - offset) / scale);
    (a.min(b) - 0.5, a.max(b) + 0.5)
}

fn meets(read: &Read, scale: f64, offset: f64) -> bool {
    let (from, to) = raw_range(read, scale, offset);
    read.low <= to && read.high >= from
}

/// Steps that makers use, in units that a display may show: 1, 2, 2.5, 4, 5 of each decade, and powers of two.
pub(crate) fn usual(low: f64, high: f64, units: &[f64]) -> Option<f64> {
    let mut best: Option<(f64, f64)> = None;
    let mut offer = |value: f64, cost: f64| {
        if value >= low && value <= high && best.is_none_or(|(_, known)| cost < known) {
            best = Some((value, cost));
        }
    };
    for (place, unit) in units.iter().enumerate() {
        let own = place as f64 * 0.5;
        for decade in -6..4 {
            for (digit, cost) in [(1.0, 0.0), (5.0, 0.6), (2.0, 0.8), (2.5, 1.0), (4.0, 1.0)] {
                offer(unit * digit * 10f64.powi(decade), cost + own);
            }
        }
        for power in -10..4 {
            offer(unit * 2f64.powi(power), [0.2, 1.2][usize::from(!matches!(power, -8 | -3 | -2 | -1 | 0))] + own);
        }
    }
    best.map(|(value, _)| value)
}

/// Fits; `units`: display units of one unit in which the maker may count. `None` without a reading in the log.
pub(crate) fn fit(
    series: &Series,
    windows: &Windows,
    shown: &[Shown],
    units: &[f64],
    is_offset_free: bool,
) -> Option<Fit> {
    let reads: Vec<Read> = shown
        .iter()
        .filter_map(|one| {
            let (low, high) = range(&series.values[one.from..=one.to])?;
            // A display filters, and may show what came between two messages.
            let h = one.half_digit.max(0.002 * one.value.abs());
            Some(Read { y: one.value, h, low: f64::from(low), high: f64::from(high) })
        })
        .collect();
    let lacking = shown.len() - reads.len();
    if reads.is_empty() {
        return None;
    }
    let mut best = proportional(&reads, windows, units);
    if is_offset_free {
        let shifted = with_offset(&reads, windows, units);
        best = match (best, shifted) {
            (Some(a), Some(b)) if b.points > a.points + 1.0 => Some(b),
            (Some(a), _) => Some(a),
            (None, b) => b,
        };
    }
    best.map(|fit| Fit { points: fit.points - 2.0 * lacking as f64, of: shown.len(), ..fit })
}

/// What a scale and an offset are worth: surprise of what is met, a little less each time the display shows the same
/// again, less what is missed. The largest surprises, as many as were chosen freely, count nothing.
fn worth(reads: &[Read], windows: &Windows, scale: f64, offset: f64, free: usize) -> (f64, usize) {
    let mut gains = Vec::with_capacity(reads.len());
    let (mut lost, mut hits) = (0.0, 0);
    for (at, read) in reads.iter().enumerate() {
        if meets(read, scale, offset) {
            hits += 1;
            let again = reads[..at].iter().filter(|other| (other.y - read.y).abs() <= 2.0 * read.h).count();
            gains.push(windows.surprise(read, scale, offset) / (1.0 + again as f64));
        } else {
            let near = Read { h: read.h * 3.0, ..*read };
            lost += if meets(&near, scale, offset) { 1.5 } else { 4.0 };
        }
    }
    gains.sort_by(|a, b| b.total_cmp(a));
    (gains.iter().skip(free).sum::<f64>() - lost, hits)
}

/// Where most intervals overlap.
fn stab(intervals: &[(f64, f64)]) -> Option<(f64, f64)> {
    let mut ends: Vec<(f64, i32)> = intervals.iter().flat_map(|(low, high)| [(*low, 1), (*high, -1)]).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mut depth, mut most, mut found) = (0, 0, None);
    for (at, (value, step)) in ends.iter().enumerate() {
        depth += step;
        if depth > most {
            most = depth;
            found = ends.get(at + 1).map(|(next, _)| (*value, *next));
        }
    }
    found
}

/// Offset 0.
fn proportional(reads: &[Read], windows: &Windows, units: &[f64]) -> Option<Fit> {
    let interval = |read: &Read| {
        (read.y > read.h && read.high > 0.5)
            .then(|| ((read.y - read.h) / (read.high + 0.5), (read.y + read.h) / (read.low - 0.5).max(0.5)))
    };
    let intervals: Vec<(f64, f64)> = reads.iter().filter_map(interval).collect();
    let (low, high) = stab(&intervals)?;
    let width = (high / low).ln().max(1e-6);
    // A usual step lies in a stretch of a quarter of a decade anyway.
    let lucky = (-(width / 0.35).min(1.0).log2()).clamp(0.0, 5.0);
    // A usual step just beside the stretch misses a reading by little; one in it misses none.
    let free = (low * high).sqrt();
    let of = |scale: f64, extra: f64, is_usual: bool| {
        let (points, hits) = worth(reads, windows, scale, 0.0, 1);
        (points + extra, hits, scale, is_usual)
    };
    let usual = usual(low * 0.9999, high * 1.0001, units).or_else(|| usual(low * 0.99, high * 1.01, units));
    let tried = [Some(of(free, -2.0, false)), usual.map(|usual| of(usual, lucky, true))];
    let (points, hits, scale, is_usual) = tried.into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let is_open = !is_usual && width > 0.2 || width > 0.7;
    Some(Fit { points, hits, of: reads.len(), scale: (!is_open).then_some(scale), offset: Some(0.0) })
}

/// Any offset, either sign.
fn with_offset(reads: &[Read], windows: &Windows, units: &[f64]) -> Option<Fit> {
    let mut best: Option<(f64, Fit)> = None;
    let mut tried: Vec<f64> = Vec::new();
    for (at, a) in reads.iter().enumerate() {
        for b in &reads[..at] {
            let rise = b.y - a.y;
            if rise.abs() <= a.h + b.h {
                continue;
            }
            // Whichever raw values of their windows the two readings are of.
            for (from, to) in [(a.low, b.high), (a.high, b.low), (a.low, b.low), (a.high, b.high)] {
                let run = to - from;
                if run.abs() < 1.0 {
                    continue;
                }
                let mid = rise / run;
                let slack = (a.h + b.h) / rise.abs() + 1.0 / run.abs();
                let (low, high) = (mid.abs() * (1.0 - slack).max(0.05), mid.abs() * (1.0 + slack));
                for size in [usual(low, high, units).unwrap_or(mid.abs()), mid.abs()] {
                    let scale = size * mid.signum();
                    if !tried.iter().any(|known| (known / scale - 1.0).abs() < 1e-3) && tried.len() < 40 {
                        tried.push(scale);
                    }
                }
            }
        }
    }
    for scale in tried {
        let ends = reads.iter().map(|read| {
            let (p, q) = (scale * (read.low - 0.5), scale * (read.high + 0.5));
            (read.y - read.h - p.max(q), read.y + read.h - p.min(q))
        });
        let Some((low, high)) = stab(&ends.collect::<Vec<_>>()) else { continue };
        let size = scale.abs();
        let is_usual = usual(size * 0.9999, size * 1.0001, units).is_some();
        // Offset 0, else one of a round number of ten counts or units, else the middle.
        let round = [100.0, 50.0, 10.0, 1.0].into_iter().find_map(|step| {
            let value = (f64::midpoint(low, high) / step).round() * step;
            (value >= low && value <= high).then_some(value)
        });
        let offset = if low <= 0.0 && high >= 0.0 { 0.0 } else { round.unwrap_or(f64::midpoint(low, high)) };
        let (points, hits) = worth(reads, windows, scale, offset, if is_usual { 1 } else { 2 });
        let points = points - 2.0 - if is_usual { 0.0 } else { 1.0 } + if scale < 0.0 { -1.5 } else { 0.0 };
        let is_open = reads.len() < 2;
        let fit = Fit {
            points,
            hits,
            of: reads.len(),
            scale: (!is_open).then_some(scale),
            offset: (!is_open).then_some(offset),
        };
        // Between equals the usual and the larger step.
        let key = points + if is_usual { 0.3 } else { 0.0 };
        if best.as_ref().is_none_or(|(known, _)| key > *known) {
            best = Some((key, fit));
        }
    }
    best.map(|(_, fit)| fit)
}
