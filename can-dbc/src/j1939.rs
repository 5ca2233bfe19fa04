//! The 29-bit identifier as SAE J1939 and ISO 11783 read it:
//! priority (3 bits), extended data page and data page (2), PDU format (8), PDU specific (8), source address (8).
//!
//! Source: the layout is restated in AgIsoStack++ (MIT) and J1939DA extracts; the paid texts were not read.

use std::fmt;

/// A parameter group number, 0..=0x3FFFF. For destination-specific groups (PDU format below 240) its low byte is 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pgn(u32);

impl Pgn {
    /// DM1, active trouble codes.
    pub const DM1: Self = Self(65_226);

    /// A parameter group number; `None` over 0x3FFFF.
    pub const fn new(number: u32) -> Option<Self> {
        if number <= 0x3_FFFF { Some(Self(number)) } else { None }
    }

    /// The number.
    #[inline]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// True when the group goes to everyone: its PDU format is 240 or more. The others are sent to an address.
    #[inline]
    pub const fn is_broadcast(self) -> bool {
        (self.0 >> 8) & 0xFF >= 240
    }

    /// True when both are one group: a destination-specific one may be written with a destination in its low byte.
    pub(crate) const fn is_same_group(self, other: Self) -> bool {
        let mask = if self.is_broadcast() { 0x3_FFFF } else { 0x3_FF00 };
        self.0 & mask == other.0 & mask
    }

    /// NMEA 2000 groups: 126208 (0x1ED00) and up, the range that canboat lists. They mark missing values otherwise
    /// than J1939 does.
    pub const fn is_nmea2000(self) -> bool {
        self.0 >= 0x1_ED00 && self.0 <= 0x1_FFFF
    }
}

/// Groups that nearly every vehicle or vessel of SAE J1939, ISO 11783 and NMEA 2000 sends: engine, gearbox, brakes, speeds,
/// distances, hours, temperatures, pressures, fuel, trouble codes, position. From J1939DA extract OCT2020 and canboat.
const WELL_KNOWN: [u32; 47] = [
    61_440, 61_441, 61_442, 61_443, 61_444, 61_445, 61_449, 61_450, 61_454, 61_466, 61_474, 65_088, 65_091, 65_093,
    65_096, 65_097, 65_110, 65_213, 65_217, 65_226, 65_227, 65_247, 65_248, 65_253, 65_254, 65_257, 65_258, 65_260,
    65_262, 65_263, 65_264, 65_265, 65_266, 65_267, 65_269, 65_270, 65_271, 65_272, 65_276, 127_250, 127_488, 127_489,
    128_259, 129_025, 129_026, 129_029, 130_306,
];

impl Pgn {
    /// True for a group that is met on nearly every bus of its standard.
    pub(crate) fn is_well_known(self) -> bool {
        WELL_KNOWN.contains(&self.0)
    }
}

impl fmt::Debug for Pgn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The address of the controller that sent a frame, 0..=255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceAddress(pub u8);

impl SourceAddress {
    /// FE, the null address: in DBC files it means any sender.
    pub(crate) const ANY: Self = Self(0xFE);
}

/// A 29-bit identifier, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct J1939Id {
    /// 0 (urgent) to 7.
    pub priority: u8,
    /// The parameter group, its destination masked out.
    pub pgn: Pgn,
    /// The destination of a destination-specific group; `None` for a broadcast one.
    pub destination: Option<u8>,
    /// Who sent it.
    pub source: SourceAddress,
}

impl J1939Id {
    /// Takes the 29 bits apart; bits above are ignored.
    #[inline]
    pub const fn from_bits(bits: u32) -> Self {
        let group = (bits >> 8) & 0x3_FFFF;
        let broadcast = Pgn(group).is_broadcast();
        Self {
            priority: ((bits >> 26) & 7) as u8,
            pgn: Pgn(if broadcast { group } else { group & 0x3_FF00 }),
            destination: if broadcast { None } else { Some((group & 0xFF) as u8) },
            source: SourceAddress((bits & 0xFF) as u8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broadcast_group_keeps_its_low_byte() {
        // 0CF00400: priority 3, PGN 61444 (EEC1), source 0.
        let id = J1939Id::from_bits(0x0CF0_0400);
        assert_eq!((id.priority, id.pgn.number(), id.destination, id.source.0), (3, 61444, None, 0));
    }

    #[test]
    fn a_destination_is_not_part_of_the_group() {
        // 18EAFF26: request (PGN 59904) from 0x26 to everyone.
        let id = J1939Id::from_bits(0x18EA_FF26);
        assert_eq!((id.pgn.number(), id.destination, id.source.0), (59904, Some(255), 0x26));
        // 19F80502 has the data page bit set: PGN 129029 of NMEA 2000.
        assert_eq!(J1939Id::from_bits(0x19F8_0502).pgn.number(), 129_029);
    }
}
