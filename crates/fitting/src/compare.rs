//! Two recordings side by side: what is new, what has gone, what moves now, what stands elsewhere. That is how a technician
//! finds what he has moved.

use std::collections::BTreeMap;

use grainloss_can::CanId;

use super::survey::{ByteSeen, ProcessKey, Seen, Survey};

/// A period that differs by more than this factor has changed (our choice).
const PERIOD_FACTOR: f64 = 1.25;
/// A range has changed when it reaches so many values beyond the other (our choice) …
const LEAST_BEYOND: u8 = 3;
/// … and this share of the other's width.
const SHARE_BEYOND: f64 = 0.25;
/// Fewer frames prove no period.
const LEAST_FRAMES: u64 = 4;

/// What is different.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// It was not there before.
    New,
    /// It is not there any more.
    Gone,
    /// Bits of this byte (from 1) that stood still before and after, and stand otherwise: what a switch does.
    Switched {
        /// The byte, from 1.
        byte: usize,
        /// Its value before and after.
        values: (u8, u8),
    },
    /// Bits of this byte that move now and did not before, and the other way round, as masks.
    Moving {
        /// The byte, from 1.
        byte: usize,
        /// The bits that move now only.
        now: u8,
        /// The bits that moved before only.
        before: u8,
        /// The byte's lowest and highest value, before and after.
        ranges: ((u8, u8), (u8, u8)),
    },
    /// The byte's values lie elsewhere, before and after.
    Range {
        /// The byte, from 1.
        byte: usize,
        /// The lowest and the highest value, before and after.
        ranges: ((u8, u8), (u8, u8)),
    },
    /// The period, before and after, ms.
    Period(f64, f64),
}

impl Change {
    /// The most telling first.
    const fn rank(&self) -> u8 {
        match self {
            Self::New | Self::Gone => 0,
            Self::Switched { .. } => 1,
            Self::Range { .. } => 2,
            Self::Moving { .. } => 3,
            Self::Period(..) => 4,
        }
    }
}

/// What is different of an identifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The identifier.
    pub id: CanId,
    /// The interface's name; `None` where there is one only.
    pub interface: Option<String>,
    /// Device element and DDI, for a value of process data; its bytes are those of the value, the lowest first.
    pub process: Option<(u16, u16)>,
    /// What, the most telling first.
    pub changes: Vec<Change>,
    /// For process data the lowest and the highest raw value, before and after, where both have it.
    pub values: Option<((i32, i32), (i32, i32))>,
}

/// What differs from one recording to the other; the interfaces' names tell which belongs to which. The most telling first.
pub fn compare(before: (&Survey, &[String]), after: (&Survey, &[String])) -> Vec<Difference> {
    let single = before.1.len() <= 1 && after.1.len() <= 1;
    let name = |names: &[String], at: u8| (!single).then(|| names.get(usize::from(at)).cloned()).flatten();
    let of = |(survey, names): (&Survey, &[String])| -> BTreeMap<(CanId, Option<String>), Seen> {
        survey.ids().map(|(id, interface, seen)| ((id, name(names, interface)), seen.clone())).collect()
    };
    let (was, is) = (of(before), of(after));
    let mut found = Vec::new();
    for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(key))) {
        // The values of process data are compared one by one.
        let of_values = key.0.j1939().is_some_and(|id| id.pgn.number() == 51_968);
        let changes = match (was.get(key), is.get(key)) {
            (Some(was), Some(is)) if !of_values => changes(was, is),
            (Some(_), Some(_)) => Vec::new(),
            (None, _) => vec![Change::New],
            (_, None) => vec![Change::Gone],
        };
        push(&mut found, (key.0, key.1.clone(), None), changes, None);
    }
    let values = |(survey, names): (&Survey, &[String])| -> BTreeMap<ValueKey, (i32, i32)> {
        let of = |key: &ProcessKey| (key.id, name(names, key.interface), key.element, key.ddi);
        survey.process_data().map(|(key, value)| (of(key), value.range)).collect()
    };
    let (was, is) = (values(before), values(after));
    for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(key))) {
        let (was, is) = (was.get(key), is.get(key));
        let changes = match (was, is) {
            (None, _) => vec![Change::New],
            (_, None) => vec![Change::Gone],
            _ => Vec::new(),
        };
        let ranges = was.copied().zip(is.copied()).filter(|&(was, is)| differs(was, is));
        push(&mut found, (key.0, key.1.clone(), Some((key.2, key.3))), changes, ranges);
    }
    found.sort_by_key(|difference| {
        let rank = difference.changes.first().map_or(2, Change::rank);
        (rank, difference.id, difference.process)
    });
    found
}

/// Identifier, interface, device element and DDI.
type ValueKey = (CanId, Option<String>, u16, u16);
type Key = (CanId, Option<String>, Option<(u16, u16)>);

fn push(
    found: &mut Vec<Difference>,
    (id, interface, process): Key,
    mut changes: Vec<Change>,
    values: Option<((i32, i32), (i32, i32))>,
) {
    if !changes.is_empty() || values.is_some() {
        changes.sort_by_key(Change::rank);
        found.push(Difference { id, interface, process, changes, values });
    }
}

/// True when the second range reaches clearly beyond the first, or the other way round.
fn differs(was: (i32, i32), is: (i32, i32)) -> bool {
    let width = (f64::from(was.1) - f64::from(was.0)).max(f64::from(is.1) - f64::from(is.0));
    let beyond = |a: i32, b: i32| (f64::from(a) - f64::from(b)).abs() > SHARE_BEYOND * width;
    was != is && (beyond(was.0, is.0) || beyond(was.1, is.1))
}

fn changes(was: &Seen, is: &Seen) -> Vec<Change> {
    let mut changes = Vec::new();
    // A running number is elsewhere each time and says nothing.
    let counters: Vec<String> = was.likely_counters().into_iter().chain(is.likely_counters()).collect();
    let counts = |byte: usize| counters.iter().any(|place| place.trim_end_matches(['L', 'H']) == byte.to_string());
    for (was, is) in was.bytes().zip(is.bytes()).filter(|(was, _)| !counts(was.byte)) {
        changes.extend(byte_change(&was, &is));
    }
    let periods = was.period.mean_and_jitter_ms().zip(is.period.mean_and_jitter_ms());
    if let Some(((was_ms, _), (is_ms, _))) = periods
        && was.count >= LEAST_FRAMES
        && is.count >= LEAST_FRAMES
        && was_ms.max(is_ms) > PERIOD_FACTOR * was_ms.min(is_ms)
    {
        changes.push(Change::Period(was_ms, is_ms));
    }
    changes
}

/// What is different of a byte, if something is.
fn byte_change(was: &ByteSeen, is: &ByteSeen) -> Option<Change> {
    let (byte, ranges) = (was.byte, (was.range, is.range));
    if was.flipped == 0 && is.flipped == 0 {
        return (was.range != is.range).then_some(Change::Switched { byte, values: (was.range.0, is.range.0) });
    }
    let apart = was.range.1 < is.range.0 || is.range.1 < was.range.0;
    let width = (was.range.1 - was.range.0).max(is.range.1 - is.range.0);
    let beyond =
        |a: u8, b: u8| a.abs_diff(b) >= LEAST_BEYOND && f64::from(a.abs_diff(b)) > SHARE_BEYOND * f64::from(width);
    let (now, before) = (is.flipped & !was.flipped, was.flipped & !is.flipped);
    if was.flipped == 0 || is.flipped == 0 {
        return Some(Change::Moving { byte, now, before, ranges });
    }
    if apart || beyond(was.range.0, is.range.0) || beyond(was.range.1, is.range.1) {
        return Some(Change::Range { byte, ranges });
    }
    None
}
