//! Where the grain went: each second's loss at the header and behind the machine is booked to what was plainly wrong then, or
//! to ordinary work.

use super::work::{Work, rear_kg_s};
use crate::learner::Cab;
use crate::scenario::Scenario;
use crate::truth::{Activity, TruthRow};

// How far from right is plainly wrong; our choice.
const SHAFT_OFF: f64 = 0.07;
const GAP_OFF: f64 = 0.25;
const HEIGHT_OFF_M: f64 = 0.04;
const REEL_OFF: f64 = 0.3;
const FEED_OVER: f64 = 1.2;
const SPEED_OVER: f64 = 1.25;
/// From this share of lodged crop on the header's loss is that of lodged crop.
const LODGED_SHARE: f64 = 0.5;

/// What a loss is booked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Header: cutting while turning.
    TurnCut,
    /// Header: knife too high.
    HeaderHigh,
    /// Header: reel too slow or too fast for the ground speed.
    Reel,
    /// Header: too fast over ground.
    Speed,
    /// Header: lodged crop.
    Lodged,
    /// Header: ordinary work.
    Header,
    /// Behind: the engine pulled down, so that drum, fan and sieves are slow.
    Lugging,
    /// Behind: throttle held back.
    Throttle,
    /// Behind: more feed than the task's.
    Overload,
    /// Behind: fan off.
    Fan,
    /// Behind: a sieve off.
    Sieves,
    /// Behind: drum or concave off.
    Threshing,
    /// Behind: ordinary work.
    Rear,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 13] = [
        Self::TurnCut,
        Self::HeaderHigh,
        Self::Reel,
        Self::Speed,
        Self::Lodged,
        Self::Header,
        Self::Lugging,
        Self::Throttle,
        Self::Overload,
        Self::Fan,
        Self::Sieves,
        Self::Threshing,
        Self::Rear,
    ];

    /// The word in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TurnCut => "turn-cut",
            Self::HeaderHigh => "header-high",
            Self::Reel => "reel",
            Self::Speed => "speed",
            Self::Lodged => "lodged",
            Self::Header => "header",
            Self::Lugging => "lugging",
            Self::Throttle => "throttle",
            Self::Overload => "overload",
            Self::Fan => "fan",
            Self::Sieves => "sieves",
            Self::Threshing => "threshing",
            Self::Rear => "rear",
        }
    }

    /// At the header, not behind the machine.
    const fn is_at_header(self) -> bool {
        (self as usize) <= Self::Header as usize
    }
}

/// What a cause took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CauseCost {
    /// Which.
    pub cause: Cause,
    /// For how long, s.
    pub seconds: f64,
    /// Lost meanwhile, kg.
    pub kg: f64,
    /// Of these more than a trained driver would have lost of the same grain, kg; negative for less.
    pub more_kg: f64,
}

/// Sums by cause.
#[derive(Clone, Debug)]
pub(super) struct Causes {
    target_speed_m_s: f64,
    target_feed_kg_s: f64,
    cut_height_m: f64,
    reel_index: f64,
    /// Seconds, loss and grain, kg.
    sums: [(f64, f64, f64); Cause::ALL.len()],
    rear: Cause,
}

impl Causes {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            target_speed_m_s: scenario.task.speed_m_s,
            target_feed_kg_s: scenario.task.feed_kg_s,
            cut_height_m: scenario.task.cut_height_m,
            reel_index: scenario.crop.header.reel_index,
            sums: [(0.0, 0.0, 0.0); Cause::ALL.len()],
            rear: Cause::Rear,
        }
    }

    pub fn look(&mut self, row: &TruthRow, cab: &Cab) {
        let cutting = row.state == Activity::Cutting;
        if cutting {
            self.rear = self.rear_cause(row, cab);
        }
        // What still falls out in the turn was fed before it.
        let (header, rear) = (self.header_cause(row, cab), self.rear);
        let second = f64::from(u8::from(cutting));
        for (cause, kg) in [(header, row.header_loss_kg_s), (rear, rear_kg_s(row))] {
            let sum = &mut self.sums[cause as usize];
            *sum = (sum.0 + second, sum.1 + kg, sum.2 + row.grain_in_kg_s);
        }
    }

    fn header_cause(&self, row: &TruthRow, cab: &Cab) -> Cause {
        if row.turning_cut {
            Cause::TurnCut
        } else if row.header_height_m > self.cut_height_m + HEIGHT_OFF_M {
            Cause::HeaderHigh
        } else if row.lodged_share > LODGED_SHARE {
            Cause::Lodged
        } else if row.ground_speed_m_s > SPEED_OVER * self.target_speed_m_s {
            Cause::Speed
        } else if cab.reel_index.is_some_and(|index| (index / self.reel_index - 1.0).abs() > REEL_OFF) {
            Cause::Reel
        } else {
            Cause::Header
        }
    }

    fn rear_cause(&self, row: &TruthRow, cab: &Cab) -> Cause {
        let off = cab.set_over_right.map(|share| (share - 1.0).abs());
        let [drum, concave, fan, upper, lower] = off;
        if fan > SHAFT_OFF {
            Cause::Fan
        } else if row.grain_in_kg_s + row.mog_kg_s > FEED_OVER * self.target_feed_kg_s {
            Cause::Overload
        } else if cab.throttle < 0.95 {
            Cause::Throttle
        } else if row.lugging {
            Cause::Lugging
        } else if upper > GAP_OFF || lower > GAP_OFF {
            Cause::Sieves
        } else if drum > SHAFT_OFF || concave > GAP_OFF {
            Cause::Threshing
        } else {
            Cause::Rear
        }
    }

    /// What each one took, the dearest first.
    pub fn costs(&self, trained: &Work) -> Vec<CauseCost> {
        let per_grain = |kg: f64| if trained.grain_kg > 0.0 { kg / trained.grain_kg } else { 0.0 };
        let (header, rear) = (per_grain(trained.header_loss_kg), per_grain(trained.rear_loss_kg));
        let cost = |cause: Cause| {
            let (seconds, kg, grain_kg) = self.sums[cause as usize];
            let usual = if cause.is_at_header() { header } else { rear };
            CauseCost { cause, seconds, kg, more_kg: kg - usual * grain_kg }
        };
        let mut costs: Vec<CauseCost> =
            Cause::ALL.into_iter().map(cost).filter(|cost| cost.seconds > 0.0 || cost.kg > 0.0).collect();
        costs.sort_by(|one, other| other.more_kg.total_cmp(&one.more_kg));
        costs
    }
}
