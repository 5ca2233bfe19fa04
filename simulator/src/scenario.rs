//! Scenarios: which machine, crop, field, weather and operator, and what goes wrong when. All of it is TOML data.

mod active;
mod data;
mod definition;
mod error;
mod event;
mod kind;
mod library;
mod load;
mod settings;
mod source;

pub(crate) use active::{Active, Wire};
pub(crate) use data::{
    Crop, CropCleaning, CropThreshing, Engine, Field, Header, Machine, Operator, Plates, Separator, Shoe, Tank, Task,
    Threshing, Weather,
};
pub use definition::{Lesson, Scenario};
pub use error::ScenarioError;
pub(crate) use event::Event;
pub(crate) use kind::{Kind, MESSAGES, NODES};
pub(crate) use settings::Settings;
