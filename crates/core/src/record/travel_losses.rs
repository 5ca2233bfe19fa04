//! What was lost of lodged crop, by how the machine drove to it: what is right is not the same in every crop, so it is compared.

use serde::{Deserialize, Serialize};

use super::second::SecondRow;
use crate::crop_conditions::Travel;
use crate::harvest::Activity;

/// Sums of one direction: best estimates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TravelSum {
    /// Seconds of cutting.
    pub cutting_s: f64,
    /// Grain entering at the header, kg.
    pub grain_kg: f64,
    /// Lost at the header, kg.
    pub header_kg: f64,
    /// Lost behind the machine, kg.
    pub rear_kg: f64,
}

impl TravelSum {
    /// Loss over grain in, per cent; `None` without grain.
    pub fn loss_pct(&self) -> Option<f64> {
        (self.grain_kg > 0.0).then(|| 100.0 * (self.header_kg + self.rear_kg) / self.grain_kg)
    }

    /// Loss at the header over grain in, per cent; `None` without grain.
    pub fn header_pct(&self) -> Option<f64> {
        (self.grain_kg > 0.0).then(|| 100.0 * self.header_kg / self.grain_kg)
    }
}

/// The sums of every direction. Seconds count in which the way that the crop lies and the course are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TravelLosses {
    sums: [TravelSum; 3],
}

impl TravelLosses {
    /// Of one direction.
    pub const fn of(&self, travel: Travel) -> &TravelSum {
        &self.sums[travel as usize]
    }

    /// True when no second counts yet.
    pub fn is_empty(&self) -> bool {
        self.sums.iter().all(|sum| sum.cutting_s <= 0.0)
    }

    /// Takes a second of the harvest in.
    pub fn add(&mut self, row: &SecondRow) {
        let cutting = row.doing.activity == Some(Activity::Cutting);
        let Some(travel) = row.crop.travel(row.course_rad).filter(|_| cutting) else { return };
        let (Some(grain), Some(header), Some(rear)) = (row.grain_in_kg_s, row.header_kg_s, row.rear_kg_s) else {
            return;
        };
        self.add_cut(travel, grain, [header.value, rear.value]);
    }

    /// Takes a second of cutting in: grain entering, kg, and what was lost at the header and behind the machine, kg.
    pub const fn add_cut(&mut self, travel: Travel, grain_kg: f64, [header_kg, rear_kg]: [f64; 2]) {
        let sum = &mut self.sums[travel as usize];
        sum.cutting_s += 1.0;
        sum.grain_kg += grain_kg;
        sum.header_kg += header_kg;
        sum.rear_kg += rear_kg;
    }
}
