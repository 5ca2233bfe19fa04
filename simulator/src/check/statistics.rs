//! Means, percentiles and lines through points.

/// Mean; not a number for nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation.
pub fn sd(values: &[f64]) -> f64 {
    let middle = mean(values);
    (values.iter().map(|value| (value - middle) * (value - middle)).sum::<f64>() / values.len() as f64).sqrt()
}

/// The value below which a share of them lies; not a number for nothing.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * (sorted.len() as f64 - 1.0)).round();
    sorted.get(at.max(0.0) as usize).copied().unwrap_or(f64::NAN)
}

/// Slope and intercept of the line of least squares through points.
pub fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let (x, y) = (mean(&xs), mean(&ys));
    let both: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let slope = both / points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum::<f64>();
    (slope, y - slope * x)
}

/// Where a rising row of values, one a step, first reaches a level, between two of them by a straight line.
pub fn reaches(values: &[f64], level: f64) -> f64 {
    let found = values.windows(2).position(|pair| pair[0] < level && pair[1] >= level);
    found.map_or(f64::NAN, |at| at as f64 + (level - values[at]) / (values[at + 1] - values[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sums_done_by_hand() {
        assert_eq!((mean(&[1.0, 2.0, 6.0]), sd(&[1.0, 3.0])), (3.0, 1.0));
        assert_eq!(percentile(&[5.0, 1.0, 3.0], 0.5), 3.0);
        assert!(percentile(&[], 0.5).is_nan());
        assert_eq!(line(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), (2.0, 1.0));
        assert_eq!(reaches(&[0.0, 0.5, 1.5], 1.0), 1.5);
    }
}
