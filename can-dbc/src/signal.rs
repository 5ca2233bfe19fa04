//! One signal: where its bits are, what they mean, and which codes say that there is no value.

use crate::frame::{Frame, MAX_PAYLOAD};

/// Whether a decoded number can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A value.
    Valid,
    /// The sender has no such sensor or option, or the frame is too short to hold the signal.
    NotAvailable,
    /// The sender knows that its sensor is broken.
    Error,
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

/// What a signal decoded to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The bits, sign-extended for a signed signal.
    pub raw: i64,
    /// raw × factor + offset, whatever the state: check the state first.
    pub physical: f64,
    /// Whether `physical` is a value.
    pub state: State,
}

/// A signal's part in a multiplexed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplex {
    /// Always in the payload.
    Plain,
    /// The page number itself.
    Switch,
    /// In the payload only when the switch has this value.
    Page(u64),
}

/// Where the bits lie: eight bytes are loaded at `byte`, shifted right, masked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits {
    pub byte: u8,
    pub shift: u8,
    pub width: u8,
    pub big_endian: bool,
    pub signed: bool,
    /// The payload must be at least this long.
    pub min_len: u8,
}

/// A signal of a message, ready to decode and encode.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its name in the DBC file.
    pub name: String,
    /// The unit as the DBC file writes it; may be empty.
    pub unit: String,
    /// The lowest and highest physical value that the DBC file declares; `None` when it says `[0|0]`.
    pub range: Option<(f64, f64)>,
    /// The value table: raw code and label.
    pub labels: Vec<(i64, String)>,
    /// Its part in a multiplexed message.
    pub multiplex: Multiplex,
    /// Which codes are not values.
    pub rule: CodeRule,
    /// The SAE suspect parameter number, if the file names one.
    pub spn: Option<u32>,
    pub(crate) bits: Bits,
    pub(crate) scale: Scale,
    /// Codes whose state the value table or the declared range settles, looked at before the rule.
    pub(crate) exceptions: Vec<(i64, State)>,
}

/// How raw becomes physical: (raw × numerator + offset) / denominator, in whole numbers where the file's decimals allow,
/// so that the result is the decimal number that the file means (112 × 0.1 − 12.5 is −1.3, not −1.3000000000000007).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    numerator: f64,
    offset: f64,
    denominator: f64,
}

impl Scale {
    pub fn new(factor: f64, offset: f64) -> Self {
        (0..=12)
            .map(|digits| 10f64.powi(digits))
            .map(|ten| Self { numerator: (factor * ten).round(), offset: (offset * ten).round(), denominator: ten })
            .find(|s| s.numerator / s.denominator == factor && s.offset / s.denominator == offset)
            .unwrap_or(Self { numerator: factor, offset, denominator: 1.0 })
    }

    fn physical(self, raw: f64) -> f64 {
        (raw * self.numerator + self.offset) / self.denominator
    }

    fn raw(self, physical: f64) -> f64 {
        (physical * self.denominator - self.offset) / self.numerator
    }
}

impl Signal {
    /// The width in bits, 1..=64.
    pub fn width(&self) -> u32 {
        u32::from(self.bits.width)
    }

    /// Reads the signal from a frame, whether or not its multiplexer page is the one in the payload.
    #[inline]
    pub fn decode(&self, frame: &Frame) -> Value {
        let raw = self.raw(frame.padded());
        let state = if frame.len() < usize::from(self.bits.min_len) { State::NotAvailable } else { self.state(raw) };
        Value { raw, physical: self.physical(raw), state }
    }

    #[inline]
    fn raw(&self, bytes: &[u8; MAX_PAYLOAD]) -> i64 {
        let at = usize::from(self.bits.byte).min(MAX_PAYLOAD - 8);
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        let word = if self.bits.big_endian { u64::from_be_bytes(word) } else { u64::from_le_bytes(word) };
        let unused = 64 - u32::from(self.bits.width);
        let raised = (word >> self.bits.shift) << unused;
        if self.bits.signed { (raised as i64) >> unused } else { (raised >> unused) as i64 }
    }

    #[inline]
    fn physical(&self, raw: i64) -> f64 {
        self.scale.physical(if self.bits.signed { raw as f64 } else { raw as u64 as f64 })
    }

    /// The raw code nearest to a physical value, or `None` when it does not fit the width.
    pub fn raw_of(&self, physical: f64) -> Option<i64> {
        let raw = self.scale.raw(physical).round();
        let width = i32::from(self.bits.width);
        // The upper limit is the first power of two that does not fit: unlike the largest code it is exact at any width.
        let (low, above) =
            if self.bits.signed { (-2f64.powi(width - 1), 2f64.powi(width - 1)) } else { (0.0, 2f64.powi(width)) };
        (low..above).contains(&raw).then_some(if self.bits.signed { raw as i64 } else { raw as u64 as i64 })
    }

    /// Writes a raw code into a payload; bytes outside the payload are left out.
    pub fn encode(&self, payload: &mut [u8], raw: i64) {
        let mut bytes = [0; MAX_PAYLOAD];
        let len = payload.len().min(MAX_PAYLOAD);
        bytes[..len].copy_from_slice(&payload[..len]);
        let at = usize::from(self.bits.byte).min(MAX_PAYLOAD - 8);
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[at..at + 8]);
        let mask = (u64::MAX >> (64 - u32::from(self.bits.width))) << self.bits.shift;
        let old = if self.bits.big_endian { u64::from_be_bytes(eight) } else { u64::from_le_bytes(eight) };
        let new = (old & !mask) | (((raw as u64) << self.bits.shift) & mask);
        let eight = if self.bits.big_endian { new.to_be_bytes() } else { new.to_le_bytes() };
        bytes[at..at + 8].copy_from_slice(&eight);
        payload[..len].copy_from_slice(&bytes[..len]);
    }

    /// The label of a raw code in the value table.
    pub fn label(&self, raw: i64) -> Option<&str> {
        self.labels.iter().find(|(code, _)| *code == raw).map(|(_, label)| label.as_str())
    }

    /// What a raw code says about itself.
    #[inline]
    pub fn state(&self, raw: i64) -> State {
        if let Some((_, state)) = self.exceptions.iter().find(|(code, _)| *code == raw) {
            return *state;
        }
        match self.rule {
            CodeRule::None => State::Valid,
            CodeRule::J1939 => self.j1939_state(raw as u64),
            CodeRule::Nmea2000 => self.nmea2000_state(raw),
        }
    }

    /// True when the DBC file declares this code inside the range of a signal without a unit: a bare number, such as the
    /// low half of a suspect parameter number, uses all its codes. (Files that declare `[0|255]` for a percentage mean
    /// what fits the bits.)
    fn declared(&self, raw: i64) -> bool {
        self.unit.is_empty() && self.range.is_some_and(|(low, high)| (low..=high).contains(&self.physical(raw)))
    }

    /// J1939-71 and ISO 11783-7 as restated in AgIsoStack++ and J1939DA extracts; only the top byte of a 16-bit or
    /// 32-bit value is looked at.
    #[inline]
    fn j1939_state(&self, raw: u64) -> State {
        let width = u32::from(self.bits.width);
        let state = match width {
            8 | 16 | 24 | 32 => match raw >> (width - 8) {
                0..=0xFA => return State::Valid,
                0xFF => State::NotAvailable,
                0xFE => State::Error,
                _ => State::Reserved,
            },
            // Files declare [0|3] and [0|15] for these although the last two codes are states.
            2 | 4 | 6 if raw == (1 << width) - 1 => return State::NotAvailable,
            2 | 4 | 6 if raw == (1 << width) - 2 => return State::Error,
            3 | 5 | 7 if raw == (1 << width) - 1 => State::NotAvailable,
            _ => return State::Valid,
        };
        if self.declared(raw as i64) { State::Valid } else { state }
    }

    /// NMEA 2000 as canboat's ranges show it.
    fn nmea2000_state(&self, raw: i64) -> State {
        let width = u32::from(self.bits.width);
        if width == 1 {
            return State::Valid;
        }
        let largest = if self.bits.signed { i64::MAX >> (64 - width) } else { (u64::MAX >> (64 - width)) as i64 };
        let state = match (largest as u64).wrapping_sub(raw as u64) {
            0 => State::NotAvailable,
            1 => State::Error,
            2 if width >= 8 => State::Reserved,
            _ => return State::Valid,
        };
        if width < 8 && self.declared(raw) { State::Valid } else { state }
    }
}
