//! Frames from the simulator, in the same process.

use std::collections::VecDeque;

use grainloss_can::Frame;
use grainloss_simulator::{Scenario, Simulation};

use super::{BusError, FrameSource, Polled};

/// Runs the plant as far as frames are asked for.
pub struct SimulatedSource {
    simulation: Simulation,
    batch: Vec<Frame>,
    waiting: VecDeque<Frame>,
    end_us: Option<i64>,
}

impl std::fmt::Debug for SimulatedSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedSource").field("now_us", &self.simulation.now_us()).finish_non_exhaustive()
    }
}

impl SimulatedSource {
    /// A scenario with a seed, for so many seconds of harvest, or without end.
    pub fn new(scenario: &Scenario, seed: u64, seconds: Option<u64>) -> Self {
        let simulation = Simulation::new(scenario, seed);
        let end_us = seconds.map(|seconds| simulation.now_us() + seconds as i64 * 1_000_000);
        Self { simulation, batch: Vec::new(), waiting: VecDeque::new(), end_us }
    }
}

impl FrameSource for SimulatedSource {
    fn poll(&mut self) -> Result<Polled, BusError> {
        while self.waiting.is_empty() {
            if self.end_us.is_some_and(|end_us| self.simulation.now_us() >= end_us) {
                return Ok(Polled::End);
            }
            self.simulation.tick(&mut self.batch);
            self.waiting.extend(self.batch.drain(..));
        }
        // Just filled.
        Ok(self.waiting.pop_front().map_or(Polled::End, Polled::Frame))
    }
}
