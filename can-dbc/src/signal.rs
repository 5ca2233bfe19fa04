//! One signal: where its bits are, what they mean, and which codes say that there is no value.

mod bits;
mod codes;
mod half;
mod labels;
mod plan;
mod scale;

use crate::frame::Payload;

pub(crate) use bits::{Bits, Misplaced};
pub use bits::{ByteOrder, Kind};
pub use codes::{CodeRule, State};
pub(crate) use plan::Plan;
pub(crate) use scale::{Decimal, Scale};

/// What a signal decoded to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The bits: sign-extended for a signed signal, the IEEE 754 pattern for a floating-point one.
    pub raw: i64,
    /// raw × factor + offset, whatever the state: check the state first.
    pub physical: f64,
    /// Whether `physical` is a value.
    pub state: State,
}

/// The pages of a multiplexer that a signal is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// Which signal of the message is the switch.
    pub switch: usize,
    /// The switch's values, lowest and highest of each run.
    pub ranges: Vec<(u64, u64)>,
}

impl Pages {
    /// True when the switch's value is one of them.
    #[inline]
    pub fn contains(&self, page: u64) -> bool {
        self.ranges.iter().any(|&(low, high)| (low..=high).contains(&page))
    }
}

/// A double holds every whole number of so many bits.
const MOST_EXACT: u8 = 53;

/// A signal of a message, ready to decode and encode.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its name in the DBC file; the long one, where Vector's attributes give it one.
    pub name: String,
    /// The unit as the DBC file writes it; may be empty.
    pub unit: String,
    /// The lowest and highest physical value that the DBC file declares; `None` when it says `[0|0]`.
    pub range: Option<(f64, f64)>,
    /// The value table: raw code and label.
    pub labels: Vec<(i64, String)>,
    /// The pages that it is on; `None` when it is in every payload of its message.
    pub pages: Option<Pages>,
    /// The SAE suspect parameter number, if the file names one.
    pub spn: Option<u32>,
    pub(crate) bits: Bits,
    /// What the standard says of codes that are not in the list below.
    rule: CodeRule,
    /// Further bits, above those of `bits`.
    high: Option<Bits>,
    inverted: bool,
    /// Of both parts together.
    width: u8,
    kind: Kind,
    /// The payload must be at least this long.
    min_len: u16,
    scale: Scale,
    /// Codes whose state is settled before the rule is asked: lowest, highest, state.
    codes: Vec<(i64, i64, State)>,
    /// Made of the others.
    plan: Plan,
}

impl Signal {
    /// A signal of these bits, in which every code is a value: factor 1, offset 0, no unit.
    pub(crate) fn of_bits(name: &str, bits: Bits) -> Self {
        Self {
            name: name.to_owned(),
            unit: String::new(),
            range: None,
            labels: Vec::new(),
            pages: None,
            spn: None,
            bits,
            rule: CodeRule::None,
            high: None,
            inverted: false,
            width: bits.width,
            kind: bits.kind,
            min_len: bits.min_len,
            scale: Scale::new(1.0, 0.0),
            codes: Vec::new(),
            plan: Plan::NONE,
        }
        .planned()
    }

    /// The same with its plan, after a change.
    fn planned(mut self) -> Self {
        self.plan = if self.high.is_some() || self.inverted {
            Plan::NONE
        } else {
            let odd = plan::odd_codes(self.rule, self.width(), self.kind == Kind::Signed, &self.codes);
            Plan::new(&self.bits, self.scale.quotient(self.largest()), odd)
        };
        self
    }

    /// The code furthest from 0, without its sign.
    #[inline]
    fn largest(&self) -> u64 {
        let all_ones = u64::MAX >> (64 - self.width());
        if self.kind == Kind::Signed { all_ones / 2 + 1 } else { all_ones }
    }

    /// The values as whole numbers of decimals, where all of them are.
    pub(crate) fn decimal(&self) -> Option<Decimal> {
        let is_whole = matches!(self.kind, Kind::Unsigned | Kind::Signed) && self.width <= MOST_EXACT;
        if is_whole { self.scale.decimal(self.largest()) } else { None }
    }

    /// A signal of a frame, described without a DBC file; numbered as in one: `start` is the lowest bit of a
    /// little-endian signal and the highest of a big-endian one, bits of a byte from the least significant. The error
    /// says what is wrong with the place. `size` is the longest payload, in bytes, up to [`LONGEST_BROADCAST`](crate::LONGEST_BROADCAST).
    ///
    /// # Errors
    ///
    /// Where such bits do not fit into the payload, or the kind does not fit the width.
    pub fn at(start: u64, width: u64, order: ByteOrder, kind: Kind, size: u64) -> Result<Self, &'static str> {
        Bits::new(start, width, order, kind, size).map(|bits| Self::of_bits("", bits)).map_err(|wrong| match wrong {
            Misplaced::Width => "its length is not 1 to 64 bits",
            Misplaced::FloatWidth => "a floating-point number has 16, 32 or 64 bits",
            Misplaced::Outside => "its bits reach beyond the payload",
        })
    }

    /// The same signal with the bits of another one above its own: a value that a sender has split. `None` when both
    /// together are over 64 bits, or one of them is a floating-point number or a split value itself.
    #[must_use]
    pub fn with_high(mut self, high: &Self) -> Option<Self> {
        let is_part = |signal: &Self| signal.high.is_none() && matches!(signal.kind, Kind::Unsigned | Kind::Signed);
        if self.width() + high.width() > 64 || !is_part(&self) || !is_part(high) {
            return None;
        }
        self.high = Some(high.bits);
        self.width += high.width;
        // The sign is in the highest bits.
        self.kind = high.kind;
        self.min_len = self.min_len.max(high.min_len);
        Some(self.planned())
    }

    /// The same signal with every bit turned round: 0 means 1.
    #[must_use]
    pub fn with_bits_inverted(mut self) -> Self {
        self.inverted = !self.inverted;
        self.planned()
    }

    /// The same signal with another factor and offset. `None` when they cannot scale anything.
    #[must_use]
    pub fn with_scale(mut self, factor: f64, offset: f64) -> Option<Self> {
        self.scale = Scale::is_usable(factor, offset).then(|| Scale::new(factor, offset))?;
        Some(self.planned())
    }

    /// The same signal with other codes that are not values: runs of codes with their states, and a rule for the rest.
    #[must_use]
    pub fn with_codes(mut self, rule: CodeRule, codes: Vec<(i64, i64, State)>) -> Self {
        self.rule = rule;
        self.codes = codes;
        self.planned()
    }

    /// The same signal with another rule for the codes that its own table does not settle.
    #[must_use]
    pub fn with_rule(mut self, rule: CodeRule) -> Self {
        self.rule = rule;
        self.planned()
    }

    /// The same signal with runs of codes (lowest, highest) whose states go before everything else.
    #[must_use]
    pub fn with_special_codes(mut self, codes: impl IntoIterator<Item = (i64, i64, State)>) -> Self {
        self.codes.splice(0..0, codes);
        self.planned()
    }

    /// Which codes are not values.
    pub const fn rule(&self) -> CodeRule {
        self.rule
    }

    /// What one count is, and what is added to count times that: factor and offset, in the signal's unit.
    pub const fn scale(&self) -> (f64, f64) {
        self.scale.given
    }

    /// The width in bits, 1..=64.
    #[inline]
    pub fn width(&self) -> u32 {
        u32::from(self.width)
    }

    /// Where it begins, as a DBC file writes it: the lowest bit of a little-endian signal, the highest of a big-endian one. Of
    /// a split value the lower part's.
    pub fn place(&self) -> (u64, ByteOrder) {
        self.bits.place()
    }

    /// How its bits stand for a number.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Reads the signal from a payload, whether or not its multiplexer page is the one in the payload.
    #[inline]
    pub fn decode<'a>(&self, payload: impl Into<Payload<'a>>) -> Value {
        let payload = payload.into();
        let Some(raw) = self.plan.raw(payload.padded()) else { return self.decode_at_length(payload) };
        let state = if self.plan.is_plain(raw, payload.len()) {
            State::Valid
        } else {
            self.odd_state(&self.plan, raw, payload.len())
        };
        Value { raw, physical: self.plan.physical(raw), state }
    }

    /// The same for an ordinary signal with this plan; `signal` is asked for what is seldom needed. `padded` is a payload of
    /// `len` bytes with zeros behind it.
    #[inline]
    pub(crate) fn decode_ordinary<'a>(plan: &Plan, signal: impl Fn() -> &'a Self, padded: &[u8], len: usize) -> Value {
        let Some(raw) = plan.raw(padded) else { return signal().decode_at_length(Payload::new(padded, len)) };
        let state = if plan.is_plain(raw, len) { State::Valid } else { signal().odd_state(plan, raw, len) };
        Value { raw, physical: plan.physical_ordinary(raw), state }
    }

    /// Code and state of what [`decode`](Self::decode) gives.
    #[inline]
    pub(crate) fn code(&self, payload: Payload<'_>) -> (i64, State) {
        let Some(raw) = self.plan.raw(payload.padded()) else {
            let Value { raw, state, .. } = self.decode_at_length(payload);
            return (raw, state);
        };
        let is_plain = self.plan.is_plain(raw, payload.len());
        (raw, if is_plain { State::Valid } else { self.odd_state(&self.plan, raw, payload.len()) })
    }

    /// The state of a code that may be no value, in a payload of this length.
    #[inline(never)]
    fn odd_state(&self, plan: &Plan, raw: i64, len: usize) -> State {
        if plan.fits(len) { self.state(raw) } else { State::NotAvailable }
    }

    /// How it is decoded as one of its message's signals.
    pub(crate) fn plan(&self) -> Plan {
        if self.pages.is_some() { self.plan.paged() } else { self.plan }
    }

    /// The same for every signal, without its plan.
    #[inline(never)]
    fn decode_at_length(&self, payload: Payload<'_>) -> Value {
        let raw = self.raw(payload);
        let is_whole = payload.len() >= usize::from(self.min_len);
        let state = if is_whole { self.state(raw) } else { State::NotAvailable };
        Value { raw, physical: self.physical(raw), state }
    }

    /// True when the payload shows one of these pages, the signal being their switch. A page is the bits' number, although
    /// some files declare the switch signed.
    #[inline]
    pub fn shows<'a>(&self, pages: &Pages, payload: impl Into<Payload<'a>>) -> bool {
        let payload = payload.into();
        payload.len() >= usize::from(self.bits.min_len) && pages.contains(self.bits.read(payload))
    }

    #[inline]
    fn raw(&self, payload: Payload<'_>) -> i64 {
        let mut bits = self.bits.read(payload);
        if let Some(high) = self.high {
            bits |= high.read(payload) << self.bits.width;
        }
        if self.inverted {
            bits = !bits;
        }
        let unused = 64 - self.width;
        let raised = bits << unused;
        if self.kind == Kind::Signed { (raised as i64) >> unused } else { (raised >> unused) as i64 }
    }

    /// The quantity of a code, whatever its state.
    #[inline]
    pub(crate) fn physical(&self, raw: i64) -> f64 {
        self.scale.physical(match self.kind {
            Kind::Unsigned => raw as u64 as f64,
            Kind::Signed => raw as f64,
            Kind::Half => half::from_bits(raw as u16),
            Kind::Float => f64::from(f32::from_bits(raw as u32)),
            Kind::Double => f64::from_bits(raw as u64),
        })
    }

    /// The physical value of a raw code without any rounding, where it is a whole number that may have more digits than
    /// `physical` holds: of more than 53 bits, with a whole factor and offset. `None` elsewhere.
    #[inline]
    pub fn whole(&self, raw: i64) -> Option<i128> {
        if self.width <= MOST_EXACT {
            return None;
        }
        match self.kind {
            Kind::Unsigned => self.scale.whole((raw as u64).into()),
            Kind::Signed => self.scale.whole(raw.into()),
            Kind::Half | Kind::Float | Kind::Double => None,
        }
    }

    /// The raw code nearest to a physical value, or `None` when it does not fit the width.
    pub fn raw_of(&self, physical: f64) -> Option<i64> {
        let raw = self.scale.raw(physical);
        let width = self.width() as i32;
        // The upper limit is the first power of two that does not fit: unlike the largest code it is exact at any width.
        match self.kind {
            Kind::Unsigned => (0.0..2f64.powi(width)).contains(&raw.round()).then(|| raw.round() as u64 as i64),
            Kind::Signed => {
                (-2f64.powi(width - 1)..2f64.powi(width - 1)).contains(&raw.round()).then(|| raw.round() as i64)
            }
            Kind::Half => half::nearest(raw).map(i64::from),
            Kind::Float => (raw as f32).is_finite().then(|| i64::from((raw as f32).to_bits())),
            Kind::Double => raw.is_finite().then(|| raw.to_bits() as i64),
        }
    }

    /// Writes a raw code into a payload; bytes outside the payload are left out.
    pub fn encode(&self, payload: &mut [u8], raw: i64) {
        let bits = if self.inverted { !raw } else { raw } as u64;
        self.bits.write(payload, bits);
        if let Some(high) = self.high {
            high.write(payload, bits >> self.bits.width);
        }
    }

    /// The label of a raw code in the value table.
    pub fn label(&self, raw: i64) -> Option<&str> {
        self.labels.iter().find(|(code, _)| *code == raw).map(|(_, label)| label.as_str())
    }

    /// What a raw code says about itself.
    #[inline(never)]
    pub fn state(&self, raw: i64) -> State {
        if let Some((.., state)) = self.codes.iter().find(|(low, high, _)| (*low..=*high).contains(&raw)) {
            return *state;
        }
        match (self.kind, self.rule) {
            // An infinity or "not a number" measures nothing.
            (Kind::Half | Kind::Float | Kind::Double, _) if !self.physical(raw).is_finite() => State::NotAvailable,
            (Kind::Half | Kind::Float | Kind::Double, _) | (_, CodeRule::None) => State::Valid,
            (_, CodeRule::J1939) => codes::j1939_state(self.bits_of(raw), self.width(), || self.declared(raw)),
            (kind, CodeRule::Nmea2000) => codes::nmea2000_state(self.bits_of(raw), self.width(), kind == Kind::Signed),
        }
    }

    #[inline]
    fn bits_of(&self, raw: i64) -> u64 {
        raw as u64 & (u64::MAX >> (64 - self.width()))
    }

    /// What the label of a code, in the value table, makes of it: beside the standard's rule, its own words.
    pub(crate) fn labelled_state(&self, raw: i64, label: &str) -> State {
        // One signed bit has no code above 0.
        let unused = 64 - self.width() + u32::from(self.kind == Kind::Signed);
        let highest = u64::MAX.checked_shr(unused).unwrap_or(0);
        let is_last =
            self.rule == CodeRule::None && highest.checked_sub(self.bits_of(raw)).is_some_and(|left| left <= 1);
        labels::labelled_state(label, self.state(raw), self.width(), is_last, !self.unit.is_empty())
    }

    /// True when the DBC file declares this code inside the range of a signal without a unit: a bare number, such as the
    /// low half of a suspect parameter number, uses all its codes. (Files that declare `[0|255]` for a percentage mean
    /// what fits the bits.)
    fn declared(&self, raw: i64) -> bool {
        self.unit.is_empty() && self.range.is_some_and(|(low, high)| (low..=high).contains(&self.physical(raw)))
    }
}
