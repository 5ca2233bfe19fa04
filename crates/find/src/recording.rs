//! The payloads of a log, by identifier.

use std::collections::BTreeMap;

use grainloss_can::{CanId, Frame};

/// Frames kept in all: three hours of a bus at 250 kbit/s that is half full, 16 bytes each.
const MOST_FRAMES: usize = 12_000_000;
/// Identifiers kept: more is no machine's bus.
const MOST_IDS: usize = 2_000;

/// The pieces of one payload length of one identifier: eight bytes each.
pub(crate) type Key = (CanId, u8, u8, u8);

/// Eight bytes of each frame, least significant first, with the time since the recording began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub t_ms: Vec<u32>,
    pub words: Vec<u64>,
}

/// What a log held.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub(crate) began_us: Option<i64>,
    pub(crate) end_ms: u32,
    frames: usize,
    beyond: u64,
    /// Identifier, interface, payload length, which eight bytes.
    pub(crate) ids: BTreeMap<Key, Words>,
}

impl Recording {
    /// Takes a frame at its bus time, µs. Times run forward; one before the first frame counts as the first. Pieces of longer messages
    /// (J1939 transport) are left out: their payloads are no signals.
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        if frame.id.j1939().is_some_and(|id| matches!(id.pgn.number() >> 8, 0xC7 | 0xC8 | 0xEB | 0xEC | 0xEE | 0xEA)) {
            return;
        }
        let began_us = *self.began_us.get_or_insert(t_us);
        let t_ms = u32::try_from(t_us.saturating_sub(began_us).max(0) / 1_000).unwrap_or(u32::MAX);
        self.end_ms = self.end_ms.max(t_ms);
        let payload = frame.payload();
        for (piece, bytes) in payload.chunks(8).enumerate() {
            let key = (frame.id, frame.interface, payload.len() as u8, piece as u8);
            if self.frames >= MOST_FRAMES || (self.ids.len() >= MOST_IDS && !self.ids.contains_key(&key)) {
                self.beyond += 1;
                continue;
            }
            self.frames += 1;
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            let words = self.ids.entry(key).or_default();
            words.t_ms.push(t_ms);
            words.words.push(u64::from_le_bytes(word));
        }
    }

    /// Frames that were too many to be kept.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// How long it is, s.
    pub fn span_s(&self) -> f64 {
        f64::from(self.end_ms) / 1e3
    }

    /// True when no frame was kept.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
