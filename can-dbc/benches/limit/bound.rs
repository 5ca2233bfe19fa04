//! The least that a text log of known messages can cost in ordinary safe Rust: lines from a `BufRead`, digits by a table, a
//! precomputed list of byte, shift, mask and scale. Nothing is checked that a line of a good log does not need: no states,
//! no pages, no lengths, no other formats, no interface names.

use std::collections::HashMap;
use std::io::BufRead;

use grainloss_can::{ByteOrder, Database, Kind, Matching};

/// What extracting a signal needs: in the bundled database everything is a little-endian whole number.
struct Extract {
    shift: u32,
    mask: u64,
    sign: u64,
    factor: f64,
    offset: f64,
}

/// The signals of the messages, by identifier.
pub(crate) struct Bound {
    places: HashMap<u32, usize, Multiplied>,
    signals: Vec<Vec<Extract>>,
    digits: [u8; 256],
}

/// A hash of one multiplication.
#[derive(Clone, Copy, Default)]
pub(crate) struct Multiplied(u64);

impl std::hash::BuildHasher for Multiplied {
    type Hasher = Self;
    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl std::hash::Hasher for Multiplied {
    fn write(&mut self, _: &[u8]) {}
    fn write_u32(&mut self, key: u32) {
        self.0 = u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

impl Bound {
    /// Only the identifiers that the file itself names.
    pub fn new(database: &Database) -> Self {
        let mut digits = [0; 256];
        for (value, digit) in b"0123456789ABCDEF".iter().enumerate() {
            digits[usize::from(*digit)] = value as u8;
        }
        let messages = || database.messages().iter().filter(|message| message.size <= 8);
        assert!(messages().all(|message| !matches!(message.matching, Matching::Exact(_))));
        let signals = messages().map(|message| {
            message.signals.iter().map(|signal| {
                let ((start, order), (factor, offset)) = (signal.place(), signal.scale());
                assert!(order == ByteOrder::LittleEndian && signal.width() < 64);
                let sign = match signal.kind() {
                    Kind::Unsigned => 0,
                    Kind::Signed => 1 << (signal.width() - 1),
                    Kind::Half | Kind::Float | Kind::Double => panic!("{}", signal.name),
                };
                Extract { shift: start as u32, mask: u64::MAX >> (64 - signal.width()), sign, factor, offset }
            })
        });
        let places = messages().enumerate().map(|(at, message)| (message.id.bits(), at)).collect();
        Self { places, signals: signals.map(Iterator::collect).collect(), digits }
    }

    /// Reads a log: frames, signals, and the sum of all values and times, so that all of them are computed.
    pub fn read(&self, mut log: impl BufRead) -> (u64, u64, f64) {
        let (mut line, mut frames, mut values, mut sum) = (Vec::with_capacity(128), 0, 0, 0.0);
        while log.read_until(b'\n', &mut line).unwrap() > 0 {
            let Some((t_us, id, payload)) = self.parse(&line) else { panic!("a line of the bench") };
            sum += t_us as f64 * 1e-6;
            frames += 1;
            let (found, of_frame) = self.extract(id, payload);
            values += found;
            sum += of_frame;
            line.clear();
        }
        (frames, values, sum)
    }

    /// How many signals a frame has, and the sum of their values.
    pub fn extract(&self, id: u32, payload: u64) -> (u64, f64) {
        let Some(at) = self.places.get(&id) else { return (0, 0.0) };
        let signals = &self.signals[*at];
        let mut sum = 0.0;
        for signal in signals {
            let bits = (payload >> signal.shift) & signal.mask;
            let raw = (bits ^ signal.sign).wrapping_sub(signal.sign) as i64;
            sum += raw as f64 * signal.factor + signal.offset;
        }
        (signals.len() as u64, sum)
    }

    /// `(1749520800.123456) can0 18FFE381#000F8624ED174A01`
    fn parse(&self, line: &[u8]) -> Option<(i64, u32, u64)> {
        let rest = line.strip_prefix(b"(")?;
        let close = rest.iter().position(|&b| b == b')')?;
        let mut t_us = 0;
        for &digit in &rest[..close] {
            if digit != b'.' {
                t_us = t_us * 10 + i64::from(digit - b'0');
            }
        }
        let rest = rest.get(close + 2..)?;
        let space = rest.iter().position(|&b| b == b' ')?;
        let rest = &rest[space + 1..];
        let hash = rest.iter().position(|&b| b == b'#')?;
        let mut id = 0;
        for &digit in &rest[..hash] {
            id = id << 4 | u32::from(self.digits[usize::from(digit)]);
        }
        let mut payload = 0;
        for (at, pair) in rest[hash + 1..].trim_ascii_end().chunks_exact(2).enumerate() {
            let byte = self.digits[usize::from(pair[0])] << 4 | self.digits[usize::from(pair[1])];
            payload |= u64::from(byte) << (8 * at);
        }
        Some((t_us, id, payload))
    }
}
