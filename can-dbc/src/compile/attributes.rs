//! What the file's attributes say of a message.

use can_dbc::{AttributeDefinition, AttributeValue, AttributeValueType, Dbc, Message as Parsed};

use crate::message::Message;

/// The value of the attribute `VFrameFormat` that marks a J1939 message, as Vector's tools write it.
const J1939_FORMAT: &str = "J1939PG";

/// A whole number, if the attribute is one.
pub(super) fn whole(value: Option<&AttributeValue>) -> Option<u64> {
    match value? {
        AttributeValue::Uint(number) => Some(*number),
        AttributeValue::Int(number) => u64::try_from(*number).ok(),
        AttributeValue::Double(number) => Some(*number as u64),
        AttributeValue::String(_) => None,
    }
}

/// How often the message is sent, if the file says so.
pub(super) fn cycle_ms(dbc: &Dbc, parsed: &Parsed) -> Option<u32> {
    let cycle_ms = whole(dbc.resolved_message_attribute(parsed.id, "GenMsgCycleTime"))?;
    u32::try_from(cycle_ms).ok().filter(|&ms| ms > 0)
}

/// A message is J1939 when its own frame format says so, or, where the file gives it none, when the file as a whole is.
/// `None` when the file says nothing of either.
pub(super) fn is_j1939(dbc: &Dbc, parsed: &Parsed) -> Option<bool> {
    match dbc.resolved_message_attribute(parsed.id, "VFrameFormat") {
        // A message's own value is a position in the attribute's list, a default is the word itself.
        Some(AttributeValue::String(word)) => return Some(word == J1939_FORMAT),
        Some(number) => return Some(whole(Some(number)).is_some_and(|at| frame_format(dbc, at) == J1939_FORMAT)),
        None => {}
    }
    let own = dbc.attribute_values_database.iter().find(|a| a.name == "ProtocolType").map(|a| &a.value);
    match own.or_else(|| dbc.attribute_default("ProtocolType"))? {
        AttributeValue::String(name) if name.trim().is_empty() => None,
        AttributeValue::String(name) => Some(name == "J1939"),
        _ => Some(false),
    }
}

/// The word at this position of the file's list of frame formats; in Vector's own list J1939 is the fourth.
fn frame_format(dbc: &Dbc, at: u64) -> &str {
    let list = dbc.attribute_definitions.iter().find_map(|definition| match definition {
        AttributeDefinition::Message(name, AttributeValueType::Enum(words)) if name == "VFrameFormat" => Some(words),
        _ => None,
    });
    match list {
        Some(words) => words.get(at as usize).map_or("", String::as_str),
        None if at == 3 => J1939_FORMAT,
        None => "",
    }
}

/// The format's own names end at 32 characters; Vector's tools keep longer ones in attributes.
pub(super) fn give_long_names(dbc: &Dbc, parsed: &Parsed, message: &mut Message) {
    let word = |value: Option<&AttributeValue>| match value {
        Some(AttributeValue::String(word)) if !word.is_empty() => Some(word.clone()),
        _ => None,
    };
    if let Some(long) = word(dbc.message_attribute(parsed.id, "SystemMessageLongSymbol")) {
        message.name = long;
    }
    for at in 0..message.signals.len() {
        let long = word(dbc.signal_attribute(parsed.id, &message.signals[at].name, "SystemSignalLongSymbol"));
        if let Some(long) = long.filter(|long| message.signal(long).is_none()) {
            message.signals[at].name = long;
        }
    }
}
