//! Switches: one bit, or two as J1939 has them.

use crate::fields::{Field, place};
use crate::grid::States;
use crate::stream::Stream;

/// A switch with how well it agrees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag {
    pub field: Field,
    pub bits: u64,
    /// Bits of surprise.
    pub points: f64,
    /// Share of the time that it agrees, 0..=1.
    pub agrees: f64,
    /// 1 means no.
    pub inverted: bool,
}

/// Switches of a stream that agree with a state.
pub(crate) fn flags(stream: &Stream, at: usize, states: &States, found: &mut Vec<(usize, Flag)>) {
    let changes = |values: &mut dyn Iterator<Item = bool>| {
        let mut before = None;
        values.filter(|value| before.replace(*value).is_some_and(|before| before != *value)).count()
    };
    let wanted = changes(&mut states.iter().flatten().copied());
    if wanted == 0 {
        return;
    }
    for bit in 0..stream.bits {
        if stream.flips[0].is_constant(bit) || stream.no_signals >> bit & 1 == 1 {
            continue;
        }
        let (mut same, mut known, mut on) = (0usize, 0usize, 0usize);
        for (word, state) in stream.grid.iter().zip(states) {
            let (Some(word), Some(state)) = (word, state) else { continue };
            let is_on = word >> bit & 1 == 1;
            same += usize::from(is_on == *state);
            on += usize::from(is_on);
            known += 1;
        }
        if known < 40 || on == 0 || on == known {
            continue;
        }
        let share = same as f64 / known as f64;
        let (agrees, inverted) = if share >= 0.5 { (share, false) } else { (1.0 - share, true) };
        if agrees < 0.9 {
            continue;
        }
        let moved = changes(&mut stream.grid.iter().flatten().map(|word| word >> bit & 1 == 1));
        let ratio = (moved.max(1) as f64 / wanted as f64).log2().abs();
        // Disagreement beyond the marks' own lateness is rare for the switch itself.
        let mut points = 16.0 - 100.0 * (1.0 - agrees) - 2.5 * ratio + if inverted { -0.7 } else { 0.0 };
        // A bit within a number has neighbours that move with it.
        let neighbour = |other: usize| other < stream.bits && !stream.flips[0].is_constant(other);
        let is_inside = (bit > 0 && neighbour(bit - 1) && stream.flips[0].link(bit) > 0.3)
            || (neighbour(bit + 1) && stream.flips[0].link(bit + 1) > 0.3);
        points -= if is_inside { 4.0 } else { 0.0 };
        let busy = |other: usize| neighbour(other) && stream.flips[0].counts[other] as usize > 4 * moved.max(1);
        points -= if (bit > 0 && busy(bit - 1)) || busy(bit + 1) { 2.0 } else { 0.0 };
        let above_is_clear =
            bit + 1 < stream.bits && stream.flips[0].is_constant(bit + 1) && !stream.flips[0].is_constant_one(bit + 1);
        let width = if bit % 2 == 0 && above_is_clear { 2 } else { 1 };
        let field = place(stream, bit, width, false, false, usize::from(stream.key.3));
        found.push((at, Flag { field, bits: ((1u64 << width) - 1) << bit, points, agrees, inverted }));
    }
}
