//! The sheet for measuring loss by hand: rows filled in from the session's pans, and empty rows to be filled in. Its
//! labels are data. Each area has its own geometry, since offices use different frames.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{MU_PER_HA, SessionReport};
use crate::text::ReportText;
use grainloss_core::data_file::FileError;
use grainloss_core::pan_sample::net_mass_per_area;
use grainloss_journal::StoredPan;
use grainloss_knowledge::Bilingual;
use grainloss_knowledge::local_time::{date, time_of_day, zone_at};

/// The labels of the sheet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetLabels {
    /// The title.
    pub title: Bilingual,
    /// How many empty rows follow the pans, 0 to 100.
    #[serde(deserialize_with = "at_most_100")]
    pub empty_areas: u32,
    /// The fields above the table, in order.
    pub field: Vec<LabelledField>,
    /// The heads of the table, by the names in [`COLUMNS`].
    pub columns: BTreeMap<String, Bilingual>,
    /// The parameters of the formulas: `yield`, `tkw`.
    pub parameters: BTreeMap<String, Bilingual>,
    /// The kinds of areas: `rear`, `front`, `all`.
    pub kinds: BTreeMap<String, Bilingual>,
    /// The rows below the table: `rear`, `front`, `all`, `total`.
    pub sums: BTreeMap<String, Bilingual>,
}

/// A field above the table.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelledField {
    /// What it contains: one of a fixed list of keys.
    pub key: String,
    /// Its name on the form.
    pub name: Bilingual,
}

fn at_most_100<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let count = u32::deserialize(from)?;
    if count <= 100 { Ok(count) } else { Err(serde::de::Error::custom("expected at most 100")) }
}

const FILE: &str = "report-labels/loss-sheet.toml";
/// The columns in the order of the formulas.
pub const COLUMNS: [&str; 15] = [
    "n",
    "kind",
    "length",
    "width",
    "area",
    "factor",
    "ground",
    "straw",
    "unthreshed",
    "kernels",
    "mass",
    "shed",
    "loss",
    "of_yield",
    "of_grain",
];
/// The fields that a form may have.
const FIELDS: [&str; 25] = [
    "season", "point", "county", "township", "place", "field", "area", "date", "time", "crop", "variety", "operator",
    "plate", "machine", "serial", "width", "mode", "moisture", "stubble", "lodging", "position", "unit", "tester",
    "checker", "remarks",
];

impl SheetLabels {
    /// The user's own labels, or the bundled ones.
    ///
    /// # Errors
    ///
    /// The user's file cannot be read, has an unknown field, or lacks a label.
    pub fn load() -> Result<Self, FileError> {
        let embedded = include_str!("../../../../knowledge/report-labels/loss-sheet.toml");
        let labels: Self = grainloss_knowledge::load(FILE, embedded)?;
        labels.check().map_err(|problem| FileError { file: FILE.to_owned(), line: None, problem })?;
        Ok(labels)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(field) = self.field.iter().find(|field| !FIELDS.contains(&field.key.as_str())) {
            return Err(format!("field.key '{}' is unknown; there are: {}", field.key, FIELDS.join(", ")));
        }
        let tables: [(&str, &BTreeMap<String, Bilingual>, &[&str]); 4] = [
            ("columns", &self.columns, &COLUMNS),
            ("parameters", &self.parameters, &["yield", "tkw"]),
            ("kinds", &self.kinds, &["rear", "front", "all"]),
            ("sums", &self.sums, &["rear", "front", "all", "total"]),
        ];
        for (table, found, keys) in tables {
            if let Some(missing) = keys.iter().find(|key| !found.contains_key(**key)) {
                return Err(format!("[{table}] has no '{missing}'; expected {}", keys.join(", ")));
            }
        }
        Ok(())
    }
}

/// Where an area lies, and so which losses are on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// A pan dropped below the machine: separation and cleaning loss.
    Rear,
    /// Behind the header: header loss and natural shed.
    Front,
    /// After the pass: everything.
    All,
    /// Caught from the straw on a cloth.
    Straw,
    /// Caught from the sieves on a cloth.
    Chaff,
    /// Loose kernels of maize.
    Kernels,
    /// Ears of maize.
    Ears,
}

impl AreaKind {
    /// Its key in the labels.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rear => "rear",
            Self::Front => "front",
            Self::All => "all",
            Self::Straw => "straw",
            Self::Chaff => "chaff",
            Self::Kernels => "kernels",
            Self::Ears => "ears",
        }
    }

    /// The text key of its name, where the labels have none.
    const fn text_key(self) -> &'static str {
        match self {
            Self::Rear | Self::All => "point-kind-all",
            Self::Front => "point-kind-header",
            Self::Straw => "point-kind-straw",
            Self::Chaff => "point-kind-chaff",
            Self::Kernels => "point-kind-kernels",
            Self::Ears => "point-kind-ears",
        }
    }
}

/// Masses that were weighed at different moistures are converted to one, %.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::struct_field_names, reason = "each name holds its unit")]
pub struct SheetMoistures {
    /// At which the lost grain was weighed.
    pub lost_pct: f64,
    /// At which the yield was weighed.
    pub yield_pct: f64,
    /// To which both are converted.
    pub base_pct: f64,
}

impl SheetMoistures {
    /// The factor of lost grain.
    pub fn lost_factor(&self) -> f64 {
        (100.0 - self.lost_pct) / (100.0 - self.base_pct)
    }

    /// The factor of the yield.
    pub fn yield_factor(&self) -> f64 {
        (100.0 - self.yield_pct) / (100.0 - self.base_pct)
    }
}

/// An area of the sheet: a row. `None` is left to be filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampledArea {
    /// Where it lies.
    pub kind: Option<AreaKind>,
    /// Length and width, m, where they were measured.
    pub measures_m: Option<(f64, f64)>,
    /// Grain on the ground, in straw and chaff, and unthreshed, g, where it was weighed apart.
    pub parts_g: [Option<f64>; 3],
    /// Its area, m².
    pub area_m2: Option<f64>,
    /// Width of cut over width of discharge; 1 where the loss lies evenly.
    pub concentration: Option<f64>,
    /// Kernels counted, where the grain was not weighed.
    pub kernels: Option<f64>,
    /// Grain weighed, g.
    pub grams: Option<f64>,
    /// Natural shed, g/m².
    pub shed_g_m2: Option<f64>,
}

impl SampledArea {
    /// Width of discharge over width of cut, by which the sheet multiplies.
    pub fn factor(&self) -> Option<f64> {
        self.concentration.map(|concentration| 1.0 / concentration)
    }
}

/// The sheet of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct LossSheet {
    /// The labels.
    pub labels: SheetLabels,
    /// The fields above the table: name and value.
    pub fields: Vec<(String, String)>,
    /// Yield, kg/mu: the grain harvested, without the grain lost.
    pub yield_kg_mu: Option<f64>,
    /// Thousand-kernel weight, g.
    pub tkw_g: Option<f64>,
    /// The areas, the empty ones last.
    pub areas: Vec<SampledArea>,
    /// The kinds of areas that have a row below them.
    pub kinds: Vec<AreaKind>,
    /// Moistures; `None` where all was weighed at one.
    pub moistures: Option<SheetMoistures>,
}

/// The sheet of a session.
///
/// # Errors
///
/// The labels cannot be read.
pub fn sheet(s: &SessionReport, text: &ReportText) -> Result<LossSheet, FileError> {
    let labels = SheetLabels::load()?;
    let fields = labels.field.iter().map(|field| (text.bilingual(&field.name), field_text(s, &field.key, text)));
    let fields = fields.collect();
    let pan = |pan: &StoredPan| {
        let kind = match pan.kind.as_str() {
            "front" => AreaKind::Front,
            "whole" => AreaKind::All,
            _ => AreaKind::Rear,
        };
        SampledArea {
            kind: Some(kind),
            measures_m: None,
            parts_g: [None; 3],
            area_m2: Some(pan.area_m2),
            concentration: Some(pan.concentration),
            kernels: pan.kernels.filter(|_| pan.grams.is_none() && s.tkw_g.is_some()),
            grams: pan.grams.or_else(|| (pan.kernels.is_none() || s.tkw_g.is_none()).then_some(pan.grain_kg * 1000.0)),
            // A pan dropped below the machine lies on the natural shed and does not contain it.
            shed_g_m2: pan.shed_kg_m2.filter(|_| kind != AreaKind::Rear).map(|kg| kg * 1000.0),
        }
    };
    let empty = (0..labels.empty_areas).map(|_| SampledArea {
        kind: Some(AreaKind::All),
        concentration: Some(1.0),
        ..SampledArea::default()
    });
    let areas = s.pans.iter().map(pan).chain(empty).collect();
    Ok(LossSheet {
        fields,
        yield_kg_mu: s.totals.harvested_kg_mu(),
        tkw_g: s.tkw_g,
        areas,
        kinds: vec![AreaKind::Rear, AreaKind::Front, AreaKind::All],
        moistures: None,
        labels,
    })
}

fn field_text(s: &SessionReport, key: &str, text: &ReportText) -> String {
    let number = |value: Option<f64>, decimals: usize| value.map_or_else(String::new, |v| format!("{v:.decimals$}"));
    let entered = |name: &Option<String>| name.clone().unwrap_or_default();
    match key {
        "season" => date(s.started_us).chars().take(4).collect(),
        "township" => entered(&s.entered.township),
        "place" => entered(&s.entered.place),
        "field" => entered(&s.entered.field),
        "area" => number(s.totals.area_ha.map(|ha| ha * MU_PER_HA), 2),
        "date" => date(s.started_us),
        "time" => s.last_us.map_or_else(String::new, |last| {
            format!("{}–{} {}", time_of_day(s.started_us), time_of_day(last), zone_at(s.started_us))
        }),
        "crop" => text.crop(&s.crop),
        "operator" => entered(&s.entered.operator),
        "plate" => entered(&s.entered.plate),
        "machine" => text.machine(s.entered.machine_name.as_deref(), &s.machine),
        "width" => number(s.working_width_m, 2),
        "mode" => {
            let mode = s.limit.as_ref().and_then(|judged| judged.limit.mode);
            mode.map_or_else(String::new, |mode| text.get(&format!("harvest-mode-{}", mode.word())))
        }
        "moisture" => number(s.moisture_pct, 1),
        "stubble" => number(s.header_height_m.map(|m| m * 100.0), 1),
        "position" => s.position_deg.map_or_else(String::new, |(lat, lon)| format!("{lat:.5}, {lon:.5}")),
        _ => String::new(),
    }
}

/// A loss over the grain, per cent; `None` without a loss or a yield.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossShares {
    /// Over the yield, as the hand formula has it.
    pub of_yield_pct: Option<f64>,
    /// Over yield and loss together, as the definition has it.
    pub of_grain_pct: Option<f64>,
}

/// The results of an area; `None` where an input is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AreaResult {
    /// Grain on the area, g.
    pub grain_g: Option<f64>,
    /// Loss, g/m².
    pub loss_g_m2: Option<f64>,
    /// The loss over the grain.
    pub shares: LossShares,
}

impl LossSheet {
    /// Yield, g/m².
    fn yield_g_m2(&self) -> Option<f64> {
        // 1 kg/mu is 1.5 g/m².
        self.yield_kg_mu.map(|kg| kg * 1.5 * self.moistures.map_or(1.0, |moistures| moistures.yield_factor()))
    }

    /// A loss in g/m² over the grain.
    pub fn loss_shares(&self, loss_g_m2: Option<f64>) -> LossShares {
        let both = loss_g_m2.zip(self.yield_g_m2().filter(|g| *g > 0.0));
        LossShares {
            of_yield_pct: both.map(|(loss, grain)| 100.0 * loss / grain),
            of_grain_pct: both.map(|(loss, grain)| 100.0 * loss / (grain + loss)),
        }
    }

    /// The results of an area.
    pub fn area_result(&self, area: &SampledArea) -> AreaResult {
        let counted_g = area.kernels.zip(self.tkw_g).map(|(kernels, tkw_g)| kernels * tkw_g / 1000.0);
        let parts_g = area.parts_g.iter().any(Option::is_some).then(|| area.parts_g.iter().flatten().sum());
        let grain_g = area.grams.or(parts_g).or(counted_g);
        let factor = self.moistures.map_or(1.0, |moistures| moistures.lost_factor());
        let loss_g_m2 = grain_g.zip(area.area_m2.filter(|m2| *m2 > 0.0)).map(|(grams, area_m2)| {
            let (concentration, shed_g_m2) = (area.concentration.unwrap_or(1.0), area.shed_g_m2.unwrap_or(0.0));
            net_mass_per_area(grams, area_m2, concentration, shed_g_m2) * factor
        });
        AreaResult { grain_g, loss_g_m2, shares: self.loss_shares(loss_g_m2) }
    }

    /// The mean loss of the areas of a kind, weighted by area, g/m²; `None` without a known one.
    pub fn mean_g_m2(&self, kind: AreaKind) -> Option<f64> {
        let areas = self.areas.iter().filter(|area| area.kind == Some(kind));
        let known: Vec<(f64, f64)> =
            areas.filter_map(|area| Some((area.area_m2?, self.area_result(area).loss_g_m2?))).collect();
        let m2: f64 = known.iter().map(|(m2, _)| m2).sum();
        (m2 > 0.0).then(|| known.iter().map(|(m2, loss)| m2 * loss).sum::<f64>() / m2)
    }

    /// The total loss, g/m²: the mean of the areas that contain all losses, or the sum of the kinds that each contain a
    /// part. `None` when one of them is not known.
    pub fn total_g_m2(&self) -> Option<f64> {
        let parts = || self.parts().map(|kind| self.mean_g_m2(kind));
        let sum = || parts().sum::<Option<f64>>().filter(|_| parts().next().is_some());
        self.mean_g_m2(AreaKind::All).or_else(sum)
    }

    /// The kinds of this sheet that contain a part of the losses each.
    pub fn parts(&self) -> impl Iterator<Item = AreaKind> {
        self.kinds.iter().copied().filter(|kind| *kind != AreaKind::All)
    }

    /// The name of a kind: the form's own, else the program's.
    pub fn kind_name(&self, kind: AreaKind, text: &ReportText) -> String {
        let own = self.labels.kinds.get(kind.key()).map(|name| text.bilingual(name));
        own.unwrap_or_else(|| text.get(kind.text_key()))
    }

    /// The name of the row of a kind, or of `total`.
    pub fn sum_name(&self, key: &str, text: &ReportText) -> String {
        let own = self.labels.sums.get(key).map(|name| text.bilingual(name));
        let kind = self.kinds.iter().find(|kind| kind.key() == key);
        own.or_else(|| Some(text.with("point-sum-mean", &[("kind", &text.get(kind?.text_key()))]))).unwrap_or_default()
    }
}
