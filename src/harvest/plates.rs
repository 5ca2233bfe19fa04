//! The two loss plates of one path: what they counted, and whether they can be believed.

use super::STEP_S;
use super::estimate::PlateFault;
use crate::machine::{Channel, LossPlates, ReadingState, Readings};

/// A plate that stays silent while its neighbour counts this many kernels is dead: were both alike, that has a
/// probability below 1e-9.
const NEIGHBOUR_KERNELS: f64 = 30.0;
/// A dead plate lives again after so many kernels of its own: one stray count does not make it whole (our choice).
const ALIVE_KERNELS: f64 = 10.0;
/// A plate that has no value for so long is out, s (a counter's first reading takes two frames).
const OUT_AFTER_S: f64 = 3.0;

#[derive(Clone, Debug)]
struct Plate {
    channel: Channel,
    impacts_before: Option<f64>,
    out_s: f64,
    /// Kernels the neighbour counted since this plate last did.
    neighbour_since: f64,
    /// Its neighbour has shown that it is dead; kernels it has counted since.
    dead: Option<f64>,
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
        let plate = |channel| Plate { channel, impacts_before: None, out_s: 0.0, neighbour_since: 0.0, dead: None };
        Self { plates: [plate(left), plate(right)], dead_time_s: plates.dead_time_s }
    }

    /// One step: kernels counted by the plates that can be believed.
    pub fn step(&mut self, readings: &Readings) -> Counted {
        let mut fresh: [Option<f64>; 2] = [None; 2];
        let mut rate = [0.0; 2];
        for ((plate, fresh), rate) in self.plates.iter_mut().zip(&mut fresh).zip(&mut rate) {
            let reading = readings.get(plate.channel);
            match reading.state {
                ReadingState::Valid => {
                    *fresh = Some(plate.impacts_before.map_or(0.0, |before| (reading.impacts - before).max(0.0)));
                    *rate = readings.value(plate.channel).unwrap_or(0.0);
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
        let mut counted = Counted::default();
        for ((plate, fresh), rate) in self.plates.iter().zip(fresh).zip(rate) {
            if let Some(kernels) = fresh.filter(|_| !plate.is_out()) {
                counted.kernels += self.corrected(kernels, rate);
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

    /// Kernels that arrived, from those that were counted at a rate of `rate` 1/s: a plate that needs τ for each misses
    /// those within it, c = r / (1 + r τ), so that r = c / (1 − c τ). Near saturation the count says only "many", so the
    /// correction is held at four times.
    fn corrected(&self, counted: f64, rate: f64) -> f64 {
        counted / (1.0 - (rate * self.dead_time_s).clamp(0.0, 0.75))
    }
}

impl Plate {
    /// Compares it with its neighbour.
    fn watch(&mut self, own: f64, neighbours: f64) {
        self.neighbour_since = if own > 0.0 { 0.0 } else { self.neighbour_since + neighbours };
        if self.neighbour_since >= NEIGHBOUR_KERNELS {
            self.dead = Some(0.0);
        } else if let Some(since) = &mut self.dead {
            *since += own;
            if *since >= ALIVE_KERNELS {
                self.dead = None;
            }
        }
    }

    fn is_out(&self) -> bool {
        self.out_s >= OUT_AFTER_S || self.dead.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Reading;

    const SHEET: LossPlates = LossPlates { area_share: 0.05, detection_share: 0.6, dead_time_s: 0.0025 };

    /// Both plates of the separator at this counted rate, in frames that come every fifth of a second; kernels in 60 s.
    fn kernels_in_a_minute(rate: f64) -> f64 {
        let channels = [Channel::LossSeparationLeft, Channel::LossSeparationRight];
        let mut pair = PlatePair::new(channels[0], channels[1], &SHEET);
        let mut readings = Readings::unknown(0);
        let mut sum = 0.0;
        for step in 0..600_u32 {
            let impacts = rate * 0.2 * f64::from(step / 2);
            for channel in channels {
                let reading = Reading { value: Some(rate), state: ReadingState::Valid, age_us: Some(0), impacts };
                readings.set(channel, reading);
            }
            sum += pair.step(&readings).kernels;
        }
        sum
    }

    #[test]
    fn dead_time_is_corrected_by_the_rate_however_the_frames_come() {
        // 40 counted a second, each blinding the plate for 2.5 ms: 10 % of the time, so 40 / 0.9 = 44.4 arrived. Two
        // plates, 59.8 s (the first frame has nothing before it): 5315. At 200 a second half the time: 400 arrived.
        assert!((kernels_in_a_minute(40.0) / 5315.6 - 1.0).abs() < 1e-3, "{}", kernels_in_a_minute(40.0));
        assert!((kernels_in_a_minute(200.0) / (2.0 * 400.0 * 59.8) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn one_stray_kernel_does_not_revive_a_dead_plate() {
        let mut plate = Plate {
            channel: Channel::LossCleaningLeft,
            impacts_before: None,
            out_s: 0.0,
            neighbour_since: 0.0,
            dead: None,
        };
        plate.watch(0.0, 29.0);
        assert!(!plate.is_out());
        plate.watch(0.0, 1.0);
        assert!(plate.is_out());
        plate.watch(1.0, 3.0);
        assert!(plate.is_out(), "a stray count");
        (0..9).for_each(|_| plate.watch(1.0, 1.0));
        assert!(!plate.is_out(), "ten kernels of its own");
    }
}
