//! On-delay and off-delay: a condition must last before it counts, and be gone for a while before it ends.

use crate::time::STEP_S;

/// A condition with an on-delay and an off-delay, s.
#[derive(Clone, Debug)]
pub(super) struct OnOffDelay {
    on_s: f64,
    off_s: f64,
    lasting_s: f64,
    on: bool,
}

impl OnOffDelay {
    pub const fn new(on_s: f64, off_s: f64) -> Self {
        Self { on_s, off_s, lasting_s: 0.0, on: false }
    }

    pub const fn is_on(&self) -> bool {
        self.on
    }

    /// Ends the condition at once.
    pub const fn reset(&mut self) -> bool {
        self.on = false;
        self.lasting_s = 0.0;
        false
    }

    /// One step with the raw condition; gives the delayed one.
    pub fn step(&mut self, raw: bool) -> bool {
        if raw == self.on {
            self.lasting_s = 0.0;
        } else {
            self.lasting_s += STEP_S;
            // Half a step less, since a sum of tenths is not exact.
            if self.lasting_s > (if self.on { self.off_s } else { self.on_s }) - 0.5 * STEP_S {
                self.on = raw;
                self.lasting_s = 0.0;
            }
        }
        self.on
    }
}
