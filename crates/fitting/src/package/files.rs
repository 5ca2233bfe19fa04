//! The files of a package.

use std::collections::BTreeMap;

/// What the package says of itself.
pub const MANIFEST: &str = "manifest.json";
/// The profile's file.
pub const PROFILE: &str = "profile.toml";
/// Its database, where it has one.
pub const DATABASE: &str = "signals.dbc";
/// Frames with the values that they must give, one JSON object a line.
pub const VECTORS: &str = "vectors.jsonl";
/// What `machine check` said.
pub const CHECK: &str = "check.json";

/// Every name that a package may hold, with the most bytes of such a file (our choice).
pub const FILES: [(&str, usize); 5] =
    [(MANIFEST, 64 << 10), (PROFILE, 1 << 20), (DATABASE, 4 << 20), (VECTORS, 4 << 20), (CHECK, 1 << 20)];

/// The files of a package, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The most bytes that a file of this name may have; `None` for a name that no package holds.
pub fn longest(name: &str) -> Option<usize> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, most)| *most)
}
