//! The short way to a value: one word, two shifts, a scale, and one comparison for the codes that may be no values.
//!
//! Most signals are a whole number inside of eight bytes. All that reading one needs is worked out beforehand, and is
//! one line of a processor's cache. The few others go the long way, which gives the same for those that are read here.

use std::ops::RangeInclusive;

use super::bits::{Bits, Kind};
use super::codes::{CodeRule, State};
use super::scale::Quotient;

/// What reading a signal of the ordinary kind needs.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Plan {
    /// Of the word; beyond every payload for a signal that goes the long way.
    byte: u16,
    /// The payload must be at least this long.
    min_len: u16,
    /// How far the word is shifted up, and then down.
    up: u8,
    down: u8,
    big_endian: bool,
    is_signed: bool,
    is_ordinary: bool,
    quotient: Quotient,
    /// The lowest code that may be no value, and how many codes from there on.
    first_odd: u64,
    odd_codes: u64,
}

impl Plan {
    /// A signal that goes the long way.
    pub const NONE: Self = Self {
        byte: u16::MAX,
        min_len: 0,
        up: 0,
        down: 0,
        big_endian: false,
        is_signed: false,
        is_ordinary: false,
        quotient: Quotient::ONE,
        first_odd: 0,
        odd_codes: 0,
    };

    /// The plan for a whole number of these bits; [`NONE`](Self::NONE) where there is no short way. `odd` are all codes that
    /// may be no values.
    pub fn new(bits: &Bits, quotient: Quotient, odd: Option<RangeInclusive<i64>>) -> Self {
        // An unsigned number of 64 bits has no room in an `i64`.
        let Some((byte, shift, big_endian)) = bits.word_place().filter(|_| bits.width < 64) else { return Self::NONE };
        if !matches!(bits.kind, Kind::Unsigned | Kind::Signed) {
            return Self::NONE;
        }
        let (first_odd, odd_codes) = odd.map_or((0, 0), |odd| {
            let (first, last) = (*odd.start() as u64, *odd.end() as u64);
            (first, last.wrapping_sub(first).saturating_add(1))
        });
        let down = 64 - bits.width;
        Self {
            byte,
            min_len: bits.min_len,
            up: down - shift,
            down,
            big_endian,
            is_signed: bits.kind == Kind::Signed,
            is_ordinary: quotient.is_exact(),
            quotient,
            first_odd,
            odd_codes,
        }
    }

    /// The same, for a signal that is on a multiplexer page.
    pub const fn paged(mut self) -> Self {
        self.is_ordinary = false;
        self
    }

    /// True for a signal that is in every payload of its message, and is scaled without a division.
    #[inline]
    pub const fn is_ordinary(&self) -> bool {
        self.is_ordinary
    }

    /// The code; `None` for a signal that goes the long way, and for one at the very end of a long payload.
    #[inline]
    pub fn raw(&self, padded: &[u8]) -> Option<i64> {
        let word = *padded.get(usize::from(self.byte)..)?.first_chunk()?;
        let word = if self.big_endian { u64::from_be_bytes(word) } else { u64::from_le_bytes(word) };
        let up = word << self.up;
        Some(if self.is_signed { (up as i64) >> self.down } else { (up >> self.down) as i64 })
    }

    /// True for a code that can only be a value, of a signal that the payload holds to its end.
    #[inline]
    pub fn is_plain(&self, raw: i64, len: usize) -> bool {
        let is_odd = (raw as u64).wrapping_sub(self.first_odd) < self.odd_codes;
        !(is_odd | (len < usize::from(self.min_len)))
    }

    /// True when a payload of this length holds the whole signal.
    #[inline]
    pub fn fits(&self, len: usize) -> bool {
        len >= usize::from(self.min_len)
    }

    /// The quantity of a code.
    #[inline]
    pub fn physical(&self, raw: i64) -> f64 {
        self.quotient.of(raw as f64)
    }

    /// The same for an ordinary signal.
    #[inline]
    pub fn physical_ordinary(&self, raw: i64) -> f64 {
        self.quotient.of_exact(raw as f64)
    }
}

/// The lowest and the highest code that may be no values: those that the rule keeps, and those of the signal's own list.
/// `None` where every code is a value.
pub(super) fn odd_codes(
    rule: CodeRule,
    width: u32,
    is_signed: bool,
    own: &[(i64, i64, State)],
) -> Option<RangeInclusive<i64>> {
    let all_ones = u64::MAX >> (64 - width);
    let ruled = match (rule, width) {
        (CodeRule::J1939, 8 | 16 | 24 | 32) => Some((0xFB << (width - 8), all_ones)),
        (CodeRule::J1939, 2..=7) => Some((all_ones - 1, all_ones)),
        (CodeRule::J1939 | CodeRule::None, _) | (_, 1) => None,
        (CodeRule::Nmea2000, _) => {
            let largest = all_ones >> u32::from(is_signed);
            Some((largest.saturating_sub(2), largest))
        }
    };
    // The codes of a signed signal are sign-extended.
    let code = |bits: u64| {
        let negative = is_signed && bits >> (width - 1) & 1 == 1;
        (if negative { bits | !all_ones } else { bits }) as i64
    };
    let ruled = ruled.map(|(low, high)| (code(low), code(high)));
    let all = ruled.into_iter().chain(own.iter().map(|&(low, high, _)| (low, high)));
    let hull = all.filter(|(low, high)| low <= high).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    hull.map(|(low, high)| low..=high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{ByteOrder, Scale, Signal};
    use super::*;
    use crate::frame::{CanId, Frame};

    /// Decimal factors and offsets as files have them, and some that are none.
    fn scale() -> impl Strategy<Value = (f64, f64)> {
        let decimal = |most: i64| (-most..=most, 0..=9).prop_map(|(count, places)| count as f64 / 10f64.powi(places));
        let factor =
            prop_oneof![6 => decimal(2000), 1 => Just(0.125), 1 => Just(1e-7), 1 => Just(std::f64::consts::PI)];
        let offset = prop_oneof![1 => Just(0.0), 1 => Just(-0.0), 2 => decimal(100_000), 1 => Just(-210.0)];
        (factor.prop_filter("a factor", |factor| factor.abs() >= 1e-20), offset)
    }

    fn state() -> impl Strategy<Value = State> {
        prop_oneof![Just(State::Valid), Just(State::NotAvailable), Just(State::Error)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_short_way_and_the_long_way_give_the_same(
            (start, width, big, signed) in (0u64..512, 1u64..=64, any::<bool>(), any::<bool>()),
            (factor, offset) in scale(),
            rule in prop_oneof![Just(CodeRule::J1939), Just(CodeRule::Nmea2000), Just(CodeRule::None)],
            own in proptest::collection::vec((-300i64..300, 0i64..3, state()), 0..3),
            mut payload in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xFF), Just(0)], 64),
            len in prop_oneof![3 => Just(8usize), 1 => 0..=64usize],
        ) {
            let order = if big { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
            let kind = if signed { Kind::Signed } else { Kind::Unsigned };
            // Most signals lie in the first eight bytes.
            let start = if start < 384 { start % 64 } else { start };
            let Ok(signal) = Signal::at(start, width, order, kind, 64) else { return Ok(()) };
            let codes = own.into_iter().map(|(low, more, state)| (low, low + more, state)).collect();
            let signal = signal.with_scale(factor, offset).unwrap().with_codes(rule, codes);
            payload.truncate(len);
            let frame = Frame::new(0, CanId::ZERO, &payload).unwrap();
            let (short, long) = (signal.decode(&frame), signal.decode_at_length((&frame).into()));
            prop_assert_eq!((short.raw, short.state), (long.raw, long.state));
            prop_assert_eq!(short.physical.to_bits(), long.physical.to_bits(), "{} {}", short.physical, long.physical);
        }
    }

    #[test]
    fn products_give_the_bits_of_the_division() {
        // Every code of 16 bits for the factors of J1939, and the largest codes that a form is used for.
        for (factor, offset) in
            [(0.4, 0.0), (0.05, 0.0), (0.1, -3276.8), (0.001, 0.0), (0.03125, -273.0), (-0.0007, 1.0), (0.00025, -32.0)]
        {
            let scale = Scale::new(factor, offset);
            let quotient = scale.quotient(0xFFFF);
            assert!(quotient.is_exact(), "{factor}");
            for raw in 0..=0xFFFF {
                let raw = f64::from(raw);
                assert_eq!(quotient.of(raw).to_bits(), scale.physical(raw).to_bits(), "{factor} {offset} {raw}");
            }
        }
        let mut largest = 0;
        for places in 1..=9 {
            let scale = Scale::new(10f64.powi(-places), 0.0);
            for bits in 1..=50 {
                let most = (1u64 << bits) - 1;
                let quotient = scale.quotient(most);
                if !quotient.is_exact() {
                    continue;
                }
                largest = largest.max(bits);
                for below in (0..most.min(50_000)).chain((0..1000).map(|step| most / 1000 * step)) {
                    let raw = (most - below) as f64;
                    assert_eq!(quotient.of(raw).to_bits(), scale.physical(raw).to_bits(), "{places} {raw}");
                }
            }
        }
        assert!((40..50).contains(&largest), "{largest}");
    }
}
