//! A tangential drum with its concave, and straw walkers behind it. On the walkers grain must find its way down through
//! the layer of straw: the thicker the layer, the slower (as process models of walkers have it, Biosystems Engineering 2016, known by its title).
//! A slope moves the straw to one side, where the layer is thicker: four lanes.

use super::cell::{Cell, ConcavePowers, Threshed, Work};
use super::flows::Crops;
use super::lags::stretch;
use crate::math::{exp, pow};
use crate::random::{Random, Wander};
use crate::scenario::{CropThreshing, Threshing};
use crate::time::TICK_S;

const LANES: usize = 4;
const CELLS: usize = 4;
/// Share of the way's time that is spent in drum and beater. Assumed.
const DRUM_TIME: f64 = 0.15;
/// How much of the straw a slope moves from the upper half to the lower, per rad. Assumed.
const ROLL_SHIFT: f64 = 3.0;
/// Uphill the straw runs back faster: time on the walkers per rad of pitch. Assumed.
const PITCH_TIME: f64 = 3.0;
/// The rates are not carried below this load, where they would grow without end.
const LEAST_LOAD: f64 = 0.05;
/// Spread between machines, and the layer's unevenness within seconds for each lane. Assumed.
const AS_BUILT_SD: f64 = 0.03;
const UNEVEN_SD: f64 = 0.06;
const UNEVEN_MEMORY_S: f64 = 2.0;

/// Drum and walkers, and what is on them.
pub(super) struct Walkers {
    data: Threshing,
    crop: CropThreshing,
    drum: Cell,
    lanes: [[Cell; CELLS]; LANES],
    uneven: [Wander; LANES],
    /// Straw in the drum and on one lane at rated feed, kg.
    drum_reference_kg: f64,
    lane_reference_kg: f64,
    as_built: f64,
    concave: ConcavePowers,
}

impl Walkers {
    pub fn new(data: &Threshing, crop: &CropThreshing, rated_straw_kg_s: f64, random: &mut Random) -> Self {
        let walkers_s = data.residence_s * (1.0 - DRUM_TIME);
        Self {
            data: data.clone(),
            crop: crop.clone(),
            drum: Cell::default(),
            lanes: [[Cell::default(); CELLS]; LANES],
            uneven: [(); LANES].map(|()| Wander::new(UNEVEN_SD, UNEVEN_MEMORY_S, TICK_S, random)),
            drum_reference_kg: rated_straw_kg_s * data.residence_s * DRUM_TIME,
            lane_reference_kg: rated_straw_kg_s * walkers_s / LANES as f64,
            as_built: 1.0 + AS_BUILT_SD * random.gaussian().clamp(-3.0, 3.0),
            concave: ConcavePowers::default(),
        }
    }

    pub fn step(&mut self, work: &Work, random: &mut Random) -> Threshed {
        let mut threshed = Threshed::default();
        let eases = work.eases(&self.crop, &mut self.concave);
        let from_drum = self.step_drum(work, eases, &mut threshed.to_shoe);
        let (_, separation_ease, chaff_ease) = eases;
        let walking = self.data.separation_rate * (1.0 - self.data.first_separation) * separation_ease * self.as_built;
        let chaff = self.data.chaff_rate * chaff_ease / 2.0;
        let time_s = self.data.residence_s * (1.0 - DRUM_TIME) * (1.0 - PITCH_TIME * work.pitch_rad).clamp(0.5, 1.5);
        let mut sides = [0.0; 2];
        for (at, (lane, uneven)) in self.lanes.iter_mut().zip(&mut self.uneven).enumerate() {
            // -0.75, -0.25, 0.25, 0.75 of half the width, right positive.
            let aside = (at as f64 + 0.5) / LANES as f64 * 2.0 - 1.0;
            let share = ((1.0 + ROLL_SHIFT * work.roll_rad * aside) / LANES as f64).max(0.02);
            let layer = lane.iter().map(|cell| cell.straw_kg).sum::<f64>() / self.lane_reference_kg;
            let thick = (layer * (1.0 + uneven.step(random))).max(LEAST_LOAD);
            let separation = walking * pow(thick, -self.data.separation_load_exponent);
            let passed = (CELLS as f64 * work.moved_s / (time_s * stretch(thick))).min(1.0);
            let per_cell = passed / CELLS as f64;
            let mut moving = from_drum.scaled(share);
            for cell in lane {
                let leaving = cell.scaled(passed);
                let mut staying = cell.scaled(1.0 - passed);
                staying.sift((separation * per_cell).min(0.9), chaff * per_cell, &mut threshed.to_shoe);
                staying.add(moving);
                *cell = staying;
                moving = leaving;
            }
            sides[usize::from(aside > 0.0)] += moving.free_kg;
            threshed.out.add(moving);
        }
        if sides[0] + sides[1] > 0.0 {
            threshed.lean = (sides[1] - sides[0]) / (sides[0] + sides[1]);
        }
        threshed
    }

    /// What the drum threshes and its concave separates, by the closed form of the two stages; what is left goes on
    /// through the drum.
    fn step_drum(
        &mut self,
        work: &Work,
        (ease, separation_ease, chaff_ease): (f64, f64, f64),
        to_shoe: &mut Crops,
    ) -> Cell {
        let load = (self.drum.straw_kg / self.drum_reference_kg).max(LEAST_LOAD);
        let slower = pow(load, -self.data.threshing_load_exponent);
        let threshing = self.data.threshing_rate * ease * slower;
        let separation = self.data.separation_rate * self.data.first_separation * separation_ease * slower;
        let (unthreshed, left) = (exp(-threshing), exp(-separation));
        // The two rates are never equal: the one is of tens, the other of ones; the guard is for odd machine files.
        let apart = (threshing - separation).abs().max(1e-6);
        let free = threshing / apart * (left - unthreshed).abs();
        let grain = work.fed.grain;
        let chaff = work.fed.straw * (self.data.chaff_rate * chaff_ease / 2.0).min(0.6);
        let threshed = Cell {
            unthreshed_kg: grain * unthreshed,
            free_kg: grain * free + work.returned_kg * left,
            straw_kg: work.fed.straw - chaff,
        };
        to_shoe.grain += grain * (1.0 - unthreshed - free) + work.returned_kg * (1.0 - left);
        to_shoe.straw += chaff;
        let passed = (work.moved_s / (self.data.residence_s * DRUM_TIME)).min(1.0);
        let leaving = self.drum.scaled(passed);
        self.drum = self.drum.scaled(1.0 - passed);
        self.drum.add(threshed);
        leaving
    }

    /// Straw in it over that at rated feed.
    pub fn load(&self) -> f64 {
        let on: f64 = self.lanes.iter().flatten().map(|cell| cell.straw_kg).sum();
        (on + self.drum.straw_kg) / (self.lane_reference_kg * LANES as f64 + self.drum_reference_kg)
    }

    /// Grain on it, kg.
    #[cfg(test)]
    pub fn grain_kg(&self) -> f64 {
        let cells = self.lanes.iter().flatten().chain([&self.drum]);
        cells.map(|cell| cell.unthreshed_kg + cell.free_kg).sum()
    }
}
