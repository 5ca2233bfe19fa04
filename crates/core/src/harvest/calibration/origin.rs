//! Where a calibration comes from, for screens and reports.

use super::Calibration;

/// Where the calibration comes from that a session began with.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CalibrationOrigin {
    /// When the newest of its pans was dropped, bus time, microseconds: of those behind the machine, and without any, at the
    /// header.
    pub newest_us: i64,
    /// Pans that told of the loss behind the machine.
    pub rear_pans: u32,
    /// Pans that told of the loss at the header.
    pub header_pans: u32,
    /// Their field; `None` when it was not entered.
    pub field: Option<String>,
    /// The name of the machine when it is another one; `None` for this one.
    pub machine: Option<String>,
    /// The plates begin at their data sheet: they were touched, have another sheet, or are another machine's.
    pub plates_reset: bool,
    /// Its pans count as calibration, at their loads and moistures; false when they are too old, or of another machine.
    pub counts: bool,
}

impl Calibration {
    /// Where it comes from; of another machine when `machine` names it. `field` is for calibrations without one of their own.
    pub fn origin(&self, field: Option<String>, machine: Option<String>) -> CalibrationOrigin {
        let newest = self.rear_pans.as_ref().or(self.header_pans.as_ref());
        let pans = |taught: &Option<super::PansTaught>| taught.as_ref().map_or(0, |taught| taught.pans);
        CalibrationOrigin {
            newest_us: newest.map_or(self.t_us, |taught| taught.newest_us),
            rear_pans: pans(&self.rear_pans),
            header_pans: pans(&self.header_pans),
            field: newest.and_then(|taught| taught.field.clone()).or(field),
            machine,
            plates_reset: false,
            counts: false,
        }
    }
}
