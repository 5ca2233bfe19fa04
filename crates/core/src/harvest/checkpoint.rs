//! What has been learned of machine and crop, to go on with after an interruption: the gains as plates and pans have left
//! them, and the pans that lie on the ground. What the estimator has seen of the last minutes is not kept, nor how long
//! crop takes: it sees again.

use super::gain::{GainFilter, GainState};
use super::pan::KeptPans;
use super::rear::KeptRear;
use super::{Harvest, PanEntry, PendingDrop};
use crate::time::us_to_s;

/// What has been learned until some moment.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EstimatorCheckpoint {
    /// When, bus time.
    t_us: i64,
    gains: GainState,
    rear: KeptRear,
    pans: KeptPans,
    drops: Vec<PendingDrop>,
    newest_drop: u32,
}

impl EstimatorCheckpoint {
    /// The pans that lay on the ground, and the newest drop's number.
    pub fn drops(&self) -> (&[PendingDrop], u32) {
        (&self.drops, self.newest_drop)
    }
}

impl Harvest {
    /// What has been learned until now, with the pans that wait to be counted and the newest drop's number.
    pub fn learned(&self, t_us: i64, drops: &[PendingDrop], newest_drop: u32) -> EstimatorCheckpoint {
        let (gains, rear, pans) = (self.gains.kept(), self.rear.kept(), self.pans.kept(drops));
        EstimatorCheckpoint { t_us, gains, rear, pans, drops: drops.to_vec(), newest_drop }
    }

    /// Goes on at `now_us` with what was learned, and with the pans that had been judged: what is known has aged
    /// meanwhile. Without what was learned, or with that of an estimator of another make, the pans stand in the ledger
    /// and calibrate nothing: false.
    pub fn go_on_with(&mut self, learned: Option<&EstimatorCheckpoint>, judged: Vec<PanEntry>, now_us: i64) -> bool {
        let found = learned.and_then(|learned| Some((learned, GainFilter::of(&learned.gains)?)));
        let is_restored = found.is_some();
        if let Some((learned, mut gains)) = found {
            gains.wander(us_to_s((now_us - learned.t_us).max(0)), false);
            self.gains = gains;
            self.rear.go_on(learned.rear);
            self.pans.go_on(learned.pans.clone());
        }
        self.pans.judged_before(judged);
        is_restored
    }
}
