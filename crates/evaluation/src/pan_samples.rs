//! Drop pans for a session: what the simulator's technicians took in its first half, as many as are asked for.

use grainloss_simulator::{PanKind as SampleKind, PanRow, Pans, Scenario, TruthRow};

use grainloss_core::harvest::{Pan, PanKind};
use grainloss_core::pan_sample::{GrainAmount, PanLimits, PanMeasurement};

/// One technician of the simulator takes a sample every five and a half minutes: three of them, one after the other,
/// take enough in half an hour.
const TECHNICIANS: usize = 3;
const APART_S: usize = 110;
/// Their seeds are so far apart; the first has the harvest's own, as `simulate --pans` has.
const SEEDS_APART: u64 = 1_000_000;

/// All samples of the first half of a session, by time.
#[derive(Debug, Default)]
pub(super) struct PanSamples {
    rows: Vec<PanRow>,
}

impl PanSamples {
    /// What the technicians found along this truth.
    pub fn taken(scenario: &Scenario, seed: u64, truth: &[TruthRow]) -> Self {
        let mut rows = Vec::new();
        for at in 0..TECHNICIANS {
            let mut technician = Pans::new(scenario, seed + at as u64 * SEEDS_APART);
            rows.extend(truth[..truth.len() / 2].iter().skip(at * APART_S).filter_map(|row| technician.look(row)));
        }
        rows.sort_by(|a, b| a.t_unix.total_cmp(&b.t_unix));
        Self { rows }
    }

    /// `rear` of the rear pans and half as many front samples whose shed is known, spread evenly; `None` when there are
    /// fewer. The simulator's technicians take one front sample for two rear pans as well.
    pub fn choose(&self, rear: usize, kernel_mass_kg: f64) -> Option<Vec<Pan>> {
        let of = |kind| self.rows.iter().filter(move |row| row.kind == kind);
        let fronts: Vec<_> = of(SampleKind::Front).filter(|row| row.natural_shed_kernels_m2.is_some()).collect();
        let mut chosen = spread(&of(SampleKind::Rear).collect::<Vec<_>>(), rear)?;
        // Short sessions have no front sample: those that there are, then.
        chosen.extend(spread(&fronts, (rear / 2).min(fronts.len()))?);
        Some(chosen.into_iter().filter_map(|row| pan(row, kernel_mass_kg)).collect())
    }
}

/// `count` of the values, evenly spread over them; `None` when there are not so many.
fn spread<T: Copy>(values: &[T], count: usize) -> Option<Vec<T>> {
    let at = |nth: usize| (2 * nth + 1) * values.len() / (2 * count);
    (count <= values.len()).then(|| (0..count).map(|nth| values[at(nth)]).collect())
}

/// A technician's sample as a pan, as `replay --pans` reads a row: weighed is better than counted. `None` for a row without
/// either.
pub fn pan(row: &PanRow, kernel_mass_kg: f64) -> Option<Pan> {
    let counted = || row.kernels.map(|kernels| GrainAmount::Kernels(f64::from(kernels)));
    let measurement = PanMeasurement {
        kind: match row.kind {
            SampleKind::Rear => PanKind::Rear,
            SampleKind::Front => PanKind::Front,
        },
        amount: row.grams.map(GrainAmount::Grams).or_else(counted)?,
        kernel_mass_kg,
        area_m2: row.pan_area_m2,
        header_width_m: row.header_width_m,
        discharge_width_m: row.discharge_width_m,
        shed_kernels_m2: row.natural_shed_kernels_m2,
    };
    let sample = measurement.sample(&PanLimits::FILE).ok()?;
    Some(Pan::of(sample, (row.t_unix * 1e6) as i64, (row.t_known_unix * 1e6) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_evenly() {
        // Ten values, four chosen: the middles of four parts of 2.5: 1.25, 3.75, 6.25, 8.75.
        let values: Vec<usize> = (0..10).collect();
        assert_eq!(spread(&values, 4).unwrap(), [1, 3, 6, 8]);
        assert_eq!(spread(&values, 1).unwrap(), [5]);
        assert_eq!(spread(&values, 0).unwrap(), [0; 0]);
        assert_eq!(spread(&values, 10).unwrap(), values);
        assert_eq!(spread(&values, 11), None);
    }
}
