//! Rotor, concave and separation: kernels are threshed out of the ears, then fall through the grate.
//!
//! The two-stage form of Miu and Kutzbach: along the rotor, the unthreshed share falls with the threshing rate, and
//! threshed grain falls through with the separation rate; both rates fall with the straw load. Here it runs over the
//! cells of a chain, so that residence is spread and a change of feed travels through.

use super::Crops;
use super::lags::stretch;
use crate::random::{Random, Wander};
use crate::scenario::Threshing;
use crate::simulation::TICK_S;

const CELLS: usize = 5;
/// The tailings come back behind the first cell.
const RETURN_CELL: usize = 1;
/// How the rates rise with drum speed. Assumed.
const DRUM_EXPONENTS: (f64, f64) = (0.9, 0.6);
/// Moist crop is harder to thresh and to separate: log slopes per point of grain moisture. Assumed.
const MOISTURE_SLOPES: (f64, f64) = (-0.025, -0.02);
const REFERENCE_MOISTURE_PCT: f64 = 15.0;
/// The rates are not carried below this load, where they would grow without end.
const LEAST_LOAD: f64 = 0.05;
/// No two machines thresh alike, and the mat is never even: spread of the separation rate between machines, and its
/// wandering within seconds. Assumed; loss varies about three times as much.
const AS_BUILT_SD: f64 = 0.03;
const UNEVEN_SD: f64 = 0.04;
const UNEVEN_MEMORY_S: f64 = 3.0;

/// The rotor and what is on it.
pub(super) struct Rotor {
    data: Threshing,
    cells: [Cell; CELLS],
    /// Straw on it at rated feed, kg.
    reference_kg: f64,
    as_built: f64,
    uneven: Wander,
}

#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_field_names, reason = "the postfix is the unit")]
struct Cell {
    unthreshed_kg: f64,
    free_kg: f64,
    straw_kg: f64,
}

/// What leaves it in a tick.
#[derive(Clone, Copy, Default)]
pub(super) struct Threshed {
    /// Grain and chaff through the grate, kg.
    pub to_shoe: Crops,
    /// Grain still in the ears at the rotor's end, kg.
    pub unthreshed_kg: f64,
    /// Threshed grain at the rotor's end, kg.
    pub free_kg: f64,
    /// Straw at the rotor's end, kg.
    pub straw_kg: f64,
}

impl Rotor {
    /// `rated_straw_kg_s` is the straw of the rated feed.
    pub fn new(data: &Threshing, rated_straw_kg_s: f64, random: &mut Random) -> Self {
        Self {
            data: data.clone(),
            cells: [Cell::default(); CELLS],
            reference_kg: rated_straw_kg_s * data.residence_s,
            as_built: 1.0 + AS_BUILT_SD * random.gaussian().clamp(-3.0, 3.0),
            uneven: Wander::new(UNEVEN_SD, UNEVEN_MEMORY_S, TICK_S, random),
        }
    }

    /// One tick, in which the rotor runs for `moved_s` at `drum` times its rated speed.
    pub fn step(
        &mut self,
        fed: Crops,
        returned_kg: f64,
        moved_s: f64,
        drum: f64,
        moisture_pct: f64,
        random: &mut Random,
    ) -> Threshed {
        let straw_kg: f64 = self.cells.iter().map(|cell| cell.straw_kg).sum();
        let load = (straw_kg / self.reference_kg).max(LEAST_LOAD);
        // Events per cell, then per tick: a cell is a fifth of the rotor and of the time on it.
        let passed = (CELLS as f64 * moved_s / (self.data.residence_s * stretch(load))).min(1.0);
        let per_cell = passed / CELLS as f64;
        let moist = moisture_pct - REFERENCE_MOISTURE_PCT;
        let drum = drum.max(0.1);
        let threshing = self.data.threshing_rate
            * load.powf(-self.data.threshing_load_exponent)
            * drum.powf(DRUM_EXPONENTS.0)
            * (MOISTURE_SLOPES.0 * moist).exp();
        let separation = self.data.separation_rate
            * load.powf(-self.data.separation_load_exponent)
            * drum.powf(DRUM_EXPONENTS.1)
            * (MOISTURE_SLOPES.1 * moist).exp()
            * self.as_built
            * (1.0 + self.uneven.step(random)).max(0.5);
        let (threshed, separated) = ((threshing * per_cell).min(0.9), (separation * per_cell).min(0.9));
        let chaffed = self.data.chaff_rate * per_cell;

        let mut out = Threshed::default();
        let mut moving = Cell { unthreshed_kg: fed.grain, free_kg: 0.0, straw_kg: fed.straw };
        for (at, cell) in self.cells.iter_mut().enumerate() {
            let leaving = Cell {
                unthreshed_kg: cell.unthreshed_kg * passed,
                free_kg: cell.free_kg * passed,
                straw_kg: cell.straw_kg * passed,
            };
            let freed = (cell.unthreshed_kg - leaving.unthreshed_kg) * threshed;
            let fallen = (cell.free_kg - leaving.free_kg) * separated;
            let chaff = (cell.straw_kg - leaving.straw_kg) * chaffed;
            let returned = if at == RETURN_CELL { returned_kg } else { 0.0 };
            cell.unthreshed_kg += moving.unthreshed_kg - leaving.unthreshed_kg - freed;
            cell.free_kg += moving.free_kg + freed + returned - leaving.free_kg - fallen;
            cell.straw_kg += moving.straw_kg - leaving.straw_kg - chaff;
            out.to_shoe.grain += fallen;
            out.to_shoe.straw += chaff;
            moving = leaving;
        }
        Threshed { unthreshed_kg: moving.unthreshed_kg, free_kg: moving.free_kg, straw_kg: moving.straw_kg, ..out }
    }

    /// Grain on it, kg.
    #[cfg(test)]
    pub fn grain_kg(&self) -> f64 {
        self.cells.iter().map(|cell| cell.unthreshed_kg + cell.free_kg).sum()
    }
}
