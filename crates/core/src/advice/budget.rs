//! The alarm budget: who is alarmed too often stops listening. One alarm in ten minutes of steady work, and never more than
//! ten, is what alarm management calls bearable (a rule of thumb of the process industry, since ISA-18.2).

use super::alarm::Claim;
use crate::time::STEP_S;

const EVERY_S: f64 = 600.0;
/// So many at once, and so many more in ten minutes, make ten in any ten minutes at most.
const FLOOD: f64 = 5.0;

/// Two buckets of tokens: one that holds a single token and fills in ten minutes, one for floods.
#[derive(Debug)]
pub(super) struct Budget {
    token: f64,
    flood: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { token: 1.0, flood: FLOOD }
    }
}

impl Budget {
    /// A step passes.
    pub fn step(&mut self) {
        self.token = (self.token + STEP_S / EVERY_S).min(1.0);
        self.flood = (self.flood + FLOOD * STEP_S / EVERY_S).min(FLOOD);
    }

    /// An alarm is raised: `false` when it must be lowered. What is not lowered spends a token all the same.
    pub fn spend(&mut self, claim: Claim) -> bool {
        // A little less than whole: ten minutes of tenths do not add up to exactly one.
        let (steady, flood) = (self.token > 1.0 - 1e-6, self.flood > 1.0 - 1e-6);
        let full = match claim {
            Claim::Look => steady && flood,
            Claim::Act => flood,
            Claim::Stop => true,
        };
        if full {
            self.token = 0.0;
            self.flood = (self.flood - 1.0).max(0.0);
        }
        full
    }
}
