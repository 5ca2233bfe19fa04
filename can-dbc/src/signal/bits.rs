//! Where a signal's bits lie, and how they are taken out of a payload and put back.

use crate::frame::Payload;
use crate::transport::LONGEST_BROADCAST;

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
    /// IEEE 754, 16 bits.
    Half,
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
    /// A floating-point number of another width than its kind has.
    FloatWidth,
    /// Beyond the payload.
    Outside,
}

/// Where the bits lie: eight bytes (sixteen for a signal over nine) are loaded at `byte`, shifted right, masked.
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
        let of_kind = match kind {
            Kind::Unsigned | Kind::Signed => width,
            Kind::Half => 16,
            Kind::Float => 32,
            Kind::Double => 64,
        };
        if width != of_kind {
            return Err(Misplaced::FloatWidth);
        }
        let size = size.min(LONGEST_BROADCAST as u64);
        let byte = start / 8;
        if byte >= size {
            return Err(Misplaced::Outside);
        }
        let big_endian = order == ByteOrder::BigEndian;
        // Bits before the signal, counted in the direction in which it runs.
        let before = if big_endian { 7 - start % 8 } else { start % 8 };
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

    /// The start bit as a DBC file writes it, and the direction.
    pub fn place(&self) -> (u64, ByteOrder) {
        let first = u64::from(self.byte) * 8;
        if !self.big_endian {
            return (first + u64::from(self.shift), ByteOrder::LittleEndian);
        }
        let loaded = if self.wide { 128 } else { 64 };
        let before = loaded - u64::from(self.shift) - u64::from(self.width);
        (first + 7 - before, ByteOrder::BigEndian)
    }

    /// The first byte of the word that holds all bits, how far it is shifted right, and whether it is big-endian; `None`
    /// for a signal over nine bytes.
    pub fn word_place(&self) -> Option<(u16, u8, bool)> {
        (!self.wide).then_some((self.byte, self.shift, self.big_endian))
    }

    /// The bits as an unsigned number; 0 for those beyond the payload.
    #[inline]
    pub fn read(&self, payload: Payload<'_>) -> u64 {
        let here = payload.padded().get(usize::from(self.byte)..).unwrap_or_default();
        match here.first_chunk() {
            Some(&word) if !self.wide => {
                let word = if self.big_endian { u64::from_be_bytes(word) } else { u64::from_le_bytes(word) };
                (word >> self.shift) & self.mask()
            }
            _ => self.read_slowly(here),
        }
    }

    /// A signal over nine bytes, or one at the very end of a long CAN FD frame.
    #[cold]
    fn read_slowly(&self, here: &[u8]) -> u64 {
        (self.word(sixteen(here)) >> self.shift_in_sixteen()) as u64 & self.mask()
    }

    /// Puts the low bits of `raw` into a payload; bytes outside the payload are left out.
    pub fn write(&self, payload: &mut [u8], raw: u64) {
        let Some(here) = payload.get_mut(usize::from(self.byte)..) else { return };
        let shift = self.shift_in_sixteen();
        let mask = u128::from(self.mask()) << shift;
        let new = (self.word(sixteen(here)) & !mask) | ((u128::from(raw) << shift) & mask);
        let word = if self.big_endian { new.to_be_bytes() } else { new.to_le_bytes() };
        for (byte, new) in here.iter_mut().zip(word) {
            *byte = new;
        }
    }

    fn word(&self, bytes: [u8; 16]) -> u128 {
        if self.big_endian { u128::from_be_bytes(bytes) } else { u128::from_le_bytes(bytes) }
    }

    /// In a word of 16 bytes a big-endian signal of 8 is 64 bits higher.
    fn shift_in_sixteen(&self) -> u8 {
        self.shift + if self.big_endian && !self.wide { 64 } else { 0 }
    }

    #[inline]
    fn mask(&self) -> u64 {
        u64::MAX >> (64 - u32::from(self.width))
    }

    /// True when one bit of the payload belongs to both.
    pub fn share_with(&self, other: &Self) -> bool {
        let (first, last) = (self.byte.max(other.byte), self.min_len.min(other.min_len));
        (first..last).any(|byte| self.mask_of(byte) & other.mask_of(byte) != 0)
    }

    /// Which bits of this byte of the payload are used; the byte is one of the signal's.
    fn mask_of(&self, byte: u16) -> u8 {
        let mask = u128::from(self.mask()) << self.shift_in_sixteen();
        let bytes = if self.big_endian { mask.to_be_bytes() } else { mask.to_le_bytes() };
        bytes[usize::from(byte - self.byte)]
    }
}

/// The first sixteen bytes, zeros behind the end.
fn sixteen(bytes: &[u8]) -> [u8; 16] {
    let mut word = [0; 16];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    word
}
