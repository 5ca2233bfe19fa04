//! The program's name and version.

/// What reports and screens call this program.
pub(super) const VERSION: &str = concat!("grainloss ", env!("CARGO_PKG_VERSION"));
