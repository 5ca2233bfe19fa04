//! From the parsed file to the flat form that decodes fast: byte, shift, mask, scale.

use can_dbc::{
    AttributeDefinition, AttributeValue, AttributeValueType, ByteOrder, Message as Parsed, MultiplexIndicator,
    NumericValue, Signal as ParsedSignal, ValueType,
};

use crate::database::{Matching, Message};
use crate::frame::{CanId, MAX_PAYLOAD};
use crate::load::{Checked, DbcError, DbcProblem};
use crate::signal::{Bits, CodeRule, Multiplex, Scale, Signal, State};

/// The value of the attribute `VFrameFormat` that marks a J1939 message, as Vector's tools write it.
const J1939_FORMAT: &str = "J1939PG";

/// Compiles every message of the file.
pub(crate) fn messages(file: &Checked) -> Result<Vec<Message>, DbcError> {
    let mut messages: Vec<Message> = Vec::with_capacity(file.dbc.messages.len());
    // Vector's pseudo-message has no frames; longer messages than a frame holds come in pieces, by a transport protocol.
    let in_a_frame = |parsed: &&Parsed| parsed.size <= MAX_PAYLOAD as u64;
    let all = file.dbc.messages.iter().filter(|parsed| parsed.name != "VECTOR__INDEPENDENT_SIG_MSG");
    for parsed in all.filter(in_a_frame) {
        let message = message(file, parsed)?;
        for other in &messages {
            if other.name == message.name {
                return Err(file.error(&message.name, "", DbcProblem::SameName(message.name.clone())));
            }
            if other.matching == message.matching {
                let problem = DbcProblem::SameFrames { first: other.name.clone(), second: message.name.clone() };
                return Err(file.error(&message.name, "", problem));
            }
        }
        messages.push(message);
    }
    Ok(messages)
}

fn message(file: &Checked, parsed: &Parsed) -> Result<Message, DbcError> {
    let raw = parsed.id.raw();
    // The loader has refused every other number before the parser saw it.
    let id = if raw >> 31 == 1 { CanId::extended(raw & 0x1FFF_FFFF) } else { CanId::standard(raw & 0x7FF) };
    let Some(id) = id else {
        let problem = DbcProblem::IdTooWide { message: parsed.name.clone(), id: raw.into() };
        return Err(file.error(&parsed.name, "", problem));
    };
    let matching = match id.j1939() {
        Some(j1939) if is_j1939(file, parsed) => Matching::Pgn(j1939.pgn),
        _ => Matching::Exact(id),
    };
    let rule = match matching {
        Matching::Pgn(pgn) if pgn.is_nmea2000() => CodeRule::Nmea2000,
        Matching::Pgn(_) => CodeRule::J1939,
        Matching::Exact(_) => CodeRule::None,
    };
    let mut signals: Vec<Signal> = Vec::with_capacity(parsed.signals.len());
    for one in &parsed.signals {
        let signal = signal(file, parsed, one, rule).map_err(|problem| file.error(&parsed.name, &one.name, problem))?;
        if signals.iter().any(|other| other.name == signal.name) {
            return Err(file.error(&parsed.name, &one.name, DbcProblem::SameName(one.name.clone())));
        }
        signals.push(signal);
    }
    let mut switches = (0..signals.len()).filter(|&at| signals[at].multiplex == Multiplex::Switch);
    let switch = switches.next();
    if let Some(second) = switches.next() {
        let signal = signals[second].name.clone();
        let reason = "it is a second multiplexer switch of the message; a message has one";
        return Err(file.error(&parsed.name, &signal.clone(), DbcProblem::Signal { signal, reason }));
    }
    if let (None, Some(page)) = (switch, signals.iter().find(|s| matches!(s.multiplex, Multiplex::Page(_)))) {
        let reason = "it is on a multiplexer page, but the message has no multiplexer switch";
        return Err(file.error(&parsed.name, &page.name, DbcProblem::Signal { signal: page.name.clone(), reason }));
    }
    let cycle_ms = attribute(file.dbc.resolved_message_attribute(parsed.id, "GenMsgCycleTime"));
    Ok(Message {
        name: parsed.name.clone(),
        id,
        matching,
        size: parsed.size as usize,
        cycle_ms: cycle_ms.and_then(|ms| u32::try_from(ms).ok()).filter(|&ms| ms > 0),
        signals,
        switch,
    })
}

fn attribute(value: Option<&AttributeValue>) -> Option<u64> {
    match value? {
        AttributeValue::Uint(number) => Some(*number),
        AttributeValue::Int(number) => u64::try_from(*number).ok(),
        AttributeValue::Double(number) => Some(*number as u64),
        AttributeValue::String(_) => None,
    }
}

/// A message is J1939 when its own frame format says so, or, where the file gives it none, when the file as a whole is.
fn is_j1939(file: &Checked, parsed: &Parsed) -> bool {
    let dbc = &file.dbc;
    match dbc.resolved_message_attribute(parsed.id, "VFrameFormat") {
        // A message's own value is a position in the attribute's list, a default is the word itself.
        Some(AttributeValue::String(word)) => return word == J1939_FORMAT,
        Some(number) => return attribute(Some(number)).is_some_and(|at| frame_format(file, at) == J1939_FORMAT),
        None => {}
    }
    let own = dbc.attribute_values_database.iter().find(|a| a.name == "ProtocolType").map(|a| &a.value);
    let protocol = own.or_else(|| dbc.attribute_default("ProtocolType"));
    matches!(protocol, Some(AttributeValue::String(name)) if name == "J1939")
}

/// The word at this position of the file's list of frame formats; in Vector's own list J1939 is the fourth.
fn frame_format(file: &Checked, at: u64) -> &str {
    let list = file.dbc.attribute_definitions.iter().find_map(|definition| match definition {
        AttributeDefinition::Message(name, AttributeValueType::Enum(words)) if name == "VFrameFormat" => Some(words),
        _ => None,
    });
    match list {
        Some(words) => words.get(at as usize).map_or("", String::as_str),
        None if at == 3 => J1939_FORMAT,
        None => "",
    }
}

fn signal(file: &Checked, message: &Parsed, parsed: &ParsedSignal, rule: CodeRule) -> Result<Signal, DbcProblem> {
    let refused = |reason| DbcProblem::Signal { signal: parsed.name.clone(), reason };
    if file
        .dbc
        .extended_value_type_for_signal(message.id, &parsed.name)
        .is_some_and(|t| !matches!(t, can_dbc::SignalExtendedValueType::SignedOrUnsignedInteger))
    {
        return Err(refused("it is a floating-point signal (SIG_VALTYPE_), which is not decoded yet"));
    }
    // NaN is in no range.
    if !(1e-20..=1e20).contains(&parsed.factor.abs()) || !(0.0..=1e20).contains(&parsed.offset.abs()) {
        return Err(refused("its factor is 0, or factor or offset are beyond anything that is measured"));
    }
    let multiplex = match parsed.multiplexer_indicator {
        MultiplexIndicator::Plain => Multiplex::Plain,
        MultiplexIndicator::Multiplexor => Multiplex::Switch,
        MultiplexIndicator::MultiplexedSignal(page) => Multiplex::Page(page),
        MultiplexIndicator::MultiplexorAndMultiplexedSignal(_) => {
            return Err(refused("it is both a switch and on a page (extended multiplexing), which is not decoded yet"));
        }
    };
    let mut ranges =
        file.dbc.extended_multiplex.iter().filter(|e| e.message_id == message.id && e.signal_name == parsed.name);
    if ranges
        .any(|e| !e.mappings.iter().all(|m| Multiplex::Page(m.min_value) == multiplex && m.max_value == m.min_value))
    {
        return Err(refused("it is on several pages (extended multiplexing, SG_MUL_VAL_), which is not decoded yet"));
    }
    let bits = place(message, parsed)?;
    let described = file.dbc.value_descriptions_for_signal(message.id, &parsed.name).unwrap_or_default();
    let labels: Vec<(i64, String)> = described.iter().map(|d| (d.id, d.description.clone())).collect();
    // The file's own words go before the standard's rule: code 2 may be "Error" or an ordinary choice.
    let exceptions = labels.iter().map(|(code, label)| (*code, labelled_state(label))).collect();
    let range = (number(parsed.min), number(parsed.max));
    let spn = attribute(file.dbc.signal_attribute(message.id, &parsed.name, "SPN"));
    Ok(Signal {
        name: parsed.name.clone(),
        unit: parsed.unit.clone(),
        range: (range != (0.0, 0.0)).then_some(range),
        labels,
        multiplex,
        rule,
        spn: spn.filter(|&spn| spn > 0).map(|spn| spn as u32),
        bits,
        scale: Scale::new(parsed.factor, parsed.offset),
        exceptions,
    })
}

fn labelled_state(label: &str) -> State {
    match label {
        "NotAvailable" => State::NotAvailable,
        "Error" => State::Error,
        _ => State::Valid,
    }
}

fn number(value: NumericValue) -> f64 {
    match value {
        NumericValue::Uint(number) => number as f64,
        NumericValue::Int(number) => number as f64,
        NumericValue::Double(number) => number,
    }
}

/// Where the bits are once eight bytes are loaded at one place. DBC counts bits of a byte from the least significant;
/// a little-endian signal starts at its lowest bit, a big-endian ("Motorola") one at its highest.
fn place(message: &Parsed, parsed: &ParsedSignal) -> Result<Bits, DbcProblem> {
    let outside = || DbcProblem::OutsidePayload { signal: parsed.name.clone(), size: message.size };
    let too_wide = || DbcProblem::Signal {
        signal: parsed.name.clone(),
        reason: "it is wider than 64 bits, or spreads over nine bytes",
    };
    let (start, width) = (parsed.start_bit, parsed.size);
    if width == 0 || width > 64 {
        return Err(too_wide());
    }
    if start >= message.size * 8 {
        return Err(outside());
    }
    let big_endian = parsed.byte_order == ByteOrder::BigEndian;
    let first_byte = start / 8;
    let byte = first_byte.min(MAX_PAYLOAD as u64 - 8);
    // Bits before the signal, counted in the direction in which it runs.
    let before = (first_byte - byte) * 8 + if big_endian { 7 - start % 8 } else { start % 8 };
    let end = before + width;
    if byte * 8 + end > message.size * 8 {
        return Err(outside());
    }
    if end > 64 {
        return Err(too_wide());
    }
    Ok(Bits {
        byte: byte as u8,
        shift: if big_endian { 64 - end } else { before } as u8,
        width: width as u8,
        big_endian,
        signed: parsed.value_type == ValueType::Signed,
        min_len: (byte + end.div_ceil(8)) as u8,
    })
}
