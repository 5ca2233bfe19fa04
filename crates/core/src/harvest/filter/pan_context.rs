//! What has to be remembered of a second for a pan that may have been dropped in it.

use super::state::{ModelLosses, Normal, PerPath, RearPath, StateIndex};
use super::{Ambiguity, LossFilter};

/// What was known at the drop of a pan.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct PanContext {
    /// By the model, at gain 1.
    #[serde(rename = "lost")]
    pub losses: ModelLosses,
    /// What the plates of each path saw of the factor on it; `None` where they did not count, or saw it badly.
    #[serde(rename = "seen")]
    pub plate_views: PerPath<Option<Normal>>,
    /// What plates that may be saturated made of the loss then, beside their view.
    #[serde(default)]
    pub(super) ambiguity: PerPath<Ambiguity>,
    /// How far apart the loads lie that may have left just then: standard deviation of the modelled loss's logarithm.
    pub(super) transit_sd: PerPath<f64>,
    /// The wandering parts then.
    pub(super) wanders: Wanders,
}

/// The wandering parts at the drop; in files a list of three in this order.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(from = "[f64; 3]", into = "[f64; 3]")]
pub(super) struct Wanders {
    pub separation: f64,
    pub cleaning: f64,
    pub header: f64,
}

impl From<[f64; 3]> for Wanders {
    fn from([separation, cleaning, header]: [f64; 3]) -> Self {
        Self { separation, cleaning, header }
    }
}

impl From<Wanders> for [f64; 3] {
    fn from(wanders: Wanders) -> Self {
        [wanders.separation, wanders.cleaning, wanders.header]
    }
}

impl Wanders {
    /// A wander at the drop, from what it was estimated as `then` and what has been learned until `now`: the smoother of
    /// a stationary process that keeps the share `keep` (Rauch, Tung and Striebel 1965).
    pub(super) fn smoothed(keep: f64, then: f64, now: f64) -> f64 {
        then + keep * (now - keep * then)
    }

    /// The variance of the rest of a wander that spreads so far: what of it is gone since the drop.
    pub(super) fn lost_variance(sd: f64, keep: f64) -> f64 {
        sd * sd * (1.0 - keep * keep)
    }
}

impl LossFilter {
    /// What has to be remembered of this second: with the modelled losses, whose plates have just counted, and how far apart
    /// the loads lie that may be leaving.
    pub fn pan_context(
        &self,
        losses: ModelLosses,
        plates_are_fresh: PerPath<bool>,
        ambiguity: PerPath<Ambiguity>,
        transit_sd: PerPath<f64>,
    ) -> PanContext {
        let plate_views = PerPath::from_fn(|path| {
            let view = self.plate_view(path, &losses[path].point);
            (plates_are_fresh[path] && view.variance < self.pans.plate_view_variance_most).then_some(view)
        });
        let ambiguity = PerPath::from_fn(|path| match plate_views[path] {
            Some(_) => ambiguity[path],
            None => Ambiguity::default(),
        });
        let wander = |path: RearPath| self.mean[path.states().wander];
        let wanders = Wanders {
            separation: wander(RearPath::Separation),
            cleaning: wander(RearPath::Cleaning),
            header: self.mean[StateIndex::HeaderWander],
        };
        PanContext { losses, plate_views, ambiguity, transit_sd, wanders }
    }
}
