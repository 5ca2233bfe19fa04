//! Frames from the simulator, in the same process.

use std::collections::VecDeque;

use grainloss_can::Frame;
use grainloss_simulator::{Scenario, Simulation, TICK_US};

use grainloss_bus::{BusError, FrameSource, Polled};

/// A bus without a frame for so long is quiet.
const QUIET_US: i64 = 100_000;

/// Runs the plant as far as frames are asked for. A bus that goes off is silence here: the simulated receiver's error
/// frames are for logs.
pub struct SimulatedSource {
    simulation: Simulation,
    batch: Vec<Frame>,
    waiting: VecDeque<Frame>,
    end_us: Option<i64>,
    /// Added to the simulation's times.
    shift_us: i64,
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
        Self { simulation, batch: Vec::new(), waiting: VecDeque::new(), end_us, shift_us: 0 }
    }

    /// The same harvest at another time: the simulation's present becomes `now_us`.
    #[must_use]
    pub fn dated(self, now_us: i64) -> Self {
        Self { shift_us: now_us - self.simulation.now_us(), ..self }
    }
}

impl FrameSource for SimulatedSource {
    fn poll(&mut self) -> Result<Polled, BusError> {
        let mut silent_us = 0;
        while self.waiting.is_empty() {
            if self.end_us.is_some_and(|end_us| self.simulation.now_us() >= end_us) {
                return Ok(Polled::End);
            }
            if silent_us >= QUIET_US {
                return Ok(Polled::Quiet(self.simulation.now_us() + self.shift_us));
            }
            self.simulation.tick(&mut self.batch);
            self.waiting.extend(self.batch.drain(..));
            silent_us += TICK_US;
        }
        // Just filled.
        let dated = |mut frame: Frame| {
            frame.t_us += self.shift_us;
            Polled::Frame(frame)
        };
        Ok(self.waiting.pop_front().map_or(Polled::End, dated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_bus_is_quiet_and_time_goes_on() {
        let mut scenario = Scenario::bundled("wheat-steady").unwrap();
        scenario.add_fault("interface-down@2-4").unwrap();
        let start_us = scenario.start_unix_s() * 1_000_000;
        let mut source = SimulatedSource::new(&scenario, 1, Some(6));
        let mut quiet = Vec::new();
        loop {
            match source.poll().unwrap() {
                Polled::Frame(_) => {}
                Polled::Quiet(t_us) => quiet.push((t_us - start_us) as f64 / 1e6),
                Polled::News(news) => panic!("{news:?}"),
                Polled::End => break,
            }
        }
        assert!((15..=20).contains(&quiet.len()), "{quiet:?}");
        assert!(quiet.windows(2).all(|pair| pair[0] < pair[1]) && quiet[0] > 2.0 && quiet[quiet.len() - 1] < 4.1);
    }
}
