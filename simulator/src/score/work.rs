//! What was cut and lost in some time.

use crate::truth::TruthRow;

/// What was cut and lost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// How long, s.
    pub seconds: f64,
    /// m².
    pub area_m2: f64,
    /// Grain that stood where it was cut, kg.
    pub grain_kg: f64,
    /// Lost at the header, kg.
    pub header_loss_kg: f64,
    /// Lost behind the machine, kg.
    pub rear_loss_kg: f64,
}

impl Work {
    pub(super) fn add(&mut self, row: &TruthRow) {
        self.seconds += 1.0;
        self.area_m2 += if row.yield_kg_ha > 0.0 { row.grain_in_kg_s / row.yield_kg_ha * 1e4 } else { 0.0 };
        self.grain_kg += row.grain_in_kg_s;
        self.header_loss_kg += row.header_loss_kg_s;
        self.rear_loss_kg += rear_kg_s(row);
    }

    /// All that was lost, kg.
    pub fn loss_kg(&self) -> f64 {
        self.header_loss_kg + self.rear_loss_kg
    }

    /// Loss over grain, %; `None` when nothing was cut.
    pub fn loss_pct(&self) -> Option<f64> {
        (self.grain_kg > 0.0).then(|| 100.0 * self.loss_kg() / self.grain_kg)
    }

    /// Area over time, ha/h; `None` before any time.
    pub fn area_ha_h(&self) -> Option<f64> {
        (self.seconds > 0.0).then(|| self.area_m2 / 1e4 / self.seconds * 3600.0)
    }
}

/// Everything that leaves behind the machine as loss, kg/s.
pub(super) fn rear_kg_s(row: &TruthRow) -> f64 {
    row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s
}
