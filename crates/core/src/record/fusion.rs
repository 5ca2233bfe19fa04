//! The columns of a fusion record, once for every place that writes them.

use super::columns::Cell;
use crate::harvest::{Fusion, Innovation};

/// A column of the fusion table: its name with the unit, and its cell in a record.
#[derive(Clone, Copy, Debug)]
pub struct FusionColumn {
    /// The name, as outside programs know it.
    pub name: &'static str,
    cell: fn(&Fusion) -> Cell,
}

impl FusionColumn {
    /// What stands in this column; a number that is none is an empty cell.
    pub fn cell(&self, fusion: &Fusion) -> Cell {
        match (self.cell)(fusion) {
            Cell::Number(number) if !number.is_finite() => Cell::Empty,
            cell => cell,
        }
    }
}

/// All columns, in order: `t_us` and `measurement` together are unique.
pub const FUSION_COLUMNS: [FusionColumn; 7] = [
    FusionColumn { name: "t_us", cell: |fusion| Cell::Whole(fusion.t_us) },
    FusionColumn { name: "measurement", cell: |fusion| Cell::Word(fusion.measurement.word()) },
    FusionColumn { name: "innovation", cell: |fusion| number(fusion, |innovation| innovation.log_ratio) },
    FusionColumn { name: "variance", cell: |fusion| number(fusion, |innovation| innovation.variance) },
    FusionColumn { name: "test_ratio", cell: |fusion| number(fusion, Innovation::test_ratio) },
    FusionColumn { name: "outcome", cell: |fusion| Cell::Word(fusion.outcome.word()) },
    FusionColumn { name: "reason", cell: |fusion| fusion.outcome.reason().map_or(Cell::Empty, Cell::Word) },
];

fn number(fusion: &Fusion, of: fn(Innovation) -> f64) -> Cell {
    fusion.innovation.map_or(Cell::Empty, |innovation| Cell::Number(of(innovation)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harvest::{FusionOutcome, Measurement, NotFusedReason};

    #[test]
    fn a_record_is_one_row() {
        let row = |fusion: Fusion| FUSION_COLUMNS.map(|column| column.cell(&fusion));
        let fused = Fusion {
            measurement: Measurement::RearPan,
            t_us: 7_000_000,
            innovation: Some(Innovation { log_ratio: 0.5, variance: 0.25 }),
            outcome: FusionOutcome::NotFused(NotFusedReason::BlunderProbable),
        };
        let [t_us, measurement, numbers @ .., outcome, reason] = row(fused);
        assert_eq!((t_us, measurement), (Cell::Whole(7_000_000), Cell::Word("rear-pan")));
        assert_eq!(numbers, [Cell::Number(0.5), Cell::Number(0.25), Cell::Number(1.0)]);
        assert_eq!((outcome, reason), (Cell::Word("not-fused"), Cell::Word("blunder-probable")));
        let refused = FusionOutcome::NotFused(NotFusedReason::TransitUnknown);
        let [_, _, numbers @ .., outcome, reason] = row(Fusion { innovation: None, outcome: refused, ..fused });
        assert_eq!(numbers, [Cell::Empty, Cell::Empty, Cell::Empty]);
        assert_eq!((outcome, reason), (Cell::Word("not-fused"), Cell::Word("transit-unknown")));
    }
}
