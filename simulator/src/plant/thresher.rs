//! Drum, concave and separation: kernels are threshed out of the ears, then leave the straw.
//!
//! The two-stage form of Miu and Kutzbach: along the way, the unthreshed share falls with the threshing rate, and
//! threshed grain is separated with the separation rate; both rates fall with the straw load. Here it runs over the
//! cells of a chain, so that residence is spread and a change of feed travels through.

use super::cell::{Threshed, Work};
use super::rotor::Rotor;
use super::walkers::Walkers;
use crate::random::Random;
use crate::scenario::{CropThreshing, Separator, Threshing};

/// The one or the other kind.
pub(super) enum Thresher {
    Rotor(Box<Rotor>),
    Walkers(Box<Walkers>),
}

impl Thresher {
    /// `rated_straw_kg_s` is the straw of the rated feed.
    pub fn new(data: &Threshing, crop: &CropThreshing, rated_straw_kg_s: f64, random: &mut Random) -> Self {
        match data.separator {
            Separator::Rotor => Self::Rotor(Box::new(Rotor::new(data, crop, rated_straw_kg_s, random))),
            Separator::Walkers => Self::Walkers(Box::new(Walkers::new(data, crop, rated_straw_kg_s, random))),
        }
    }

    pub fn step(&mut self, work: &Work, random: &mut Random) -> Threshed {
        match self {
            Self::Rotor(rotor) => rotor.step(work, random),
            Self::Walkers(walkers) => walkers.step(work, random),
        }
    }

    /// Straw in it over that at rated feed.
    pub fn load(&self) -> f64 {
        match self {
            Self::Rotor(rotor) => rotor.load(),
            Self::Walkers(walkers) => walkers.load(),
        }
    }

    /// Grain in it, kg.
    #[cfg(test)]
    pub fn grain_kg(&self) -> f64 {
        match self {
            Self::Rotor(rotor) => rotor.grain_kg(),
            Self::Walkers(walkers) => walkers.grain_kg(),
        }
    }
}
