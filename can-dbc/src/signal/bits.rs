//! Where a signal's bits lie, and how they are taken out of a payload and put back.

use crate::frame::{MAX_PAYLOAD, Payload};

/// In which direction a signal runs over its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// "Intel": the start is the lowest bit, and later bytes are higher.
    LittleEndian,
    /// "Motorola": the start is the highest bit, and later bytes are lower.
    BigEndian,
}

/// How the bits of a signal stand for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 0 and up.
    Unsigned,
    /// Two's complement.
    Signed,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
}

/// Why bits cannot be where they are said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// No bit at all, or over 64.
    Width,
    /// A floating-point number of another width than 32 or 64.
    FloatWidth,
    /// Beyond the payload.
    Outside,
}

/// Where the bits lie: eight bytes (nine for a wide one) are loaded at `byte`, shifted right, masked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bits {
    byte: u16,
    shift: u8,
    pub width: u8,
    big_endian: bool,
    /// Spread over nine bytes.
    wide: bool,
    pub kind: Kind,
    /// The payload must be at least this long.
    pub min_len: u16,
}

impl Bits {
    /// Compiles a place as a DBC file writes it: bits of a byte are counted from the least significant; `start` is the
    /// lowest bit of a little-endian signal and the highest of a big-endian one. `size` is the payload's, in bytes.
    pub fn new(start: u64, width: u64, order: ByteOrder, kind: Kind, size: u64) -> Result<Self, Misplaced> {
        if width == 0 || width > 64 {
            return Err(Misplaced::Width);
        }
        if (kind == Kind::Float && width != 32) || (kind == Kind::Double && width != 64) {
            return Err(Misplaced::FloatWidth);
        }
        if start >= size * 8 {
            return Err(Misplaced::Outside);
        }
        let big_endian = order == ByteOrder::BigEndian;
        let first_byte = start / 8;
        // A frame's own array ends at 64 bytes, so that the last signals are loaded from a little earlier.
        let byte = if size <= MAX_PAYLOAD as u64 { first_byte.min(MAX_PAYLOAD as u64 - 8) } else { first_byte };
        // Bits before the signal, counted in the direction in which it runs.
        let before = (first_byte - byte) * 8 + if big_endian { 7 - start % 8 } else { start % 8 };
        let end = before + width;
        if byte * 8 + end > size * 8 {
            return Err(Misplaced::Outside);
        }
        let wide = end > 64;
        let loaded = if wide { 128 } else { 64 };
        Ok(Self {
            byte: byte as u16,
            shift: if big_endian { loaded - end } else { before } as u8,
            width: width as u8,
            big_endian,
            wide,
            kind,
            min_len: (byte + end.div_ceil(8)) as u16,
        })
    }

    /// The bits as an unsigned number; 0 for those beyond the payload.
    #[inline]
    pub fn read(&self, payload: Payload<'_>) -> u64 {
        let at = usize::from(self.byte);
        if self.wide {
            return self.read_wide(payload);
        }
        let Some(word) = payload.padded().get(at..at + 8).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()) else {
            return 0;
        };
        let word = if self.big_endian { u64::from_be_bytes(word) } else { u64::from_le_bytes(word) };
        (word >> self.shift) & self.mask()
    }

    #[cold]
    fn read_wide(&self, payload: Payload<'_>) -> u64 {
        let word = sixteen(payload.padded(), usize::from(self.byte));
        let word = if self.big_endian { u128::from_be_bytes(word) } else { u128::from_le_bytes(word) };
        (word >> self.shift) as u64 & self.mask()
    }

    /// Puts the low bits of `raw` into a payload; bytes outside the payload are left out.
    pub fn write(&self, payload: &mut [u8], raw: u64) {
        let at = usize::from(self.byte);
        let word = sixteen(payload, at);
        // In a word of 16 bytes a big-endian signal of 8 stands 64 bits higher.
        let shift = self.shift + if self.big_endian && !self.wide { 64 } else { 0 };
        let mask = u128::from(self.mask()) << shift;
        let old = if self.big_endian { u128::from_be_bytes(word) } else { u128::from_le_bytes(word) };
        let new = (old & !mask) | ((u128::from(raw) << shift) & mask);
        let word = if self.big_endian { new.to_be_bytes() } else { new.to_le_bytes() };
        for (byte, new) in payload.iter_mut().skip(at).zip(word) {
            *byte = new;
        }
    }

    #[inline]
    fn mask(&self) -> u64 {
        u64::MAX >> (64 - u32::from(self.width))
    }

    /// Every bit of the payload that the signal uses, as (byte, mask), to find overlaps.
    pub fn footprint(&self) -> impl Iterator<Item = (usize, u8)> + use<> {
        let bits = *self;
        let mut sixteen_bytes = [0; 16];
        Self { byte: 0, ..bits }.write(&mut sixteen_bytes, u64::MAX);
        (0..16).map(move |at| (usize::from(bits.byte) + at, sixteen_bytes[at])).filter(|(_, mask)| *mask != 0)
    }
}

/// Sixteen bytes from `at` on, zeros behind the end.
fn sixteen(bytes: &[u8], at: usize) -> [u8; 16] {
    let mut word = [0; 16];
    for (to, from) in word.iter_mut().zip(bytes.iter().skip(at)) {
        *to = *from;
    }
    word
}
