//! What the book of pans keeps over an interruption.

use super::super::calibration::Carried;
use super::{Dispersion, Envelope, Inflation, PanBook, PanObserved, PendingDrop, SecondContext, Taught};

/// What pans have taught, and what is needed to fuse those that lie on the ground.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct PanBookState {
    first_us: Option<i64>,
    dispersion: [Dispersion; 3],
    /// The header's, and that of what is behind the machine.
    inflation: [Inflation; 2],
    /// Pans that were fused, of the header's and of those behind the machine.
    used: [u32; 2],
    #[serde(rename = "behind")]
    rear_envelope: Option<Envelope>,
    #[serde(rename = "in_front")]
    header_envelope: Option<Envelope>,
    /// Of the pans that wait.
    #[serde(rename = "moments")]
    seconds: Vec<SecondContext>,
    /// The pans of an earlier field that count here.
    #[serde(default)]
    carried: Carried,
    /// Those that may be blunders, and wait for another one that finds the same.
    #[serde(default)]
    doubtful: Vec<PanObserved>,
}

impl PanBookState {
    /// What pans have taught of their spreads is possible: it is not damaged.
    pub fn is_possible(&self) -> bool {
        self.dispersion.iter().all(Dispersion::is_possible) && self.inflation.iter().all(Inflation::is_possible)
    }
}

impl PanBook {
    /// What has to be kept over an interruption, with these pans waiting to be counted.
    pub fn state(&self, drops: &[PendingDrop]) -> PanBookState {
        let mut seconds: Vec<SecondContext> = drops.iter().filter_map(|drop| self.nearest(drop.t_us)).collect();
        seconds.sort_by_key(|second| second.t_us);
        PanBookState {
            first_us: self.first_us,
            dispersion: self.dispersion,
            inflation: [self.header.inflation, self.rear.inflation],
            used: [self.header.pans, self.rear.pans],
            rear_envelope: self.rear.envelope,
            header_envelope: self.header.envelope,
            seconds,
            carried: self.carried.clone(),
            doubtful: self.doubtful.clone(),
        }
    }

    /// Continues from it.
    pub fn restore(&mut self, state: PanBookState) {
        let PanBookState {
            first_us,
            dispersion,
            inflation: [header, rear],
            used,
            rear_envelope,
            header_envelope,
            seconds,
            carried,
            doubtful,
        } = state;
        (self.first_us, self.dispersion, self.carried, self.doubtful) = (first_us, dispersion, carried, doubtful);
        let [header_pans, rear_pans] = used;
        self.header = Taught { inflation: header, pans: header_pans, envelope: header_envelope };
        self.rear = Taught { inflation: rear, pans: rear_pans, envelope: rear_envelope };
        self.seconds.extend(seconds);
    }
}
