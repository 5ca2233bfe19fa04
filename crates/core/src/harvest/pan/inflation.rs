//! How much wider or narrower the estimate's spread is than the filter takes it for, learned from pans.

use super::super::gain::Judged;

/// The prior weighs as so many pans (our choice), what a pan has said counts half after so many more (proposed), and no
/// pan, however odd, counts as more than a surprise of so much (our choice).
const PRIOR_PANS: f64 = 8.0;
const HALF_LIFE_PANS: f64 = 10.0;
const MOST_SURPRISE: f64 = 9.0;
/// The factor stays in this range (proposed).
const RANGE: (f64, f64) = (0.8, 3.0);

/// A factor on standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Inflation {
    surprises: f64,
    pans: f64,
}

impl Inflation {
    pub const PRIOR: Self = Self { surprises: PRIOR_PANS, pans: PRIOR_PANS };

    pub fn factor(self) -> f64 {
        let (low, high) = RANGE;
        (self.surprises / self.pans).sqrt().clamp(low, high)
    }

    /// As far as the pan is no blunder, and the estimate was what was not known of it.
    pub fn learn(&mut self, judged: &Judged) {
        let weight = judged.weight * judged.estimates_part;
        let keep = (-weight / HALF_LIFE_PANS).exp2();
        self.surprises = keep * self.surprises + weight * judged.surprise.min(MOST_SURPRISE);
        self.pans = keep * self.pans + weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(surprises: impl IntoIterator<Item = f64>) -> f64 {
        let mut inflation = Inflation::PRIOR;
        for surprise in surprises {
            let sure = Judged { residual: 0.0, surprise, weight: 1.0, estimates_part: 1.0, patches_part: 0.0 };
            inflation.learn(&sure);
        }
        inflation.factor()
    }

    #[test]
    fn surprises_of_one_change_nothing_others_by_their_weight() {
        assert_eq!(after([]), 1.0);
        assert!((after([1.0; 20]) - 1.0).abs() < 1e-12);
        // Ten surprises of 3: the prior has half its weight, 4; theirs is (1 − 1/2) / (1 − 2^−0.1) = 7.4697.
        // √((4 + 3 × 7.4697) / (4 + 7.4697)) = √2.30253.
        assert!((after([3.0; 10]) - 2.302_53f64.sqrt()).abs() < 1e-4);
        // Long after, only the newest count.
        assert!((after([4.0; 200]) - 2.0).abs() < 1e-4);
        assert!((after([4.0; 40].into_iter().chain([1.0; 100])) - 1.0).abs() < 0.01);
    }

    #[test]
    fn it_stays_in_its_range() {
        assert_eq!(after([0.0; 100]), 0.8);
        assert!((after([1e9; 200]) - 3.0).abs() < 1e-4, "no pan counts for more than 9");
    }

    #[test]
    fn blunders_and_pans_that_tell_of_themselves_teach_nothing() {
        for (weight, estimates_part) in [(0.0, 1.0), (1.0, 0.0)] {
            let mut inflation = Inflation::PRIOR;
            inflation.learn(&Judged { residual: 3.0, surprise: 9.0, weight, estimates_part, patches_part: 0.0 });
            assert_eq!(inflation, Inflation::PRIOR);
        }
    }
}
