//! The alarm budget: an operator who is alarmed too often stops listening. One alarm in ten minutes of steady work, and
//! never more than ten in ten minutes, is bearable (a rule of thumb of the process industry, since ISA-18.2).

use super::alarm::Shelving;
use crate::params::AlarmBudgetParams;
use crate::time::STEP_S;

/// Two token buckets: one holds a single token and fills in ten minutes, the other is for floods of alarms.
#[derive(Debug)]
pub(super) struct AlarmBudget {
    params: AlarmBudgetParams,
    token: f64,
    flood: f64,
}

impl AlarmBudget {
    pub const fn new(params: &AlarmBudgetParams) -> Self {
        Self { params: *params, token: 1.0, flood: params.flood }
    }

    /// A step passes.
    pub fn step(&mut self) {
        let AlarmBudgetParams { interval_s, flood } = self.params;
        self.token = (self.token + STEP_S / interval_s).min(1.0);
        self.flood = (self.flood + flood * STEP_S / interval_s).min(flood);
    }

    /// An alarm is raised: `false` when it must be shelved. One that is not shelved spends a token in any case.
    pub fn spend(&mut self, shelving: Shelving) -> bool {
        // A little less than whole: ten minutes of tenths do not add up to exactly one.
        let (steady, flood) = (self.token > 1.0 - 1e-6, self.flood > 1.0 - 1e-6);
        let raised = match shelving {
            Shelving::OverBudget => steady && flood,
            Shelving::InFlood => flood,
            Shelving::Never => true,
        };
        if raised {
            self.token = 0.0;
            self.flood = (self.flood - 1.0).max(0.0);
        }
        raised
    }
}
