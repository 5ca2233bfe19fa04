//! DM1 (group 65226): the faults that a controller has now, and its warning lamps.
//!
//! The layout of J1939-73 as it is restated in AgIsoStack++ (MIT); the paid text was not read. A controller with one
//! fault sends a frame; one with more sends a broadcast, which an [`Assembler`](crate::Assembler) puts together.
//!
//! ```
//! use grainloss_can::{Lamp, TroubleCode, TroubleCodes};
//!
//! let codes = TroubleCodes::parse(&[0x04, 0xFF, 0xD0, 0x05, 0x02, 0x03, 0xFF, 0xFF]).unwrap();
//! assert_eq!((codes.amber(), codes.red()), (Lamp::On, Lamp::Off));
//! let fault = TroubleCode { spn: 1488, fmi: 2, count: 3, older_conversion: false };
//! assert!(codes.iter().eq([fault]));
//! ```

use crate::j1939::Pgn;

/// What a controller says of one of its warning lamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lamp {
    /// It is off.
    Off,
    /// It is on, or flashing.
    On,
    /// The controller knows that it is broken.
    Error,
    /// There is none: devices by ISO 11783-12 say so of all four.
    NotAvailable,
}

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleCode {
    /// The suspect parameter number: what is at fault, 0..=524,287.
    pub spn: u32,
    /// The failure mode identifier: in which way, 0..=31.
    pub fmi: u8,
    /// How often it has occurred, 0..=127 as sent.
    pub count: u8,
    /// The conversion method bit. Where it is set, the controller uses one of three older layouts of the number, which
    /// cannot be distinguished: `spn` may be another one then.
    pub older_conversion: bool,
}

/// The payload of a DM1 message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleCodes<'a> {
    lamps: u8,
    codes: &'a [u8],
}

impl<'a> TroubleCodes<'a> {
    /// The parameter group of DM1.
    pub const PGN: Pgn = Pgn::DM1;

    /// Reads a payload: of one frame, or of several put together. `None` when it has not even room for one fault, which
    /// are 6 bytes.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        // The second byte says how the lamps flash.
        let (&[lamps, _], codes) = payload.split_first_chunk()?;
        (codes.len() >= 4).then_some(Self { lamps, codes })
    }

    /// The protect lamp.
    pub const fn protect(&self) -> Lamp {
        self.lamp(0)
    }

    /// The amber warning lamp.
    pub const fn amber(&self) -> Lamp {
        self.lamp(2)
    }

    /// The red stop lamp.
    pub const fn red(&self) -> Lamp {
        self.lamp(4)
    }

    /// The malfunction indicator lamp.
    pub const fn malfunction(&self) -> Lamp {
        self.lamp(6)
    }

    const fn lamp(&self, shift: u8) -> Lamp {
        match self.lamps >> shift & 3 {
            0 => Lamp::Off,
            1 => Lamp::On,
            2 => Lamp::Error,
            _ => Lamp::NotAvailable,
        }
    }

    /// The faults. Four zeros stand for "no fault"; four times FF are taken for padding (assumed).
    pub fn iter(&self) -> impl Iterator<Item = TroubleCode> + use<'a> {
        // A frame has two bytes left behind its only fault.
        let (codes, _) = self.codes.as_chunks();
        codes.iter().copied().filter(|&code| code != [0; 4] && code != [0xFF; 4]).map(TroubleCode::from_bytes)
    }
}

impl TroubleCode {
    /// The number's bits are spread: 0 to 7, 8 to 15, and the upper three above the failure mode.
    fn from_bytes([low, middle, mixed, last]: [u8; 4]) -> Self {
        Self {
            spn: u32::from_le_bytes([low, middle, mixed >> 5, 0]),
            fmi: mixed & 0x1F,
            count: last & 0x7F,
            older_conversion: last & 0x80 != 0,
        }
    }
}
