//! A fast reader for the lines that nearly all logs consist of:
//! `(1749520800.123456) can0 18FFE381#000F8624ED174A01`, ten digits of seconds, six of microseconds, one space between
//! the words, a 29-bit identifier, at most eight bytes.
//!
//! The general parser has seen a line of the same second and one of the same interface before: both are only compared.
//! The digits are read eight at a time, as the bytes of a word. A line of any other shape is left to the general parser,
//! which gives the same frame for the lines that are read here.

use crate::frame::{CanId, Frame};
use crate::log::fields::hex_digits;

/// The longest line that is read here, rounded up.
const WINDOW: usize = 64;

/// Where the interface's name begins: behind `(1749520800.123456) `.
const NAME_AT: usize = 20;

/// Lines of more interfaces than a computer has go the long way.
const MOST_NAMES: usize = 32;

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = LOW_BITS << 7;

/// A name with the space behind it, at most eight bytes in all.
#[derive(Clone, Copy, Debug)]
struct Name {
    bytes: u64,
    mask: u64,
    len: usize,
    place: u8,
}

/// What is remembered from line to line.
#[derive(Debug, Default)]
pub(crate) struct Fast {
    /// `(1749520800.`
    second: [u8; 12],
    second_us: i64,
    names: Vec<Name>,
    last: usize,
}

impl Fast {
    /// Reads a line at the beginning of these bytes: its length, or `None` when it is not of the usual shape.
    #[inline]
    pub fn parse(&mut self, bytes: &[u8], frame: &mut Frame) -> Option<usize> {
        let line: &[u8; WINDOW] = bytes.first_chunk()?;
        if line[..12] != self.second {
            return None;
        }
        let micros = micros(word_at(line, 12)?)?;
        let name = self.name(word_at(line, NAME_AT)?)?;
        let id_at = NAME_AT + name.len;
        let (id, id_digits) = hex_digits(word_at(line, id_at)?);
        let id = CanId::extended(id.swap_bytes())?;
        if id_digits != 8 || line.get(id_at + 8) != Some(&b'#') {
            return None;
        }
        let data_at = id_at + 9;
        let (low, low_digits) = hex_digits(word_at(line, data_at)?);
        let (high, high_digits) = hex_digits(word_at(line, data_at + 8)?);
        let digits = if low_digits == 8 { 8 + high_digits } else { low_digits };
        let end = data_at + digits;
        let line_end = match line.get(end)? {
            b'\n' => 1,
            b'\r' if line.get(end + 1) == Some(&b'\n') => 2,
            _ => return None,
        };
        if digits % 2 != 0 {
            return None;
        }
        let data = u64::from(high) << 32 | u64::from(low);
        let keep = u64::MAX.checked_shr(64 - 4 * digits as u32).unwrap_or(0);
        frame.set_classic(self.second_us + micros, id, name.place, data & keep, digits / 2);
        Some(end + line_end)
    }

    /// The interface whose name is in this word; nearly always the one before.
    #[inline]
    fn name(&mut self, word: u64) -> Option<Name> {
        let is = |name: &Name| (word ^ name.bytes) & name.mask == 0;
        if let Some(name) = self.names.get(self.last).filter(|name| is(name)) {
            return Some(*name);
        }
        self.last = self.names.iter().position(is)?;
        self.names.get(self.last).copied()
    }

    /// Remembers second and interface of a line that the general parser has read.
    #[cold]
    pub fn learn(&mut self, line: &[u8], interface: &[u8], frame: &Frame) {
        if let Some(second) = line.first_chunk::<12>()
            && let [b'(', digits @ .., b'.'] = second
            && digits.iter().all(u8::is_ascii_digit)
        {
            self.second = *second;
            self.second_us = frame.t_us.div_euclid(1_000_000) * 1_000_000;
        }
        // Damaged names must not fill the memory.
        if self.names.len() >= MOST_NAMES {
            return;
        }
        let mut bytes = [0; 8];
        if let Some(room) = bytes.get_mut(..=interface.len()) {
            room[..interface.len()].copy_from_slice(interface);
            room[interface.len()] = b' ';
            let len = room.len();
            let name = Name {
                bytes: u64::from_le_bytes(bytes),
                mask: u64::MAX >> (64 - 8 * len),
                len,
                place: frame.interface,
            };
            if !self.names.iter().any(|known| (known.bytes, known.len) == (name.bytes, len)) {
                self.names.push(name);
            }
        }
    }
}

#[inline]
fn word_at(line: &[u8; WINDOW], at: usize) -> Option<u64> {
    line.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

/// Six digits and `) `.
#[inline]
fn micros(word: u64) -> Option<i64> {
    if word >> 48 != u64::from(u16::from_le_bytes(*b") ")) {
        return None;
    }
    // Two zeros in front make it eight digits; then neighbours are joined: 1-digit numbers, 2, 4.
    let digits = (word << 16 | 0x3030) ^ (LOW_BITS * 0x30);
    if (digits | ((digits & !HIGH_BITS) + LOW_BITS * 0x76)) & HIGH_BITS != 0 {
        return None;
    }
    let twos = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
    Some(((fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candump::{Line, parse_line};

    #[test]
    fn digits_are_told_from_all_other_bytes() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut text = *b"0aF90bC9";
                text[place] = byte;
                let (value, digits) = hex_digits(u64::from_le_bytes(text));
                if byte.is_ascii_hexdigit() {
                    let expected = u32::from_str_radix(std::str::from_utf8(&text).unwrap(), 16).unwrap();
                    assert_eq!((value.swap_bytes(), digits), (expected, 8), "{text:?}");
                } else {
                    assert_eq!(digits, place, "{text:?}");
                }
                let mut text = *b"918273) ";
                text[place] = byte;
                let plain = text[..6].iter().all(u8::is_ascii_digit) && text.ends_with(b") ");
                let expected = plain.then(|| std::str::from_utf8(&text[..6]).unwrap().parse().unwrap());
                assert_eq!(micros(u64::from_le_bytes(text)), expected, "{text:?}");
            }
        }
    }

    /// A line of the usual shape, sometimes with one byte exchanged.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let usual = (
            prop_oneof![4 => Just(1_749_520_800u64), 1 => 0u64..5_000_000_000],
            0u32..1_000_000,
            prop_oneof![Just("can0"), Just("vcan1"), Just("c"), Just("slcan0123")],
            prop_oneof![6 => (0u32..0x2000_0000).prop_map(|id| format!("{id:08X}")), 1 => Just("123".to_owned()),
                        1 => any::<u32>().prop_map(|id| format!("{id:08x}"))],
            prop_oneof![3 => Just(8), 1 => 0usize..10],
            any::<[u8; 10]>(),
            prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just(" R\n"), 1 => Just("F\n"), 1 => Just("_9\n")],
        )
            .prop_map(|(seconds, micros, name, id, len, bytes, end)| {
                let data = bytes[..len].iter().fold(String::new(), |data, byte| format!("{data}{byte:02X}"));
                format!("({seconds:010}.{micros:06}) {name} {id}#{data}{end}").into_bytes()
            });
        let noise = prop_oneof![3 => Just(None), 1 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(Some)];
        (usual, noise).prop_map(|(mut line, noise)| {
            if let Some((at, byte)) = noise {
                let at = at.index(line.len() - 1);
                line[at] = if byte == b'\n' { b'x' } else { byte };
            }
            line
        })
    }

    mod properties {
        use super::*;

        proptest! {
            #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn the_short_way_and_the_long_way_give_the_same(first in line(), second in line()) {
                let mut fast = Fast::default();
                if let Ok(Line::Frame { interface, frame }) = parse_line(&first) {
                    fast.learn(&first, interface, &frame);
                }
                // Learnt as the second interface: its place must not be taken from the name of another.
                if let Ok(Line::Frame { interface: b"c", mut frame }) = parse_line(&second) {
                    frame.interface = 1;
                    fast.learn(&second, b"c", &frame);
                }
                let mut bytes = second.clone();
                bytes.resize(second.len() + WINDOW, b'0');
                // A frame that is used again keeps nothing of the one before.
                let mut short = Frame::new(1, CanId::standard(1).unwrap(), &[0xFF; 64]).unwrap();
                if let Some(used) = fast.parse(&bytes, &mut short) {
                    let Ok(Line::Frame { interface, mut frame }) = parse_line(&second) else {
                        panic!("only the short way reads {:?}", String::from_utf8_lossy(&second));
                    };
                    frame.interface = u8::from(interface == b"c" && short.interface == 1);
                    prop_assert_eq!((used, short), (second.len(), frame));
                }
            }
        }
    }

    #[test]
    fn the_usual_lines_do_go_the_short_way() {
        for (line, payload) in [
            ("(1749520800.000001) can0 18FFE381#000F8624ED174A01\n", &[0u8, 0x0F, 0x86, 0x24, 0xED, 0x17, 0x4A, 1][..]),
            ("(1749520800.999999) can0 18FFE381#000f86\r\n", &[0, 0x0F, 0x86]),
            ("(1749520800.000000) can0 18FFE381#\n", &[]),
        ] {
            let mut fast = Fast::default();
            let Ok(Line::Frame { interface, frame }) = parse_line(line.as_bytes()) else { panic!() };
            fast.learn(line.as_bytes(), interface, &frame);
            let mut bytes = line.as_bytes().to_vec();
            bytes.resize(line.len() + WINDOW, b'0');
            let mut short = Frame::empty(frame.id);
            assert_eq!(fast.parse(&bytes, &mut short), Some(line.len()), "{line}");
            assert_eq!((&short, short.payload()), (&frame, payload));
        }
    }
}
