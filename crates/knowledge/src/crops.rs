//! The crops.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::files::KeptFile;
use crate::words::{Lang, spoken};
use grainloss_core::data_file::{self, FileError};
use grainloss_core::harvest::Crop;
use grainloss_core::harvest_mode::HarvestMode;

/// A crop with the sources of its numbers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CropEntry {
    /// Its name in both languages.
    pub name: Bilingual,
    #[serde(deserialize_with = "data_file::measure")]
    kernel_mass_g_1000: f64,
    /// Where the thousand-kernel weight comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub kernel_mass_source: String,
    #[serde(deserialize_with = "data_file::measure")]
    yield_kg_ha: f64,
    /// Where the yield comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub yield_source: String,
    #[serde(deserialize_with = "data_file::measure")]
    straw_to_grain: f64,
    #[serde(deserialize_with = "data_file::share")]
    header_loss: f64,
    #[serde(deserialize_with = "data_file::share")]
    separation_loss: f64,
    #[serde(deserialize_with = "data_file::share")]
    cleaning_loss: f64,
    /// Where the loss levels come from.
    #[serde(deserialize_with = "data_file::source")]
    pub loss_source: String,
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    lowest_head_m: Option<f64>,
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    best_reel_ratio: Option<f64>,
    /// Moisture of the grain (share of wet mass) from which the crop counts as damp; `None` for the usual one.
    #[serde(default, deserialize_with = "data_file::optional_measure")]
    pub damp_from_moisture: Option<f64>,
    /// The limit that holds unless another is chosen.
    #[serde(default)]
    pub default_limit: Option<String>,
    /// How the crop is harvested, the usual way first; empty where there is one way only.
    #[serde(default)]
    pub modes: Vec<HarvestMode>,
}

impl CropEntry {
    /// What the estimator needs, in SI units. `yield_kg_ha` and `kernel_mass_g_1000` are the user's own figures.
    pub fn model(&self, yield_kg_ha: Option<f64>, kernel_mass_g_1000: Option<f64>) -> Crop {
        Crop {
            kernel_mass_kg: kernel_mass_g_1000.unwrap_or(self.kernel_mass_g_1000) * 1e-6,
            yield_kg_m2: yield_kg_ha.unwrap_or(self.yield_kg_ha) * 1e-4,
            yield_is_measured: yield_kg_ha.is_some(),
            straw_to_grain: self.straw_to_grain,
            header_loss: self.header_loss,
            separation_loss: self.separation_loss,
            cleaning_loss: self.cleaning_loss,
            lowest_head_m: self.lowest_head_m,
            best_reel_ratio: self.best_reel_ratio,
        }
    }
}

/// Every crop: its name in the files, and its name in both languages.
///
/// # Errors
///
/// When `crops.toml` cannot be read or parsed.
pub fn crops() -> Result<Vec<(String, Bilingual)>, FileError> {
    Ok(FILE.get()?.iter().map(|(name, crop)| (name.clone(), crop.name.clone())).collect())
}

/// The name of a crop in this language; of an unknown one, its key.
pub fn crop_name(id: &str, lang: Lang) -> String {
    crop(id).map_or_else(|_| id.to_owned(), |crop| crop.name.get(lang).to_owned())
}

static FILE: KeptFile<BTreeMap<String, CropEntry>> =
    KeptFile::new("crops.toml", include_str!("../../../knowledge/crops.toml"));

/// The crop of this name.
///
/// # Errors
///
/// When `crops.toml` cannot be read or parsed, or has no such crop.
pub fn crop(name: &str) -> Result<CropEntry, FileError> {
    let crops = FILE.get()?;
    crops.get(name).cloned().ok_or_else(|| {
        let words = spoken();
        let named = |(id, crop): (&String, &CropEntry)| match words.lang {
            Lang::Zh => format!("{} ({id})", crop.name.zh),
            Lang::En => id.clone(),
        };
        let names = crops.iter().map(named).collect::<Vec<_>>().join(", ");
        FileError {
            file: format!("--crop {name}"),
            line: None,
            problem: spoken().with("crop-unknown", &[("names", &names)]),
        }
    })
}
