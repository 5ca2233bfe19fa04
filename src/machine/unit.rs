//! From the unit that a database writes to the unit of a channel.

use super::channel::Channel;

/// What to multiply a value in unit `from` with to have it in the channel's unit; `None` when the two do not measure
/// the same thing.
pub(super) fn factor(from: &str, channel: Channel) -> Option<f64> {
    let table: &[(&str, f64)] = match channel.unit() {
        "m/s" => &[("m/s", 1.0), ("km/h", 1.0 / 3.6), ("mm/s", 0.001), ("mph", 0.447_04)],
        "rad" => &[("rad", 1.0), ("deg", std::f64::consts::PI / 180.0)],
        "m" => &[("m", 1.0), ("cm", 0.01), ("mm", 0.001)],
        "r/min" => &[("r/min", 1.0), ("rpm", 1.0), ("1/min", 1.0)],
        "kg/s" => &[("kg/s", 1.0), ("g/s", 0.001), ("t/h", 1000.0 / 3600.0)],
        "l/h" => &[("l/h", 1.0), ("L/h", 1.0)],
        "1" => &[("1", 1.0), ("%", 0.01)],
        "1/s" => &[("1/s", 1.0), ("Hz", 1.0), ("count", 1.0)],
        // A flag has no unit, or one that does not matter.
        _ => return Some(1.0),
    };
    table.iter().find(|(name, _)| *name == from).map(|(_, factor)| *factor)
}

/// The units that can be converted to the channel's, for messages.
pub(super) fn known(channel: Channel) -> String {
    const UNITS: [&str; 19] = [
        "m/s", "km/h", "mm/s", "mph", "rad", "deg", "m", "cm", "mm", "r/min", "rpm", "1/min", "kg/s", "g/s", "t/h",
        "l/h", "%", "1/s", "count",
    ];
    UNITS.iter().filter(|unit| factor(unit, channel).is_some()).copied().collect::<Vec<_>>().join(", ")
}
