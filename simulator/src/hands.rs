//! Whose hands are on the controls: the scenario's driver, or a learner's.

use crate::controls::Controls;
use crate::driver::Driver;
use crate::field::Track;
use crate::learner::{Cab, Learner, Lever};
use crate::plant::Plant;
use crate::scenario::Active;

/// One of the two.
pub(crate) enum Hands {
    Driver(Box<Driver>),
    Learner(Box<Learner>),
}

impl Hands {
    /// Where the next turn begins: so far beyond the crop, or, negative, inside it, m.
    pub fn overshoot_m(&self) -> f64 {
        match self {
            Self::Driver(driver) => driver.overshoot_m(),
            Self::Learner(learner) => learner.overshoot_m(),
        }
    }

    /// How far the heading is off the way, rad. Guidance keeps a learner to the row.
    pub fn weave_rad(&self) -> f64 {
        match self {
            Self::Driver(driver) => driver.weave_rad(),
            Self::Learner(_) => 0.0,
        }
    }

    /// Share of the header's width that is used.
    pub fn width_share(&self, active: &Active) -> f64 {
        match self {
            Self::Driver(driver) => driver.width_share(active),
            Self::Learner(_) => 1.0,
        }
    }

    /// One tick, `t_s` after the start.
    pub fn step(&mut self, t_s: f64, track: &Track, plant: &Plant, active: &Active) -> Controls {
        match self {
            Self::Driver(driver) => driver.step(t_s, track, plant, active),
            Self::Learner(learner) => learner.step(track, plant),
        }
    }

    /// Moves a learner's control; false where that makes no sense now.
    pub fn act(&mut self, lever: Lever, track: &Track) -> bool {
        match self {
            Self::Driver(_) => false,
            Self::Learner(learner) => learner.act(lever, track),
        }
    }

    /// What a learner sees and has set.
    pub fn cab(&self, track: &Track, plant: &Plant, left_standing_kg: f64) -> Option<Cab> {
        match self {
            Self::Driver(_) => None,
            Self::Learner(learner) => Some(learner.cab(track, plant, left_standing_kg)),
        }
    }
}
