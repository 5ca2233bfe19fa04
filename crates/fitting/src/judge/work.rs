//! What the machine did, second by second, by what can be trusted of header, speed and drum.

use grainloss_core::machine::Channel;

use super::evidence::Evidence;
use super::header::HeaderState;
use super::motion::{States, moving};

/// What the machine did.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// It moves.
    pub moving: States,
    /// It cuts: the header is down, it moves, and the drum is not known to stand.
    pub cutting: States,
    /// Nothing has been cut for long (false), or crop is cut (true); nothing in between.
    pub settled: States,
}

impl Work {
    pub fn new(evidence: &Evidence<'_>, header: &HeaderState) -> Self {
        let moving = moving(evidence);
        let drum = evidence.series(Channel::ThresherEngaged);
        let stands = |at: usize| drum.get(at).is_some_and(|on| *on < 0.5);
        let cutting: States = (0..evidence.record.len())
            .map(|at| match (header.down.get(at).copied().flatten(), moving[at]) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(!stands(at)),
                _ => None,
            })
            .collect();
        let mut since_s = 0.0;
        let settled = cutting
            .iter()
            .map(|cuts| {
                since_s = if *cuts == Some(false) { since_s + 1.0 } else { 0.0 };
                match cuts {
                    Some(true) => Some(true),
                    Some(false) if since_s > evidence.params.settled_s => Some(false),
                    _ => None,
                }
            })
            .collect();
        Self { moving, cutting, settled }
    }

    /// Seconds of cutting.
    pub fn cutting_s(&self) -> f64 {
        self.cutting.iter().filter(|cuts| **cuts == Some(true)).count() as f64
    }

    /// Seconds that are settled and without cutting.
    pub fn idle_s(&self) -> f64 {
        self.settled.iter().filter(|cuts| **cuts == Some(false)).count() as f64
    }

    /// Values of the seconds in which the state is this one.
    pub fn where_is<'a>(series: &'a [f32], states: &'a [Option<bool>], is: bool) -> impl Iterator<Item = f32> + 'a {
        series.iter().zip(states).filter(move |(_, state)| **state == Some(is)).map(|(value, _)| *value)
    }
}
