//! A rotor: threshing and separation by centrifugal force through one grate. A tangential drum before it is a rotor
//! whose first cell does most of the threshing.

use super::cell::{Cell, ConcavePowers, Threshed, Work};
use super::lags::stretch;
use crate::math::pow;
use crate::random::{Random, Wander};
use crate::scenario::{CropThreshing, Threshing};
use crate::time::TICK_S;

const CELLS: usize = 5;
/// The tailings come back behind the first cell.
const RETURN_CELL: usize = 1;
/// The rates are not carried below this load, where they would grow without end.
const LEAST_LOAD: f64 = 0.05;
/// No two machines thresh alike, and the mat is never even: spread of the separation rate between machines, and its
/// wandering within seconds. Assumed; loss varies about three times as much.
const AS_BUILT_SD: f64 = 0.03;
const UNEVEN_SD: f64 = 0.04;
const UNEVEN_MEMORY_S: f64 = 3.0;
/// The rotor throws more to the side to which it turns, and a slope adds to that: share per rad. Assumed.
const TURN_LEAN: f64 = 0.06;
const ROLL_LEAN: f64 = 1.5;

/// The rotor and what is on it.
pub(super) struct Rotor {
    data: Threshing,
    crop: CropThreshing,
    cells: [Cell; CELLS],
    /// Shares of threshing and separation for each cell.
    shares: [(f64, f64); CELLS],
    /// Straw on it at rated feed, kg.
    reference_kg: f64,
    as_built: f64,
    uneven: Wander,
    concave: ConcavePowers,
}

impl Rotor {
    pub fn new(data: &Threshing, crop: &CropThreshing, rated_straw_kg_s: f64, random: &mut Random) -> Self {
        let others = |first: f64| (1.0 - first) / (CELLS - 1) as f64;
        let mut shares = [(others(data.first_threshing), others(data.first_separation)); CELLS];
        shares[0] = (data.first_threshing, data.first_separation);
        Self {
            data: data.clone(),
            crop: crop.clone(),
            cells: [Cell::default(); CELLS],
            shares,
            reference_kg: rated_straw_kg_s * data.residence_s,
            as_built: 1.0 + AS_BUILT_SD * random.gaussian().clamp(-3.0, 3.0),
            uneven: Wander::new(UNEVEN_SD, UNEVEN_MEMORY_S, TICK_S, random),
            concave: ConcavePowers::default(),
        }
    }

    pub fn step(&mut self, work: &Work, random: &mut Random) -> Threshed {
        let load = self.load().max(LEAST_LOAD);
        // Events per cell, then per tick: a cell is a fifth of the time on it.
        let passed = (CELLS as f64 * work.moved_s / (self.data.residence_s * stretch(load))).min(1.0);
        let (ease, separation_ease, chaff_ease) = work.eases(&self.crop, &mut self.concave);
        let threshing = self.data.threshing_rate * ease * pow(load, -self.data.threshing_load_exponent);
        let separation = self.data.separation_rate
            * separation_ease
            * pow(load, -self.data.separation_load_exponent)
            * self.as_built
            * (1.0 + self.uneven.step(random)).max(0.5);
        let chaffed = self.data.chaff_rate * chaff_ease * passed / CELLS as f64;

        let mut out =
            Threshed { lean: (TURN_LEAN + ROLL_LEAN * work.roll_rad).clamp(-0.8, 0.8), ..Threshed::default() };
        let mut moving = Cell { unthreshed_kg: work.fed.grain, free_kg: 0.0, straw_kg: work.fed.straw };
        for (at, (cell, shares)) in self.cells.iter_mut().zip(self.shares).enumerate() {
            let leaving = cell.scaled(passed);
            let mut staying = cell.scaled(1.0 - passed);
            // What is freed in this tick is separated in the next.
            let freed = staying.unthreshed_kg * (threshing * shares.0 * passed).min(0.9);
            staying.sift((separation * shares.1 * passed).min(0.9), chaffed, &mut out.to_shoe);
            staying.unthreshed_kg -= freed;
            staying.free_kg += freed;
            staying.add(moving);
            if at == RETURN_CELL {
                staying.free_kg += work.returned_kg;
            }
            *cell = staying;
            moving = leaving;
        }
        out.out = moving;
        out
    }

    /// Straw on it over that at rated feed.
    pub fn load(&self) -> f64 {
        self.cells.iter().map(|cell| cell.straw_kg).sum::<f64>() / self.reference_kg
    }

    /// Grain on it, kg.
    #[cfg(test)]
    pub fn grain_kg(&self) -> f64 {
        self.cells.iter().map(|cell| cell.unthreshed_kg + cell.free_kg).sum()
    }
}
