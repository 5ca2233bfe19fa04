//! Frames of the machine that a learner drives, and its score, which only the simulator's truth goes into.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use grainloss_bus::{BusError, FrameSource, Polled};
use grainloss_can::Frame;
use grainloss_simulator::{Lever, Scenario, Scoring, Simulation, TICK_US};

use super::place::{Shared, lock};
use super::script::Press;

/// A bus without a frame for so long is quiet, µs.
const QUIET_US: i64 = 100_000;

/// A driven machine.
pub(super) struct DrivenMachine {
    simulation: Simulation,
    /// What came of it so far.
    pub scoring: Scoring,
    script: VecDeque<Press>,
    /// Every press that was taken, as a script.
    pub taken: Vec<Press>,
    shared: Arc<Mutex<Shared>>,
    start_us: i64,
    end_us: i64,
    batch: Vec<Frame>,
    waiting: VecDeque<Frame>,
}

impl std::fmt::Debug for DrivenMachine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DrivenMachine").field("now_us", &self.simulation.now_us()).finish_non_exhaustive()
    }
}

impl DrivenMachine {
    /// A machine in this scenario for so many seconds, that a script and the presses of a screen drive.
    pub fn new(scenario: &Scenario, seed: u64, seconds: u64, script: Vec<Press>, shared: Arc<Mutex<Shared>>) -> Self {
        let simulation = Simulation::for_learner(scenario, seed);
        let start_us = simulation.now_us();
        Self {
            scoring: Scoring::new(scenario, seed),
            script: script.into(),
            taken: Vec::new(),
            shared,
            start_us,
            end_us: start_us + seconds as i64 * 1_000_000,
            batch: Vec::new(),
            waiting: VecDeque::new(),
            simulation,
        }
    }

    /// Seconds driven.
    pub fn seconds(&self) -> f64 {
        (self.simulation.now_us() - self.start_us) as f64 / 1e6
    }

    fn press(&mut self, lever: Lever) {
        let at_s = self.seconds();
        if !self.simulation.act(lever) {
            return;
        }
        self.scoring.moved(self.simulation.now_us() as f64 / 1e6);
        match self.taken.last_mut() {
            Some(last) if last.lever == lever && last.at_s >= at_s && last.times < 100 => last.times += 1,
            _ => self.taken.push(Press { at_s, lever, times: 1 }),
        }
    }

    fn tick(&mut self) {
        let now_s = self.seconds();
        while let Some(press) = self.script.front().copied().filter(|press| press.at_s <= now_s) {
            self.script.pop_front();
            for _ in 0..press.times {
                self.press(press.lever);
            }
        }
        let pressed = std::mem::take(&mut lock(&self.shared).pressed);
        for lever in pressed {
            self.press(lever);
        }
        self.simulation.tick(&mut self.batch);
        self.waiting.extend(self.batch.drain(..));
        let Some(cab) = self.simulation.cab() else { return };
        if let Some(row) = self.simulation.take_truth() {
            self.scoring.look(&row, &cab);
        }
        let mut shared = lock(&self.shared);
        shared.cab = Some(cab);
        shared.left_s = (self.end_us - self.simulation.now_us()) as f64 / 1e6;
    }
}

impl FrameSource for DrivenMachine {
    fn poll(&mut self) -> Result<Polled, BusError> {
        let mut silent_us = 0;
        while self.waiting.is_empty() {
            if self.simulation.now_us() >= self.end_us {
                lock(&self.shared).over = true;
                return Ok(Polled::End);
            }
            if silent_us >= QUIET_US {
                return Ok(Polled::Quiet(self.simulation.now_us()));
            }
            self.tick();
            silent_us += TICK_US;
        }
        // Just filled.
        Ok(self.waiting.pop_front().map_or(Polled::End, Polled::Frame))
    }
}
