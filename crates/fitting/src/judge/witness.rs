//! What a satellite receiver says on the bus, whether the profile maps it or not: speed and position are standardised.

use grainloss_can::Frame;

/// NMEA 2000: course and speed over ground; position, rapid update.
const COG_SOG: u32 = 129_026;
const POSITION_RAPID: u32 = 129_025;
/// J1939-71: vehicle direction and speed; vehicle position.
const VEHICLE_DIRECTION: u32 = 65_256;
const VEHICLE_POSITION: u32 = 65_267;
/// What was said longer ago than this is not used, µs.
const OLD_US: i64 = 1_500_000;

/// The newest of both.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GnssWitness {
    speed: Option<(i64, f64)>,
    position: Option<(i64, (f64, f64))>,
}

impl GnssWitness {
    /// Takes a frame; most are of no interest.
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        let Some(id) = frame.id.j1939() else { return };
        let Some(&bytes) = frame.payload().first_chunk::<8>() else { return };
        let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let words = || (u32::from_le_bytes(low(bytes)), u32::from_le_bytes(high(bytes)));
        match id.pgn.number() {
            COG_SOG if u16_at(4) < 0xFFFD => self.speed = Some((t_us, f64::from(u16_at(4)) * 0.01)),
            VEHICLE_DIRECTION if u16_at(2) < 0xFB00 => {
                self.speed = Some((t_us, f64::from(u16_at(2)) / 256.0 / 3.6));
            }
            POSITION_RAPID => {
                let (north, east) = (words().0 as i32, words().1 as i32);
                let place = (f64::from(north) * 1e-7, f64::from(east) * 1e-7);
                self.place(t_us, place);
            }
            VEHICLE_POSITION => {
                let (north, east) = words();
                self.place(t_us, (f64::from(north) * 1e-7 - 210.0, f64::from(east) * 1e-7 - 210.0));
            }
            _ => {}
        }
    }

    fn place(&mut self, t_us: i64, place: (f64, f64)) {
        if place.0.abs() <= 90.0 && place.1.abs() <= 180.0 {
            self.position = Some((t_us, place));
        }
    }

    /// The speed, m/s; `None` where none came lately.
    pub fn speed_m_s(&self, t_us: i64) -> Option<f64> {
        self.speed.filter(|(then_us, _)| t_us - then_us <= OLD_US).map(|(_, speed)| speed)
    }

    /// Latitude and longitude, degrees; `None` where none came lately.
    pub fn position(&self, t_us: i64) -> Option<(f64, f64)> {
        self.position.filter(|(then_us, _)| t_us - then_us <= OLD_US).map(|(_, place)| place)
    }
}

const fn low(bytes: [u8; 8]) -> [u8; 4] {
    [bytes[0], bytes[1], bytes[2], bytes[3]]
}

const fn high(bytes: [u8; 8]) -> [u8; 4] {
    [bytes[4], bytes[5], bytes[6], bytes[7]]
}
