//! From the parsed file to the flat form that decodes fast: byte, shift, mask, scale.

use can_dbc::{
    AttributeValue, ByteOrder, Message as Parsed, MultiplexIndicator, NumericValue, Signal as ParsedSignal, ValueType,
};

use crate::database::{Matching, Message};
use crate::frame::{CanId, MAX_PAYLOAD};
use crate::load::{Checked, DbcError, DbcProblem};
use crate::signal::{Bits, CodeRule, Multiplex, Scale, Signal, State};

/// The value of the attribute `VFrameFormat` that marks a J1939 message, as Vector's tools write it.
const J1939_FRAME_FORMAT: u64 = 3;

/// Compiles every message of the file.
pub(crate) fn messages(file: &Checked) -> Result<Vec<Message>, DbcError> {
    let mut messages: Vec<Message> = Vec::with_capacity(file.dbc.messages.len());
    for parsed in file.dbc.messages.iter().filter(|parsed| parsed.name != "VECTOR__INDEPENDENT_SIG_MSG") {
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
    let outside = |signal: &str| DbcProblem::OutsidePayload { signal: signal.to_owned(), size: parsed.size };
    if parsed.size > MAX_PAYLOAD as u64 {
        return Err(file.error(&parsed.name, "", outside("-")));
    }
    let raw = parsed.id.raw();
    // The loader has refused every other number before the parser saw it.
    let id = if raw >> 31 == 1 { CanId::extended(raw & 0x1FFF_FFFF) } else { CanId::standard(raw & 0x7FF) };
    let Some(id) = id else { return Err(file.error(&parsed.name, "", outside("-"))) };
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
    let switch = signals.iter().position(|signal| signal.multiplex == Multiplex::Switch);
    if let (None, Some(page)) = (switch, signals.iter().find(|s| matches!(s.multiplex, Multiplex::Page(_)))) {
        let reason = "it is on a multiplexer page, but the message has no multiplexer switch";
        return Err(file.error(&parsed.name, &page.name, DbcProblem::Signal { signal: page.name.clone(), reason }));
    }
    let cycle_ms = attribute(file.dbc.message_attribute(parsed.id, "GenMsgCycleTime")).filter(|&ms| ms > 0);
    Ok(Message {
        name: parsed.name.clone(),
        id,
        matching,
        size: parsed.size as usize,
        cycle_ms: cycle_ms.map(|ms| ms as u32),
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
    if let Some(format) = attribute(file.dbc.message_attribute(parsed.id, "VFrameFormat")) {
        return format == J1939_FRAME_FORMAT;
    }
    let of_file = file.dbc.attribute_values_database.iter().find(|a| a.name == "ProtocolType");
    matches!(of_file.map(|a| &a.value), Some(AttributeValue::String(name)) if name == "J1939")
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
    if parsed.factor == 0.0 || !parsed.factor.is_finite() || !parsed.offset.is_finite() {
        return Err(refused("its factor is 0 or not a number; every value would be the same"));
    }
    let multiplex = match parsed.multiplexer_indicator {
        MultiplexIndicator::Plain => Multiplex::Plain,
        MultiplexIndicator::Multiplexor => Multiplex::Switch,
        MultiplexIndicator::MultiplexedSignal(page) => Multiplex::Page(page),
        MultiplexIndicator::MultiplexorAndMultiplexedSignal(_) => {
            return Err(refused("it is both a switch and on a page (extended multiplexing), which is not decoded yet"));
        }
    };
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
