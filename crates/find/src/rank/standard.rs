//! Quantities that have a place in SAE J1939, ISO 11783 or NMEA 2000.

use crate::fields::Field;
use crate::quantity::Quantity;
use crate::stream::Stream;

/// Where a standard puts a quantity; little endian, unsigned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub pgn: u32,
    pub start: usize,
    pub length: usize,
    pub quantity: Quantity,
    pub scale: f64,
    pub unit: &'static str,
    /// How much it is believed before another source of the same quantity.
    pub points: f64,
}

const fn known(pgn: u32, start: usize, length: usize, quantity: Quantity, scale: f64, unit: &'static str) -> Known {
    Known { pgn, start, length, quantity, scale, unit, points: 13.0 }
}

/// As restated in AgIsoStack++, canboat and J1939DA extracts: EEC1, EEC2, LFE1, CCVS1, wheel-based, ground-based and
/// selected speed, VDS, speed over ground.
const ALL: [Known; 9] = [
    known(61_444, 24, 16, Quantity::EngineSpeed, 0.125, "r/min"),
    known(61_443, 16, 8, Quantity::EngineLoad, 1.0, "%"),
    known(65_266, 0, 16, Quantity::FuelRate, 0.05, "l/h"),
    Known { points: 12.0, ..known(65_265, 8, 16, Quantity::GroundSpeed, 1.0 / 256.0, "km/h") },
    Known { points: 12.5, ..known(65_096, 0, 16, Quantity::GroundSpeed, 0.001, "m/s") },
    Known { points: 12.7, ..known(65_097, 0, 16, Quantity::GroundSpeed, 0.001, "m/s") },
    known(61_474, 0, 16, Quantity::GroundSpeed, 0.001, "m/s"),
    Known { points: 11.5, ..known(65_256, 16, 16, Quantity::GroundSpeed, 1.0 / 256.0, "km/h") },
    Known { points: 11.6, ..known(129_026, 32, 16, Quantity::GroundSpeed, 0.01, "m/s") },
];

impl Known {
    pub fn field(&self, stream: &Stream) -> Field {
        let (id, interface, _, _) = stream.key;
        Field { id, interface, start: self.start, length: self.length, big_endian: false, signed: false, page: None }
    }
}

/// What the standard has in this message.
pub(super) fn of(stream: &Stream) -> impl Iterator<Item = &'static Known> {
    let pgn = stream.key.0.j1939().map(|id| id.pgn.number());
    let is_first = stream.key.3 == 0 && stream.page.is_none() && stream.bits == 64;
    ALL.iter().filter(move |known| is_first && Some(known.pgn) == pgn)
}

/// True of the speed of a satellite receiver.
pub(super) fn is_gnss_speed(stream: &Stream, field: &Field) -> bool {
    of(stream).any(|known| matches!(known.pgn, 65_256 | 129_026) && known.field(stream) == *field)
}
