//! The level alarm: raised when the loss is very probably above the limit for a while, cleared when it very probably is
//! not, and silent, with the reason said, when nothing can be told.

use crate::harvest::{Activity, Estimate, STEP_S};

/// Raised when the loss is above the limit with this probability for so long (loss-monitor practice: on-delays of 2 to
/// 10 s); cleared below the lower one for so long. The gap between the two is the dead band. Our choice.
const RAISE_ABOVE: f64 = 0.8;
const RAISE_AFTER_S: f64 = 10.0;
const CLEAR_BELOW: f64 = 0.4;
const CLEAR_AFTER_S: f64 = 20.0;
/// After the header goes down, crop needs up to 8 s to the rear, and 5 s more until the figures have settled.
const AFTER_START_S: f64 = 13.0;
/// An alarm ends when for so long nothing could be told of it: nothing cut, or the loss unknown.
const FORGET_AFTER_S: f64 = 60.0;

/// Why the level alarm cannot be raised now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suppression {
    /// No limit is set for this crop.
    NoLimit,
    /// The machine does not cut.
    NotCutting,
    /// The crop of this pass has not come through yet.
    JustStarted,
    /// The header is down in a curve.
    TurningCut,
    /// The loss is not known.
    NoEstimate,
}

impl Suppression {
    /// Every reason, for tests of the words.
    pub const ALL: [Self; 5] = [Self::NoLimit, Self::NotCutting, Self::JustStarted, Self::TurningCut, Self::NoEstimate];

    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoLimit => "no-limit",
            Self::NotCutting => "not-cutting",
            Self::JustStarted => "just-started",
            Self::TurningCut => "turning-cut",
            Self::NoEstimate => "no-estimate",
        }
    }
}

/// What the alarm did in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Raised,
    Cleared,
}

#[derive(Debug, Default)]
pub(super) struct LevelAlarm {
    stands: bool,
    above_s: f64,
    below_s: f64,
    cutting_s: f64,
    unjudged_s: f64,
}

impl LevelAlarm {
    pub fn step(&mut self, estimate: &Estimate, limit_share: Option<f64>) -> (Option<Suppression>, Option<Change>) {
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        self.cutting_s = if cutting { self.cutting_s + STEP_S } else { 0.0 };
        let probability = match (limit_share, estimate.total_share) {
            (None, _) => Err(Suppression::NoLimit),
            _ if !cutting => Err(Suppression::NotCutting),
            _ if estimate.doing.turning_cut == Some(true) => Err(Suppression::TurningCut),
            _ if self.cutting_s < AFTER_START_S => Err(Suppression::JustStarted),
            (Some(_), None) => Err(Suppression::NoEstimate),
            (Some(limit), Some(share)) => Ok(share.probability_above(limit)),
        };
        let Ok(probability) = probability else {
            // A pause keeps what stands, but the delays begin anew.
            self.above_s = 0.0;
            self.below_s = 0.0;
            self.unjudged_s += STEP_S;
            let forget = self.stands && self.unjudged_s > FORGET_AFTER_S;
            return (probability.err(), forget.then(|| self.clear()));
        };
        self.unjudged_s = 0.0;
        self.above_s = if probability > RAISE_ABOVE { self.above_s + STEP_S } else { 0.0 };
        self.below_s = if probability < CLEAR_BELOW { self.below_s + STEP_S } else { 0.0 };
        let half = 0.5 * STEP_S;
        let change = if !self.stands && self.above_s > RAISE_AFTER_S - half {
            self.stands = true;
            Some(Change::Raised)
        } else if self.stands && self.below_s > CLEAR_AFTER_S - half {
            Some(self.clear())
        } else {
            None
        };
        (None, change)
    }

    /// A gap without a record counts like a pause that was long enough to forget.
    pub fn interrupt(&mut self) {
        self.unjudged_s = f64::INFINITY;
        self.cutting_s = 0.0;
    }

    fn clear(&mut self) -> Change {
        self.stands = false;
        Change::Cleared
    }
}
