//! Crop and machine, as the estimator starts from them.

use crate::machine::{Geometry, LossPlates};

/// The load of ordinary work, as a share of the rated feed rate: published losses are taken to hold there and not at the
/// rated feed rate (our choice: three quarters).
pub const ORDINARY_LOAD: f64 = 0.75;

/// A crop as the loss model knows it. Every level is a prior median, not a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    /// Mass of one kernel, kg.
    pub kernel_mass_kg: f64,
    /// Expected yield, kg/m².
    pub yield_kg_m2: f64,
    /// That yield was measured; otherwise it is the usual one of the crop.
    pub yield_is_measured: bool,
    /// Straw above the cut line for each unit of grain, by mass.
    pub straw_to_grain: f64,
    /// Share of the grain lost at the header in ordinary work.
    pub header_loss: f64,
    /// Share lost behind the separator in ordinary work, at [`ORDINARY_LOAD`], unthreshed grain included.
    pub separation_loss: f64,
    /// Share lost behind the sieves in ordinary work, at [`ORDINARY_LOAD`].
    pub cleaning_loss: f64,
    /// Height of the lowest heads or pods, m: a knife above it leaves them uncut. `None` when that is not how this
    /// crop is lost.
    pub lowest_head_m: Option<f64>,
    /// Speed of the reel's rim over ground speed at which it shatters least. `None` when the header has no reel, or
    /// nothing is known of it.
    pub best_reel_ratio: Option<f64>,
}

/// One machine in one crop.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The crop.
    pub crop: Crop,
    /// The machine's measures.
    pub geometry: Geometry,
    /// Its loss plates, if it has any.
    pub loss_plates: Option<LossPlates>,
}
