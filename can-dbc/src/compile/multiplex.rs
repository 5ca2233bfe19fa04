//! Which signals are on which pages: one switch a message, or, where `SG_MUL_VAL_` says so, several, one inside another.

use can_dbc::{Message as Parsed, MultiplexIndicator};

use crate::load::{Checked, DbcError, DbcProblem};
use crate::signal::{Pages, Signal};

/// Fills in [`Signal::pages`]. A signal whose switch was left out of the message is left out as well.
pub(super) fn resolve(
    file: &Checked,
    parsed: &Parsed,
    signals: &mut Vec<Signal>,
    warnings: &mut Vec<DbcError>,
) -> Result<(), DbcError> {
    let switches: Vec<&str> = parsed
        .signals
        .iter()
        .filter(|s| matches!(s.multiplexer_indicator, MultiplexIndicator::Multiplexor))
        .map(|s| s.name.as_str())
        .collect();
    let refused = |signal: &str, reason| {
        file.error(&parsed.name, signal, DbcProblem::Signal { signal: signal.to_owned(), reason })
    };
    let mut on: Vec<(&str, &str, Vec<(u64, u64)>)> = Vec::new();
    for one in &parsed.signals {
        let page = match one.multiplexer_indicator {
            MultiplexIndicator::Plain | MultiplexIndicator::Multiplexor => None,
            MultiplexIndicator::MultiplexedSignal(page) | MultiplexIndicator::MultiplexorAndMultiplexedSignal(page) => {
                Some(page)
            }
        };
        let listed = file
            .dbc
            .extended_multiplex
            .iter()
            .find(|listed| listed.message_id == parsed.id && listed.signal_name == one.name);
        let (switch, ranges) = match (page, listed, switches.as_slice()) {
            (_, Some(listed), _) => {
                let ranges = listed.mappings.iter().map(|m| (m.min_value, m.max_value)).collect();
                (listed.multiplexor_signal_name.as_str(), ranges)
            }
            (None, None, _) => continue,
            (Some(page), None, [only]) => (*only, vec![(page, page)]),
            (Some(_), None, []) => {
                return Err(refused(
                    &one.name,
                    "it is on a multiplexer page, but the message has no multiplexer switch",
                ));
            }
            (Some(_), None, _) => {
                let reason = "the message has several multiplexer switches; SG_MUL_VAL_ must say which one is meant";
                return Err(refused(&one.name, reason));
            }
        };
        if !parsed.signals.iter().any(|other| other.name == switch) {
            return Err(refused(&one.name, "SG_MUL_VAL_ names a switch that the message does not have"));
        }
        on.push((&one.name, switch, ranges));
    }
    // Each signal's way up must end.
    for (name, first, _) in &on {
        let mut at = *first;
        for _ in 0..=on.len() {
            match on.iter().find(|(inner, ..)| inner == &at) {
                Some((_, up, _)) => at = up,
                None => break,
            }
        }
        if on.iter().any(|(inner, ..)| inner == &at) {
            return Err(refused(name, "its multiplexer switches depend on each other in a circle"));
        }
    }
    leave_out_orphans(file, parsed, &on, signals, warnings);
    for (name, switch, ranges) in on {
        let switch = signals.iter().position(|s| s.name == switch);
        if let (Some(signal), Some(switch)) = (signals.iter_mut().find(|s| s.name == name), switch) {
            signal.pages = Some(Pages { switch, ranges });
        }
    }
    Ok(())
}

fn leave_out_orphans(
    file: &Checked,
    parsed: &Parsed,
    on: &[(&str, &str, Vec<(u64, u64)>)],
    signals: &mut Vec<Signal>,
    warnings: &mut Vec<DbcError>,
) {
    // A nested switch may become an orphan itself.
    while let Some((name, ..)) = on.iter().find(|(name, switch, _)| {
        let has = |wanted: &str| signals.iter().any(|signal| signal.name == wanted);
        has(name) && !has(switch)
    }) {
        let problem =
            DbcProblem::Signal { signal: (*name).to_owned(), reason: "its multiplexer switch cannot be decoded" };
        warnings.push(file.error(&parsed.name, name, problem));
        signals.retain(|signal| signal.name != *name);
    }
}
