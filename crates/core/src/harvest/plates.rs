//! The two loss plates of one path: what they counted, and whether they can be believed.

use super::estimate::PlateFault;
use crate::machine::{Channel, ReadingState, Readings};
use crate::params::PlateParams;
use crate::time::STEP_S;

#[derive(Clone, Debug)]
struct Plate {
    params: PlateParams,
    channel: Channel,
    impacts_before: Option<f64>,
    out_s: f64,
    /// Kernels the neighbour counted since this plate last did, and how long that is ago.
    neighbour_since: f64,
    silent_s: f64,
    /// Its neighbour has shown that it is dead; kernels it has counted since.
    dead: Option<f64>,
}

/// What a path's plates said in one step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Kernels, as they were counted.
    pub kernels: f64,
    /// How many plates counted: 0, 1 or 2.
    pub plates: usize,
    /// Of what both together would have counted, as they shared it while both did; 2 for both, about 1 for one.
    pub worth: f64,
}

/// Both plates of a path.
#[derive(Clone, Debug)]
pub(super) struct PlatePair {
    params: PlateParams,
    plates: [Plate; 2],
    /// Kernels of each while both counted, of the last some minutes.
    shared: [f64; 2],
}

impl PlatePair {
    pub fn new(params: PlateParams, channels: [Channel; 2]) -> Self {
        let plates = channels.map(|channel| Plate::new(params, channel));
        Self { params, plates, shared: [params.share_prior_kernels; 2] }
    }

    /// One step: kernels counted by the plates that can be believed.
    pub fn step(&mut self, readings: &Readings) -> Counted {
        let mut fresh: [Option<f64>; 2] = [None; 2];
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
                self.plates[this].watch(own, neighbours);
            }
        }
        if let [Some(left), Some(right)] = fresh
            && self.plates.iter().all(Plate::is_trusted)
        {
            self.share(left, right);
        }
        let both: f64 = self.shared.iter().sum();
        let mut counted = Counted::default();
        for ((plate, fresh), shared) in self.plates.iter().zip(fresh).zip(self.shared) {
            if let Some(kernels) = fresh.filter(|_| !plate.is_out()) {
                counted.kernels += kernels;
                counted.plates += 1;
                counted.worth += 2.0 * (shared / both).clamp(self.params.share_least, 1.0 - self.params.share_least);
            }
        }
        counted
    }

    /// Both have counted: how they share it is remembered for when one is out.
    fn share(&mut self, left: f64, right: f64) {
        if left + right > 0.0 {
            // An exponential memory that is counted in kernels, so that a pause forgets nothing.
            let keep = 1.0 - (left + right) / self.params.share_memory_kernels;
            for (shared, kernels) in self.shared.iter_mut().zip([left, right]) {
                *shared = (*shared * keep.max(0.0) + kernels).max(self.params.share_prior_kernels);
            }
        }
    }

    /// The plates that are out; both of them, should they be `silent` together.
    pub fn faults(&self, silent: bool) -> [Option<PlateFault>; 2] {
        [0, 1].map(|at| {
            let plate = Some(&self.plates[at]).filter(|plate| silent || plate.is_out());
            plate.map(|plate| PlateFault { plate: plate.channel })
        })
    }
}

impl Plate {
    const fn new(params: PlateParams, channel: Channel) -> Self {
        Self { params, channel, impacts_before: None, out_s: 0.0, neighbour_since: 0.0, silent_s: 0.0, dead: None }
    }

    /// Compares it with its neighbour.
    fn watch(&mut self, own: f64, neighbours: f64) {
        (self.neighbour_since, self.silent_s) =
            if own > 0.0 { (0.0, 0.0) } else { (self.neighbour_since + neighbours, self.silent_s + STEP_S) };
        if self.neighbour_since >= self.params.neighbour_kernels && self.silent_s >= self.params.silent_s {
            self.dead = Some(0.0);
        } else if let Some(since) = &mut self.dead {
            *since += own;
            if *since >= self.params.alive_kernels {
                self.dead = None;
            }
        }
    }

    /// It counts, and is not on the way to be found silent.
    fn is_trusted(&self) -> bool {
        !self.is_out() && self.silent_s < self.params.share_trusted_s
    }

    fn is_out(&self) -> bool {
        self.out_s >= self.params.out_after_s || self.dead.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_dead_when_it_is_silent_long_enough_beside_one_that_counts() {
        // The neighbour counts 20 a second: 120 kernels take six seconds, the silence must last eight.
        let mut plate = Plate::new(PlateParams::default(), Channel::LossCleaningLeft);
        (0..79).for_each(|_| plate.watch(0.0, 2.0));
        assert!(!plate.is_out());
        (0..2).for_each(|_| plate.watch(0.0, 2.0));
        assert!(plate.is_out());
        // At 200 a second 120 kernels take little over half a second: a silence of one second says nothing.
        let mut plate = Plate::new(PlateParams::default(), Channel::LossCleaningLeft);
        (0..10).for_each(|_| plate.watch(0.0, 20.0));
        assert!(!plate.is_out());
    }

    #[test]
    fn one_stray_kernel_does_not_revive_a_dead_plate() {
        let mut plate = Plate::new(PlateParams::default(), Channel::LossCleaningLeft);
        (0..100).for_each(|_| plate.watch(0.0, 2.0));
        assert!(plate.is_out());
        plate.watch(1.0, 3.0);
        assert!(plate.is_out(), "a stray count");
        (0..9).for_each(|_| plate.watch(1.0, 1.0));
        assert!(!plate.is_out(), "ten kernels of its own");
    }
}
