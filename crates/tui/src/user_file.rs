//! Data files that a user may replace by an own one.

use serde::de::DeserializeOwned;

use grainloss_core::data_file::FileError;

/// Loads the user's file of this name; the embedded one when there is none or it cannot be used, and then also what is
/// wrong with it.
pub(crate) fn user_or_embedded<T: DeserializeOwned, U: Default>(
    name: &str,
    embedded: &str,
    make: impl Fn(T) -> U,
) -> (U, Option<FileError>) {
    let (file, complaint) = match grainloss_knowledge::load(name, embedded) {
        Ok(file) => (Some(file), None),
        Err(complaint) => (toml::from_str(embedded).ok(), Some(complaint)),
    };
    // The embedded file is valid: tests read it.
    (file.map(make).unwrap_or_default(), complaint)
}
