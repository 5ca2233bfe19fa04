//! Whether crop is going in, as the machine feels it: by its feed-rate sensor, or else by what the engine has to give.

use crate::time::STEP_S;
use super::levels::Levels;
use crate::machine::{Channel, Readings};

/// The usual feed rate and load at work are learned over so long, s; what is low or high is judged against them.
const USUAL_S: f64 = 60.0;
/// Above this share of the usual feed rate crop is going in, below the other certainly none (our choice).
const FED: f64 = 0.25;
const THIRD_FED: f64 = 0.35;
const NOT_FED: f64 = 0.06;
/// Before anything is usual, a tenth of the rated feed rate is crop.
const FED_OF_RATED: f64 = 0.1;
/// The load is smoothed over so long, s; above this share of the way from idle running to work there is crop, and there
/// still is above the other.
const SMOOTH_S: f64 = 1.0;
const LOADED: (f64, f64) = (0.5, 0.4);

/// What the crop sensors say now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CropSign {
    /// The feed-rate sensor: `Some(true)` crop, `Some(false)` none, `None` in between or unknown.
    pub by_feed: Option<bool>,
    /// There is a feed-rate sensor that says something now.
    pub feed_known: bool,
    /// It says more than a third of what is usual.
    pub third_fed: bool,
    /// The engine's load: a weaker sign.
    pub by_load: Option<bool>,
}

/// Learns what is usual.
#[derive(Clone, Debug)]
pub(super) struct CropSense {
    rated_feed_kg_s: f64,
    usual_feed_kg_s: Option<f64>,
    load: Option<f64>,
    loads: Levels,
    loaded: bool,
}

impl CropSense {
    pub const fn new(rated_feed_kg_s: f64) -> Self {
        Self { rated_feed_kg_s, usual_feed_kg_s: None, load: None, loads: Levels::of_loads(), loaded: false }
    }

    /// One step with the gear driven or not.
    pub fn step(&mut self, readings: &Readings, driven: bool) -> CropSign {
        let feed = readings.value(Channel::FeedRate);
        let fed_above = self.usual_feed_kg_s.map_or(FED_OF_RATED * self.rated_feed_kg_s, |usual| FED * usual);
        let not_fed_below = self.usual_feed_kg_s.map_or(0.02 * self.rated_feed_kg_s, |usual| NOT_FED * usual);
        let by_feed = feed.and_then(|feed| match () {
            () if feed > fed_above => Some(true),
            () if feed < not_fed_below => Some(false),
            () => None,
        });
        let third = THIRD_FED * self.usual_feed_kg_s.unwrap_or(FED_OF_RATED / THIRD_FED * self.rated_feed_kg_s);
        let third_fed = feed.is_some_and(|feed| feed > third);
        CropSign { by_feed, feed_known: feed.is_some(), third_fed, by_load: self.load(readings, driven) }
    }

    fn load(&mut self, readings: &Readings, driven: bool) -> Option<bool> {
        let Some(load) = readings.value(Channel::EngineLoad) else {
            self.load = None;
            return None;
        };
        let smooth = self.load.get_or_insert(load);
        *smooth += (load - *smooth) * STEP_S / SMOOTH_S;
        let load = *smooth;
        if driven {
            self.loads.add(load);
        }
        let (idle, work) = self.loads.both()?;
        let share = if self.loaded { LOADED.1 } else { LOADED.0 };
        self.loaded = load > idle + share * (work - idle);
        Some(self.loaded)
    }

    /// The machine cuts: what goes in now is usual.
    pub fn learn(&mut self, readings: &Readings) {
        let Some(feed) = readings.value(Channel::FeedRate) else { return };
        let usual = self.usual_feed_kg_s.get_or_insert(feed.max(0.3 * self.rated_feed_kg_s));
        // What is nearly nothing is no crop to be learned from.
        if feed > 0.3 * *usual {
            *usual += (feed - *usual) * STEP_S / USUAL_S;
        }
    }
}
