//! A recorded log in memory, to be played and looked through.

use grainloss_can::{CanId, Frame};

/// Frames kept: an hour and a half of a bus at 250 kbit/s that is half full, 23 bytes each. What is beyond is counted.
const MOST_FRAMES: usize = 6_000_000;
/// Pairs of identifier and interface that are told apart.
const MOST_IDS: usize = 65_536;

/// Frames in the order of their time.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    ids: Vec<(CanId, u8)>,
    numbers: std::collections::HashMap<(CanId, u8), u16>,
    t_us: Vec<i64>,
    id: Vec<u16>,
    /// Where each payload begins in `bytes`.
    begins: Vec<u32>,
    bytes: Vec<u8>,
    beyond: u64,
}

impl Tape {
    /// Takes a frame at its bus time, µs. One that is before the last one counts as at the same time.
    pub fn take(&mut self, frame: &Frame, t_us: i64) {
        let key = (frame.id, frame.interface);
        let is_full = self.t_us.len() >= MOST_FRAMES || u32::try_from(self.bytes.len() + 64).is_err();
        if is_full || (self.ids.len() >= MOST_IDS && !self.numbers.contains_key(&key)) {
            self.beyond += 1;
            return;
        }
        let number = *self.numbers.entry(key).or_insert_with(|| {
            self.ids.push(key);
            (self.ids.len() - 1) as u16
        });
        self.t_us.push(self.t_us.last().map_or(t_us, |last| t_us.max(*last)));
        self.id.push(number);
        self.begins.push(self.bytes.len() as u32);
        self.bytes.extend_from_slice(frame.payload());
    }

    /// Frames that were too many to be kept.
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// When the first and the last frame came, µs; `None` when there are none.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((*self.t_us.first()?, *self.t_us.last()?))
    }

    /// The first frame after a time, its number.
    pub(crate) fn after(&self, t_us: i64) -> usize {
        self.t_us.partition_point(|t| *t <= t_us)
    }

    pub(crate) fn len(&self) -> usize {
        self.t_us.len()
    }

    /// A frame with its time; `None` behind the last one.
    pub(crate) fn frame(&self, at: usize) -> Option<(Frame, i64)> {
        let (&t_us, &id) = (self.t_us.get(at)?, self.id.get(at)?);
        let (id, interface) = self.ids[usize::from(id)];
        let mut frame = Frame::new(t_us, id, self.payload(at))?;
        frame.interface = interface;
        Some((frame, t_us))
    }

    /// The next frame of this identifier from `at` on, or the one before it, whose byte differs from the frame of it there.
    pub(crate) fn change(&self, key: (CanId, u8), byte: usize, at: usize, forward: bool) -> Option<i64> {
        let number = *self.numbers.get(&key)?;
        let own = |at: &usize| self.id[*at] == number;
        let here = (0..at.min(self.len())).rev().find(own).and_then(|at| self.payload(at).get(byte).copied());
        let differs = |at: &usize| self.payload(*at).get(byte).copied() != here;
        let found = if forward {
            (at.min(self.len())..self.len()).filter(own).find(differs)
        } else {
            (0..at.min(self.len())).rev().filter(own).find(differs)
        };
        found.map(|at| self.t_us[at])
    }

    fn payload(&self, at: usize) -> &[u8] {
        let begin = self.begins[at] as usize;
        let end = self.begins.get(at + 1).map_or(self.bytes.len(), |next| *next as usize);
        &self.bytes[begin..end]
    }
}
