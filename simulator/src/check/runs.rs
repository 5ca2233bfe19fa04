//! Runs of scenarios, and what their truth sums up to.

use crate::math::ln;
use crate::scenario::{Scenario, ScenarioError};
use crate::simulation::Simulation;
use crate::truth::{Activity, TruthRow};

/// The truth of a run.
pub struct Run {
    pub rows: Vec<TruthRow>,
}

impl Run {
    /// A scenario with this seed, for `seconds` of harvest.
    pub fn new(scenario: &Scenario, seed: u64, seconds: usize) -> Self {
        let mut simulation = Simulation::new(scenario, seed);
        let (mut seen, mut rows) = (Vec::new(), Vec::with_capacity(seconds));
        for _ in 0..seconds * 100 {
            seen.clear();
            simulation.tick_events(&mut seen);
            rows.extend(simulation.take_truth());
        }
        Self { rows }
    }

    /// A scenario that comes with the crate.
    pub fn bundled(name: &str, seed: u64, seconds: usize) -> Result<Self, ScenarioError> {
        Ok(Self::new(&Scenario::bundled(name)?, seed, seconds))
    }

    /// One that differs from it.
    pub fn varied(name: &str, seconds: usize, vary: impl FnOnce(&mut Scenario)) -> Result<Self, ScenarioError> {
        let mut scenario = Scenario::bundled(name)?;
        scenario.events.clear();
        vary(&mut scenario);
        Ok(Self::new(&scenario, 1, seconds))
    }

    /// The seconds between two times only.
    pub fn part(&self, from: usize, to: usize) -> Self {
        Self { rows: self.rows[from..to].to_vec() }
    }

    fn sum(&self, column: fn(&TruthRow) -> f64) -> f64 {
        self.rows.iter().map(column).sum()
    }

    /// A loss, % of the grain.
    pub fn pct(&self, column: fn(&TruthRow) -> f64) -> f64 {
        100.0 * self.sum(column) / self.sum(|row| row.grain_in_kg_s)
    }

    /// Header loss, % of the grain.
    pub fn header_pct(&self) -> f64 {
        self.pct(|row| row.header_loss_kg_s)
    }

    /// Loss behind the machine, % of the grain.
    pub fn rear_pct(&self) -> f64 {
        self.pct(|row| row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s)
    }

    /// Both.
    pub fn total_pct(&self) -> f64 {
        self.header_pct() + self.rear_pct()
    }

    /// Mean straw feed while cutting, kg/s.
    pub fn mog_kg_s(&self) -> f64 {
        let cutting = self.rows.iter().filter(|row| row.state == Activity::Cutting);
        self.sum(|row| row.mog_kg_s) / cutting.count() as f64
    }
}

/// The load elasticity of a loss between two runs: change of its logarithm over that of the straw feed.
pub fn elasticity(low: &Run, high: &Run) -> f64 {
    ln(high.rear_pct() / low.rear_pct()) / ln(high.mog_kg_s() / low.mog_kg_s())
}

/// The task of a scenario at another pace.
pub fn paced(scenario: &mut Scenario, pace: f64) {
    scenario.task.speed_m_s *= pace;
    scenario.task.feed_kg_s *= pace;
}
