//! What has been learned of machine and crop, to be restored after an interruption: the loss filter, the transit times, and
//! the pans that lie on the ground. The last minutes of readings are not kept: they come again.

use super::filter::{FilterState, LossFilter};
use super::pan::PanBookState;
use super::rear::RearState;
use super::{Harvest, PanEntry, PendingDrop};
use crate::crop_conditions::CropConditions;
use crate::time::us_to_s;

/// What has been learned until some moment.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EstimatorCheckpoint {
    /// When, bus time.
    t_us: i64,
    #[serde(rename = "gains")]
    filter: FilterState,
    rear: RearState,
    pans: PanBookState,
    drops: Vec<PendingDrop>,
    newest_drop: u32,
    /// What the driver has said of the crop, and when; nothing in a checkpoint of an earlier version.
    #[serde(default)]
    crop: CropConditions,
    #[serde(default)]
    crop_said_us: Option<i64>,
}

impl EstimatorCheckpoint {
    /// The pans that lay on the ground, and the newest drop's number.
    pub fn drops(&self) -> (&[PendingDrop], u32) {
        (&self.drops, self.newest_drop)
    }
}

impl Harvest {
    /// What has been learned until now, with the pans that wait to be counted and the newest drop's number.
    pub fn checkpoint(&self, t_us: i64, drops: &[PendingDrop], newest_drop: u32) -> EstimatorCheckpoint {
        let (filter, rear, pans) = (self.filter.state(), self.rear.state(), self.pans.state(drops));
        let (crop, crop_said_us) = (self.crop, self.crop_said_us);
        EstimatorCheckpoint { t_us, filter, rear, pans, drops: drops.to_vec(), newest_drop, crop, crop_said_us }
    }

    /// Continues at `now_us` from a checkpoint, and with the pans that were fused or rejected before: time passes in between.
    /// Without a checkpoint, or with that of another estimator or a damaged one, the pans stand in the ledger and calibrate
    /// nothing: false.
    pub fn restore(&mut self, checkpoint: Option<&EstimatorCheckpoint>, ledger: Vec<PanEntry>, now_us: i64) -> bool {
        let found = checkpoint
            .filter(|checkpoint| checkpoint.pans.is_possible())
            .and_then(|checkpoint| Some((checkpoint, LossFilter::restored(&self.params, &checkpoint.filter)?)));
        let is_restored = found.is_some();
        if let Some((checkpoint, mut filter)) = found {
            filter.predict(us_to_s((now_us - checkpoint.t_us).max(0)), false);
            self.filter = filter;
            self.rear.restore(checkpoint.rear);
            self.rear.restore_crop(checkpoint.crop);
            (self.crop, self.crop_said_us) = (checkpoint.crop, checkpoint.crop_said_us);
            self.pans.restore(checkpoint.pans.clone());
        }
        self.pans.restore_ledger(ledger);
        is_restored
    }
}
