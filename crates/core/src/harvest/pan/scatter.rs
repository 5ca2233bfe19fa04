//! How far apart pans lie, learned from pans.

use super::super::gain::Judged;

/// The prior weighs as so many pans, and no pan, however odd, counts as more than a surprise of so much; the learned
/// factor on the spread stays in this range (our choice).
const PRIOR_PANS: f64 = 8.0;
const MOST_SURPRISE: f64 = 6.0;
const SCATTER_RANGE: (f64, f64) = (0.7, 2.0);

/// How far apart the pans of a kind lie, as a factor on the spread that was assumed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Scatter {
    surprises: f64,
    pans: f64,
}

impl Scatter {
    pub const PRIOR: Self = Self { surprises: PRIOR_PANS, pans: PRIOR_PANS };

    pub fn variance_factor(self) -> f64 {
        let (low, high) = SCATTER_RANGE;
        (self.surprises / self.pans).clamp(low * low, high * high)
    }

    /// As far as the pan is no blunder, and patches were what was not known of it.
    pub fn learn(&mut self, judged: &Judged) {
        let weight = judged.weight * judged.patches_part;
        self.surprises += weight * judged.surprise.min(MOST_SURPRISE);
        self.pans += weight;
    }
}
