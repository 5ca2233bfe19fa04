//! Units as DBC files spell them.

use serde::Deserialize;

use grainloss_core::data_file::FileError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    name: String,
    spelled: Vec<String>,
}

/// The spellings of `knowledge/unit-names.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitNames {
    unit: Vec<Unit>,
}

impl UnitNames {
    /// Loads the user's own file, or the bundled one.
    pub fn load() -> Result<Self, FileError> {
        grainloss_knowledge::load("unit-names.toml", include_str!("../../../knowledge/unit-names.toml"))
    }

    /// The unit as a profile has it; empty for a number without one. `None` when the spelling is not known.
    pub fn of(&self, spelled: &str) -> Option<&str> {
        let plain = plain(spelled);
        if plain.is_empty() {
            return Some("");
        }
        let is =
            |unit: &&Unit| self::plain(&unit.name) == plain || unit.spelled.iter().any(|one| self::plain(one) == plain);
        self.unit.iter().find(is).map(|unit| unit.name.as_str())
    }
}

/// Without spaces, points and brackets round it, in small letters, full-width letters as ordinary ones.
fn plain(spelled: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '−' => '-',
        '∕' | '⁄' => '/',
        _ => c,
    };
    let letters =
        spelled.chars().map(narrow).filter(|c| !c.is_whitespace() && !matches!(c, '.' | '·' | '_' | '\u{3000}'));
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    match plain.strip_prefix(['[', '(']).and_then(|inner| inner.strip_suffix([']', ')'])) {
        Some(inner) => inner.to_owned(),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_the_unit_that_people_mean() {
        let names = UnitNames::load().unwrap();
        let spelled = [
            ("r/min", "RPM rpm min-1 U/min rev/min 1/min r.p.m. 转/分 转／分 [rpm] Unit_MinutInver"),
            ("km/h", "km/h kmh Km/h KM/H km/hr kph KPH 公里/时 ㎞/h 千米/小时 Unit_KiloMeterPerHour"),
            ("h", "h hr HR hours 小时"),
            ("l/h", "l/h L/h l/hr lph 升/小时"),
            ("%", "% percent pct Percent ％ Unit_PerCent"),
            ("mph", "MPH mph"),
            ("", "- [-] N/A 无"),
        ];
        for (name, all) in spelled {
            for one in all.split(' ') {
                assert_eq!(names.of(one), Some(name), "{one}");
            }
        }
        assert_eq!((names.of("km / h"), names.of("  "), names.of("furlong")), (Some("km/h"), Some(""), None));
    }

    #[test]
    fn no_spelling_means_two_units() {
        let names = UnitNames::load().unwrap();
        for (at, unit) in names.unit.iter().enumerate() {
            for one in unit.spelled.iter().chain([&unit.name]) {
                let first = names.unit.iter().position(|other| names.of(one) == Some(&other.name));
                assert_eq!(first, Some(at), "{one}");
            }
        }
    }
}
