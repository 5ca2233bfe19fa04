//! Whether crop is coming in: by the feed-rate sensor, or else by the engine's load.

use super::two_levels::TwoLevels;
use crate::machine::{Channel, Readings};
use crate::params::{CropEvidenceParams, Params};
use crate::time::STEP_S;

/// What the crop sensors say now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CropEvidence {
    /// The feed-rate sensor: `Some(true)` crop, `Some(false)` none, `None` in between or unknown.
    pub by_feed: Option<bool>,
    /// The feed-rate sensor has a value now.
    pub feed_known: bool,
    /// It reads more than a third of the usual feed rate.
    pub third_fed: bool,
    /// The engine's load: weaker evidence.
    pub by_load: Option<bool>,
}

/// Learns the usual feed rate and load.
#[derive(Clone, Debug)]
pub(super) struct CropDetector {
    params: CropEvidenceParams,
    rated_feed_kg_s: f64,
    usual_feed_kg_s: Option<f64>,
    load: Option<f64>,
    loads: TwoLevels,
    loaded: bool,
}

impl CropDetector {
    pub fn new(rated_feed_kg_s: f64, params: &Params) -> Self {
        let loads = TwoLevels::of_loads(params.crop_evidence.levels_apart, &params.two_levels);
        let params = params.crop_evidence;
        Self { params, rated_feed_kg_s, usual_feed_kg_s: None, load: None, loads, loaded: false }
    }

    /// One step with the gear driven or not.
    pub fn step(&mut self, readings: &Readings, driven: bool) -> CropEvidence {
        let feed = readings.value(Channel::FeedRate);
        let (usual, rated) = (self.usual_feed_kg_s, self.rated_feed_kg_s);
        let CropEvidenceParams { fed_share, third_share, not_fed_share, fed_share_of_rated, .. } = self.params;
        let fed_above = usual.map_or(fed_share_of_rated * rated, |usual| fed_share * usual);
        let not_fed_below = usual.map_or(self.params.not_fed_share_of_rated * rated, |usual| not_fed_share * usual);
        let by_feed = feed.and_then(|feed| {
            if feed > fed_above {
                Some(true)
            } else if feed < not_fed_below {
                Some(false)
            } else {
                None
            }
        });
        let third = third_share * usual.unwrap_or(fed_share_of_rated / third_share * rated);
        let third_fed = feed.is_some_and(|feed| feed > third);
        CropEvidence { by_feed, feed_known: feed.is_some(), third_fed, by_load: self.load(readings, driven) }
    }

    fn load(&mut self, readings: &Readings, driven: bool) -> Option<bool> {
        let Some(load) = readings.value(Channel::EngineLoad) else {
            self.load = None;
            return None;
        };
        let smooth = self.load.get_or_insert(load);
        *smooth += (load - *smooth) * STEP_S / self.params.load_smooth_s;
        let load = *smooth;
        if driven {
            self.loads.add(load);
        }
        let (idle, work) = self.loads.both()?;
        let share = if self.loaded { self.params.loaded_off_share } else { self.params.loaded_on_share };
        self.loaded = load > idle + share * (work - idle);
        Some(self.loaded)
    }

    /// The machine cuts: learns the usual feed rate from the present one.
    pub fn learn(&mut self, readings: &Readings) {
        let Some(feed) = readings.value(Channel::FeedRate) else { return };
        let usual = self.usual_feed_kg_s.get_or_insert(feed.max(self.params.learn_from_share * self.rated_feed_kg_s));
        // A feed rate near zero is no crop to learn from.
        if feed > self.params.learn_from_share * *usual {
            *usual += (feed - *usual) * STEP_S / self.params.usual_s;
        }
    }
}
