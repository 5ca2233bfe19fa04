//! Crops, loss limits, advice and texts, which are data: TOML and Fluent files below `knowledge/`, embedded in the binary.
//! A file of the same name in the user's folder (`$XDG_CONFIG_HOME/grainloss/knowledge/`) replaces an embedded one.
//!
//! ```
//! let crop = grainloss_knowledge::crop("wheat")?;
//! let limit = grainloss_knowledge::limit(Some("cn.wheat.guidance_1p2"), "wheat", &crop)?;
//! let model = crop.model(Some(7200.0), None); // a yield of 7200 kg/ha, and the usual kernel mass
//! assert_eq!(limit.map(|limit| limit.percent), Some(1.2));
//! assert!((model.yield_kg_m2 - 0.72).abs() < 1e-12);
//! # Ok::<(), grainloss_core::data_file::FileError>(())
//! ```

mod bilingual;
pub mod bounded;
mod calibration_words;
mod crops;
mod economy;
pub mod files;
mod guide;
mod limits;
pub mod local_time;
mod measurement;
mod message;
mod people_units;
pub mod preparation;
pub mod profiles;
mod quality;
mod rules;
mod symptoms;
mod texts;
mod words;

pub use bilingual::Bilingual;
pub use calibration_words::{calibration_day, calibration_text};
pub use crops::{CropEntry, crop, crop_name, crops};
pub use economy::EconomyEntry;
pub use files::load;
pub use guide::Guide;
pub use limits::{
    LimitComparison, LimitEntry, LimitStanding, LimitVerdict, ModeChoice, RecalledLimit, limit, limit_of_mode, limits,
    recalled,
};
pub use measurement::{BaseMoisture, FactStanding, MeasuringFact, MeasuringStep, Procedure, Strip, procedure};
pub use message::Message;
pub use people_units::{PeoplesValue, peoples_value};
pub use quality::{Quality, QualityVerdict, quality_verdicts};
pub use rules::{Adjustment, Rule, Rules};
pub use symptoms::{MAX_STEPS, MAX_SYMPTOMS, Symptom, symptom_name, symptoms};
pub use words::{Lang, Words, speak, spoken};
