//! What a simulated combine does, and what is measured of it: the raw material of invented machines.

use std::collections::HashMap;

use grainloss_can::{CanId, Database, Message, State};
use grainloss_simulator::{Activity, Scenario, Simulation};

/// Signals of the simulator's bus that invented machines may send.
pub const SIGNALS: [&str; 34] = [
    "MachineSelectedSpeed",
    "HeaderHeightCentre",
    "HeaderBelowWorkHeight",
    "EngSpeed",
    "ReelSpeed",
    "RotorSpeed",
    "FanSpeed",
    "GrainMoisture",
    "FeedRate",
    "GrainFlow",
    "LossCountSepLeft",
    "LossCountSepRight",
    "LossCountShoeLeft",
    "LossCountShoeRight",
    "ThresherEngaged",
    "UnloadAugerEngaged",
    "GrainTankLevel",
    "EngFuelRate",
    "EngPercentLoadAtCurrentSpeed",
    "FeederTorque",
    "FeederLayerHeight",
    "RotorLoad",
    "ReturnsVolume",
    "HydOilTemp",
    "SpReelSpeed",
    "SpRotorSpeed",
    "SpFanSpeed",
    "SpCutHeight",
    "HarvestedArea",
    "YieldTotalMass",
    "Pitch",
    "CleanGrainElevatorSpeed",
    "HeaderEngaged",
    "EngTotalHours",
];

/// A message, and which of its signals are which of ours.
type Wanted<'a> = (&'a Message, Vec<(usize, usize)>);

/// Samples a second.
pub const PER_S: usize = 20;

/// A value of each signal at each sample; NaN where the bus has none.
pub struct Harvest {
    pub samples: Vec<[f32; SIGNALS.len()]>,
    pub cutting: Vec<bool>,
    pub began_us: i64,
}

impl Harvest {
    pub fn of(scenario: &str, seed: u64, seconds: usize) -> Self {
        let database = Database::bundled("combine-demo").unwrap().unwrap();
        let mut known: HashMap<CanId, Wanted<'_>> = HashMap::new();
        let mut simulation = Simulation::new(&Scenario::bundled(scenario).unwrap(), seed);
        let began_us = simulation.now_us();
        let mut now = [f32::NAN; SIGNALS.len()];
        let (mut samples, mut cutting) = (Vec::new(), Vec::new());
        let (mut frames, mut is_cutting) = (Vec::new(), false);
        while samples.len() < seconds * PER_S {
            frames.clear();
            simulation.tick(&mut frames);
            for frame in &frames {
                let Some(message) = database.message_of(frame.id) else { continue };
                let (message, wanted) = known.entry(frame.id).or_insert_with(|| {
                    let find = |(at, name): (usize, &&str)| {
                        let place = message.signals.iter().position(|signal| signal.name == **name)?;
                        Some((at, place))
                    };
                    (message, SIGNALS.iter().enumerate().filter_map(find).collect())
                });
                for (at, place) in wanted.iter() {
                    let signal = &message.signals[*place];
                    if message.holds(signal, frame) {
                        let value = signal.decode(frame);
                        now[*at] = if value.state == State::Valid { value.physical as f32 } else { f32::NAN };
                    }
                }
            }
            while let Some(row) = simulation.take_truth() {
                is_cutting = row.state == Activity::Cutting;
            }
            while ((samples.len() + 1) as i64) * 1_000_000 / (PER_S as i64) <= simulation.now_us() - began_us {
                samples.push(now);
                cutting.push(is_cutting);
            }
        }
        Self { samples, cutting, began_us }
    }

    pub fn at(&self, name: &str, sample: usize) -> f32 {
        let place = SIGNALS.iter().position(|known| *known == name).unwrap();
        self.samples[sample.min(self.samples.len() - 1)][place]
    }
}
