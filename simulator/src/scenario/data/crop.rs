//! A crop as its file describes it: what grows, how it sheds, and how a machine is set for it.

use super::section::section;

section! {
    /// A crop.
    Crop at "" {
        /// Its code in the signal CropType.
        dbc_crop_type: u8 = 0..=61,
        /// Mean yield, kg/ha.
        yield_kg_ha: f64 = 100..=30000,
        /// Mass of a kernel, mg.
        kernel_mg: f64 = 0.5..=1000,
        /// Mass of straw and chaff cut over that of grain, at the cutting height that is usual for it.
        straw_per_grain: f64 = 0.05..=10,
        /// That height, m.
        usual_cut_m: f64 = 0.03..=1.5,
        /// Share of the straw that a cut one metre higher would leave.
        straw_per_m: f64 = 0..=5,
        /// kg/hl.
        test_weight_kg_hl: f64 = 10..=120,
        /// Kernels on the ground before the harvest, per m².
        shed_kernels_m2: f64 = 0..=5000,
        ;
        header: CropHeader,
        threshing: CropThreshing,
        cleaning: CropCleaning,
    }
}

section! {
    /// How the crop loses grain at the header.
    CropHeader at "[header]" {
        /// Code of the header's kind in the signal HeaderType.
        dbc_header_type: u8 = 0..=6,
        /// By knife or snapping rolls at 15 % moisture, % of the grain.
        shatter_pct: f64 = 0..=50,
        /// Log slope of that against moisture, per point.
        dry_shatter_per_pct: f64 = 0..=2,
        /// By the two dividers and what they tear, g for each metre of way.
        edge_g_m: f64 = 0..=200,
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
        /// Height of the knife at which half of the low ears or pods stay, m.
        ear_height_m: f64 = 0.05..=3,
        /// Spread of their height, m.
        ear_height_spread_m: f64 = 0.005..=1,
        /// Share of the grain in lodged crop that stays on the ground, %.
        lodged_pct: f64 = 0..=90,
    }
}

section! {
    /// How the drum is set for the crop and what becomes of it there, against wheat.
    CropThreshing at "[threshing]" {
        /// Drum speed over that in wheat.
        drum_share: f64 = 0.2..=2,
        /// Clearance, mm.
        concave_mm: f64 = 1..=80,
        /// Threshing rate over that in wheat.
        ease: f64 = 0.1..=10,
        /// Separation rate over that in wheat.
        separation_ease: f64 = 0.1..=10,
        /// Log slope of both against moisture, per point.
        moist_per_pct: f64 = 0..=0.3,
        /// Straw broken into chaff over that in wheat.
        chaff_share: f64 = 0..=4,
        /// Log slope of that against dryness, per point.
        dry_chaff_per_pct: f64 = 0..=0.3,
        /// Torque for a kg of it over that in wheat.
        torque_share: f64 = 0.1..=4,
    }
}

section! {
    /// How the shoe is set for the crop.
    CropCleaning at "[cleaning]" {
        /// Fan speed over that in wheat.
        fan_share: f64 = 0.2..=2,
        /// Opening, mm.
        upper_sieve_mm: f64 = 0..=50,
        /// Opening, mm.
        lower_sieve_mm: f64 = 0..=50,
        /// Penetration steps over those in wheat.
        sieve_ease: f64 = 0.1..=10,
        /// Air power over that of the right setting at which half of the kernels are blown out.
        blowout_air: f64 = 1.1..=20,
        /// Its spread between kernels.
        blowout_spread: f64 = 0.02..=5,
        /// Grain moisture from which kernels stick to the chaff, %.
        sticky_pct: f64 = 10..=50,
    }
}
