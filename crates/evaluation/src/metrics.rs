//! Statistics of lists.

/// The value below which this share of the values lies, by linear interpolation between the two nearest (Hyndman & Fan
/// 1996, type 7); `None` of none.
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let low = *sorted.get(below)?;
    Some(sorted.get(below + 1).map_or(low, |high| low + part * (high - low)))
}

/// The mean; `None` of none.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value; `None` of none.
pub fn median(values: &[f64]) -> Option<f64> {
    percentile(values, 0.5)
}

/// How often a reported flag agrees with the true one, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Reported and true.
    pub both: u32,
    /// ReportedHarvest, but not so.
    pub only_reported: u32,
    /// True, not reported.
    pub only_true: u32,
}

impl Confusion {
    /// Another second.
    pub fn add(&mut self, reported: bool, is_true: bool) {
        match (reported, is_true) {
            (true, true) => self.both += 1,
            (true, false) => self.only_reported += 1,
            (false, true) => self.only_true += 1,
            (false, false) => {}
        }
    }

    /// Both together.
    pub fn join(&mut self, other: Self) {
        self.both += other.both;
        self.only_reported += other.only_reported;
        self.only_true += other.only_true;
    }

    /// The harmonic mean of precision and recall, 2 both / (2 both + only reported + only true); `None`
    /// when neither was ever set.
    pub fn f1(self) -> Option<f64> {
        let twice = 2.0 * f64::from(self.both);
        let all = twice + f64::from(self.only_reported) + f64::from(self.only_true);
        (all > 0.0).then(|| twice / all)
    }
}

/// Sums over ten-second windows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Windows {
    /// Windows that are judged.
    pub judged: u32,
    /// Of them, those for which the monitor reported a loss.
    pub reported: u32,
    /// Sum of squared log ratios of the latter.
    pub squares: f64,
    /// Those with an interval, those of them with the truth inside, and the sum of the interval's log widths.
    pub with_band: u32,
    /// Truth inside.
    pub inside: u32,
    /// Σ ln(hi / lo).
    pub widths: f64,
}

impl Windows {
    /// A window with a report: log of reported over true loss; log width and whether the truth is inside.
    pub fn add(&mut self, log_ratio: f64, band: Option<(f64, bool)>) {
        self.reported += 1;
        self.squares += log_ratio * log_ratio;
        if let Some((width, inside)) = band {
            self.with_band += 1;
            self.inside += u32::from(inside);
            self.widths += width;
        }
    }

    /// Both together.
    pub fn join(&mut self, other: &Self) {
        self.judged += other.judged;
        self.reported += other.reported;
        self.squares += other.squares;
        self.with_band += other.with_band;
        self.inside += other.inside;
        self.widths += other.widths;
    }

    /// Root mean square of the log ratios.
    pub fn rmse(&self) -> Option<f64> {
        (self.reported > 0).then(|| (self.squares / f64::from(self.reported)).sqrt())
    }

    /// Share of the intervals that hold the truth.
    pub fn coverage(&self) -> Option<f64> {
        (self.with_band > 0).then(|| f64::from(self.inside) / f64::from(self.with_band))
    }

    /// The mean interval as a factor to either side: exp(mean ln(hi / lo) / 2).
    pub fn factor(&self) -> Option<f64> {
        (self.with_band > 0).then(|| (0.5 * self.widths / f64::from(self.with_band)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        // Sorted 1 2 4 8: the median is between 2 and 4; 0.9 is at place 2.7, 4 + 0.7 × 4 = 6.8.
        let values = [8.0, 1.0, 4.0, 2.0];
        assert_eq!(median(&values), Some(3.0));
        assert!((percentile(&values, 0.9).unwrap() - 6.8).abs() < 1e-12);
        assert_eq!((percentile(&values, 0.0), percentile(&values, 1.0)), (Some(1.0), Some(8.0)));
        assert_eq!((median(&[]), median(&[7.0])), (None, Some(7.0)));
    }

    #[test]
    fn f1_by_hand() {
        let mut scores = Confusion::default();
        assert_eq!(scores.f1(), None);
        // ReportedHarvest in 4 seconds, so in 5, 3 in common: precision 3/4, recall 3/5, F1 = 2 × 0.45 / 1.35 = 2/3.
        for (reported, is_true) in
            [(true, true), (true, true), (true, true), (true, false), (false, true), (false, true), (false, false)]
        {
            scores.add(reported, is_true);
        }
        assert!((scores.f1().unwrap() - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn windows_by_hand() {
        let mut windows = Windows { judged: 4, ..Windows::default() };
        // Twice too much, half too little, right; intervals ×/÷ 3, ×/÷ 1.5 and none.
        windows.add(2f64.ln(), Some((2.0 * 3f64.ln(), true)));
        windows.add(0.5f64.ln(), Some((2.0 * 1.5f64.ln(), false)));
        windows.add(0.0, None);
        // √((0.480453 + 0.480453 + 0) / 3) = 0.565952.
        assert!((windows.rmse().unwrap() - 0.565_952).abs() < 1e-6);
        assert_eq!(windows.coverage(), Some(0.5));
        // √(3 × 1.5).
        assert!((windows.factor().unwrap() - 4.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(Windows::default().rmse(), None);
    }
}
