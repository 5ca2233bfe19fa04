//! The sheet on which loss is measured by hand: what is filled in from the session's pans, and what stays empty for the
//! pen. Its labels are data; geometry stands with each area, since no two offices use the same frame.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::SessionReport;
use super::tables::harvested_kg_mu;
use super::text::{MU_PER_HA, ReportText};
use grainloss_core::data_file::FileError;
use grainloss_knowledge::Bilingual;
use grainloss_knowledge::local_time::{date, time_of_day, zone_at};

/// The labels of the sheet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Its title.
    pub title: Bilingual,
    /// Empty areas below the pans.
    #[serde(deserialize_with = "few")]
    pub empty_areas: u32,
    /// What stands above the table, in order.
    pub field: Vec<Field>,
    /// The heads of the table.
    pub columns: BTreeMap<String, Bilingual>,
    /// Figures that the formulas use.
    pub parameters: BTreeMap<String, Bilingual>,
    /// Where an area was taken.
    pub kinds: BTreeMap<String, Bilingual>,
    /// The rows below the table.
    pub sums: BTreeMap<String, Bilingual>,
}

/// A field above the table.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it is.
    pub key: String,
    /// What the form calls it.
    pub name: Bilingual,
}

fn few<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
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

impl Labels {
    /// The user's own labels, or the bundled ones.
    pub fn load() -> Result<Self, FileError> {
        let embedded = include_str!("../../../knowledge/report-labels/loss-sheet.toml");
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

/// Where an area was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Dropped from below the machine: separation and cleaning loss.
    Rear,
    /// Behind the header: header loss and natural shed.
    Front,
    /// After the pass: everything.
    All,
}

impl Kind {
    /// Its key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rear => "rear",
            Self::Front => "front",
            Self::All => "all",
        }
    }
}

/// An area of the sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// Where it was taken.
    pub kind: Option<Kind>,
    /// Its area, m².
    pub area_m2: Option<f64>,
    /// Discharge width over width cut; 1 where the loss lies evenly.
    pub factor: Option<f64>,
    /// Kernels counted, where nothing was weighed.
    pub kernels: Option<f64>,
    /// Grain weighed, g.
    pub grams: Option<f64>,
    /// Natural shed, g/m².
    pub shed_g_m2: Option<f64>,
}

/// The sheet of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct LossSheet {
    /// The labels.
    pub labels: Labels,
    /// The names and values above the table.
    pub fields: Vec<(String, String)>,
    /// Yield, kg/mu, as the machine has it: what was harvested, without what was lost.
    pub yield_kg_mu: Option<f64>,
    /// Thousand-kernel weight, g.
    pub tkw_g: Option<f64>,
    /// The areas, the empty ones last.
    pub areas: Vec<Spot>,
}

/// The sheet of a session.
pub fn sheet(s: &SessionReport, tongue: &ReportText) -> Result<LossSheet, FileError> {
    let labels = Labels::load()?;
    let fields = labels.field.iter().map(|field| (tongue.bilingual(&field.name), field_text(s, &field.key, tongue)));
    let fields = fields.collect();
    let pan = |pan: &grainloss_journal::StoredPan| {
        let kind = match pan.kind.as_str() {
            "front" => Kind::Front,
            "whole" => Kind::All,
            _ => Kind::Rear,
        };
        Spot {
            kind: Some(kind),
            area_m2: Some(pan.area_m2),
            factor: Some(1.0 / pan.concentration),
            kernels: pan.kernels.filter(|_| pan.grams.is_none() && s.tkw_g.is_some()),
            grams: pan.grams.or_else(|| (pan.kernels.is_none() || s.tkw_g.is_none()).then_some(pan.grain_kg * 1000.0)),
            // What fell before the machine came lies below a pan, not in it.
            shed_g_m2: pan.shed_kg_m2.filter(|_| kind != Kind::Rear).map(|kg| kg * 1000.0),
        }
    };
    let empty = (0..labels.empty_areas).map(|_| Spot { kind: Some(Kind::All), factor: Some(1.0), ..Spot::default() });
    let areas = s.pans.iter().map(pan).chain(empty).collect();
    Ok(LossSheet { fields, yield_kg_mu: harvested_kg_mu(&s.totals), tkw_g: s.tkw_g, areas, labels })
}

fn field_text(s: &SessionReport, key: &str, tongue: &ReportText) -> String {
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
        "crop" => tongue.crop(&s.crop),
        "operator" => entered(&s.entered.operator),
        "plate" => entered(&s.entered.plate),
        "machine" => s.entered.machine_name.clone().unwrap_or_else(|| s.machine.clone()),
        "width" => number(s.working_width_m, 2),
        "moisture" => number(s.moisture_pct, 1),
        "stubble" => number(s.header_height_m.map(|m| m * 100.0), 1),
        "position" => s.position_deg.map_or_else(String::new, |(lat, lon)| format!("{lat:.5}, {lon:.5}")),
        _ => String::new(),
    }
}

/// The figures of an area: grain in g, loss in g/m², over yield and over yield and loss in per cent.
pub type Reckoned = (Option<f64>, Option<f64>, Option<f64>, Option<f64>);

impl LossSheet {
    /// Grain on the ground per unit of area that gave the yield, g/m².
    fn yield_g_m2(&self) -> Option<f64> {
        // 1 kg/mu is 1.5 g/m².
        self.yield_kg_mu.map(|kg| kg * 1.5)
    }

    /// Both rates of a loss in g/m²: the hand formula divides by the yield, the definition by what should have been
    /// harvested, which is yield and loss together.
    pub fn rates(&self, loss_g_m2: Option<f64>) -> (Option<f64>, Option<f64>) {
        let both = loss_g_m2.zip(self.yield_g_m2().filter(|g| *g > 0.0));
        (both.map(|(loss, grain)| 100.0 * loss / grain), both.map(|(loss, grain)| 100.0 * loss / (grain + loss)))
    }

    /// What the formulas of an area come to.
    pub fn reckon(&self, area: &Spot) -> Reckoned {
        let counted = area.kernels.zip(self.tkw_g).map(|(kernels, tkw)| kernels * tkw / 1000.0);
        let mass = area.grams.or(counted);
        let loss = mass
            .zip(area.area_m2.filter(|m2| *m2 > 0.0))
            .map(|(grams, m2)| grams / m2 * area.factor.unwrap_or(1.0) - area.shed_g_m2.unwrap_or(0.0));
        let (of_yield, of_grain) = self.rates(loss);
        (mass, loss, of_yield, of_grain)
    }

    /// The mean loss of areas of a kind, by area, g/m².
    pub fn mean(&self, kind: Kind) -> Option<f64> {
        let areas = self.areas.iter().filter(|area| area.kind == Some(kind));
        let known: Vec<(f64, f64)> = areas.filter_map(|area| Some((area.area_m2?, self.reckon(area).1?))).collect();
        let m2: f64 = known.iter().map(|(m2, _)| m2).sum();
        (m2 > 0.0).then(|| known.iter().map(|(m2, loss)| m2 * loss).sum::<f64>() / m2)
    }

    /// The whole loss: of the areas that hold everything, or header and rear together. One of the two alone is none.
    pub fn total(&self) -> Option<f64> {
        self.mean(Kind::All).or_else(|| Some(self.mean(Kind::Rear)? + self.mean(Kind::Front)?))
    }
}
