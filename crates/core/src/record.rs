//! The row of one second, which the trace, the journal and the reports share.

mod columns;
mod event;
mod fusion;
mod second;
mod tenth;
mod totals;
mod travel_losses;

pub use columns::{COLUMNS, Cell, Column, Holds};
pub use event::EventRecord;
pub use fusion::{FUSION_COLUMNS, FusionColumn};
pub use second::{Position, RecentRow, SecondBuilder, SecondRow, SessionSoFar};
pub use tenth::{TENTH_COLUMNS, TenthRow};
pub use totals::totals_json;
pub use travel_losses::{TravelLosses, TravelSum};
