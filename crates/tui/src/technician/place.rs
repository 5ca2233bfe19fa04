//! A number within a payload: a byte, or a candidate's bits.

use grainloss_can::{ByteOrder, Frame, Kind, MAX_PAYLOAD, Signal};
use grainloss_find::Field;

use super::traffic::{Flow, Key};

/// Where a number is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub key: Key,
    signal: Signal,
    /// The switch of its page, and what it shows then.
    page: Option<(Signal, i64)>,
}

impl Place {
    /// A candidate's; `None` when its bits are beyond every payload.
    pub fn of(field: &Field) -> Option<Self> {
        let order = if field.big_endian { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
        let kind = if field.signed { Kind::Signed } else { Kind::Unsigned };
        let page = match field.page {
            None => None,
            Some(page) => {
                Some((bits(page.start, page.length, ByteOrder::LittleEndian, Kind::Unsigned)?, page.value as i64))
            }
        };
        Some(Self { key: (field.id, field.interface), signal: bits(field.start, field.length, order, kind)?, page })
    }

    /// A whole byte, counted from 0.
    pub fn byte(key: Key, byte: usize) -> Option<Self> {
        Some(Self { key, signal: bits(byte * 8, 8, ByteOrder::LittleEndian, Kind::Unsigned)?, page: None })
    }

    /// The raw number; `None` when the payload is too short or shows another page.
    pub fn raw(&self, payload: &[u8]) -> Option<f64> {
        // A signal is read from a payload with room behind it, as a frame has it.
        let frame = Frame::new(0, self.key.0, payload)?;
        let reads = |signal: &Signal| {
            let value = signal.decode(&frame);
            (value.state == grainloss_can::State::Valid).then_some(value)
        };
        if let Some((switch, shown)) = &self.page
            && reads(switch)?.raw != *shown
        {
            return None;
        }
        Some(reads(&self.signal)?.physical)
    }

    /// The last number of a flow that has one.
    pub fn last(&self, flow: &Flow) -> Option<f64> {
        self.raw(&flow.payload).or_else(|| {
            let all: Vec<_> = flow.past().collect();
            all.iter().rev().find_map(|(_, payload)| self.raw(payload))
        })
    }

    /// Its numbers as [`curve`] gives them.
    pub fn curve(&self, flow: &Flow, now_us: i64, span_us: i64, columns: usize) -> Vec<Option<f64>> {
        curve(flow, now_us, span_us, columns, |payload| self.raw(payload))
    }
}

/// What `value` reads from the payloads of the last `span_us` before `now_us`, in so many columns: the last one of each
/// column, the one before where none came.
pub(crate) fn curve(
    flow: &Flow,
    now_us: i64,
    span_us: i64,
    columns: usize,
    value: impl Fn(&[u8]) -> Option<f64>,
) -> Vec<Option<f64>> {
    let mut found = vec![None; columns];
    let began_us = now_us - span_us;
    let mut before = None;
    for (t_us, payload) in flow.past() {
        let Some(value) = value(payload) else { continue };
        let column = i128::from(t_us - began_us) * columns as i128 / i128::from(span_us.max(1));
        if t_us < began_us {
            before = Some(value);
        } else if let Some(cell) = usize::try_from(column).ok().and_then(|at| found.get_mut(at)) {
            *cell = Some(value);
        }
    }
    for cell in &mut found {
        *cell = cell.or(before);
        before = *cell;
    }
    found
}

fn bits(start: usize, length: usize, order: ByteOrder, kind: Kind) -> Option<Signal> {
    Signal::at(start as u64, length as u64, order, kind, MAX_PAYLOAD as u64).ok()
}
