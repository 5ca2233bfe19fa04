//! What one second leaves behind: the row that the trace, the journal and the reports share.

mod columns;
mod second;

pub use columns::{COLUMNS, Cell, Column};
pub use second::{SecondBuilder, SecondRow};
