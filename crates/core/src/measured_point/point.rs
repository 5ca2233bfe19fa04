//! What was entered at a measured point.

use serde::{Deserialize, Serialize};

use crate::harvest_mode::HarvestMode;

/// What was entered at a measured point; an item that is `None`, or a list that is empty, was not entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredPoint {
    /// The crop, by its name in `crops.toml`.
    pub crop: String,
    /// How it was harvested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<HarvestMode>,
    /// The session that covers the plot. Nothing of its estimate enters the measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<i64>,
    /// The head of the form.
    #[serde(default)]
    pub head: PointHead,
    /// Yield, moistures, thousand-kernel mass.
    #[serde(default)]
    pub grain: PointGrain,
    /// Grain that lay there before the machine came.
    #[serde(default)]
    pub shed: NaturalShed,
    /// Broken grain and impurity.
    #[serde(default)]
    pub quality: PointQuality,
    /// The sampling areas.
    #[serde(default)]
    pub area: Vec<PointArea>,
    /// Photos that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photo: Vec<PointPhoto>,
}

/// Where, when, who, which machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PointHead {
    /// The survey's year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The season, such as 三夏.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<String>,
    /// Province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// County or district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Township.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub township: Option<String>,
    /// Village or spot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub village: Option<String>,
    /// The point's number in the survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<String>,
    /// The plot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Its area, mu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_mu: Option<f64>,
    /// The crop's variety.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variety: Option<String>,
    /// The day, `2026-06-10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// When the machine's work began, `09:30`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Who drove.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Licence plate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// Maker of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// Its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Rated feed rate, kg/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed_kg_s: Option<f64>,
    /// Width cut, m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_width_m: Option<f64>,
    /// Factory number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Stubble height, measured with a ruler, cm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stubble_cm: Option<f64>,
    /// How far the crop lay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lodging: Option<LodgingClass>,
    /// Latitude, degrees, WGS 84, north positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude_deg: Option<f64>,
    /// Longitude, degrees, WGS 84, east positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude_deg: Option<f64>,
    /// The office that surveys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_by: Option<String>,
    /// Who wrote it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<String>,
    /// Who checked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    /// Who stood by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<String>,
    /// Weather, dew, ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
}

impl MeasuredPoint {
    /// Gives every entry that names a person, a machine or a plot to `hide`, and takes out the position and the photos.
    pub fn hide_names(&mut self, hide: impl FnMut(&mut Option<String>)) {
        let head = &mut self.head;
        let names = [&mut head.operator, &mut head.phone, &mut head.plate, &mut head.serial, &mut head.village];
        let others = [&mut head.field, &mut head.unit, &mut head.measured_by, &mut head.recorded_by];
        let last = [&mut head.reviewed_by, &mut head.remarks, &mut head.point];
        names.into_iter().chain(others).chain(last).for_each(hide);
        (head.latitude_deg, head.longitude_deg) = (None, None);
        self.photo.clear();
    }
}

/// Angle of the line from head to root from the vertical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LodgingClass {
    /// 0 to 30 degrees.
    None,
    /// 30 to 60 degrees.
    Medium,
    /// More than 60 degrees.
    Severe,
}

impl LodgingClass {
    /// Every class, the least first.
    pub const ALL: [Self; 3] = [Self::None, Self::Medium, Self::Severe];

    /// The word in files, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Medium => "medium",
            Self::Severe => "severe",
        }
    }
}

/// What the loss is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PointGrain {
    /// Grain harvested, without what was lost, kg/mu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yield_kg_mu: Option<f64>,
    /// Moisture of the grain as harvested, % of the wet mass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moisture_pct: Option<f64>,
    /// Moisture at which the yield was weighed, %; `None`: as harvested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yield_moisture_pct: Option<f64>,
    /// Moisture at which the lost grain was weighed, %; `None`: as harvested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_moisture_pct: Option<f64>,
    /// Moisture to which both are converted, %; `None`: the crop's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_moisture_pct: Option<f64>,
    /// Thousand-kernel mass from the same plot, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tkw_g: Option<f64>,
}

/// Natural shed: cleared away before the machine came, or measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NaturalShed {
    /// True when it was cleared from the sampling areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared: Option<bool>,
    /// Area on which it was gathered, all spots together, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Grain gathered on it, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grams: Option<f64>,
}

/// Broken grain and impurity: the masses of a sample from the tank, or per cent from a laboratory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PointQuality {
    /// The sample, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_g: Option<f64>,
    /// What is no grain in it, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impurity_g: Option<f64>,
    /// Broken grain in it, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_g: Option<f64>,
    /// Impurity, % of the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impurity_pct: Option<f64>,
    /// Broken grain, % of the clean grain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_pct: Option<f64>,
}

/// What a sampling area holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaKind {
    /// The whole width after the machine has passed: all losses.
    #[default]
    All,
    /// Where the header has cut and nothing has fallen from behind: header loss.
    Header,
    /// What a cloth has caught from the straw.
    Straw,
    /// What a cloth has caught from the sieves.
    Chaff,
    /// Loose kernels of maize over the whole width.
    Kernels,
    /// Fallen ears of maize, shelled, over the whole width of a longer strip.
    Ears,
}

impl AreaKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::All, Self::Header, Self::Straw, Self::Chaff, Self::Kernels, Self::Ears];

    /// The word in files, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Header => "header",
            Self::Straw => "straw",
            Self::Chaff => "chaff",
            Self::Kernels => "kernels",
            Self::Ears => "ears",
        }
    }

    /// True where what is found lies on the ground, and natural shed with it.
    pub const fn holds_shed(self) -> bool {
        matches!(self, Self::All | Self::Header | Self::Kernels)
    }
}

/// Where the grain on a sampling area was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossPart {
    /// On the ground.
    Ground,
    /// In straw and chaff.
    Straw,
    /// On heads, pods or cobs.
    Unthreshed,
}

impl LossPart {
    /// The key of its mass in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ground => "ground_g",
            Self::Straw => "straw_g",
            Self::Unthreshed => "unthreshed_g",
        }
    }
}

/// A sampling area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PointArea {
    /// What it holds.
    pub kind: AreaKind,
    /// Along the way of the machine, m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Across it, m; of a cloth the width cut that its grain comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// Grain on the ground, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground_g: Option<f64>,
    /// Grain in straw and chaff, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub straw_g: Option<f64>,
    /// Grain on heads, pods or cobs, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unthreshed_g: Option<f64>,
    /// All grain found, where it was weighed together, g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_g: Option<f64>,
    /// Kernels found, where they were counted and not weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernels: Option<f64>,
}

impl PointArea {
    /// Its area, m²; `None` when a measure is missing.
    pub fn area_m2(&self) -> Option<f64> {
        self.length_m.zip(self.width_m).map(|(length, width)| length * width)
    }

    /// The mass of one part, g.
    pub const fn part_g(&self, part: LossPart) -> Option<f64> {
        match part {
            LossPart::Ground => self.ground_g,
            LossPart::Straw => self.straw_g,
            LossPart::Unthreshed => self.unthreshed_g,
        }
    }
}

/// A photo that belongs to the point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointPhoto {
    /// Its file name.
    pub name: String,
    /// SHA-256 of the file, hexadecimal; `None` when the file was not at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
