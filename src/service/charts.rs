//! The session as a map and as charts, gathered second by second in bounded memory; after an interruption from the journal's
//! rows. The same seconds give the same charts.

mod book;
mod buckets;
mod feed;
mod marks;
mod number;
mod resume;
mod second;
mod track;

pub use book::ChartBook;
pub use resume::charts_so_far;
pub use second::ChartSecond;
