//! Codes that are not values: which they are, and what they say instead.

/// Whether a decoded number can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A value.
    Valid,
    /// The sender has no such sensor or option, or the frame is too short to hold the signal.
    NotAvailable,
    /// The sender knows that its sensor is broken.
    Error,
    /// The sensor has not been calibrated yet.
    NotCalibrated,
    /// A code that the sender's standard keeps for other uses: not a value.
    Reserved,
}

impl State {
    /// The word used in machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotAvailable => "not-available",
            Self::Error => "error",
            Self::NotCalibrated => "not-calibrated",
            Self::Reserved => "reserved",
        }
    }
}

/// Which raw codes mean something else than a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRule {
    /// SAE J1939-71: the top byte FB..FD is reserved, FE an error, FF not available; of 2, 4 and 6 bits all ones is
    /// not available and one less an error.
    J1939,
    /// NMEA 2000: the largest value is not available, one less an error, two less reserved; signed ones likewise.
    Nmea2000,
    /// Every code is a value.
    None,
}

/// J1939-71 and ISO 11783-7 as restated in AgIsoStack++ and J1939DA extracts; only the top byte of a 16-bit or 32-bit
/// value is looked at. `is_number` is asked of wide codes whether the file declares a bare number that uses them, such as
/// the low half of a suspect parameter number; all ones are never one.
#[inline]
pub(crate) fn j1939_state(raw: u64, width: u32, is_number: impl FnOnce() -> bool) -> State {
    let state = match width {
        8 | 16 | 24 | 32 => match raw >> (width - 8) {
            0..=0xFA => return State::Valid,
            0xFF => State::NotAvailable,
            0xFE => State::Error,
            _ => State::Reserved,
        },
        2..=7 if raw == (1 << width) - 1 => return State::NotAvailable,
        2 | 4 | 6 if raw == (1 << width) - 2 => return State::Error,
        _ => return State::Valid,
    };
    let all_ones = u64::MAX >> (64 - width);
    if width > 8 && raw != all_ones && is_number() { State::Valid } else { state }
}

/// NMEA 2000 as canboat's ranges show it; of 2 and 3 bits only all ones is not a value. `raw` is the bits alone, not
/// sign-extended.
pub(crate) fn nmea2000_state(raw: u64, width: u32, signed: bool) -> State {
    if width == 1 {
        return State::Valid;
    }
    let largest = u64::MAX >> (64 - width + u32::from(signed));
    match largest.checked_sub(raw) {
        Some(0) => State::NotAvailable,
        Some(1) if width >= 4 => State::Error,
        Some(2) if width >= 8 => State::Reserved,
        _ => State::Valid,
    }
}
