//! Candidates: runs of bits that may be one number.

use crate::page::Page;
use crate::stream::{Stream, turned};
use grainloss_can::CanId;

/// Where a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The message.
    pub id: CanId,
    /// The place of its interface in the list that the log's source keeps.
    pub interface: u8,
    /// As in a DBC file: the lowest bit of a little-endian field, the highest of a big-endian one.
    pub start: usize,
    /// Width in bits, 1..=32.
    pub length: usize,
    /// Most significant byte first.
    pub big_endian: bool,
    /// Two's complement.
    pub signed: bool,
    /// Its page; `None` when it is in every frame.
    pub page: Option<Page>,
}

/// A field of a stream with its values.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub field: Field,
    /// Which stream, and which of its bits, numbered little endian.
    pub stream: usize,
    pub bits: u64,
    /// Raw values on the grid; NaN where there is none.
    pub values: Vec<f32>,
    pub low: f32,
    pub high: f32,
    /// Bits of surprise that its edges cost: 0 where they are as usual and seen.
    pub cut: f64,
}

/// Widths that are looked at, with what they cost: 16 and 8 bits are usual.
fn width_cost(width: usize) -> f64 {
    match width {
        16 => 0.0,
        8 | 32 => 0.4,
        10 | 12 | 24 => 0.9,
        _ => 1.6,
    }
}

/// The numbers that a stream may hold.
pub(crate) fn numbers(stream: &Stream, at: usize) -> Vec<Series> {
    let mut found = Vec::new();
    for (order, flips) in stream.flips.iter().enumerate() {
        let big = order == 1;
        let bits = stream.bits;
        let no_signals = if big { turned(stream.no_signals, bits) } else { stream.no_signals };
        let is_none = |bit: usize| no_signals >> bit & 1 == 1;
        let link = |upper: usize| if is_none(upper) || is_none(upper - 1) { -1.0 } else { flips.link(upper) };
        for start in 0..bits {
            if is_none(start) || (start > 0 && link(start) > 0.5) {
                continue;
            }
            let below = if start == 0 { -0.5 } else { f64::from(link(start)) };
            let mut cost = below.max(0.0) * 5.0 + [0.0, 1.6, 1.6, 1.6, 0.7, 1.6, 1.6, 1.6][start % 8];
            let still = (start..bits.min(start + 8)).take_while(|bit| flips.is_constant(*bit)).count();
            cost += still as f64 * 0.7;
            let mut moved = false;
            for end in start + 1..=bits.min(start + 32) {
                let top = end - 1;
                if is_none(top) {
                    break;
                }
                if top > start {
                    let inside = f64::from(link(top));
                    // A cut within: nothing wider is one number.
                    if inside <= -0.9 {
                        break;
                    }
                    cost += (-inside).max(0.0) * 4.0;
                }
                moved |= !flips.is_constant(top);
                let width = end - start;
                let above = if end == bits { -0.5 } else { f64::from(link(end)) };
                if width < 6 || !moved || above > 0.5 || flips.is_constant_one(top) && width % 8 != 0 {
                    continue;
                }
                // One that lies within a byte is in the other order as well.
                if start / 8 == top / 8 && (big || is_part(stream, start, end)) {
                    continue;
                }
                let mut whole = cost + width_cost(width) + if big { 0.4 } else { 0.0 };
                whole += above.max(0.0) * 2.0 + [0.0, 1.4, 1.4, 1.4, 0.6, 1.4, 1.4, 1.4][end % 8];
                // Bytes on top that are always 0 are usual for 16 bits, odd beyond.
                let zeros = (start..end).rev().take_while(|bit| flips.is_constant(*bit)).count();
                whole += if zeros >= width.saturating_sub(4) || zeros > 12 { 3.0 } else { zeros as f64 * 0.08 };
                // Eight bits beside a byte that is always 0: unused bytes are ones, so it is probably the upper half.
                let zero_above =
                    end + 8 <= bits && (end..end + 8).all(|bit| flips.is_constant(bit) && !flips.is_constant_one(bit));
                whole += if width == 8 && zero_above { 0.9 } else { 0.0 };
                if whole < 7.0 {
                    found.extend(series(stream, at, start, width, big, whole));
                }
            }
        }
    }
    found.sort_by(|a, b| a.cut.total_cmp(&b.cut));
    found.truncate(32);
    found
}

/// True of bits of one byte that belong to another byte in big-endian order.
fn is_part(stream: &Stream, start: usize, end: usize) -> bool {
    let turned = stream.bits - 8 - start / 8 * 8;
    let (below, above) = (turned, turned + 8);
    (start.is_multiple_of(8) && below > 0 && stream.flips[1].link(below) > 0.5)
        || (end.is_multiple_of(8) && above < stream.bits && stream.flips[1].link(above) > 0.5)
}

/// Reads the values of a field; `None` when they are no number: too few, too jumpy, or never moving.
pub(crate) fn series(stream: &Stream, at: usize, start: usize, width: usize, big: bool, cut: f64) -> Option<Series> {
    let mask = u64::MAX >> (64 - width);
    let raw = |word: u64| (if big { turned(word, stream.bits) } else { word } >> start) & mask;
    let is_byte_aligned = start.is_multiple_of(8) && width.is_multiple_of(8);
    let is_missing =
        |raw: u64| raw == mask && width >= 8 || (is_byte_aligned && width > 8 && raw >> (width - 8) >= 0xFE);
    let half = 1u64 << (width - 1);
    // Wraps of the unsigned number that are none of the signed one.
    let (mut wraps, mut jumps, mut before) = (0u32, 0u32, None);
    for word in stream.grid.iter().flatten() {
        let value = raw(*word);
        if let Some(before) = before {
            let unsigned = value.abs_diff(before);
            let signed = (value ^ half).abs_diff(before ^ half);
            wraps += u32::from(unsigned > half && signed < half / 2);
            jumps += u32::from(signed > half && unsigned < half / 2);
        }
        before = Some(value);
    }
    let signed = wraps >= 2 && jumps == 0;
    let number = |raw: u64| if signed { ((raw ^ half) as f64 - half as f64) as f32 } else { raw as f32 };
    let values: Vec<f32> = stream
        .grid
        .iter()
        .map(|word| word.map(raw).filter(|raw| signed || !is_missing(*raw)).map_or(f32::NAN, number))
        .collect();
    let known = values.iter().copied().filter(|value| value.is_finite());
    let (low, high, count) =
        known.clone().fold((f32::INFINITY, f32::NEG_INFINITY, 0usize), |(l, h, n), v| (l.min(v), h.max(v), n + 1));
    if count < 16 || high - low < 2.0 {
        return None;
    }
    // From step to step a measured number moves little of its range.
    let (mut sum, mut steps, mut last) = (0.0f64, 0usize, f32::NAN);
    for value in known {
        if last.is_finite() {
            sum += f64::from((value - last).abs());
            steps += 1;
        }
        last = value;
    }
    if sum / steps.max(1) as f64 > 0.25 * f64::from(high - low) {
        return None;
    }
    let (_, _, length, piece) = stream.key;
    let _ = length;
    Some(Series {
        field: place(stream, start, width, big, signed, usize::from(piece)),
        stream: at,
        bits: little_bits(stream.bits, start, width, big),
        values,
        low,
        high,
        cut,
    })
}

/// The bits of a field, numbered little endian.
pub(crate) fn little_bits(bits: usize, start: usize, width: usize, big: bool) -> u64 {
    let mask = (u64::MAX >> (64 - width)) << start;
    if big { turned(mask, bits) } else { mask }
}

/// The field as a DBC file writes it.
pub(crate) fn place(stream: &Stream, start: usize, width: usize, big: bool, signed: bool, piece: usize) -> Field {
    let (id, interface, _, _) = stream.key;
    let own = if big {
        let top = start + width - 1;
        (stream.bits / 8 - 1 - top / 8) * 8 + top % 8
    } else {
        start
    };
    Field { id, interface, start: own + 64 * piece, length: width, big_endian: big, signed, page: stream.page }
}
