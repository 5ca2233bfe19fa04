//! What was advised in a pass, for the turn and the stop behind it: that is when settings are changed.

use super::active_alarms::{Advice, KeptStep};
use super::next_step::NextStep;
use crate::harvest::Activity;

/// The newest step that was advised while the machine cut.
#[derive(Debug, Default)]
pub(super) struct KeptAdvice {
    newest: Option<KeptStep>,
}

impl KeptAdvice {
    /// One step: takes what is advised while the machine cuts, and gives it while it does not. A pass that is too short to be
    /// judged advises nothing, and leaves what there was.
    pub fn step(&mut self, activity: Option<Activity>, advice: &mut Advice) {
        advice.kept = None;
        match activity {
            Some(Activity::Cutting) => {
                let newest = advice.shown_step().filter(|shown| outlasts_the_pass(shown.step));
                if newest.is_some() || !advice.is_starting {
                    self.newest = newest;
                }
            }
            Some(Activity::Turning | Activity::Stopped | Activity::Transport) => {
                advice.kept = self.newest.filter(|_| advice.next_step.is_none());
            }
            None => {}
        }
    }
}

/// What is to be done at once, at the wheel, is over with the pass.
const fn outlasts_the_pass(step: NextStep) -> bool {
    !matches!(
        step,
        NextStep::RaiseHeader
            | NextStep::HoldThrottle
            | NextStep::FewerTurns
            | NextStep::ClearPlug
            | NextStep::CheckSignals
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(step: Option<NextStep>) -> Advice {
        let mut advice = Advice::default();
        (advice.next_step, advice.adjustment) = (step, 1);
        advice
    }

    #[test]
    fn the_advice_of_a_pass_stays_in_the_turn_and_goes_with_the_next_pass() {
        let mut kept = KeptAdvice::default();
        let mut advice = advised(Some(NextStep::CheckSeparation));
        kept.step(Some(Activity::Cutting), &mut advice);
        assert_eq!(advice.kept, None, "it is advised now");
        for activity in [Activity::Turning, Activity::Stopped] {
            let mut turning = advised(None);
            kept.step(Some(activity), &mut turning);
            let shown = turning.shown_step().unwrap();
            assert_eq!((shown.step, shown.adjustment), (NextStep::CheckSeparation, 1), "{activity:?}");
        }
        // What must be done in the turn goes before it.
        let mut turns = advised(Some(NextStep::FewerTurns));
        kept.step(Some(Activity::Turning), &mut turns);
        assert_eq!((turns.kept, turns.shown_step().unwrap().step), (None, NextStep::FewerTurns));
        // A pass that ends before it is judged.
        let mut short = advised(None);
        short.is_starting = true;
        kept.step(Some(Activity::Cutting), &mut short);
        let mut turning = advised(None);
        kept.step(Some(Activity::Turning), &mut turning);
        assert_eq!(turning.shown_step().unwrap().step, NextStep::CheckSeparation);
        // The next pass has nothing to advise, or something for the moment only.
        for next in [None, Some(NextStep::HoldThrottle)] {
            kept.step(Some(Activity::Cutting), &mut advised(next));
            let mut turning = advised(None);
            kept.step(Some(Activity::Turning), &mut turning);
            assert_eq!(turning.shown_step(), None, "{next:?}");
        }
    }
}
