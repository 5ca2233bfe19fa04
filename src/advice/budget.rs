//! The alarm budget: who is alarmed too often stops listening. One alarm in ten minutes of steady work is what alarm
//! management calls bearable (a rule of thumb of the process industry).

use crate::harvest::STEP_S;

const EVERY_S: f64 = 600.0;

/// A bucket of one token that fills in ten minutes.
#[derive(Debug)]
pub(super) struct Budget {
    token: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { token: 1.0 }
    }
}

impl Budget {
    /// A step passes.
    pub fn step(&mut self) {
        self.token = (self.token + STEP_S / EVERY_S).min(1.0);
    }

    /// An alarm is raised: `false` when it must be lowered. What may not be lowered spends the token all the same.
    pub fn spend(&mut self, may_be_lowered: bool) -> bool {
        // A little less than whole: ten minutes of tenths do not add up to exactly one.
        let whole = self.token > 1.0 - 1e-6;
        if whole || !may_be_lowered {
            self.token = 0.0;
        }
        whole || !may_be_lowered
    }
}
