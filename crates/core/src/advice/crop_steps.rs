//! What the driver says of the crop calls for steps of its own: slower, another direction, another header. They come one
//! after the other when it is said, and again while such a crop loses more than the limit.

use super::next_step::NextStep;
use crate::crop_conditions::{CropConditions, Stand};
use crate::harvest::{Activity, Estimate, Stream};
use crate::params::CropStepParams;
use crate::time::STEP_S;

/// The steps of what was said, most urgent first.
fn steps_of(crop: CropConditions) -> impl Iterator<Item = NextStep> {
    let lies = matches!(crop.stand, Some(Stand::Lodged | Stand::Leaning));
    let of = [
        (lies, NextStep::WorkLodged),
        (crop.is_wet(), NextStep::WorkWet),
        (crop.is_weedy(), NextStep::WorkWeedy),
        (crop.is_on_slope(), NextStep::WorkSlope),
    ];
    of.into_iter().filter(|(said, _)| *said).map(|(_, step)| step)
}

/// What was said, and for how long the machine has cut since.
#[derive(Debug)]
pub(super) struct CropSteps {
    params: CropStepParams,
    said: CropConditions,
    cut_s: f64,
}

/// A step, and which of its adjustments is next.
pub(super) type CropStep = (NextStep, usize);

impl CropSteps {
    pub const fn new(params: &CropStepParams) -> Self {
        Self { params: *params, said: CropConditions::UNKNOWN, cut_s: 0.0 }
    }

    /// One step.
    pub fn step(&mut self, estimate: &Estimate) {
        if self.said != estimate.crop {
            (self.said, self.cut_s) = (estimate.crop, 0.0);
        }
        if estimate.doing.activity == Some(Activity::Cutting) {
            self.cut_s += STEP_S;
        }
    }

    /// The step of what was said a moment ago: each adjustment of each step in turn. `count` tells how many a step has.
    pub fn just_said(&self, count: impl Fn(NextStep) -> usize) -> Option<CropStep> {
        let mut left = self.turn();
        for step in steps_of(self.said) {
            let adjustments = count(step).max(1);
            if left < adjustments {
                return Some((step, left));
            }
            left -= adjustments;
        }
        None
    }

    /// The step for a loss above the limit in this stream: each adjustment in turn, and in the last turn none, so that
    /// the loss is measured, too.
    pub fn above(&self, stream: Stream, count: impl Fn(NextStep) -> usize) -> Option<CropStep> {
        let of_stream = |step: &NextStep| match stream {
            Stream::Header => matches!(step, NextStep::WorkLodged | NextStep::WorkWeedy),
            Stream::Separation => matches!(step, NextStep::WorkWet),
            Stream::Cleaning => matches!(step, NextStep::WorkWet | NextStep::WorkSlope),
        };
        let step = steps_of(self.said).find(of_stream)?;
        let adjustments = count(step).max(1);
        let at = self.turn() % (adjustments + 1);
        (at < adjustments).then_some((step, at))
    }

    /// How many adjustments have had their time.
    fn turn(&self) -> usize {
        (self.cut_s / self.params.each_s) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_adjustment_has_its_time_and_then_the_loss_decides() {
        let crop = CropConditions { stand: Some(Stand::Lodged), wet: Some(true), ..CropConditions::UNKNOWN };
        let at = |cut_s| CropSteps { params: CropStepParams::DEFAULT, said: crop, cut_s };
        let count = |step| if step == NextStep::WorkLodged { 4 } else { 3 };
        // 30 s each: four of the lodged crop, three of the wet one.
        for (cut_s, step) in [
            (0.0, Some((NextStep::WorkLodged, 0))),
            (95.0, Some((NextStep::WorkLodged, 3))),
            (125.0, Some((NextStep::WorkWet, 0))),
            (205.0, Some((NextStep::WorkWet, 2))),
            (211.0, None),
        ] {
            assert_eq!(at(cut_s).just_said(count), step, "{cut_s}");
        }
        // Above the limit: turn 10 of five is the first again, turn 14 leaves the step to the measuring.
        assert_eq!(at(301.0).above(Stream::Header, count), Some((NextStep::WorkLodged, 0)));
        assert_eq!(at(421.0).above(Stream::Header, count), None);
        assert_eq!(at(361.0).above(Stream::Separation, count), Some((NextStep::WorkWet, 0)));
        let standing = CropSteps { said: CropConditions::UNKNOWN, ..at(301.0) };
        assert_eq!((standing.just_said(count), standing.above(Stream::Header, count)), (None, None));
    }
}
