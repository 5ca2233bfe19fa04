//! Messages that the database does not have: trouble codes by the transport protocol, the position as a fast packet, and
//! vendors' frames.

use grainloss_can::{CanId, Frame};

use super::vendor;
use crate::scenario::Wire;
use crate::sensors::Readings;

/// What is sent each second.
const SECOND_US: i64 = 1_000_000;
/// Most frames that wait at once: a fast packet, a broadcast and a second of vendors' frames.
const MOST: usize = 96;
/// Packets of a broadcast follow each other in 50-200 ms (SAE J1939-21).
const BROADCAST_GAP_US: i64 = 60_000;
/// Frames of a fast packet follow each other at once; the receiver's other traffic comes between. Assumed.
const FAST_GAP_US: i64 = 1_300;
/// The engine's source address is 0; priority 7 of transport frames.
const TP_CM: u32 = 0x1CEC_FF00;
const TP_DT: u32 = 0x1CEB_FF00;
/// PGN 129029 with priority 3 from the receiver at address 0x1C.
const GNSS_POSITION: u32 = 0x0DF8_051C;
/// Its length without reference stations.
const GNSS_BYTES: usize = 43;
/// The frame that is lost of a fast packet.
const LOST: usize = 3;

/// Trouble codes of the event `dm1-three`: oil pressure low, coolant hot, fuel pressure low (SPN, failure mode, times
/// seen).
const TROUBLE: [(u32, u8, u8); 3] = [(100, 1, 2), (110, 0, 5), (94, 18, 1)];
/// Protect off, amber on, stop off, malfunction off; flash not available.
const LAMPS: [u8; 2] = [0x04, 0xFF];

/// A frame that waits.
struct Waiting {
    due_us: i64,
    id: CanId,
    bytes: [u8; 8],
}

/// All of them, in the order of their times.
pub(super) struct Extras {
    waiting: Vec<Waiting>,
    next_us: i64,
    sequence: u8,
}

impl Extras {
    pub fn new(start_us: i64) -> Self {
        Self { waiting: Vec::with_capacity(MOST), next_us: start_us + SECOND_US / 2, sequence: 0 }
    }

    /// Prepares a second's worth, when the next second begins before `end_us`.
    pub fn plan(&mut self, end_us: i64, readings: &Readings, wire: &Wire) {
        if end_us < self.next_us {
            return;
        }
        let at_us = self.next_us;
        self.next_us += SECOND_US;
        // What a crowded bus did not let through is overwritten.
        self.waiting.clear();
        if wire.dm1_three {
            self.trouble_codes(at_us);
        }
        if wire.fast_packet {
            self.position(at_us, readings, wire.lost_fast_packet);
        }
        if wire.vendor_frames {
            vendor::each_in_a_second(readings, &mut |after_us, id, bytes| self.put(at_us + after_us, id, bytes));
        }
        self.waiting.sort_by_key(|waiting| waiting.due_us);
    }

    /// The first that waits.
    pub fn first(&self) -> Option<(i64, CanId)> {
        self.waiting.first().map(|waiting| (waiting.due_us, waiting.id))
    }

    /// Takes the first as a frame sent now.
    pub fn pop(&mut self, at_us: i64) -> Option<Frame> {
        if self.waiting.is_empty() {
            return None;
        }
        let first = self.waiting.remove(0);
        Frame::new(at_us, first.id, &first.bytes)
    }

    fn put(&mut self, due_us: i64, id: u32, bytes: [u8; 8]) {
        if let Some(id) = CanId::extended(id).filter(|_| self.waiting.len() < MOST) {
            self.waiting.push(Waiting { due_us, id, bytes });
        }
    }

    /// DM1 with three codes: 14 bytes, announced and sent to all.
    fn trouble_codes(&mut self, at_us: i64) {
        let mut message = [0xFF; 14];
        message[..2].copy_from_slice(&LAMPS);
        for (code, (spn, failure, seen)) in message[2..].chunks_exact_mut(4).zip(TROUBLE) {
            let high = (spn >> 16) as u8 & 0x07;
            code.copy_from_slice(&[spn as u8, (spn >> 8) as u8, high << 5 | failure, seen]);
        }
        // Control 0x20, size, packets, reserved, PGN 65226.
        self.put(at_us, TP_CM, [0x20, 14, 0, 2, 0xFF, 0xCA, 0xFE, 0x00]);
        for (nth, part) in message.chunks(7).enumerate() {
            let mut bytes = [0xFF; 8];
            bytes[0] = nth as u8 + 1;
            bytes[1..=part.len()].copy_from_slice(part);
            self.put(at_us + BROADCAST_GAP_US * (nth as i64 + 1), TP_DT, bytes);
        }
    }

    /// The position of NMEA 2000, in seven frames.
    fn position(&mut self, at_us: i64, readings: &Readings, one_lost: bool) {
        let mut message = [0xFF; GNSS_BYTES];
        let second = at_us.div_euclid(SECOND_US);
        let of_day = at_us.rem_euclid(86_400 * SECOND_US) / 100;
        message[0] = self.sequence;
        message[1..3].copy_from_slice(&(second.div_euclid(86_400) as u16).to_le_bytes());
        message[3..7].copy_from_slice(&(of_day as u32).to_le_bytes());
        message[7..15].copy_from_slice(&((readings.latitude_deg * 1e16) as i64).to_le_bytes());
        message[15..23].copy_from_slice(&((readings.longitude_deg * 1e16) as i64).to_le_bytes());
        message[23..31].copy_from_slice(&((readings.altitude_m * 1e6) as i64).to_le_bytes());
        // GPS; differential; 14 satellites; dilutions 0.8 and 1.4; geoid 2 m below; no reference station.
        message[31..34].copy_from_slice(&[0x20, 0xFC, 14]);
        message[34..38].copy_from_slice(&[80, 0, 140, 0]);
        message[38..42].copy_from_slice(&(-200i32).to_le_bytes());
        message[42] = 0;
        let (first, rest) = message.split_at(6);
        let counter = self.sequence << 5;
        let mut bytes = [counter, GNSS_BYTES as u8, 0, 0, 0, 0, 0, 0];
        bytes[2..].copy_from_slice(first);
        self.put(at_us, GNSS_POSITION, bytes);
        for (nth, part) in rest.chunks(7).enumerate() {
            let number = nth + 1;
            let mut bytes = [0xFF; 8];
            bytes[0] = counter | number as u8;
            bytes[1..=part.len()].copy_from_slice(part);
            if !(one_lost && number == LOST) {
                self.put(at_us + FAST_GAP_US * number as i64, GNSS_POSITION, bytes);
            }
        }
        self.sequence = (self.sequence + 1) % 8;
    }
}
