//! Reports: files made from the journal and from nothing else.
//!
//! Three stages, each of which knows only those before it: `gather` reads the journal into a [`model`] (numbers in SI
//! units with their intervals); [`mod@document`] puts the model into words, tables and charts; `formats` writes files.
//! Formats for programs (CSV, JSON, GeoJSON, ISOXML) take the journal's own rows and need no document.
//! [`followup`] compares sessions with each other.

mod code;
pub mod document;
mod error;
pub mod files;
pub mod followup;
mod formats;
mod gather;
pub mod model;
mod points;
mod redact;
mod text;
mod xml;

pub use self::code::{Difference, LONGEST_CODE, ScannedCode, is_code, read_code, session_code};
pub use self::document::{Document, document, ticket};
pub use self::error::ReportError;
pub use self::formats::csv::{table_csv, write_csv};
pub use self::formats::geojson::write_geojson;
pub use self::formats::html::{html, table_html};
pub use self::formats::isoxml::write_isoxml;
pub use self::formats::json::{session_json, signed_json, table_json, write_json};
#[cfg(feature = "pdf")]
pub use self::formats::pdf::pdf;
pub use self::formats::point::{point_json, write_points_json};
#[cfg(feature = "xlsx")]
pub use self::formats::xlsx::{points_xlsx, table_xlsx, write_xlsx};
pub use self::gather::{
    Options, SAMPLE_S as LOSS_LAW_SAMPLE_S, SETTLE_S as LOSS_LAW_SETTLE_S, Selection, drivers, fit as loss_law, gather,
    habit_books, head, measured_point, prices,
};
pub use self::points::{Estimate, PointReport};
pub use self::text::{Languages, ReportText};
