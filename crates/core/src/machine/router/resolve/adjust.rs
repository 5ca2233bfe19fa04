//! What a source says of its signal instead of the database: codes, bits turned round, scale, unit, counting.

use grainloss_can::{CodeRule, Kind, Signal, State};

use crate::machine::channel::Channel;
use crate::machine::profile::source::{Codes, Meaning, Source};
use crate::machine::router::route::Target;
use crate::machine::source::value_table;
use crate::machine::unit;

/// Counters are of 32 bits at most.
const LARGEST_MODULUS: u64 = 1 << 32;

/// The signal with what the source says instead of the database.
pub(super) fn adjusted(mut signal: Signal, source: &Source) -> Result<Signal, String> {
    if let Some(codes) = source.codes {
        let rule = match codes {
            Codes::J1939 => CodeRule::J1939,
            Codes::Nmea2000 => CodeRule::Nmea2000,
            Codes::None => CodeRule::None,
        };
        signal = signal.with_codes(rule, Vec::new());
    }
    let mut special = Vec::with_capacity(source.special.len());
    for code in &source.special {
        let to = code.to.unwrap_or(code.code);
        if to < code.code {
            return Err(format!("special: code {} is above to = {to}; the lowest comes first", code.code));
        }
        special.push((code.code, to, state(code.means)));
    }
    // A code that the profile gives a value has one, whatever the rule says of it.
    special.extend(value_table(source)?.into_iter().map(|(code, _)| (code, code, State::Valid)));
    signal = signal.with_special_codes(special);
    if source.invert_bits {
        signal = signal.with_bits_inverted();
    }
    if source.scale.is_some() || source.offset.is_some() {
        let (scale, offset) = signal.scale();
        let (scale, offset) = (source.scale.unwrap_or(scale), source.offset.unwrap_or(offset));
        let wrong =
            || format!("scale {scale} with offset {offset} cannot scale anything; expected a scale other than 0");
        signal = signal.with_scale(scale, offset).ok_or_else(wrong)?;
    }
    if let Some(unit) = &source.unit {
        signal.unit.clone_from(unit);
    }
    Ok(signal)
}

const fn state(meaning: Meaning) -> State {
    match meaning {
        Meaning::NotAvailable => State::NotAvailable,
        Meaning::Error => State::Error,
        Meaning::NotCalibrated => State::NotCalibrated,
        Meaning::Value => State::Valid,
    }
}

/// Whether the signal is a value or a counter.
pub(super) fn target(channel: Channel, source: &Source, signal: &Signal) -> Result<Target, String> {
    let has_table = !source.calibration.is_empty() || !source.values.is_empty();
    let per_unit = unit::counter_factor(&signal.unit, channel.unit());
    let Some(modulus) = source.counter_modulus else {
        if per_unit.is_some() && unit::factor(&signal.unit, channel.unit()).is_none() && !has_table {
            let unit = &signal.unit;
            return Err(format!(
                "a signal in '{unit}' counts up; add counter_modulus, the number where it starts again"
            ));
        }
        return Ok(Target::Value);
    };
    if has_table {
        return Err("counter_modulus goes with neither calibration nor values".to_owned());
    }
    if signal.kind() != Kind::Unsigned {
        return Err("counter_modulus needs a whole number without a sign".to_owned());
    }
    let largest = 1u64.checked_shl(signal.width()).unwrap_or(LARGEST_MODULUS).min(LARGEST_MODULUS);
    if !(2..=largest).contains(&modulus) {
        return Err(format!(
            "counter_modulus is {modulus}; the counter has {} bits, so expected 2 to {largest}",
            signal.width()
        ));
    }
    if signal.state(modulus as i64 - 1) != State::Valid {
        return Err(format!(
            "counter_modulus is {modulus}, but the highest counts are codes that are not values; \
             write codes = \"none\" if the counter uses them, or a smaller modulus (J1939: 64256 for 16 bits)"
        ));
    }
    let per_unit = per_unit
        .ok_or_else(|| format!("a counter of '{}' has no rate in {}; set unit", signal.unit, channel.unit()))?;
    Ok(Target::Counter(modulus, signal.scale().0 * per_unit))
}
