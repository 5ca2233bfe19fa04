//! A number with its 90 % interval, and log-normal quantities.

use crate::math::{Z90, exp, exp_m1, hypot, ln, ln_1p, normal_cdf, square};

/// An estimate with its 90 % interval, in the unit of the quantity. `lo <= value <= hi`. Values of parts add up to the value
/// of their whole, since means do; the ends of intervals do not.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval90 {
    /// The mean: what is to be expected.
    pub value: f64,
    /// The 5 % quantile.
    pub lo: f64,
    /// The 95 % quantile.
    pub hi: f64,
}

/// A positive quantity that is known to within a factor: its logarithm is normal. A median of 0 means certainly zero, such
/// as grain at a header that is not cutting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LogNormal {
    /// The median, in the quantity's unit; not negative.
    pub median: f64,
    /// Standard deviation of the natural logarithm.
    pub log_sd: f64,
}

/// Beyond this log sd the mean of a log-normal comes from a tail at tens of times its median, which no loss has: the mean of
/// a wider one is taken as if it spread by this (our choice).
const MEAN_LOG_SD_MOST: f64 = 1.0;

/// The mean of a log-normal over its median.
fn mean_factor(log_sd: f64) -> f64 {
    exp(0.5 * square(log_sd.min(MEAN_LOG_SD_MOST)))
}

impl Interval90 {
    /// Of a quantity that cannot be above `most`.
    #[must_use]
    pub fn at_most(self, most: f64) -> Self {
        Self { value: self.value.min(most), lo: self.lo.min(most), hi: self.hi.min(most) }
    }
}

impl LogNormal {
    /// Certainly zero.
    pub const ZERO: Self = Self { median: 0.0, log_sd: 0.0 };

    /// With this mean.
    pub fn of_mean(mean: f64, log_sd: f64) -> Self {
        Self { median: mean / mean_factor(log_sd), log_sd }
    }

    /// The mean, which is above the median. Means of parts add up to the mean of the whole, medians do not.
    pub fn mean(self) -> f64 {
        self.median * mean_factor(self.log_sd)
    }

    /// The mean, with the 90 % interval.
    pub fn band(self) -> Interval90 {
        let factor = self.band_factor();
        Interval90 { value: self.mean(), lo: self.median / factor, hi: self.median * factor }
    }

    /// The upper end of the 90 % interval over the median.
    fn band_factor(self) -> f64 {
        exp(Z90 * self.log_sd)
    }

    /// The same quantity, which cannot be above `most`: no stream loses more grain than passes. The lower end of its interval
    /// stays, the upper one is `most` where it was above.
    #[must_use]
    pub fn at_most(self, most: f64) -> Self {
        let factor = self.band_factor();
        if self.median * factor <= most {
            return self;
        }
        if most <= 0.0 {
            return Self::ZERO;
        }
        let lo = (self.median / factor).min(most);
        let inside = Self { median: (lo * most).sqrt(), log_sd: 0.5 * ln(most / lo) / Z90 };
        if inside.mean() > most { Self::of_mean(most, inside.log_sd) } else { inside }
    }

    /// With the same mean, which is at most `most`, and an interval that ends there where it ended above: a sum of parts that
    /// [`LogNormal::at_most`] has bounded.
    #[must_use]
    pub fn narrowed_to(self, most: f64) -> Self {
        if self.median * self.band_factor() <= most {
            return self;
        }
        let mean = self.mean();
        if mean <= 0.0 {
            return self;
        }
        // The upper end is mean · e^(z s − s² / 2), and beyond the widest mean mean · e^(z s − ½).
        let room = ln(most / mean).max(0.0);
        let wide = (room + 0.5 * square(MEAN_LOG_SD_MOST)) / Z90;
        let log_sd = if wide >= MEAN_LOG_SD_MOST { wide } else { Z90 - (square(Z90) - 2.0 * room).max(0.0).sqrt() };
        Self::of_mean(mean, log_sd.min(self.log_sd))
    }

    /// The 90 % interval of a share, in per cent, at most 100.
    pub fn percent_band(self) -> Interval90 {
        self.scaled(100.0).band().at_most(100.0)
    }

    /// The same quantity in another unit, or a known multiple of it.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { median: self.median * factor, ..self }
    }

    /// The sum of two independent quantities, again taken as log-normal. Its mean is the sum of the means, its variance that
    /// of the variances (Fenton 1960, IRE Transactions on Communications Systems 8:57). The sum is never more certain than
    /// its parts, weighted by their shares.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        if self.median == 0.0 {
            return other;
        }
        if other.median == 0.0 {
            return self;
        }
        let means = [self, other].map(Self::mean);
        let mean = means[0] + means[1];
        let shares = [(means[0] / mean, self.log_sd), (means[1] / mean, other.log_sd)];
        // Squared coefficients of variation, weighted by the parts' shares: squares of small masses would underflow.
        let variance: f64 =
            shares.iter().map(|&(share, log_sd)| square(share) * exp_m1(square(log_sd.min(MEAN_LOG_SD_MOST)))).sum();
        let [a, b] = shares.map(|(share, log_sd)| share * log_sd);
        Self::of_mean(mean, ln_1p(variance).sqrt().max(hypot(a, b)))
    }

    /// The probability that the quantity is above `limit`, 0..=1.
    pub fn probability_above(self, limit: f64) -> f64 {
        if limit <= 0.0 {
            return 1.0;
        }
        if self.median <= 0.0 {
            return 0.0;
        }
        if self.log_sd <= 0.0 {
            return if self.median > limit { 1.0 } else { 0.0 };
        }
        1.0 - normal_cdf(ln(limit / self.median) / self.log_sd)
    }

    /// How far the quantity is above `limit` on average, counting nothing where it is below: E[(X − L)+], in its unit. In
    /// closed form (Black and Scholes 1973, Journal of Political Economy 81:637, without interest):
    /// mean · Φ(d1) − L · Φ(d2) with d2 = ln(median / L) / s and d1 = d2 + s.
    pub fn expected_excess(self, limit: f64) -> f64 {
        if limit <= 0.0 {
            return self.mean() - limit;
        }
        if self.median <= 0.0 || self.log_sd <= 0.0 {
            return (self.median - limit).max(0.0);
        }
        let log_sd = self.log_sd.min(MEAN_LOG_SD_MOST);
        let d2 = ln(self.median / limit) / log_sd;
        (self.mean() * normal_cdf(d2 + log_sd) - limit * normal_cdf(d2)).max(0.0)
    }

    /// How far the quantity is below `limit` on average, counting nothing where it is above: E[(L − X)+], in its unit:
    /// L − mean + E[(X − L)+], written so that it does not cancel: L · Φ(−d2) − mean · Φ(−d1).
    pub fn expected_shortfall(self, limit: f64) -> f64 {
        if limit <= 0.0 {
            return 0.0;
        }
        if self.median <= 0.0 || self.log_sd <= 0.0 {
            return (limit - self.median).max(0.0);
        }
        let log_sd = self.log_sd.min(MEAN_LOG_SD_MOST);
        let d2 = ln(self.median / limit) / log_sd;
        (limit * normal_cdf(-d2) - self.mean() * normal_cdf(-d2 - log_sd)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_median_divided_and_multiplied_by_its_factor_and_the_value_the_mean() {
        // log_sd = ln 2 / 1.6449 = 0.42140: the 90 % interval of a median of 1 kg/s is 0.5 to 2 kg/s, the mean
        // e^(0.42140² / 2) = 1.09283.
        let band = LogNormal { median: 1.0, log_sd: ln(2f64) / Z90 }.band();
        assert!((band.lo - 0.5).abs() < 1e-12 && (band.hi - 2.0).abs() < 1e-12);
        assert!((band.value - 1.092_83).abs() < 1e-4, "{band:?}");
        assert!((LogNormal::of_mean(3.0, 0.7).mean() - 3.0).abs() < 1e-12);
        // A tail without end: the mean is at most e^0.5 times the median.
        assert!((LogNormal { median: 1.0, log_sd: 4.0 }.mean() - 1.648_72).abs() < 1e-4);
    }

    #[test]
    fn a_share_is_never_above_100_per_cent() {
        // A tenth, to a factor of 20: 0.5 to 200 %, of which there are 100.
        let band = LogNormal { median: 0.1, log_sd: ln(20f64) / Z90 }.percent_band();
        assert!((band.lo - 0.5).abs() < 1e-9 && band.hi == 100.0 && band.value < 17.0, "{band:?}");
    }

    #[test]
    fn what_cannot_be_above_a_bound_keeps_its_lower_end() {
        // From 1 to 100, of which at most 4: from 1 to 4, with the median 2.
        let wide = LogNormal { median: 10.0, log_sd: ln(10f64) / Z90 }.at_most(4.0);
        assert!((wide.band().lo - 1.0).abs() < 1e-9 && (wide.band().hi - 4.0).abs() < 1e-9, "{wide:?}");
        assert!((wide.median - 2.0).abs() < 1e-9 && wide.mean() < 4.0);
        let low = LogNormal { median: 1.0, log_sd: 0.5 };
        assert_eq!(low.at_most(4.0), low);
        // All of it beyond: just the bound.
        let beyond = LogNormal { median: 50.0, log_sd: 0.1 }.at_most(4.0);
        assert!((beyond.mean() - 4.0).abs() < 1e-9 && beyond.log_sd < 1e-9, "{beyond:?}");
        assert_eq!(low.at_most(0.0), LogNormal::ZERO);
        // The same mean, and the upper end where it can be at most, for narrow and for wide laws.
        for (median, log_sd, most) in [(1.0, 0.6, 2.0), (0.1, 2.5, 4.0), (1.0, 1.2, 3.0)] {
            let law = LogNormal { median, log_sd };
            let narrowed = law.narrowed_to(most);
            assert!((narrowed.mean() - law.mean()).abs() < 1e-12, "{narrowed:?}");
            assert!((narrowed.band().hi - most).abs() < 1e-9 && narrowed.log_sd < log_sd, "{narrowed:?}");
        }
        assert_eq!(low.narrowed_to(4.0), low);
    }

    #[test]
    fn a_sum_keeps_mean_and_variance() {
        let (a, b) = (LogNormal { median: 1.0, log_sd: 0.5 }, LogNormal { median: 3.0, log_sd: 0.8 });
        let sum = a.plus(b);
        // By hand: means e^0.125 = 1.13315 and 3 e^0.32 = 4.13138.
        assert!((sum.mean() - 5.264_53).abs() < 1e-4);
        // Variances mean² (e^(sd²) − 1): 1.28403 × 0.284025 = 0.36470 and 17.06832 × 0.896481 = 15.30143.
        let variance = square(sum.mean()) * exp_m1(sum.log_sd * sum.log_sd);
        assert!((variance - 15.666_13).abs() < 1e-3, "{variance}");
        assert_eq!(LogNormal::ZERO.plus(b), b);
        assert_eq!(a.plus(LogNormal::ZERO), a);
    }

    #[test]
    fn means_add_up_however_wide_the_parts_are() {
        for (a, b) in [(0.1, 0.1), (0.9, 2.66), (2.0, 3.0), (0.0, 1.2)] {
            let parts = [LogNormal { median: 0.02, log_sd: a }, LogNormal { median: 0.05, log_sd: b }];
            let (sum, mean) = (parts[0].plus(parts[1]), parts[0].mean() + parts[1].mean());
            assert!((sum.mean() - mean).abs() < 1e-15 && sum.log_sd <= a.max(b), "{sum:?}");
        }
    }

    #[test]
    fn an_uncertain_small_part_changes_a_sum_little() {
        // The header loses 20 g/s; the first crop leaves the rear, 0.4 g/s to within a factor of 80. By the moments of such a
        // tail the sum would have a median of 5 g/s.
        let sum = LogNormal { median: 0.02, log_sd: 0.9 }.plus(LogNormal { median: 0.0004, log_sd: 2.66 });
        assert!((0.02..0.024).contains(&sum.median) && (0.8..1.0).contains(&sum.log_sd), "{sum:?}");
        // An uncertain large part stays uncertain beside a small one.
        let sum = LogNormal { median: 0.001, log_sd: 0.9 }.plus(LogNormal { median: 0.05, log_sd: 2.66 });
        assert!(sum.log_sd > 2.6, "{sum:?}");
    }

    #[test]
    fn the_probability_above_the_median_is_one_half() {
        let loss = LogNormal { median: 0.012, log_sd: 0.6 };
        assert!((loss.probability_above(0.012) - 0.5).abs() < 1e-6);
        // One standard deviation below the median: Φ(1) = 0.84134.
        assert!((loss.probability_above(0.012 * exp(-0.6f64)) - 0.841_34).abs() < 1e-4);
        assert_eq!(LogNormal::ZERO.probability_above(0.01), 0.0);
    }

    #[test]
    fn excess_and_shortfall_are_as_by_hand() {
        // Median 1, log sd 0.5, limit 1: d2 = 0, d1 = 0.5; mean e^0.125 = 1.133148; Φ(0.5) = 0.691462.
        // Excess 1.133148 × 0.691462 − 0.5 = 0.283529; shortfall 0.5 − 1.133148 × 0.308538 = 0.150381.
        let share = LogNormal { median: 1.0, log_sd: 0.5 };
        assert!((share.expected_excess(1.0) - 0.283_529).abs() < 1e-5, "{}", share.expected_excess(1.0));
        assert!((share.expected_shortfall(1.0) - 0.150_381).abs() < 1e-5, "{}", share.expected_shortfall(1.0));
        // Limit 2: d2 = −1.386294, d1 = −0.886294; Φ 0.082826 and 0.187731: 0.212727 − 0.165652 = 0.047075.
        assert!((share.expected_excess(2.0) - 0.047_075).abs() < 1e-5, "{}", share.expected_excess(2.0));
        // Excess less shortfall is mean less limit.
        for (limit, log_sd) in [(0.3, 0.2), (1.0, 0.9), (4.0, 1.4)] {
            let share = LogNormal { median: 0.8, log_sd };
            let difference = share.expected_excess(limit) - share.expected_shortfall(limit);
            assert!((difference - (share.mean() - limit)).abs() < 1e-6, "{limit} {log_sd}");
        }
        let sure = LogNormal { median: 3.0, log_sd: 0.0 };
        assert_eq!((sure.expected_excess(2.0), sure.expected_shortfall(2.0)), (1.0, 0.0));
        assert_eq!((LogNormal::ZERO.expected_excess(2.0), LogNormal::ZERO.expected_shortfall(2.0)), (0.0, 2.0));
    }
}
