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

/// How a lamp that is on is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// It does not flash, or the controller does not say how.
    Steady,
    /// Slowly: once a second.
    Slow,
    /// Fast: twice a second or faster.
    Fast,
}

/// The four lamps that a controller may light, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WarningLamp {
    /// Malfunction indicator (MIL): the exhaust's cleanness is at stake.
    Malfunction,
    /// Protect: the fault is most probably not an electronic one.
    Protect,
    /// Amber warning: the machine need not be stopped at once.
    Amber,
    /// Red stop: the machine should be stopped.
    Red,
}

impl WarningLamp {
    /// All four, the gravest last.
    pub const ALL: [Self; 4] = [Self::Malfunction, Self::Protect, Self::Amber, Self::Red];

    /// The lowest of its two bits.
    const fn shift(self) -> u8 {
        match self {
            Self::Protect => 0,
            Self::Amber => 2,
            Self::Red => 4,
            Self::Malfunction => 6,
        }
    }
}

/// What a controller says of its warning lamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lamps {
    state: u8,
    flash: u8,
}

impl Lamps {
    /// One of the lamps.
    pub const fn state(self, lamp: WarningLamp) -> Lamp {
        match self.state >> lamp.shift() & 3 {
            0 => Lamp::Off,
            1 => Lamp::On,
            2 => Lamp::Error,
            _ => Lamp::NotAvailable,
        }
    }

    /// How a lamp is lit; it means something only when the lamp is on.
    pub const fn flash(self, lamp: WarningLamp) -> Flash {
        match self.flash >> lamp.shift() & 3 {
            0 => Flash::Slow,
            1 => Flash::Fast,
            _ => Flash::Steady,
        }
    }

    /// The lamps that are on, the gravest last.
    pub fn on(self) -> impl Iterator<Item = (WarningLamp, Flash)> {
        let on = move |&lamp: &WarningLamp| self.state(lamp) == Lamp::On;
        WarningLamp::ALL.into_iter().filter(on).map(move |lamp| (lamp, self.flash(lamp)))
    }
}

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleCode {
    /// The suspect parameter number: what is at fault, 0..=524,287.
    pub spn: u32,
    /// The failure mode identifier: in which way, 0..=31.
    pub fmi: u8,
    /// How often it has occurred, 0..=127 as sent; 127 stands for "not counted".
    pub count: u8,
    /// The conversion method bit. Where it is set, the controller uses one of three older layouts of the number, which
    /// cannot be distinguished: `spn` may be another one then.
    pub older_conversion: bool,
}

/// The payload of a DM1 message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleCodes<'a> {
    lamps: Lamps,
    codes: &'a [u8],
}

impl<'a> TroubleCodes<'a> {
    /// The parameter group of DM1.
    pub const PGN: Pgn = Pgn::DM1;

    /// Reads a payload: of one frame, or of several put together. `None` when it has not even room for one fault, which
    /// are 6 bytes.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        let (&[state, flash], codes) = payload.split_first_chunk()?;
        (codes.len() >= 4).then_some(Self { lamps: Lamps { state, flash }, codes })
    }

    /// True for a length that a controller may send: a frame, which has room for a fault and two bytes, or a longer message,
    /// which ends with its last fault.
    pub const fn is_length(len: usize) -> bool {
        len == 8 || (len >= 6 && len % 4 == 2)
    }

    /// The lamps.
    pub const fn lamps(&self) -> Lamps {
        self.lamps
    }

    /// The protect lamp.
    pub const fn protect(&self) -> Lamp {
        self.lamps.state(WarningLamp::Protect)
    }

    /// The amber warning lamp.
    pub const fn amber(&self) -> Lamp {
        self.lamps.state(WarningLamp::Amber)
    }

    /// The red stop lamp.
    pub const fn red(&self) -> Lamp {
        self.lamps.state(WarningLamp::Red)
    }

    /// The malfunction indicator lamp.
    pub const fn malfunction(&self) -> Lamp {
        self.lamps.state(WarningLamp::Malfunction)
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
