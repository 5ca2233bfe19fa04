//! Ratios of two periods, after over before, with 90 % intervals.

use grainloss_core::math::Z90;

/// A ratio, after over before, with its 90 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The ratio.
    pub ratio: f64,
    /// Lower edge (5 %); `None` with too few values for an interval.
    pub lo: Option<f64>,
    /// Upper edge (95 %); `None` with too few values for an interval.
    pub hi: Option<f64>,
}

/// Student's t at 0.95 for 1 to 30 degrees of freedom (standard table).
const T95: [f64; 30] = [
    6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746,
    1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
];

/// Student's t at 0.95. Degrees of freedom are rounded down, which gives the wider interval.
pub(super) fn t95(freedom: f64) -> f64 {
    if freedom >= 31.0 { Z90.max(1.697) } else { T95[(freedom.floor() as usize).clamp(1, 30) - 1] }
}

/// Events counted over a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRate {
    /// How many events.
    pub count: f64,
    /// The time, h.
    pub hours: f64,
}

/// The ratio of two rates of Poisson events, with the Wald interval of its logarithm; `None` when a side has no time. Half a
/// count is added to each side, so that a count of 0 gives a finite ratio (Haldane 1956).
pub fn rate_ratio(before: EventRate, after: EventRate) -> Option<Change> {
    if before.hours <= 0.0 || after.hours <= 0.0 {
        return None;
    }
    let ratio = (after.count + 0.5) / after.hours / ((before.count + 0.5) / before.hours);
    let factor = (Z90 * (1.0 / (before.count + 0.5) + 1.0 / (after.count + 0.5)).sqrt()).exp();
    Some(Change { ratio, lo: Some(ratio / factor), hi: Some(ratio * factor) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_ratio_has_the_wald_interval_by_hand() {
        // 20 in 10 h and 5 in 10 h: 5.5 / 20.5 = 0.2683; factor e^(1.645 √(1/20.5 + 1/5.5)) = e^0.7899 = 2.203.
        let change = rate_ratio(EventRate { count: 20.0, hours: 10.0 }, EventRate { count: 5.0, hours: 10.0 }).unwrap();
        assert!((change.ratio - 0.2683).abs() < 1e-4 && (change.hi.unwrap() / change.ratio - 2.203).abs() < 2e-3);
    }
}
