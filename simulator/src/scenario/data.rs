//! What a scenario is made of. Every number has a range, so that a slip of the pen is refused with its key and line.

use serde::Deserialize;

/// A number of a scenario and where it may lie.
pub(super) struct Range {
    pub section: &'static str,
    pub key: &'static str,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Declares a section of a file: its numbers with their meaning and range, and the sections inside it.
macro_rules! section {
    ($(#[$about:meta])* $name:ident at $section:literal {
        $($(#[$doc:meta])* $key:ident: $type:ty = $low:literal..=$high:literal,)*
        $(; $($part:ident: $part_type:ty,)*)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Deserialize)]
        #[allow(clippy::struct_field_names, reason = "keys are read in files, where the type's name is not seen")]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$doc])* pub $key: $type,)*
            $($(pub $part: $part_type,)*)?
        }

        impl $name {
            /// Its numbers and those of the sections inside it.
            pub(super) fn ranges(&self) -> Vec<Range> {
                let own = [$(Range {
                    section: $section,
                    key: stringify!($key),
                    value: f64::from(self.$key),
                    low: f64::from($low),
                    high: f64::from($high),
                }),*];
                let parts: Vec<Vec<Range>> = vec![$($(self.$part.ranges()),*)?];
                own.into_iter().chain(parts.into_iter().flatten()).collect()
            }
        }
    };
}

section! {
    /// A machine. Shaft speeds are those at rated engine speed.
    Machine at "" {
        /// Width of the cut, m.
        header_width_m: f64 = 0.5..=15,
        /// Width on which the rear discharges, m.
        discharge_width_m: f64 = 0.3..=15,
        /// Rated feed rate, grain and straw, kg/s.
        rated_feed_kg_s: f64 = 0.5..=60,
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

section! {
    /// Drum or rotor, concave and separation.
    Threshing at "[threshing]" {
        /// r/min.
        drum_rpm: f64 = 100..=2000,
        /// r/min.
        separator_rpm: f64 = 100..=2000,
        /// Clearance, mm.
        concave_mm: f64 = 1..=80,
        /// From the feeder house to the rotor's end at rated feed, s.
        residence_s: f64 = 0.5..=10,
        /// Expected threshing events of a kernel along the rotor at rated feed and 15 % moisture.
        threshing_rate: f64 = 1..=60,
        /// Expected passages of a free kernel through the concave, likewise.
        separation_rate: f64 = 1..=60,
        /// How the first falls with the load.
        threshing_load_exponent: f64 = 0..=3,
        /// How the second falls with the load.
        separation_load_exponent: f64 = 0..=3,
        /// Expected breakages of straw into chaff along the rotor.
        chaff_rate: f64 = 0..=5,
        /// From the rotor's end to the ground, s.
        discharge_s: f64 = 0.1..=10,
    }
}

section! {
    /// The cleaning shoe.
    Shoe at "[shoe]" {
        /// r/min.
        fan_rpm: f64 = 100..=3000,
        /// Opening, mm.
        upper_sieve_mm: f64 = 0..=50,
        /// Opening, mm.
        lower_sieve_mm: f64 = 0..=50,
        /// Over the grain pan, s.
        pan_s: f64 = 0.1..=10,
        /// From the sieve's end to the ground, s.
        discharge_s: f64 = 0.1..=10,
        /// Expected penetration steps of a kernel along the sieve at rated load.
        sieve_length: f64 = 2..=40,
        /// How that falls with the load.
        sieve_load_exponent: f64 = 0..=2,
        /// Relative air power at which half of the kernels are blown out.
        blowout_air: f64 = 1.2..=20,
        /// Its spread between kernels.
        blowout_spread: f64 = 0.02..=5,
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
        /// Counts per kg of straw that leaves.
        false_counts_per_kg: f64 = 0..=10,
    }
}

section! {
    /// A crop.
    Crop at "" {
        /// Its code in the signal CropType.
        dbc_crop_type: u8 = 0..=61,
        /// Mean yield, kg/ha.
        yield_kg_ha: f64 = 100..=30000,
        /// Mass of a kernel, mg.
        kernel_mg: f64 = 0.5..=1000,
        /// Mass of straw and chaff cut over that of grain.
        straw_per_grain: f64 = 0.05..=10,
        /// kg/hl.
        test_weight_kg_hl: f64 = 10..=120,
        ;
        header: CropHeader,
    }
}

section! {
    /// How the crop loses grain at the header.
    CropHeader at "[header]" {
        /// By knife and divider at 15 % moisture, % of the grain.
        shatter_pct: f64 = 0..=50,
        /// Log slope of that against moisture, per point.
        dry_shatter_per_pct: f64 = 0..=2,
        /// Best speed of the bats over the ground speed.
        reel_index: f64 = 0.5..=3,
        /// % per (m/s)² that the bats are faster than the ground.
        reel_strike_pct: f64 = 0..=50,
        /// % per m/s that the bats are slower than they should be.
        reel_slack_pct: f64 = 0..=50,
        /// Speed from which the knife bunches the stalks, m/s.
        bunching_speed_m_s: f64 = 0.2..=6,
        /// Scale of that loss, %.
        bunching_pct: f64 = 0..=20,
        /// Height of the knife at which half of the low ears stay, m.
        ear_height_m: f64 = 0.05..=3,
        /// Spread of their height, m.
        ear_height_spread_m: f64 = 0.005..=1,
    }
}

section! {
    /// A rectangular field, cut in passes to and fro.
    Field at "[field]" {
        /// Of the first corner, degrees north.
        latitude_deg: f64 = -65..=65,
        /// Of the first corner, degrees east.
        longitude_deg: f64 = -180..=180,
        /// Of the first pass, degrees from north.
        heading_deg: f64 = 0..=360,
        /// m.
        altitude_m: f64 = -400..=5000,
        /// m.
        pass_length_m: f64 = 40..=5000,
        /// How many.
        passes: u32 = 1..=5000,
        /// Variation within a pass, as a fraction.
        yield_cv: f64 = 0..=0.6,
        /// Distance over which it falls to 1/e, m.
        yield_correlation_m: f64 = 1..=500,
        /// Variation from pass to pass.
        pass_to_pass_cv: f64 = 0..=0.5,
        /// Log change from one edge of the field to the other.
        yield_trend: f64 = 0..=1,
        /// Variation of straw per grain.
        straw_cv: f64 = 0..=0.5,
        /// Of the grain at the start, % wet basis.
        moisture_pct: f64 = 5..=45,
        /// Points per hour.
        moisture_drop_pct_per_h: f64 = -5..=5,
        /// Where drying ends, %.
        moisture_min_pct: f64 = 5..=45,
        /// °C.
        air_temp_c: f64 = -30..=50,
    }
}

section! {
    /// How the operator drives when nothing goes wrong.
    Operator at "[operator]" {
        /// Speed at the feed rate wanted, m/s.
        speed_m_s: f64 = 0.3..=4,
        /// Feed rate wanted, kg/s.
        feed_kg_s: f64 = 0.3..=60,
        /// m.
        cut_height_m: f64 = 0.03..=1.5,
        /// Header height in turns, m.
        carry_height_m: f64 = 0.1..=2,
        /// m/s.
        turn_speed_m_s: f64 = 0.2..=3,
    }
}
