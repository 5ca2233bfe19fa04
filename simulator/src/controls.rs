//! What the operator does with the controls of the machine: the driver sets them, the plant follows them.

use crate::scenario::Settings;

/// What the operator's hands do.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Controls {
    /// 0..=1.
    pub throttle: f64,
    /// Drive lever, as the speed that it gives while the engine has speed enough, m/s.
    pub lever_m_s: f64,
    /// Where the header is sent, m.
    pub header_height_m: f64,
    pub header_engaged: bool,
    pub thresher_engaged: bool,
    /// At rated engine speed, r/min.
    pub reel_rpm: f64,
    /// The reel stands forward and down, as for lodged crop.
    pub reel_forward: bool,
    pub unloading: bool,
    pub settings: Settings,
}
