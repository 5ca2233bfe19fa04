//! Which signals are on which pages: one switch a message, or, where `SG_MUL_VAL_` says so, several, one inside another.

use std::collections::{HashMap, HashSet};
use std::iter::successors;

use can_dbc::{MultiplexIndicator, Signal as ParsedSignal};

use crate::load::{DbcError, DbcProblem, Declared};
use crate::signal::{Pages, Signal};

/// The name of a switch, and its values.
type On<'a> = (&'a str, Vec<(u64, u64)>);

/// Fills in [`Signal::pages`]. A signal whose switch was left out of the message is left out as well.
pub(super) fn resolve(
    declared: Declared<'_>,
    signals: &mut Vec<Signal>,
    warnings: &mut Vec<DbcError>,
) -> Result<(), DbcError> {
    let refused =
        |signal: &str, reason| declared.error_of(signal, DbcProblem::Signal { signal: signal.to_owned(), reason });
    let mut pages: HashMap<&str, On> = HashMap::new();
    for one in &declared.message.signals {
        if let Some(on) = pages_of(declared, one).map_err(|reason| refused(&one.name, reason))? {
            pages.insert(&one.name, on);
        }
    }
    // A signal's switch, that switch's own, and so on.
    let up = |name: &str| successors(pages.get(name), |(switch, _)| pages.get(switch)).map(|(switch, _)| *switch);
    if let Some(one) = declared.message.signals.iter().find(|one| up(&one.name).nth(pages.len()).is_some()) {
        return Err(refused(&one.name, "its multiplexer switches depend on each other in a circle"));
    }
    let compiled: HashSet<String> = signals.iter().map(|signal| signal.name.clone()).collect();
    signals.retain(|signal| {
        let is_orphan = up(&signal.name).any(|switch| !compiled.contains(switch));
        if is_orphan {
            let problem = DbcProblem::Orphan { signal: signal.name.clone() };
            warnings.push(declared.error_of(&signal.name, problem));
        }
        !is_orphan
    });
    let places: HashMap<String, usize> =
        signals.iter().zip(0..).map(|(signal, at)| (signal.name.clone(), at)).collect();
    for signal in signals {
        signal.pages = pages
            .remove(signal.name.as_str())
            .and_then(|(switch, ranges)| Some(Pages { switch: *places.get(switch)?, ranges }));
    }
    Ok(())
}

/// The pages that the file puts a signal on; the error says why that is unclear.
fn pages_of<'a>(declared: Declared<'a>, one: &'a ParsedSignal) -> Result<Option<On<'a>>, &'static str> {
    use MultiplexIndicator::{MultiplexedSignal, Multiplexor, MultiplexorAndMultiplexedSignal};
    let message = declared.message;
    let mut listed = declared.dbc.extended_multiplex.iter();
    if let Some(listed) = listed.find(|listed| listed.message_id == message.id && listed.signal_name == one.name) {
        if listed.mappings.iter().any(|m| m.min_value > m.max_value) {
            return Err("SG_MUL_VAL_ gives a range of pages that ends before it begins");
        }
        let ranges = listed.mappings.iter().map(|m| (m.min_value, m.max_value)).collect();
        return match message.signals.iter().find(|other| other.name == listed.multiplexor_signal_name) {
            Some(switch) => Ok(Some((&switch.name, ranges))),
            None => Err("SG_MUL_VAL_ names a switch that the message does not have"),
        };
    }
    let (MultiplexedSignal(page) | MultiplexorAndMultiplexedSignal(page)) = one.multiplexer_indicator else {
        return Ok(None);
    };
    let mut switches = message.signals.iter().filter(|other| {
        let is_switch = matches!(other.multiplexer_indicator, Multiplexor | MultiplexorAndMultiplexedSignal(_));
        is_switch && other.name != one.name
    });
    match (switches.next(), switches.next()) {
        (Some(only), None) => Ok(Some((&only.name, vec![(page, page)]))),
        (None, _) => Err("it is on a multiplexer page, but the message has no multiplexer switch"),
        _ => Err("the message has several multiplexer switches; SG_MUL_VAL_ must say which one is meant"),
    }
}
