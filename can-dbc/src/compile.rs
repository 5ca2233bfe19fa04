//! From the parsed file to the flat form that decodes fast: byte, shift, mask, scale.

mod attributes;
mod evidence;
mod multiplex;
mod overlap;
mod signal;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::frame::MAX_PAYLOAD;
use crate::j1939::SourceAddress;
use crate::load::{Checked, DbcError, DbcProblem, Declared};
use crate::message::{Matching, Message, Transport};
use crate::signal::{CodeRule, Signal};
use crate::transport::{LONGEST_BROADCAST, LONGEST_FAST_PACKET};

/// Compiles every message of the file; what is left out or odd goes to `warnings`, by line.
pub(crate) fn messages(file: &Checked, warnings: &mut Vec<DbcError>) -> Vec<Message> {
    let taken_for_j1939 = evidence::j1939(file);
    let (mut messages, mut all_declared): (Vec<Message>, Vec<Declared>) = (Vec::new(), Vec::new());
    // Vector's pseudo-message has no frames.
    for declared in file.messages().filter(|declared| declared.message.name != "VECTOR__INDEPENDENT_SIG_MSG") {
        let Some(message) = message(declared, taken_for_j1939.is_some(), warnings) else { continue };
        if messages.iter().any(|other| other.name == message.name) {
            warnings.push(declared.error(DbcProblem::SameMessage(message.name)));
            continue;
        }
        messages.push(message);
        all_declared.push(declared);
    }
    warnings.extend(taken_for_j1939);
    tell_apart(&mut messages);
    let mut matched: HashMap<Matching, String> = HashMap::new();
    let mut declared = all_declared.iter();
    messages.retain(|message| match (matched.entry(message.matching), declared.next()) {
        (Entry::Occupied(first), Some(declared)) => {
            let problem = DbcProblem::SameFrames { first: first.get().clone(), second: message.name.clone() };
            warnings.push(declared.error(problem));
            false
        }
        (Entry::Vacant(place), _) => {
            place.insert(message.name.clone());
            true
        }
        (Entry::Occupied(_), None) => false,
    });
    warnings.sort_by_key(|warning| warning.line);
    messages
}

/// Messages of one parameter group are distinguished by their sender and, where one sender uses the group for several, by
/// the whole identifier.
fn tell_apart(messages: &mut [Message]) {
    narrow(messages, |message, source| match message.matching {
        Matching::Pgn(pgn) => Matching::PgnFrom(pgn, source),
        other => other,
    });
    // A broadcast in pieces has no identifier of its own.
    narrow(messages, |message, _| match message.transport {
        Transport::Broadcast => message.matching,
        Transport::Frame | Transport::FastPacket => Matching::Exact(message.id),
    });
}

/// Gives messages that would match the same frames another matching, if it is known who sends them.
fn narrow(messages: &mut [Message], to: impl Fn(&Message, SourceAddress) -> Matching) {
    let all: Vec<_> = messages.iter().map(|message| message.matching).collect();
    for message in messages {
        let is_shared = all.iter().filter(|other| **other == message.matching).count() > 1;
        if let (true, Some(id)) = (is_shared, message.id.j1939())
            && id.source != SourceAddress::ANY
        {
            message.matching = to(message, id.source);
        }
    }
}

/// A message, unless it has to be left out. `is_j1939` says what its identifier is when the file does not.
fn message(declared: Declared<'_>, is_j1939: bool, warnings: &mut Vec<DbcError>) -> Option<Message> {
    let Declared { dbc, message: parsed, .. } = declared;
    let id = declared.id()?;
    let matching = match id.j1939() {
        Some(j1939) if attributes::is_j1939(dbc, parsed).unwrap_or(is_j1939) => Matching::Pgn(j1939.pgn),
        _ => Matching::Exact(id),
    };
    let (rule, transport, longest) = match matching {
        Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) if pgn.is_nmea2000() => {
            (CodeRule::Nmea2000, Transport::FastPacket, LONGEST_FAST_PACKET)
        }
        Matching::Pgn(_) | Matching::PgnFrom(..) => (CodeRule::J1939, Transport::Broadcast, LONGEST_BROADCAST),
        Matching::Exact(_) => (CodeRule::None, Transport::Frame, MAX_PAYLOAD),
    };
    if parsed.size > longest as u64 {
        let problem = DbcProblem::TooLong { message: parsed.name.clone(), size: parsed.size, longest };
        warnings.push(declared.error(problem));
        return None;
    }
    let mut signals: Vec<Signal> = Vec::with_capacity(parsed.signals.len());
    for (at, one) in parsed.signals.iter().enumerate() {
        if parsed.signals[..at].iter().any(|other| other.name == one.name) {
            warnings.push(declared.error_at(at, DbcProblem::SameSignal(one.name.clone())));
            continue;
        }
        match signal::compile(declared, one, rule) {
            Ok(signal) => signals.push(signal),
            Err(problem) => warnings.push(declared.error_at(at, problem)),
        }
    }
    multiplex::resolve(declared, &mut signals, warnings);
    let mut message = Message {
        name: parsed.name.clone(),
        id,
        matching,
        size: parsed.size as usize,
        transport: if parsed.size > 8 { transport } else { Transport::Frame },
        cycle_ms: attributes::cycle_ms(dbc, parsed),
        signals,
    };
    overlap::warn(declared, &message, warnings);
    attributes::give_long_names(dbc, parsed, &mut message);
    Some(message)
}
