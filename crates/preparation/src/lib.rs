//! Before the harvest: a weather forecast, go or wait, and the matching of machine and crop. Pure: text and times come in.

pub mod forecast;
mod matching;
mod start;
mod text;
mod window;

pub use forecast::{Forecast, ForecastError, Hour};
pub use matching::{Matching, MatchingField, drum_rpm};
pub use start::{StartInputs, start_lines};
pub use text::{CardText, card_text};
pub use window::{Advice, Card, Cost, Costs, Ground, Inputs, Missing, Reason, Ripeness, Until, card};
