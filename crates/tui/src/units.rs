//! The units in which figures are shown: data, in `knowledge/units.toml`. All other code uses SI.

use std::collections::BTreeMap;

use serde::Deserialize;

use grainloss_core::data_file::FileError;
use grainloss_knowledge::{Bilingual, Lang};

/// A unit: its name, and its number per SI unit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name on the screen.
    pub name: Bilingual,
    factor: f64,
    /// True when the factor is for pounds and must be divided by the pounds per bushel of the crop.
    #[serde(default)]
    bushels: bool,
}

/// Units that are used together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitSet {
    id: String,
    per_area: Unit,
    area: Unit,
    mass: Unit,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeedUnit {
    id: String,
    unit: Unit,
}

/// All units that can be chosen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitBook {
    set: Vec<UnitSet>,
    speed: Vec<SpeedUnit>,
    bushel_lb: BTreeMap<String, f64>,
}

impl UnitBook {
    /// The units, and what is wrong with the user's own file; `None` when there is none or it is valid.
    pub fn load() -> (Self, Option<FileError>) {
        let usable = |book: Self| if book.set.is_empty() || book.speed.is_empty() { None } else { Some(book) };
        let embedded = include_str!("../../../knowledge/units.toml");
        let (book, complaint) = crate::user_file::user_or_embedded("units.toml", embedded, usable);
        // The embedded file is complete: a test reads it.
        (book.unwrap_or_else(|| Self { set: Vec::new(), speed: Vec::new(), bushel_lb: BTreeMap::new() }), complaint)
    }

    /// The names of the sets.
    pub fn sets(&self) -> impl Iterator<Item = &str> {
        self.set.iter().map(|set| &*set.id)
    }

    /// The names of the units of speed.
    pub fn speeds(&self) -> impl Iterator<Item = &str> {
        self.speed.iter().map(|speed| &*speed.id)
    }

    /// A set of units and a unit of speed by their ids, for a crop by its id. An unknown id gives the default of the
    /// language; for a crop without a known bushel weight, bushels become kilograms per hectare.
    pub fn choose(&self, set: Option<&str>, speed: Option<&str>, crop: &str, lang: Lang) -> Units {
        let find = |id: &str| self.set.iter().find(|set| set.id == id);
        let bushel_lb = self.bushel_lb.get(crop).copied();
        let default = match lang {
            Lang::Zh => "kg-mu",
            Lang::En => "kg-ha",
        };
        let chosen = set.and_then(find).or_else(|| find(default)).or(self.set.first()).cloned();
        let needs_bushel = chosen.as_ref().is_some_and(|set| set.per_area.bushels || set.mass.bushels);
        let chosen = if needs_bushel && bushel_lb.is_none() { find("kg-ha").cloned() } else { chosen };
        let speed = speed.and_then(|id| self.speed.iter().find(|speed| speed.id == id)).or(self.speed.first());
        let speed = speed.map(|speed| speed.unit.clone());
        let scale = |unit: Unit| {
            let factor = if unit.bushels { unit.factor / bushel_lb.unwrap_or(1.0) } else { unit.factor };
            (unit.name, factor)
        };
        let si = |name: &str| (Bilingual { zh: name.to_owned(), en: name.to_owned() }, 1.0);
        let (per_area, area, mass) = match chosen {
            Some(set) => (scale(set.per_area), scale(set.area), scale(set.mass)),
            None => (si("kg/m²"), si("m²"), si("kg")),
        };
        Units { per_area, area, mass, speed: speed.map_or_else(|| si("m/s"), scale), lang }
    }
}

/// The units in use: name, and number per SI unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    per_area: (Bilingual, f64),
    area: (Bilingual, f64),
    mass: (Bilingual, f64),
    speed: (Bilingual, f64),
    lang: Lang,
}

impl Units {
    /// Mass per area in the unit, from kg/m².
    pub const fn per_area(&self, kg_m2: f64) -> f64 {
        kg_m2 * self.per_area.1
    }

    /// Its name.
    pub fn per_area_name(&self) -> &str {
        self.per_area.0.get(self.lang)
    }

    /// Area in the unit, from m².
    pub const fn area(&self, m2: f64) -> f64 {
        m2 * self.area.1
    }

    /// Its name.
    pub fn area_name(&self) -> &str {
        self.area.0.get(self.lang)
    }

    /// Mass in the unit, from kg.
    pub const fn mass(&self, kg: f64) -> f64 {
        kg * self.mass.1
    }

    /// Its name.
    pub fn mass_name(&self) -> &str {
        self.mass.0.get(self.lang)
    }

    /// Speed in the unit, from m/s.
    pub const fn speed(&self, m_s: f64) -> f64 {
        m_s * self.speed.1
    }

    /// Its name.
    pub fn speed_name(&self) -> &str {
        self.speed.0.get(self.lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(set: &str, crop: &str) -> Units {
        let (book, complaint) = UnitBook::load();
        assert_eq!(complaint, None);
        book.choose(Some(set), Some("mph"), crop, Lang::En)
    }

    #[test]
    fn conversions_agree_with_published_factors() {
        // 100 kg/ha = 0.01 kg/m² = 6.667 kg/mu = 13.33 jin/mu (15 mu are a hectare, 2 jin a kilogram).
        for (set, expected) in [("kg-ha", 100.0), ("kg-mu", 100.0 / 15.0), ("jin-mu", 200.0 / 15.0)] {
            assert!((units(set, "wheat").per_area(0.01) - expected).abs() < 1e-9, "{set}");
        }
        // Canola: 53.8 kg/ha is 0.96 bu/ac at 50 lb; wheat: 67.25 kg/ha is 1 bu/ac at 60 lb.
        assert!((units("bu-ac", "canola").per_area(0.00538) - 0.96).abs() < 0.001);
        assert!((units("bu-ac", "wheat").per_area(0.006_725) - 1.0).abs() < 0.001);
        // 60 lb are 27.2155 kg; an acre is 4046.856 m²; 1 m/s is 2.23694 mph.
        let wheat = units("bu-ac", "wheat");
        assert!((wheat.mass(27.2155) - 1.0).abs() < 1e-5);
        assert!((wheat.area(4046.856) - 1.0).abs() < 1e-6);
        assert!((wheat.speed(1.0) - 2.236_94).abs() < 1e-5);
    }

    #[test]
    fn crop_without_a_bushel_weight_is_shown_per_hectare() {
        assert_eq!(units("bu-ac", "rice").per_area_name(), "kg/ha");
        assert_eq!(units("bu-ac", "wheat").per_area_name(), "bu/ac");
    }

    #[test]
    fn unknown_ids_give_the_default_of_the_language() {
        let (book, _) = UnitBook::load();
        assert_eq!(book.choose(Some("stone-acre"), None, "wheat", Lang::Zh).per_area_name(), "kg/亩");
        assert_eq!(book.choose(None, None, "wheat", Lang::En).per_area_name(), "kg/ha");
        assert_eq!(book.choose(None, Some("knots"), "wheat", Lang::En).speed_name(), "km/h");
    }
}
