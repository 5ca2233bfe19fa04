//! Process data of ISOBUS (ISO 11783-10): what each device element says of each DDI.

use std::collections::BTreeMap;

use grainloss_can::{CanId, Frame};

use super::period::Period;

/// The parameter group of process data.
const PROCESS_DATA: u32 = 51_968;
/// Commands that carry a value: a value, and one that is to be acknowledged (AgIsoStack++).
const VALUE: u8 = 0x3;
const SET_VALUE: u8 = 0xA;
/// More than any machine has.
const MOST: usize = 4096;

/// Which value: of which message, which device element, which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessKey {
    /// Number of the interface.
    pub interface: u8,
    /// The identifier, with sender and receiver.
    pub id: CanId,
    /// The device element's number, 0..=4095.
    pub element: u16,
    /// The data dictionary identifier.
    pub ddi: u16,
}

/// What was said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProcessValue {
    /// How often.
    pub count: u64,
    /// The time between two.
    pub period: Period,
    /// The lowest and the highest raw value.
    pub range: (i32, i32),
    /// The newest raw value.
    pub last: i32,
    last_us: i64,
}

/// Everything that was said in process data.
#[derive(Clone, Debug, Default)]
pub(super) struct ProcessWatch(pub BTreeMap<ProcessKey, ProcessValue>);

impl ProcessWatch {
    /// Takes a frame in; any other than a value of process data is none of it. The first byte has the command in its low
    /// half and the element's low four bits in its high half; then its other eight, the DDI, and the value.
    pub fn take(&mut self, frame: &Frame) {
        if frame.id.j1939().is_none_or(|id| id.pgn.number() != PROCESS_DATA) {
            return;
        }
        let &[first, second, ddi0, ddi1, v0, v1, v2, v3] = frame.payload() else { return };
        if !matches!(first & 0xF, VALUE | SET_VALUE) {
            return;
        }
        let element = u16::from(second) << 4 | u16::from(first >> 4);
        let (ddi, raw) = (u16::from_le_bytes([ddi0, ddi1]), i32::from_le_bytes([v0, v1, v2, v3]));
        let key = ProcessKey { interface: frame.interface, id: frame.id, element, ddi };
        if let Some(value) = self.0.get_mut(&key) {
            value.count += 1;
            value.period.take(frame.t_us.saturating_sub(value.last_us) as f64);
            value.range = (value.range.0.min(raw), value.range.1.max(raw));
            (value.last, value.last_us) = (raw, frame.t_us);
        } else if self.0.len() < MOST {
            let period = Period::default();
            self.0.insert(key, ProcessValue { count: 1, period, range: (raw, raw), last: raw, last_us: frame.t_us });
        }
    }
}
