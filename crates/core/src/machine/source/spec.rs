//! What the profile says of one source of a channel, checked and in the channel's unit.

use grainloss_can::Signal;

use super::filter::MOST_MEDIAN;
use crate::machine::channel::Channel;
use crate::machine::profile::source::{ChannelEntry, Source};
use crate::machine::unit;

/// Three periods, but never less: a busy bus delays frames (our choice).
const LEAST_TIMEOUT_MS: u32 = 300;
/// For what has no known period: three times the second that is the longest usual one (our choice).
const USUAL_TIMEOUT_MS: u32 = 3000;
/// For what is sent on request only, at least.
const ON_REQUEST_TIMEOUT_MS: u32 = 10_000;

/// How often a source is sent, as far as the database and the standard say.
#[derive(Clone, Copy)]
pub(crate) struct Rhythm {
    pub cycle_ms: Option<u32>,
    pub on_request: bool,
}

/// One source of a channel, in the order of trust.
#[derive(Clone, Debug)]
pub(crate) struct SourceSpec {
    pub channel: Channel,
    /// What it is, in the profile's words: `MESSAGE.Signal`, or where the bits are.
    pub origin: String,
    pub timeout_us: i64,
    /// Where its counter begins again.
    pub counter_modulus: Option<u64>,
    pub plausible: (f64, f64),
    /// The fastest plausible change, in the channel's unit per second.
    pub change_per_s: f64,
    /// What one unit of the signal is in the channel's unit.
    factor: f64,
    /// What each raw code means; none: the scaled value.
    values: Vec<(i64, f64)>,
    /// What the signal reads and the channel's value there, rising in the first.
    calibration: Vec<(f64, f64)>,
    pub(super) hold_on_us: i64,
    pub(super) hold_off_us: i64,
    /// Length of the median filter; 1 for none.
    pub(super) median: usize,
    pub(super) smooth_s: f64,
}

impl SourceSpec {
    /// A flag that must hold for a while before it counts.
    pub const fn holds(&self) -> bool {
        self.hold_on_us > 0 || self.hold_off_us > 0
    }

    /// Checks what the profile says beside the signal itself.
    pub fn new(
        channel: Channel,
        entry: &ChannelEntry,
        source: &Source,
        signal: &Signal,
        rhythm: Rhythm,
        origin: String,
    ) -> Result<Self, String> {
        let is_flag = channel.unit() == "flag";
        let values = value_table(source)?;
        let calibration = calibration(&source.calibration)?;
        if !values.is_empty() && !calibration.is_empty() {
            return Err("values and calibration exclude each other; keep one of them".to_owned());
        }
        if !values.is_empty() && (source.scale.is_some() || source.offset.is_some() || source.unit.is_some()) {
            return Err("values are in the channel's unit already; leave scale, offset and unit out".to_owned());
        }
        // A table's second column is in the channel's unit already.
        let factor = if values.is_empty() && calibration.is_empty() && source.counter_modulus.is_none() {
            unit::factor(&signal.unit, channel.unit()).ok_or_else(|| {
                let known = unit::known(channel.unit());
                format!("the signal's unit is '{}'; expected one of {known}, or say unit and scale", signal.unit)
            })?
        } else {
            1.0
        };
        if !is_flag && (source.hold_on_ms.is_some() || source.hold_off_ms.is_some()) {
            return Err("hold_on_ms and hold_off_ms are for flags only".to_owned());
        }
        let filtered = source.median.is_some() || source.smooth_s.is_some();
        if filtered && (is_flag || channel.counts_kernels()) {
            return Err("median and smooth_s are for measured quantities, not for flags or counted kernels".to_owned());
        }
        let median = source.median.unwrap_or(1);
        if median > MOST_MEDIAN || median.is_multiple_of(2) {
            return Err(format!("median is {median}; expected 3, 5, 7 or 9"));
        }
        let smooth_s = source.smooth_s.unwrap_or(0.0);
        if !(0.0..=60.0).contains(&smooth_s) {
            return Err(format!("smooth_s is {smooth_s}; expected 0 to 60"));
        }
        if source.period_ms == Some(0) {
            return Err("period_ms is 0; write timeout_ms = 0 for what is sent on change only".to_owned());
        }
        let least_ms = if rhythm.on_request { ON_REQUEST_TIMEOUT_MS } else { LEAST_TIMEOUT_MS };
        let default_ms = match source.period_ms.or(rhythm.cycle_ms) {
            Some(period) => period.saturating_mul(3).max(least_ms),
            None => USUAL_TIMEOUT_MS.max(least_ms),
        };
        let us = |ms: Option<u32>| i64::from(ms.unwrap_or(0)) * 1000;
        Ok(Self {
            channel,
            origin,
            // 0: sent on change only, never stale.
            timeout_us: match source.timeout_ms.or(entry.timeout_ms).unwrap_or(default_ms) {
                0 => i64::MAX,
                ms => i64::from(ms) * 1000,
            },
            counter_modulus: source.counter_modulus,
            plausible: entry.plausible.as_ref().map_or(channel.plausible(), |range| *range.get_ref()),
            change_per_s: entry.change_per_s.as_ref().map_or(f64::INFINITY, |change| *change.get_ref()),
            factor,
            values,
            calibration,
            hold_on_us: us(source.hold_on_ms),
            hold_off_us: us(source.hold_off_ms),
            median,
            smooth_s,
        })
    }

    /// The channel's value of a raw code and its physical value; `None` when a table has none for it.
    pub(super) fn translated(&self, raw: i64, physical: f64) -> Translated {
        if !self.values.is_empty() {
            let found = self.values.iter().find(|(code, _)| *code == raw);
            return found.map_or(Translated::NoMeaning, |(_, value)| Translated::Value(*value));
        }
        if !self.calibration.is_empty() {
            return interpolated(&self.calibration, physical).map_or(Translated::EndStop, Translated::Value);
        }
        Translated::Value(physical * self.factor)
    }
}

/// What a table makes of a value.
pub(super) enum Translated {
    Value(f64),
    /// The code means nothing.
    NoMeaning,
    /// Beyond the calibrated range: a sensor that is shorted, open, or off its linkage.
    EndStop,
}

/// What each raw code means.
pub(crate) fn value_table(source: &Source) -> Result<Vec<(i64, f64)>, String> {
    let pair = |(code, value): (&String, &f64)| match code.parse() {
        Ok(code) if value.is_finite() => Ok((code, *value)),
        _ => Err(format!("values: '{code}' = {value}; expected a whole raw code and a number, such as 2 = 1.0")),
    };
    source.values.iter().map(pair).collect()
}

/// Points in rising order; the error says what is wrong with them.
fn calibration(points: &[(f64, f64)]) -> Result<Vec<(f64, f64)>, String> {
    if points.is_empty() {
        return Ok(Vec::new());
    }
    if !(2..=16).contains(&points.len()) {
        return Err(format!("calibration has {} points; expected 2 to 16", points.len()));
    }
    if points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
        return Err("calibration has a point that is no number".to_owned());
    }
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pairs = || points.windows(2);
    let (rises, falls) = (pairs().all(|p| p[0].1 < p[1].1), pairs().all(|p| p[0].1 > p[1].1));
    if pairs().any(|p| p[0].0 == p[1].0) || !(rises || falls) {
        return Err("calibration must rise or fall all the way: one value for each reading, and back".to_owned());
    }
    Ok(points)
}

/// Straight lines between the points; `None` beyond the ends.
fn interpolated(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let pair = points.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&x))?;
    let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_along_straight_lines_and_not_beyond_its_ends() {
        // A New Holland height sensor reads 0.7 to 4.3 V (MacDon header-height manuals); 1.2 m over that range.
        let points = calibration(&[(4.3, 1.2), (0.7, 0.0), (2.5, 0.4)]).unwrap();
        assert_eq!(interpolated(&points, 0.7), Some(0.0));
        assert!(interpolated(&points, 1.6).is_some_and(|height| (height - 0.2).abs() < 1e-12));
        assert_eq!(interpolated(&points, 4.3), Some(1.2));
        assert_eq!([0.69, 4.31, f64::NAN].map(|x| interpolated(&points, x)), [None; 3]);
        assert!(calibration(&[(0.0, 0.0)]).is_err());
        assert!(calibration(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.5)]).is_err());
    }
}
