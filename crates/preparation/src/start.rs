//! Starting settings in words.

use crate::matching::drum_rpm;
use grainloss_knowledge::Words;
use grainloss_knowledge::preparation::{CropPreparation, Preparation, Setting, Standing};

/// What starting settings turn on. `None` is unknown.
#[derive(Clone, Copy, Debug)]
pub struct StartInputs<'a> {
    /// The crop.
    pub crop: &'a CropPreparation,
    /// The facts and their sources.
    pub facts: &'a Preparation,
    /// Moisture of the grain, % of wet mass.
    pub moisture_pct: Option<f64>,
    /// Diameter of the threshing drum, m.
    pub drum_diameter_m: Option<f64>,
}

/// The starting settings, a line each: what is only recalled has its mark. The first line says that the maker's handbook comes
/// first, the last one which way moisture moves them.
pub fn start_lines(inputs: &StartInputs<'_>, words: &Words) -> Vec<String> {
    let mut lines = vec![words.get("match-settings")];
    lines.extend(inputs.crop.setting.iter().map(|setting| line(setting, inputs, words)));
    let range = inputs.crop.moisture.as_ref();
    let range = range.filter(|range| inputs.facts.standing(&range.source) == Standing::Verified);
    lines.push(match inputs.moisture_pct.zip(range) {
        Some((pct, range)) if pct > range.high => words.with("match-moist-now", &[("moisture", &format!("{pct:.1}"))]),
        Some((pct, range)) if pct < range.low => words.with("match-dry-now", &[("moisture", &format!("{pct:.1}"))]),
        _ => words.get("match-moist"),
    });
    lines
}

fn line(setting: &Setting, inputs: &StartInputs<'_>, words: &Words) -> String {
    let mut parts = vec![words.get(&format!("setting-{}", setting.what))];
    if let Some((low, high)) = setting.range() {
        let unit = setting.unit.as_deref().unwrap_or_default().replace('/', "");
        let unit = words.get(&format!("setting-unit-{unit}"));
        let figures = if low > 0.0 { format!("{low}–{high}") } else { format!("≤{high}") };
        parts.push(format!("{figures} {unit}"));
        if let Some(diameter_m) = inputs.drum_diameter_m.filter(|_| setting.what == "drum-rim") {
            let rpm = |rim| format!("{:.0}", drum_rpm(rim, diameter_m));
            let values = [("low", &*rpm(low)), ("high", &rpm(high)), ("diameter", &format!("{:.0}", diameter_m * 1e3))];
            parts.push(words.with("match-rpm", &values));
        }
    }
    parts.extend(setting.note.as_ref().map(|note| note.get(words.lang).to_owned()));
    format!("{}{}", parts.join("  "), inputs.facts.mark(&setting.source, words))
}
