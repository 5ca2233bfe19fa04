//! One signal of the file, compiled.

use can_dbc::{
    ByteOrder as ParsedOrder, Message as Parsed, NumericValue, Signal as ParsedSignal, SignalExtendedValueType,
    ValueType,
};

use super::attributes;
use crate::load::{Checked, DbcProblem};
use crate::signal::{Bits, ByteOrder, CodeRule, Kind, Misplaced, Signal, State};

/// Compiles a signal; its multiplexer pages are left to [`super::multiplex`].
pub(super) fn compile(
    file: &Checked,
    message: &Parsed,
    parsed: &ParsedSignal,
    rule: CodeRule,
) -> Result<Signal, DbcProblem> {
    let refused = |reason| DbcProblem::Signal { signal: parsed.name.clone(), reason };
    let kind = match file.dbc.extended_value_type_for_signal(message.id, &parsed.name) {
        Some(SignalExtendedValueType::IEEEfloat32Bit) => Kind::Float,
        Some(SignalExtendedValueType::IEEEdouble64bit) => Kind::Double,
        _ if parsed.value_type == ValueType::Signed => Kind::Signed,
        _ => Kind::Unsigned,
    };
    let order = match parsed.byte_order {
        ParsedOrder::BigEndian => ByteOrder::BigEndian,
        ParsedOrder::LittleEndian => ByteOrder::LittleEndian,
    };
    let bits = Bits::new(parsed.start_bit, parsed.size, order, kind, message.size).map_err(|wrong| match wrong {
        Misplaced::Width => refused("its length is not 1 to 64 bits"),
        Misplaced::FloatWidth => {
            refused("SIG_VALTYPE_ makes it a floating-point number, which has 32 bits (1) or 64 bits (2)")
        }
        Misplaced::Outside => DbcProblem::OutsidePayload { signal: parsed.name.clone(), size: message.size },
    })?;
    let described = file.dbc.value_descriptions_for_signal(message.id, &parsed.name).unwrap_or_default();
    let labels: Vec<(i64, String)> = described.iter().map(|d| (d.id, d.description.clone())).collect();
    // The file's own words go before the standard's rule: code 2 may be "Error" or an ordinary choice.
    let codes = labels.iter().map(|(code, label)| (*code, *code, State::of_label(label))).collect();
    let range = (number(parsed.min), number(parsed.max));
    let spn = attributes::whole(file.dbc.signal_attribute(message.id, &parsed.name, "SPN"));
    let mut signal = Signal::of_bits(&parsed.name, bits)
        .with_codes(rule, codes)
        .with_scale(parsed.factor, parsed.offset)
        .ok_or_else(|| refused("its factor is 0, or factor or offset are beyond anything that is measured"))?;
    signal.unit.clone_from(&parsed.unit);
    signal.range = (range != (0.0, 0.0)).then_some(range);
    signal.labels = labels;
    signal.spn = spn.filter(|&spn| spn > 0).and_then(|spn| u32::try_from(spn).ok());
    Ok(signal)
}

fn number(value: NumericValue) -> f64 {
    match value {
        NumericValue::Uint(number) => number as f64,
        NumericValue::Int(number) => number as f64,
        NumericValue::Double(number) => number,
    }
}
