//! From the parsed file to the flat form that decodes fast: byte, shift, mask, scale.

mod attributes;
mod multiplex;
mod overlap;
mod signal;

use can_dbc::Message as Parsed;

use crate::database::{Matching, Message, Transport};
use crate::frame::{CanId, MAX_PAYLOAD};
use crate::j1939::SourceAddress;
use crate::load::{Checked, DbcError, DbcProblem};
use crate::signal::{CodeRule, Signal};
use crate::transport::{LONGEST_BROADCAST, LONGEST_FAST_PACKET};

/// The source address that stands for any sender, in the files of Vector and canboat.
const ANY_SOURCE: SourceAddress = SourceAddress(0xFE);

/// Compiles every message of the file; what is left out or odd goes to `warnings`.
pub(crate) fn messages(file: &Checked, warnings: &mut Vec<DbcError>) -> Result<Vec<Message>, DbcError> {
    let mut messages: Vec<Message> = Vec::with_capacity(file.dbc.messages.len());
    // Vector's pseudo-message has no frames.
    for parsed in file.dbc.messages.iter().filter(|parsed| parsed.name != "VECTOR__INDEPENDENT_SIG_MSG") {
        if let Some(message) = message(file, parsed, warnings)? {
            messages.push(message);
        }
    }
    by_sender_where_needed(&mut messages);
    for (at, message) in messages.iter().enumerate() {
        for other in &messages[..at] {
            if other.name == message.name {
                return Err(file.error(&message.name, "", DbcProblem::SameName(message.name.clone())));
            }
            if other.matching == message.matching {
                let problem = DbcProblem::SameFrames { first: other.name.clone(), second: message.name.clone() };
                return Err(file.error(&message.name, "", problem));
            }
        }
    }
    Ok(messages)
}

/// Senders that use one parameter group for different things are told apart by their address.
fn by_sender_where_needed(messages: &mut [Message]) {
    let groups: Vec<_> = messages.iter().map(|message| message.matching).collect();
    for message in messages.iter_mut() {
        let shared = groups.iter().filter(|other| **other == message.matching).count() > 1;
        if let (Matching::Pgn(pgn), true, Some(id)) = (message.matching, shared, message.id.j1939())
            && id.source != ANY_SOURCE
        {
            message.matching = Matching::PgnFrom(pgn, id.source);
        }
    }
}

fn message(file: &Checked, parsed: &Parsed, warnings: &mut Vec<DbcError>) -> Result<Option<Message>, DbcError> {
    let raw = parsed.id.raw();
    // The loader has refused every other number before the parser saw it.
    let id = if raw >> 31 == 1 { CanId::extended(raw & 0x1FFF_FFFF) } else { CanId::standard(raw & 0x7FF) };
    let Some(id) = id else {
        let problem = DbcProblem::IdTooWide { message: parsed.name.clone(), id: raw.into() };
        return Err(file.error(&parsed.name, "", problem));
    };
    let matching = match id.j1939() {
        Some(j1939) if attributes::is_j1939(&file.dbc, parsed) => Matching::Pgn(j1939.pgn),
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
        warnings.push(file.error(&parsed.name, "", problem));
        return Ok(None);
    }
    let mut signals: Vec<Signal> = Vec::with_capacity(parsed.signals.len());
    for one in &parsed.signals {
        match signal::compile(file, parsed, one, rule) {
            Ok(signal) if signals.iter().any(|other| other.name == signal.name) => {
                return Err(file.error(&parsed.name, &one.name, DbcProblem::SameName(one.name.clone())));
            }
            Ok(signal) => signals.push(signal),
            Err(problem @ DbcProblem::OutsidePayload { .. }) => {
                warnings.push(file.error(&parsed.name, &one.name, problem));
            }
            Err(problem) => return Err(file.error(&parsed.name, &one.name, problem)),
        }
    }
    multiplex::resolve(file, parsed, &mut signals, warnings)?;
    let message = Message {
        name: parsed.name.clone(),
        id,
        matching,
        size: parsed.size as usize,
        transport: if parsed.size > 8 { transport } else { Transport::Frame },
        cycle_ms: attributes::cycle_ms(&file.dbc, parsed),
        signals,
    };
    overlap::warn(file, &message, warnings);
    Ok(Some(message))
}
