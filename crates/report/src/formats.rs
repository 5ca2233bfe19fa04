//! The file formats: one module each.

pub mod csv;
pub mod geojson;
pub mod html;
pub mod isoxml;
pub mod json;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod point;
mod svg;
pub mod utc;
#[cfg(feature = "xlsx")]
pub mod xlsx;
