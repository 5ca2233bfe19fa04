//! Signals that share bits although both can be in one payload: allowed by the format, and nearly always a slip.

use crate::load::{DbcError, DbcProblem, Declared};
use crate::message::Message;
use crate::signal::Signal;

/// Warns of each signal that shares bits with an earlier one.
pub(super) fn warn(declared: Declared<'_>, message: &Message, warnings: &mut Vec<DbcError>) {
    for (at, signal) in message.signals.iter().enumerate() {
        let earlier = message.signals[..at]
            .iter()
            .find(|other| signal.bits.share_with(&other.bits) && meet(message, signal, other));
        if let Some(other) = earlier {
            let problem = DbcProblem::Overlap { signal: signal.name.clone(), other: other.name.clone() };
            warnings.push(declared.error_of(&signal.name, problem));
        }
    }
}

/// True when some payload holds both: nowhere on their ways up is one switch with no page in common.
fn meet(message: &Message, one: &Signal, other: &Signal) -> bool {
    let up =
        |signal| std::iter::successors(Some(signal), |s: &&Signal| Some(&message.signals[s.pages.as_ref()?.switch]));
    !up(one).filter_map(|s| s.pages.as_ref()).any(|a| {
        up(other).filter_map(|s| s.pages.as_ref()).any(|b| {
            let apart = |x: &(u64, u64)| b.ranges.iter().all(|y| x.1 < y.0 || y.1 < x.0);
            a.switch == b.switch && a.ranges.iter().all(apart)
        })
    })
}
