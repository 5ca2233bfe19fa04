//! From model to document: sections, tables and charts in words, before any file format. The page, the workbook and the
//! PDF show the same ones.

mod bars;
mod charts;
mod colours;
mod columns;
pub(crate) mod compose;
mod content;
pub(crate) mod drawing;
pub(crate) mod driver_tables;
pub(crate) mod front;
pub(crate) mod groups;
pub(crate) mod loss_sheet;
pub(crate) mod map;
pub(crate) mod pan_table;
pub(crate) mod point;
pub(crate) mod point_sheet;
pub(crate) mod qr;
pub(crate) mod records;
pub(crate) mod season;
pub(crate) mod sentence;
pub(crate) mod tables;

pub use self::compose::{document, ticket};
pub use self::content::{Block, Cell, Document, Paper, Section, Table};
pub use self::drawing::Drawing;
pub use self::point::{
    point_areas, point_arithmetic, point_document, point_estimate, point_facts, point_table, point_verdicts,
};
