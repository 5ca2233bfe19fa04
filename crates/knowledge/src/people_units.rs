//! Values in the units that people read beside a machine: km/h, mm or cm, degrees, per cent; all other code uses SI.

/// A value as people read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeoplesValue {
    /// The value, in `unit`.
    pub value: f64,
    /// Decimals that mean something.
    pub decimals: usize,
    /// The unit.
    pub unit: &'static str,
}

/// A value of a channel as people read it; `None` for a unit that stays as it is. `unit`: the channel's, `channel`: its name.
pub fn peoples_value(value: f64, unit: &str, channel: &str) -> Option<PeoplesValue> {
    let of = |value: f64, decimals: usize, unit: &'static str| Some(PeoplesValue { value, decimals, unit });
    match (unit, channel) {
        ("m/s", _) => of(value * 3.6, 1, "km/h"),
        ("m", "concave.clearance" | "sieve.upper" | "sieve.lower") => of(value * 1000.0, 0, "mm"),
        ("m", "header.height") => of(value * 100.0, 0, "cm"),
        ("rad", _) => of(value.to_degrees(), 1, "°"),
        ("1", _) => of(value * 100.0, 1, "%"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_as_a_display_shows_it() {
        let read = |value, unit, channel| {
            peoples_value(value, unit, channel).map(|v| format!("{:.*} {}", v.decimals, v.value, v.unit))
        };
        assert_eq!(read(0.016, "m", "concave.clearance").as_deref(), Some("16 mm"));
        assert_eq!(read(0.1615, "m", "header.height").as_deref(), Some("16 cm"));
        assert_eq!(read(4.0, "kg/s", "feed.rate"), None);
    }
}
