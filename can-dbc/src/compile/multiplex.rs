//! Which signals are on which pages: one switch a message, or, where `SG_MUL_VAL_` says so, several, one inside another.

use std::collections::{HashMap, HashSet};
use std::iter::successors;

use can_dbc::{MultiplexIndicator, Signal as ParsedSignal};

use crate::load::{DbcError, DbcProblem, Declared, SignalFault};
use crate::signal::{Pages, Signal};

/// The name of a switch, and its values.
type On<'a> = (&'a str, Vec<(u64, u64)>);

/// Fills in [`Signal::pages`]. A signal whose pages are unclear is left out, and so is one whose switch was left out.
pub(super) fn resolve(declared: Declared<'_>, signals: &mut Vec<Signal>, warnings: &mut Vec<DbcError>) {
    let mut pages: HashMap<&str, On> = HashMap::new();
    let mut faults: HashMap<&str, SignalFault> = HashMap::new();
    let mut seen = HashSet::new();
    // Of signals with one name only the first is one.
    for one in declared.message.signals.iter().filter(|one| seen.insert(one.name.as_str())) {
        match pages_of(declared, one) {
            Ok(Some(on)) => drop(pages.insert(&one.name, on)),
            Ok(None) => {}
            Err(fault) => drop(faults.insert(&one.name, fault)),
        }
    }
    // A signal's switch, that switch's own, and so on.
    let up = |name: &str| successors(pages.get(name), |(switch, _)| pages.get(switch)).map(|(switch, _)| *switch);
    for name in pages.keys().filter(|name| up(name).nth(pages.len()).is_some()) {
        faults.insert(name, SignalFault::Circle);
    }
    signals.retain(|signal| {
        let fault = faults.get(signal.name.as_str());
        if let Some(fault) = fault {
            let problem = DbcProblem::Signal { signal: signal.name.clone(), fault: *fault };
            warnings.push(declared.error_of(&signal.name, problem));
        }
        fault.is_none()
    });
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
}

/// The pages that the file puts a signal on; the error says why that is unclear.
fn pages_of<'a>(declared: Declared<'a>, one: &'a ParsedSignal) -> Result<Option<On<'a>>, SignalFault> {
    use MultiplexIndicator::{MultiplexedSignal, Multiplexor, MultiplexorAndMultiplexedSignal};
    let message = declared.message;
    let mut listed = declared.dbc.extended_multiplex.iter();
    if let Some(listed) = listed.find(|listed| listed.message_id == message.id && listed.signal_name == one.name) {
        if listed.mappings.iter().any(|m| m.min_value > m.max_value) {
            return Err(SignalFault::PageRange);
        }
        let ranges = listed.mappings.iter().map(|m| (m.min_value, m.max_value)).collect();
        return match message.signals.iter().find(|other| other.name == listed.multiplexor_signal_name) {
            Some(switch) => Ok(Some((&switch.name, ranges))),
            None => Err(SignalFault::UnknownSwitch),
        };
    }
    let (MultiplexedSignal(page) | MultiplexorAndMultiplexedSignal(page)) = one.multiplexer_indicator else {
        return Ok(None);
    };
    let switches = message.signals.iter().filter(|other| {
        let is_switch = matches!(other.multiplexer_indicator, Multiplexor | MultiplexorAndMultiplexedSignal(_));
        is_switch && other.name != one.name
    });
    let mut names: Vec<&str> = switches.map(|switch| switch.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    match names[..] {
        [only] => Ok(Some((only, vec![(page, page)]))),
        [] => Err(SignalFault::NoSwitch),
        _ => Err(SignalFault::WhichSwitch),
    }
}
