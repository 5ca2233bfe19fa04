//! What a thresher works on in a tick: a piece of crop, how the drum runs, and what leaves.

use super::flows::Crops;
use crate::math::{Power, exp, pow};
use crate::scenario::CropThreshing;

/// How the rates rise with drum speed. Assumed.
const DRUM_EXPONENTS: (f64, f64) = (0.9, 0.6);
/// How they fall with the clearance of the concave. Assumed.
const CONCAVE_EXPONENTS: (f64, f64) = (-0.45, -0.2);
const REFERENCE_MOISTURE_PCT: f64 = 15.0;

/// What the clearance of the concave does to threshing and separation: a setting, seldom changed.
pub(super) struct ConcavePowers(Power, Power);

impl Default for ConcavePowers {
    fn default() -> Self {
        Self(Power::new(CONCAVE_EXPONENTS.0), Power::new(CONCAVE_EXPONENTS.1))
    }
}

/// A bit of crop on its way.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(super) struct Cell {
    pub unthreshed_kg: f64,
    pub free_kg: f64,
    pub straw_kg: f64,
}

impl Cell {
    pub fn scaled(self, by: f64) -> Self {
        Self { unthreshed_kg: self.unthreshed_kg * by, free_kg: self.free_kg * by, straw_kg: self.straw_kg * by }
    }

    pub fn add(&mut self, other: Self) {
        self.unthreshed_kg += other.unthreshed_kg;
        self.free_kg += other.free_kg;
        self.straw_kg += other.straw_kg;
    }

    /// Takes a share of the free grain out, and of the straw as chaff, into what falls on the shoe.
    pub fn sift(&mut self, separated: f64, chaffed: f64, to_shoe: &mut Crops) {
        let (grain, chaff) = (self.free_kg * separated, self.straw_kg * chaffed);
        self.free_kg -= grain;
        self.straw_kg -= chaff;
        to_shoe.grain += grain;
        to_shoe.straw += chaff;
    }
}

/// What goes in during a tick, and how the drum runs.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub fed: Crops,
    /// Grain that the tailings bring back.
    pub returned_kg: f64,
    /// How long it runs, at the speed of the belts.
    pub moved_s: f64,
    /// Drum speed over the right one for the crop.
    pub drum: f64,
    /// Clearance over the right one for the crop.
    pub concave: f64,
    pub moisture_pct: f64,
    pub roll_rad: f64,
    pub pitch_rad: f64,
}

impl Work {
    /// Factors on the rates of threshing, separation and chaff, load apart.
    pub fn eases(&self, crop: &CropThreshing, concave: &mut ConcavePowers) -> (f64, f64, f64) {
        let moist = self.moisture_pct - REFERENCE_MOISTURE_PCT;
        let (drum, tough) = (self.drum.max(0.1), exp(-crop.moist_per_pct * moist));
        (
            crop.ease * tough * pow(drum, DRUM_EXPONENTS.0) * concave.0.of(self.concave),
            crop.separation_ease * tough * pow(drum, DRUM_EXPONENTS.1) * concave.1.of(self.concave),
            crop.chaff_share * exp(-crop.dry_chaff_per_pct * moist.clamp(-8.0, 8.0)),
        )
    }
}

/// What leaves in a tick.
#[derive(Clone, Copy, Default)]
pub(super) struct Threshed {
    /// Grain and chaff for the shoe, kg.
    pub to_shoe: Crops,
    /// What leaves the rear with the straw.
    pub out: Cell,
    /// The right side's share of that loss over the left's: -1..=1, 0 when even.
    pub lean: f64,
}
