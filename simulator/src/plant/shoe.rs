//! The cleaning shoe: grain pan, sieves in the wind, tailings.

use super::Crops;
use super::lags::Lags;
use crate::random::{Random, Wander};
use crate::scenario;
use crate::simulation::TICK_S;

/// What grain counts beside chaff in the load of the sieve. Assumed: chaff is bulkier.
const GRAIN_IN_LOAD: f64 = 0.35;
/// Share of the straw feed that falls on the shoe as chaff at rated feed; see the rotor's chaff rate.
const CHAFF_SHARE: f64 = 0.35;
/// A mat that the wind does not loosen holds the grain back: loss of sieve length per missing air power. Assumed.
const UNLOOSENED: f64 = 0.15;
/// A shoe that shakes slower lets fewer kernels through. Assumed.
const SHAKE_EXPONENT: f64 = 0.5;
/// Share of the grain in the tailings: without load, and more per rated load. Assumed.
const RETURNS: (f64, f64) = (0.02, 0.03);
/// Spread of the sieve's length between machines, and its wandering in seconds. Assumed; the loss varies about nine
/// times as much.
const AS_BUILT_SD: f64 = 0.03;
const UNEVEN_SD: f64 = 0.015;
const UNEVEN_MEMORY_S: f64 = 3.0;

/// The shoe and what is on it.
pub(super) struct Shoe {
    data: scenario::Shoe,
    pan: [Lags<2>; 2],
    tail: Lags<2>,
    returns: Lags<3>,
    returned_kg: f64,
    /// Load at rated feed, kg/s.
    rated_load_kg_s: f64,
    as_built: f64,
    uneven: Wander,
}

/// What leaves it in a tick.
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(super) struct Cleaned {
    pub clean_kg: f64,
    pub lost_kg: f64,
    pub chaff_kg: f64,
}

impl Shoe {
    /// `rated_grain_kg_s` is the grain of the rated feed, and its straw.
    pub fn new(data: &scenario::Shoe, rated_grain_kg_s: f64, random: &mut Random) -> Self {
        let pan = || Lags::new(data.pan_s, rated_grain_kg_s);
        Self {
            pan: [pan(), pan()],
            tail: Lags::new(data.discharge_s, 0.01 * rated_grain_kg_s),
            returns: Lags::new(data.returns_s, 0.05 * rated_grain_kg_s),
            returned_kg: 0.0,
            rated_load_kg_s: rated_grain_kg_s * (CHAFF_SHARE + GRAIN_IN_LOAD),
            as_built: 1.0 + AS_BUILT_SD * random.gaussian().clamp(-3.0, 3.0),
            uneven: Wander::new(UNEVEN_SD, UNEVEN_MEMORY_S, TICK_S, random),
            data: data.clone(),
        }
    }

    /// One tick, in which it runs for `moved_s` fan and sieves at `speed` times their rated speed.
    pub fn step(&mut self, fallen: Crops, moved_s: f64, speed: f64, random: &mut Random) -> Cleaned {
        let grain_kg = self.pan[0].step(fallen.grain, moved_s);
        let chaff_kg = self.pan[1].step(fallen.straw, moved_s);
        let load = (chaff_kg + GRAIN_IN_LOAD * grain_kg) / TICK_S / self.rated_load_kg_s;
        let lost = self.loss(load, speed, self.uneven.value());
        self.uneven.step(random);
        let returned = (RETURNS.0 + RETURNS.1 * load).min(0.15) * (1.0 - lost);
        self.returned_kg = self.returns.step(grain_kg * returned, moved_s);
        let lost_kg = self.tail.step(grain_kg * lost, moved_s);
        Cleaned { clean_kg: grain_kg * (1.0 - lost - returned), lost_kg, chaff_kg }
    }

    /// The share of the grain that goes over the sieve's end or out with the wind. It is least at a middling load:
    /// blown out when the sieve is nearly empty, carried out when it is overloaded (Craessaerts et al. 2010).
    fn loss(&self, load: f64, speed: f64, uneven: f64) -> f64 {
        // Wind through the mat: fan power over the mat's resistance, 1 at rated fan speed and load.
        let air = speed * speed / (0.5 + 0.5 * load);
        let loosened = 1.0 - UNLOOSENED * (1.0 - air).max(0.0);
        let steps = self.data.sieve_length
            * self.as_built
            * (1.0 + uneven)
            * loosened
            * speed.max(0.1).powf(SHAKE_EXPONENT)
            * load.max(0.02).powf(-self.data.sieve_load_exponent);
        // Kernels pass the sieve after a gamma-distributed way (Voicu et al. 2008); of third order, the share beyond the
        // sieve's end has a closed form.
        let over = (-steps).exp() * (1.0 + steps + steps * steps / 2.0);
        let blown = 1.0 / (1.0 + ((self.data.blowout_air - air) / self.data.blowout_spread).exp());
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
        let data = Scenario::bundled("wheat").unwrap().machine.shoe;
        let shoe = Shoe::new(&data, 4.0, &mut Random::new(1, Stream::Plant));
        let loss = |load, speed| shoe.loss(load, speed, 0.0);
        assert!(loss(0.4, 1.0) < loss(0.05, 1.0) && loss(0.4, 1.0) < loss(1.5, 1.0));
        assert!(loss(0.5, 1.4) > 3.0 * loss(0.5, 1.0), "blown out");
        assert!(loss(1.2, 0.8) > loss(1.2, 1.0), "not loosened");
    }
}
