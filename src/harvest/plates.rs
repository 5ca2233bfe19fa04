//! The two loss plates of one path: what they counted, and whether they can be believed.

use super::STEP_S;
use super::estimate::PlateFault;
use crate::machine::{Channel, LossPlates, ReadingState, Readings};

/// A plate that stays silent while its neighbour counts this many kernels is dead: were both alike, that has a
/// probability below 1e-9.
const NEIGHBOUR_KERNELS: f64 = 30.0;
/// A plate that has no value for so long is out, s (a counter's first reading takes two frames).
const OUT_AFTER_S: f64 = 3.0;

#[derive(Clone, Debug)]
struct Plate {
    channel: Channel,
    impacts_before: Option<f64>,
    out_s: f64,
    /// Kernels the neighbour counted since this plate last did.
    neighbour_since: f64,
}

/// What a path's plates said in one step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Kernels, corrected for those that fell within the dead time.
    pub kernels: f64,
    /// How many plates counted: 0, 1 or 2.
    pub plates: usize,
}

/// Both plates of a path.
#[derive(Clone, Debug)]
pub(super) struct PlatePair {
    plates: [Plate; 2],
    dead_time_s: f64,
}

impl PlatePair {
    pub fn new(left: Channel, right: Channel, plates: &LossPlates) -> Self {
        let plate = |channel| Plate { channel, impacts_before: None, out_s: 0.0, neighbour_since: 0.0 };
        Self { plates: [plate(left), plate(right)], dead_time_s: plates.dead_time_s }
    }

    /// One step: kernels counted by the plates that can be believed.
    pub fn step(&mut self, readings: &Readings) -> Counted {
        let mut fresh = [None; 2];
        for (plate, fresh) in self.plates.iter_mut().zip(&mut fresh) {
            let reading = readings.get(plate.channel);
            match reading.state {
                ReadingState::Valid => {
                    *fresh = Some(plate.impacts_before.map_or(0.0, |before| (reading.impacts - before).max(0.0)));
                    plate.out_s = 0.0;
                }
                ReadingState::NotMapped | ReadingState::NeverSeen => {}
                _ => plate.out_s += STEP_S,
            }
            plate.impacts_before = Some(reading.impacts);
        }
        for (this, other) in [(0, 1), (1, 0)] {
            if let (Some(own), Some(neighbours)) = (fresh[this], fresh[other]) {
                let since = &mut self.plates[this].neighbour_since;
                *since = if own > 0.0 { 0.0 } else { *since + neighbours };
            }
        }
        let mut counted = Counted::default();
        for (plate, fresh) in self.plates.iter().zip(fresh) {
            if let Some(kernels) = fresh.filter(|_| !plate.is_out()) {
                counted.kernels += self.corrected(kernels);
                counted.plates += 1;
            }
        }
        counted
    }

    /// The plates that are out; both of them, should they be `silent` together.
    pub fn faults(&self, silent: bool) -> [Option<PlateFault>; 2] {
        [0, 1].map(|at| {
            let plate = Some(&self.plates[at]).filter(|plate| silent || plate.is_out());
            plate.map(|plate| PlateFault { plate: plate.channel })
        })
    }

    /// Kernels that arrived, from those that were counted: a plate that needs τ for each misses those within it, and
    /// c = r / (1 + r τ). Near saturation the count says only "many", so the correction is held at four times.
    fn corrected(&self, counted: f64) -> f64 {
        let busy = (counted * self.dead_time_s / STEP_S).min(0.75);
        counted / (1.0 - busy)
    }
}

impl Plate {
    fn is_out(&self) -> bool {
        self.out_s >= OUT_AFTER_S || self.neighbour_since >= NEIGHBOUR_KERNELS
    }
}
