//! What one second leaves behind: the row that the trace, the journal and the reports share.

mod columns;
mod second;
mod totals;

pub use columns::{COLUMNS, Cell, Column};
pub use second::{SecondBuilder, SecondRow};
pub use totals::totals_json;
