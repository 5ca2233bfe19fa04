//! The cleaning shoe: grain pan, sieves in the wind, tailings.

use super::flows::Crops;
use super::lags::Lags;
use crate::math::{Power, exp, logistic, pow};
use crate::random::{Random, Wander};
use crate::scenario::{self, CropCleaning};
use crate::time::TICK_S;

/// What grain counts beside chaff in the load of the sieve. Assumed: chaff is bulkier.
const GRAIN_IN_LOAD: f64 = 0.35;
/// Share of the straw feed that falls on the shoe as chaff at rated feed; see the rotor's chaff rate.
const CHAFF_SHARE: f64 = 0.35;
/// A mat that the wind does not loosen holds the grain back: loss of sieve length per missing air power. Assumed.
const UNLOOSENED: f64 = 0.15;
/// A shoe that shakes slower lets fewer kernels through. Assumed.
const SHAKE_EXPONENT: f64 = 0.5;
/// A sieve opened wider lets more through. Assumed; Kansas field tests (1994-95) found rear loss to depend on the
/// product of harvest rate and opening.
const OPENING_EXPONENT: f64 = 0.6;
/// Share of the grain in the tailings: without load, and more per rated load; a lower sieve opened less returns more.
/// Assumed.
const RETURNS: (f64, f64) = (0.02, 0.03);
/// How much of the mat a slope moves from the upper half to the lower, per rad. Assumed.
const ROLL_SHIFT: f64 = 4.0;
/// Downhill the mat runs to the rear faster: sieve length per rad of pitch. Assumed.
const PITCH_LENGTH: f64 = 1.5;
/// A fan off its right speed blows to one side: share per unit of speed. Assumed small: from 1200 to 1400 r/min no
/// effect was found in rice (Liang et al. 2015).
const FAN_LEAN: f64 = 0.15;
/// Kernels that stick to moist chaff: sieve length lost per point over the crop's limit. Assumed; Japanese rice trials
/// (JSAM 2026) found chaff loss to jump at 25 % grain moisture.
const STICKY_PER_PCT: f64 = 0.05;
/// Spread of the sieve's length between machines, and its wandering in seconds. Assumed; the loss varies about nine
/// times as much.
const AS_BUILT_SD: f64 = 0.03;
const UNEVEN_SD: f64 = 0.015;
const UNEVEN_MEMORY_S: f64 = 3.0;

/// The shoe and what is on it.
pub(super) struct Shoe {
    data: scenario::Shoe,
    crop: CropCleaning,
    pan: [Lags<2>; 2],
    tail: Lags<2>,
    returns: Lags<3>,
    returned_kg: f64,
    /// Load at rated feed, kg/s.
    rated_load_kg_s: f64,
    as_built: f64,
    uneven: Wander,
    opening: Power,
}

/// How it runs and stands during a tick.
#[derive(Clone, Copy)]
pub(super) struct Shaking {
    /// How long it moves, at the speed of the belts.
    pub moved_s: f64,
    /// Speed of its drive over the rated one.
    pub speed: f64,
    /// Fan speed over the right one for the crop.
    pub fan: f64,
    /// Openings over the right ones for the crop.
    pub upper: f64,
    pub lower: f64,
    pub moisture_pct: f64,
    pub roll_rad: f64,
    pub pitch_rad: f64,
}

/// What leaves it in a tick.
pub(super) struct Cleaned {
    pub clean_kg: f64,
    pub lost_kg: f64,
    pub chaff_kg: f64,
    /// The right side's share of the loss over the left's: -1..=1, 0 when even.
    pub lean: f64,
}

impl Shoe {
    /// `rated_grain_kg_s` is the grain of the rated feed, and its straw.
    pub fn new(data: &scenario::Shoe, crop: &CropCleaning, rated_grain_kg_s: f64, random: &mut Random) -> Self {
        let pan = || Lags::new(data.pan_s, rated_grain_kg_s);
        Self {
            pan: [pan(), pan()],
            tail: Lags::new(data.discharge_s, 0.01 * rated_grain_kg_s),
            returns: Lags::new(data.returns_s, 0.05 * rated_grain_kg_s),
            returned_kg: 0.0,
            rated_load_kg_s: rated_grain_kg_s * (CHAFF_SHARE + GRAIN_IN_LOAD),
            as_built: 1.0 + AS_BUILT_SD * random.gaussian().clamp(-3.0, 3.0),
            uneven: Wander::new(UNEVEN_SD, UNEVEN_MEMORY_S, TICK_S, random),
            opening: Power::new(OPENING_EXPONENT),
            data: data.clone(),
            crop: crop.clone(),
        }
    }

    /// One tick.
    pub fn step(&mut self, fallen: Crops, shaking: &Shaking, random: &mut Random) -> Cleaned {
        let grain_kg = self.pan[0].step(fallen.grain, shaking.moved_s);
        let chaff_kg = self.pan[1].step(fallen.straw, shaking.moved_s);
        let load = (chaff_kg + GRAIN_IN_LOAD * grain_kg) / TICK_S / self.rated_load_kg_s;
        // On a slope the lower half carries more.
        let shift = (ROLL_SHIFT * shaking.roll_rad).clamp(-0.8, 0.8);
        let drive = self.drive(shaking);
        let [left, right] =
            [1.0 - shift, 1.0 + shift].map(|share| share * self.loss(load * share, shaking, drive) / 2.0);
        let lost = left + right;
        self.uneven.step(random);
        let returned = ((RETURNS.0 + RETURNS.1 * load) / shaking.lower.max(0.3)).min(0.15) * (1.0 - lost);
        self.returned_kg = self.returns.step(grain_kg * returned, shaking.moved_s);
        let lost_kg = self.tail.step(grain_kg * lost, shaking.moved_s);
        let by_load = if lost > 0.0 { (right - left) / lost } else { 0.0 };
        let lean = by_load + FAN_LEAN * (shaking.fan - 1.0);
        Cleaned { clean_kg: grain_kg * (1.0 - lost - returned), lost_kg, chaff_kg, lean }
    }

    /// What opening and speed of the sieves do to the number of steps, whatever lies on them.
    fn drive(&mut self, shaking: &Shaking) -> [f64; 2] {
        [self.opening.of(shaking.upper.max(0.05)), pow(shaking.speed.max(0.1), SHAKE_EXPONENT)]
    }

    /// The share of the grain that goes over the sieve's end or out with the wind. It is least at a middling load:
    /// blown out when the sieve is nearly empty, carried out when it is overloaded (Craessaerts et al. 2010).
    fn loss(&self, load: f64, shaking: &Shaking, [opening, speed]: [f64; 2]) -> f64 {
        // Wind through the mat: fan power over the mat's resistance, 1 at the right fan speed and rated load.
        let fan = shaking.fan * shaking.speed;
        let air = fan * fan / (0.5 + 0.5 * load);
        let loosened = 1.0 - UNLOOSENED * (1.0 - air).max(0.0);
        let sticking = 1.0 - STICKY_PER_PCT * (shaking.moisture_pct - self.crop.sticky_pct).clamp(0.0, 12.0);
        let steps = self.data.sieve_length
            * self.crop.sieve_ease
            * self.as_built
            * (1.0 + self.uneven.value())
            * loosened
            * sticking
            * (1.0 + PITCH_LENGTH * shaking.pitch_rad).max(0.3)
            * opening
            * speed
            * pow(load.max(0.02), -self.data.sieve_load_exponent);
        // Kernels pass the sieve after a gamma-distributed way (Voicu et al. 2008); of third order, the share beyond the
        // sieve's end has a closed form.
        let over = exp(-steps) * (1.0 + steps + steps * steps / 2.0);
        let blown = logistic((air - self.crop.blowout_air) / self.crop.blowout_spread);
        (over + blown).min(1.0)
    }

    /// Grain that the tailings brought back to the rotor in the last tick, kg.
    pub fn returned_kg(&self) -> f64 {
        self.returned_kg
    }

    /// Grain on it and in the tailings, kg; what came back in the last tick is on its way to the rotor.
    #[cfg(test)]
    pub fn grain_kg(&self) -> f64 {
        self.pan[0].held_kg() + self.tail.held_kg() + self.returns.held_kg() + self.returned_kg
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::scenario::Scenario;

    #[test]
    fn loss_is_least_at_a_middling_load_and_suffers_from_too_much_wind() {
        let scenario = Scenario::bundled("wheat").unwrap();
        let random = &mut Random::new(1, Stream::Plant);
        let mut shoe = Shoe::new(&scenario.machine.shoe, &scenario.crop.cleaning, 4.0, random);
        let right = Shaking {
            moved_s: TICK_S,
            speed: 1.0,
            fan: 1.0,
            upper: 1.0,
            lower: 1.0,
            moisture_pct: 15.0,
            roll_rad: 0.0,
            pitch_rad: 0.0,
        };
        let mut loss = |load, shaking| {
            let drive = shoe.drive(&shaking);
            shoe.loss(load, &shaking, drive)
        };
        assert!(loss(0.4, right) < loss(0.05, right) && loss(0.4, right) < loss(1.5, right));
        assert!(loss(0.5, Shaking { fan: 1.4, ..right }) > 3.0 * loss(0.5, right), "blown out");
        assert!(loss(1.2, Shaking { fan: 0.8, ..right }) > loss(1.2, right), "not loosened");
        assert!(loss(1.0, Shaking { upper: 0.6, ..right }) > 1.5 * loss(1.0, right), "closed too far");
        assert!(loss(1.0, Shaking { pitch_rad: -0.1, ..right }) > loss(1.0, right), "downhill");
    }
}
