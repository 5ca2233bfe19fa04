//! From model to document: sections, tables and charts in words, before any file format. The page, the workbook and the
//! PDF show the same ones.

mod charts;
mod columns;
pub(crate) mod compose;
mod content;
pub(crate) mod drawing;
pub(crate) mod driver_tables;
pub(crate) mod loss_sheet;
pub(crate) mod pan_table;
pub(crate) mod point;
pub(crate) mod point_sheet;
pub(crate) mod tables;

pub use self::compose::document;
pub use self::content::{Block, Cell, Document, Section, Table};
pub use self::drawing::Drawing;
pub use self::point::{
    point_areas, point_arithmetic, point_document, point_estimate, point_facts, point_table, point_verdicts,
};
