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

/// Events counted over a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRate {
    /// How many events.
    pub count: f64,
    /// The time, h.
    pub hours: f64,
}

/// Mean and sample variance.
struct Moments {
    mean: f64,
    variance: f64,
}

fn moments(values: &[f64]) -> Moments {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    Moments { mean, variance: values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0) }
}

/// The ratio of the geometric means of sessions, with Welch's interval of the logarithms; `None` when a side has no value
/// above 0. The sample is the sessions, not their seconds.
pub fn ratio_of_means(before: &[f64], after: &[f64]) -> Option<Change> {
    let logs = |values: &[f64]| values.iter().filter(|v| **v > 0.0).map(|v| v.ln()).collect::<Vec<_>>();
    let (before, after) = (logs(before), logs(after));
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let (moments_b, moments_a) = (moments(&before), moments(&after));
    let ratio = (moments_a.mean - moments_b.mean).exp();
    if before.len() < 2 || after.len() < 2 {
        return Some(Change { ratio, lo: None, hi: None });
    }
    let (n_b, n_a) = (before.len() as f64, after.len() as f64);
    let (of_b, of_a) = (moments_b.variance / n_b, moments_a.variance / n_a);
    let squares = of_b * of_b / (n_b - 1.0) + of_a * of_a / (n_a - 1.0);
    let freedom = if squares > 0.0 { (of_b + of_a).powi(2) / squares } else { f64::INFINITY };
    // Degrees of freedom are rounded down, which gives the wider interval.
    let t = if freedom >= 31.0 { Z90.max(1.697) } else { T95[(freedom.floor() as usize).clamp(1, 30) - 1] };
    let factor = (t * (of_b + of_a).sqrt()).exp();
    Some(Change { ratio, lo: Some(ratio / factor), hi: Some(ratio * factor) })
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
    fn ratio_of_means_has_the_interval_of_welch_by_hand() {
        // Logs 0, ln 2 and ln 4, each side: means ln 2 apart; variance of (0, a, 2a) is a² with a = ln 2. Standard error
        // √(2 a² / 3) = 0.5660, 4 degrees of freedom, t = 2.132: factor e^1.2066 = 3.342.
        let change = ratio_of_means(&[1.0, 2.0, 4.0], &[0.5, 1.0, 2.0]).unwrap();
        assert!((change.ratio - 0.5).abs() < 1e-12);
        assert!((change.hi.unwrap() / 0.5 - 3.342).abs() < 0.002, "{change:?}");
        assert_eq!(ratio_of_means(&[1.0], &[2.0]).unwrap(), Change { ratio: 2.0, lo: None, hi: None });
        assert_eq!(ratio_of_means(&[], &[2.0]), None);
    }

    #[test]
    fn rate_ratio_has_the_wald_interval_by_hand() {
        // 20 in 10 h and 5 in 10 h: 5.5 / 20.5 = 0.2683; factor e^(1.645 √(1/20.5 + 1/5.5)) = e^0.7899 = 2.203.
        let change = rate_ratio(EventRate { count: 20.0, hours: 10.0 }, EventRate { count: 5.0, hours: 10.0 }).unwrap();
        assert!((change.ratio - 0.2683).abs() < 1e-4 && (change.hi.unwrap() / change.ratio - 2.203).abs() < 2e-3);
    }
}
