//! From the parsed file to the flat form that decodes fast: byte, shift, mask, scale.

mod attributes;
mod multiplex;
mod overlap;
mod signal;

use crate::frame::{CanId, MAX_PAYLOAD};
use crate::j1939::SourceAddress;
use crate::load::{Checked, DbcError, DbcProblem, Declared};
use crate::message::{Matching, Message, Transport};
use crate::signal::{CodeRule, Signal};
use crate::transport::{LONGEST_BROADCAST, LONGEST_FAST_PACKET};

/// The source address that means any sender, in the files of Vector and canboat.
const ANY_SOURCE: SourceAddress = SourceAddress(0xFE);

/// Compiles every message of the file; what is left out or odd goes to `warnings`, by line.
pub(crate) fn messages(file: &Checked, warnings: &mut Vec<DbcError>) -> Result<Vec<Message>, DbcError> {
    let (mut messages, mut all_declared): (Vec<Message>, Vec<Declared>) = (Vec::new(), Vec::new());
    // Vector's pseudo-message has no frames.
    for declared in file.messages().filter(|declared| declared.message.name != "VECTOR__INDEPENDENT_SIG_MSG") {
        if let Some(message) = message(declared, warnings)? {
            messages.push(message);
            all_declared.push(declared);
        }
    }
    tell_apart(&mut messages);
    for (at, (message, declared)) in messages.iter().zip(all_declared).enumerate() {
        for other in &messages[..at] {
            if other.name == message.name {
                return Err(declared.error(DbcProblem::SameName(message.name.clone())));
            }
            if other.matching == message.matching {
                let problem = DbcProblem::SameFrames { first: other.name.clone(), second: message.name.clone() };
                return Err(declared.error(problem));
            }
        }
    }
    warnings.sort_by_key(|warning| warning.line);
    Ok(messages)
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
            && id.source != ANY_SOURCE
        {
            message.matching = to(message, id.source);
        }
    }
}

fn message(declared: Declared<'_>, warnings: &mut Vec<DbcError>) -> Result<Option<Message>, DbcError> {
    let Declared { dbc, message: parsed, .. } = declared;
    let raw = parsed.id.raw();
    // The loader has refused every other number before the parser saw it.
    let id = if raw >> 31 == 1 { CanId::extended(raw & 0x1FFF_FFFF) } else { CanId::standard(raw & 0x7FF) };
    let Some(id) = id else {
        return Err(declared.error(DbcProblem::IdTooWide { message: parsed.name.clone(), id: raw.into() }));
    };
    let matching = match id.j1939() {
        Some(j1939) if attributes::is_j1939(dbc, parsed) => Matching::Pgn(j1939.pgn),
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
        return Ok(None);
    }
    let mut signals: Vec<Signal> = Vec::with_capacity(parsed.signals.len());
    for (at, one) in parsed.signals.iter().enumerate() {
        if parsed.signals[..at].iter().any(|other| other.name == one.name) {
            return Err(declared.error_at(at, DbcProblem::SameName(one.name.clone())));
        }
        match signal::compile(declared, one, rule) {
            Ok(signal) => signals.push(signal),
            Err(problem @ (DbcProblem::OutsidePayload { .. } | DbcProblem::Width { .. })) => {
                warnings.push(declared.error_at(at, problem));
            }
            Err(problem) => return Err(declared.error_at(at, problem)),
        }
    }
    multiplex::resolve(declared, &mut signals, warnings)?;
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
    Ok(Some(message))
}
