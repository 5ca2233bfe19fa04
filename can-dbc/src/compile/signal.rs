//! One signal of the file, compiled.

use can_dbc::{ByteOrder as ParsedOrder, NumericValue, Signal as ParsedSignal, SignalExtendedValueType, ValueType};

use super::attributes;
use crate::load::{DbcProblem, Declared, SignalFault};
use crate::signal::{Bits, ByteOrder, CodeRule, Kind, Misplaced, Signal};

/// Compiles a signal; its multiplexer pages are left to [`super::multiplex`].
pub(super) fn compile(declared: Declared<'_>, parsed: &ParsedSignal, rule: CodeRule) -> Result<Signal, DbcProblem> {
    let Declared { dbc, message, .. } = declared;
    let refused = |fault| DbcProblem::Signal { signal: parsed.name.clone(), fault };
    let kind = match (dbc.extended_value_type_for_signal(message.id, &parsed.name), parsed.size) {
        // Some tools write 1 for every floating-point number; its width says which it is.
        (Some(SignalExtendedValueType::IEEEfloat32Bit | SignalExtendedValueType::IEEEdouble64bit), width) => {
            match width {
                16 => Kind::Half,
                64 => Kind::Double,
                _ => Kind::Float,
            }
        }
        _ if parsed.value_type == ValueType::Signed => Kind::Signed,
        _ => Kind::Unsigned,
    };
    let order = match parsed.byte_order {
        ParsedOrder::BigEndian => ByteOrder::BigEndian,
        ParsedOrder::LittleEndian => ByteOrder::LittleEndian,
    };
    let bits = Bits::new(parsed.start_bit, parsed.size, order, kind, message.size).map_err(|wrong| match wrong {
        Misplaced::Width => DbcProblem::Width { signal: parsed.name.clone(), width: parsed.size },
        Misplaced::FloatWidth => refused(SignalFault::FloatWidth),
        Misplaced::Outside => DbcProblem::OutsidePayload { signal: parsed.name.clone(), size: message.size },
    })?;
    let described = dbc.value_descriptions_for_signal(message.id, &parsed.name).unwrap_or_default();
    let labels: Vec<(i64, String)> = described.iter().map(|d| (d.id, d.description.clone())).collect();
    let range = (number(parsed.min), number(parsed.max));
    let spn = attributes::whole(dbc.signal_attribute(message.id, &parsed.name, "SPN"));
    let mut signal = Signal::of_bits(&parsed.name, bits)
        .with_scale(parsed.factor, parsed.offset)
        .ok_or_else(|| refused(SignalFault::Factor))?;
    signal.unit.clone_from(&parsed.unit);
    signal.range = (range != (0.0, 0.0)).then_some(range);
    signal.spn = spn.filter(|&spn| spn > 0).and_then(|spn| u32::try_from(spn).ok());
    signal = signal.with_rule(rule);
    // A label that plainly is an ordinary choice goes before the standard's rule: code 3 of two bits may be "reverse". Those
    // that say the same as the rule need not be looked up in every frame.
    let codes = labels.iter().map(|(code, label)| (*code, *code, signal.labelled_state(*code, label)));
    let codes = codes.filter(|(code, _, state)| signal.state(*code) != *state).collect();
    signal = signal.with_codes(rule, codes);
    signal.labels = labels;
    Ok(signal)
}

fn number(value: NumericValue) -> f64 {
    match value {
        NumericValue::Uint(number) => number as f64,
        NumericValue::Int(number) => number as f64,
        NumericValue::Double(number) => number,
    }
}
