//! Factors from the units that databases write to the units of the channels.

/// The factor from unit `from` to unit `to`, one of the channels' units; `None` when the two do not measure the same
/// quantity.
pub(super) fn factor(from: &str, to: &str) -> Option<f64> {
    // A flag has no unit, or one that does not matter.
    if to == "flag" {
        return Some(1.0);
    }
    units(to).iter().find(|(name, _)| *name == from).map(|(_, factor)| *factor)
}

/// The same for a counter in unit `from`, whose rate is a channel in unit `to`.
pub(super) fn counter_factor(from: &str, to: &str) -> Option<f64> {
    let counted: &[(&str, f64)] = match to {
        "m/s" => &[("m", 1.0), ("mm", 0.001), ("km", 1000.0)],
        "kg/s" => &[("kg", 1.0), ("g", 0.001), ("t", 1000.0)],
        "l/h" => &[("l", 3600.0), ("L", 3600.0)],
        "1/s" => &[("count", 1.0), ("", 1.0), ("1", 1.0)],
        _ => &[],
    };
    counted.iter().find(|(name, _)| *name == from).map(|(_, factor)| *factor)
}

/// The units that can be converted to unit `to`, for messages.
pub(super) fn known(to: &str) -> String {
    units(to).iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn units(of: &str) -> &'static [(&'static str, f64)] {
    match of {
        "m/s" => &[
            ("m/s", 1.0),
            ("km/h", 1.0 / 3.6),
            ("kph", 1.0 / 3.6),
            ("mm/s", 0.001),
            ("mph", 0.447_04),
            ("kn", 1852.0 / 3600.0),
        ],
        "rad" => &[("rad", 1.0), ("deg", std::f64::consts::PI / 180.0)],
        "deg" => &[("deg", 1.0), ("rad", 180.0 / std::f64::consts::PI)],
        "m" => &[("m", 1.0), ("cm", 0.01), ("mm", 0.001), ("in", 0.0254)],
        "r/min" => &[("r/min", 1.0), ("rpm", 1.0), ("1/min", 1.0), ("1/s", 60.0)],
        "kg/s" => &[
            ("kg/s", 1.0),
            ("g/s", 0.001),
            ("mg/s", 1e-6),
            ("kg/min", 1.0 / 60.0),
            ("kg/h", 1.0 / 3600.0),
            ("t/h", 1000.0 / 3600.0),
        ],
        "l/h" => &[("l/h", 1.0), ("L/h", 1.0), ("l/min", 60.0), ("gal/h", 3.785_411_784)],
        "h" => &[("h", 1.0), ("min", 1.0 / 60.0), ("s", 1.0 / 3600.0)],
        "1" => &[("1", 1.0), ("%", 0.01), ("ppm", 1e-6)],
        "1/s" => &[("1/s", 1.0), ("Hz", 1.0)],
        _ => &[],
    }
}
