//! Figures of lists. Nothing here knows of grain.

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

/// How often two yes-or-no stories agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Both say yes.
    pub both: u32,
    /// Told, but not so.
    pub only_told: u32,
    /// So, but not told.
    pub only_true: u32,
}

impl Confusion {
    /// Another second.
    pub fn add(&mut self, told: bool, is_true: bool) {
        match (told, is_true) {
            (true, true) => self.both += 1,
            (true, false) => self.only_told += 1,
            (false, true) => self.only_true += 1,
            (false, false) => {}
        }
    }

    /// Both together.
    pub fn join(&mut self, other: Self) {
        self.both += other.both;
        self.only_told += other.only_told;
        self.only_true += other.only_true;
    }

    /// The harmonic mean of precision and recall, 2 both / (2 both + only told + only true); `None` when nothing was told
    /// and nothing was so.
    pub fn f1(self) -> Option<f64> {
        let twice = 2.0 * f64::from(self.both);
        let all = twice + f64::from(self.only_told) + f64::from(self.only_true);
        (all > 0.0).then(|| twice / all)
    }
}

/// Sums over ten-second windows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Windows {
    /// Windows that are judged.
    pub judged: u32,
    /// Of them, those for which the monitor said something.
    pub told: u32,
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
    /// One window told: log of told over truth; log width and whether the truth is inside.
    pub fn add(&mut self, log_ratio: f64, band: Option<(f64, bool)>) {
        self.told += 1;
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
        self.told += other.told;
        self.squares += other.squares;
        self.with_band += other.with_band;
        self.inside += other.inside;
        self.widths += other.widths;
    }

    /// Root mean square of the log ratios.
    pub fn rmse(&self) -> Option<f64> {
        (self.told > 0).then(|| (self.squares / f64::from(self.told)).sqrt())
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
        let mut marks = Confusion::default();
        assert_eq!(marks.f1(), None);
        // Told in 4 seconds, so in 5, 3 in common: precision 3/4, recall 3/5, F1 = 2 × 0.45 / 1.35 = 2/3.
        for (told, is_true) in
            [(true, true), (true, true), (true, true), (true, false), (false, true), (false, true), (false, false)]
        {
            marks.add(told, is_true);
        }
        assert!((marks.f1().unwrap() - 2.0 / 3.0).abs() < 1e-12);
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
