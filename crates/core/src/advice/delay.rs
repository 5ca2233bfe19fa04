//! The delays of an alarm: how long something must be bad before it is told, and good before it is taken back.

use crate::time::STEP_S;

/// An alarm ends when for so long nothing could be told of it.
const FORGET_AFTER_S: f64 = 60.0;

/// The times of one kind of alarm, in seconds.
#[allow(clippy::struct_field_names, reason = "the unit is in the name")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// Bad for so long, it is raised.
    pub raise_after_s: f64,
    /// Good for so long, it is cleared.
    pub clear_after_s: f64,
    /// Raised again within so long after its end, it is the same alarm once more.
    pub again_within_s: f64,
}

/// What one step says. Between bad and good lies the dead band, which changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Bad,
    Between,
    Good,
    /// Nothing can be told now.
    Untold,
}

/// What an alarm did in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It was raised; how many times in a row.
    Raised(u32),
    Cleared,
}

/// One alarm's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delayed {
    timing: Timing,
    stands: bool,
    bad_s: f64,
    good_s: f64,
    untold_s: f64,
    ended_s: f64,
    times: u32,
}

impl Delayed {
    pub const fn new(timing: Timing) -> Self {
        Self { timing, stands: false, bad_s: 0.0, good_s: 0.0, untold_s: 0.0, ended_s: 0.0, times: 0 }
    }

    pub fn step(&mut self, verdict: Verdict) -> Option<Change> {
        let longer = |seconds: f64, wanted| if wanted { seconds + STEP_S } else { 0.0 };
        // A pause keeps what stands, but the delays begin anew.
        self.bad_s = longer(self.bad_s, verdict == Verdict::Bad);
        self.good_s = longer(self.good_s, verdict == Verdict::Good);
        self.untold_s = longer(self.untold_s, verdict == Verdict::Untold);
        self.ended_s = longer(self.ended_s, !self.stands);
        let half = 0.5 * STEP_S;
        if !self.stands && verdict == Verdict::Bad && self.bad_s > self.timing.raise_after_s - half {
            let again = self.times > 0 && self.ended_s <= self.timing.again_within_s;
            self.times = if again { self.times.saturating_add(1) } else { 1 };
            (self.stands, self.ended_s) = (true, 0.0);
            return Some(Change::Raised(self.times));
        }
        let good = verdict == Verdict::Good && self.good_s > self.timing.clear_after_s - half;
        if self.stands && (good || self.untold_s > FORGET_AFTER_S) {
            self.stands = false;
            return Some(Change::Cleared);
        }
        None
    }

    /// Another alarm speaks for this one now: it ends at once, and is not raised while that lasts.
    pub fn give_way(&mut self) -> Option<Change> {
        (self.bad_s, self.good_s, self.untold_s) = (0.0, 0.0, 0.0);
        std::mem::take(&mut self.stands).then_some(Change::Cleared)
    }

    /// A gap without a record counts like a pause that was long enough to forget.
    pub fn interrupt(&mut self) {
        self.untold_s = f64::INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gave_way_at_once_and_comes_back_is_the_same_alarm() {
        let mut plate = Delayed::new(Timing { raise_after_s: 2.0, clear_after_s: 10.0, again_within_s: 600.0 });
        let good_for = |plate: &mut Delayed, seconds: u32| {
            for _ in 0..seconds * 10 {
                assert_eq!(plate.step(Verdict::Good), None);
            }
        };
        // Bad for two seconds, twenty steps: raised with the last of them.
        let bad = |plate: &mut Delayed| (0..20).filter_map(|_| plate.step(Verdict::Bad)).collect::<Vec<_>>();
        good_for(&mut plate, 700);
        assert_eq!(bad(&mut plate), [Change::Raised(1)]);
        assert_eq!(plate.give_way(), Some(Change::Cleared));
        good_for(&mut plate, 590);
        assert_eq!(bad(&mut plate), [Change::Raised(2)]);
        assert_eq!(plate.give_way(), Some(Change::Cleared));
        good_for(&mut plate, 600);
        assert_eq!(bad(&mut plate), [Change::Raised(1)]);
    }
}
