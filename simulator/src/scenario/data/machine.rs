//! A machine as its file describes it.

use serde::Deserialize;

use super::section::{Range, section};

section! {
    /// A machine. Shaft speeds are those at rated engine speed, in wheat.
    Machine at "" {
        /// Width of the cut, m.
        header_width_m: f64 = 0.5..=15,
        /// Width on which the rear discharges, m.
        discharge_width_m: f64 = 0.3..=15,
        /// Rated feed rate, grain and straw, kg/s.
        rated_feed_kg_s: f64 = 0.5..=60,
        /// The tightest circle that its middle drives, m.
        turning_radius_m: f64 = 0.5..=15,
        /// From straight on to the tightest circle, s.
        steering_s: f64 = 0.1..=10,
        ;
        header: Header,
        engine: Engine,
        threshing: Threshing,
        shoe: Shoe,
        tank: Tank,
        plates: Plates,
    }
}

section! {
    /// The header.
    Header at "[header]" {
        /// Across the bats, m.
        reel_diameter_m: f64 = 0.3..=2.5,
        /// Lifting speed, m/s.
        lift_m_s: f64 = 0.05..=2,
        /// Lowering speed, m/s.
        lower_m_s: f64 = 0.05..=2,
        /// From the knife to the feeder house, s.
        residence_s: f64 = 0.2..=5,
    }
}

section! {
    /// The engine and what loads it; torque in % of the torque at rated speed.
    Engine at "[engine]" {
        /// r/min.
        rated_rpm: f64 = 800..=4000,
        /// r/min.
        idle_rpm: f64 = 400..=1500,
        /// Full throttle without load, r/min.
        high_idle_rpm: f64 = 800..=4500,
        /// How far the governor lets the speed fall, r/min per % of torque.
        droop_rpm_per_pct: f64 = 0..=10,
        /// kW.
        rated_power_kw: f64 = 10..=800,
        /// The highest torque, below rated speed, %.
        torque_reserve_pct: f64 = 100..=150,
        /// What the empty threshing gear takes, %.
        running_torque_pct: f64 = 0..=80,
        /// What driving takes, % per m/s.
        travel_torque_pct_per_m_s: f64 = 0..=40,
        /// What the crop takes, % per kg/s of feed.
        crop_torque_pct_per_kg_s: f64 = 0..=60,
    }
}

/// What separates grain from straw behind the drum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Separator {
    /// A rotor turns the straw over a grate.
    Rotor,
    /// Walkers throw it; grain must fall through the layer.
    Walkers,
}

impl Separator {
    /// It has no numbers.
    #[allow(clippy::unused_self, reason = "called like that of a section")]
    pub(crate) fn ranges(self) -> Vec<Range> {
        Vec::new()
    }
}

section! {
    /// Drum or rotor, concave and separation.
    Threshing at "[threshing]" {
        /// r/min.
        drum_rpm: f64 = 100..=2000,
        /// r/min.
        separator_rpm: f64 = 50..=2000,
        /// From the feeder house to the separator's end at rated feed, s.
        residence_s: f64 = 0.5..=15,
        /// Expected threshing events of a kernel from the drum on, at rated feed and 15 % moisture.
        threshing_rate: f64 = 1..=60,
        /// Expected passages of a free kernel through concave and grate, likewise.
        separation_rate: f64 = 1..=60,
        /// Share of the threshing that the first concave does.
        first_threshing: f64 = 0..=1,
        /// Share of the separation that it does.
        first_separation: f64 = 0..=1,
        /// How threshing falls with the load.
        threshing_load_exponent: f64 = 0..=3,
        /// How separation falls with the load, or with the layer's thickness.
        separation_load_exponent: f64 = 0..=3,
        /// Expected breakages of straw into chaff along the way.
        chaff_rate: f64 = 0..=5,
        /// From the separator's end to the ground, s.
        discharge_s: f64 = 0.1..=10,
        ;
        separator: Separator,
    }
}

section! {
    /// The cleaning shoe.
    Shoe at "[shoe]" {
        /// r/min.
        fan_rpm: f64 = 100..=3000,
        /// Over the grain pan, s.
        pan_s: f64 = 0.1..=10,
        /// From the sieve's end to the ground, s.
        discharge_s: f64 = 0.1..=10,
        /// Expected penetration steps of a kernel along the sieve at rated load.
        sieve_length: f64 = 2..=40,
        /// How that falls with the load.
        sieve_load_exponent: f64 = 0..=2,
        /// The way of the tailings back to the rotor, s.
        returns_s: f64 = 0.5..=20,
    }
}

section! {
    /// Clean grain elevator and tank.
    Tank at "[tank]" {
        /// kg.
        capacity_kg: f64 = 50..=30000,
        /// kg/s.
        unload_kg_s: f64 = 1..=200,
        /// From the shoe to the tank at rated flow, s.
        elevator_s: f64 = 0.5..=20,
        /// Scatter of the grain flow meter, kg/s.
        flow_noise_kg_s: f64 = 0..=2,
    }
}

section! {
    /// The loss plates.
    Plates at "[plates]" {
        /// Share of the discharge that one plate sees.
        area_fraction: f64 = 0..=1,
        /// Share of kernel hits over the threshold at 15 % moisture.
        detection: f64 = 0.01..=0.99,
        /// Width of a pulse, during which no other is seen, s.
        dead_time_s: f64 = 0..=0.1,
        /// Counts per kg of straw that leaves, at the threshold for wheat.
        false_counts_per_kg: f64 = 0..=10,
        /// Counts per second by the machine's shaking at rated speed.
        vibration_counts_s: f64 = 0..=20,
    }
}
