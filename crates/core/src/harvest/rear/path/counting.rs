//! The plates of a path: their counts until a window is full, and whether they can be believed.

use super::super::super::filter::{CountWindow, LossFilter, RearPath};
use super::super::super::fusion::NotFusedReason;
use super::super::super::plates::PlatePair;
use super::super::super::zero::ZeroCheck;
use super::super::saturation::Saturation;
use super::super::window::CountGathering;
use crate::params::RearParams;

/// What counts.
#[derive(Debug)]
pub(super) struct Plates {
    pub pair: PlatePair,
    pub zero: ZeroCheck,
    pub saturation: Saturation,
    pub gathering: CountGathering,
    /// Kernels counted by one plate for each kilogram lost, by the data sheet.
    pub kernels_per_kg: f64,
    pub dead_time_s: f64,
    pub false_per_kg_straw: f64,
    /// Both have been silent where they should have counted.
    pub are_silent: bool,
    /// They have counted more than the grain that came in could give.
    pub are_contradicted: bool,
}

impl Plates {
    /// Both are.
    pub fn are_out(&self) -> bool {
        self.are_silent || self.are_contradicted || self.zero.is_noisy()
    }

    /// A window was not fused for this reason, or was. One that is held says nothing yet.
    pub fn judge_window(&mut self, why_not: Option<NotFusedReason>) {
        if why_not != Some(NotFusedReason::JumpUnconfirmed) {
            self.are_contradicted = why_not == Some(NotFusedReason::MoreThanCameIn);
        }
    }

    /// Closes the window when it holds enough.
    pub fn full_window(
        &mut self,
        path: RearPath,
        params: &RearParams,
        filter: &LossFilter,
    ) -> Result<CountWindow, NotFusedReason> {
        let gathering = &self.gathering;
        let window = gathering.window(self.dead_time_s, self.saturation.levels());
        if gathering.kernels > 0.0 {
            self.are_silent = false;
        } else if gathering.elapsed_s >= params.silent_s
            && filter.expected_kernels(path, &window) >= params.silent_kernels
        {
            // Both plates silent for so long is not a harvest without loss.
            self.are_silent = true;
            self.gathering = CountGathering::default();
            return Err(NotFusedReason::PlateFault);
        }
        if gathering.is_full(params) {
            self.gathering = CountGathering::default();
            Ok(window)
        } else if self.are_silent {
            Err(NotFusedReason::PlateFault)
        } else if gathering.elapsed_s >= params.window_most_s {
            Err(NotFusedReason::TooFewCounts)
        } else {
            Err(NotFusedReason::WindowNotFull)
        }
    }
}
