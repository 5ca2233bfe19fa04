//! A harvest of the simulator: its frames, second by second, and what really happened.

use grainloss_can::Frame;
use grainloss_simulator::{Simulation, TruthRow};

use super::pan_samples::PanSamples;
use super::plan::Case;

/// One harvest.
#[derive(Debug)]
pub(super) struct SimulatedHarvest {
    frames: Vec<Frame>,
    /// How many frames there were at the end of each second.
    ends: Vec<usize>,
    pub truth: Vec<TruthRow>,
    pub samples: PanSamples,
}

impl SimulatedHarvest {
    /// Runs the simulator for `seconds` of harvest.
    pub fn new(case: &Case, seconds: u64) -> Self {
        Self::of_machine(case, case.seed, seconds)
    }

    /// The harvest of the field before: the same machine, with the same gains of its plates, in the same crop.
    pub fn earlier(case: &Case, seconds: u64) -> Self {
        Self::of_machine(case, case.earlier_seed(), seconds)
    }

    fn of_machine(case: &Case, seed: u64, seconds: u64) -> Self {
        let mut simulation = Simulation::with_machine(&case.scenario, seed, case.seed);
        let (mut frames, mut ends, mut truth) = (Vec::new(), Vec::new(), Vec::new());
        while (truth.len() as u64) < seconds {
            simulation.tick(&mut frames);
            if let Some(row) = simulation.take_truth() {
                truth.push(row);
                ends.push(frames.len());
            }
        }
        let samples = PanSamples::taken(&case.scenario, seed, &truth);
        Self { frames, ends, truth, samples }
    }

    /// The frames of each second.
    pub fn seconds(&self) -> impl Iterator<Item = &[Frame]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.frames[start..end])
    }
}
