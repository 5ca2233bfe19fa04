//! What a package says of itself.

use std::collections::BTreeMap;

use grainloss_core::data_file::sha256;
use serde::{Deserialize, Serialize};

use super::error::PackageError;
use super::files::{Files, MANIFEST};

/// What the manifest calls the form, and its version.
const FORMAT: (&str, u32) = ("grainloss-profile-package", 1);

/// What a package says of itself, and the hash of each of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u32,
    /// The version of the program that made it.
    pub software: String,
    files: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    bytes: usize,
    sha256: String,
}

impl Manifest {
    /// The manifest of these files, made by this version of the program.
    pub fn of(files: &Files, software: &str) -> Self {
        let entry = |bytes: &Vec<u8>| Entry { bytes: bytes.len(), sha256: sha256(&[bytes]) };
        let files =
            files.iter().filter(|(name, _)| *name != MANIFEST).map(|(name, bytes)| (name.clone(), entry(bytes)));
        let (format, version) = FORMAT;
        Self { format: format.to_owned(), version, software: software.to_owned(), files: files.collect() }
    }

    /// As it stands in the package.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and numbers alone always serialise.
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        text
    }

    /// Reads the manifest of a package.
    ///
    /// # Errors
    ///
    /// Where there is none, or it is of another form or version.
    pub fn read(files: &Files) -> Result<Self, PackageError> {
        let text = files.get(MANIFEST).ok_or_else(|| PackageError::Missing(MANIFEST.to_owned()))?;
        let manifest: Self = serde_json::from_slice(text).map_err(|error| PackageError::form(MANIFEST, error))?;
        if (manifest.format.as_str(), manifest.version) != FORMAT {
            let (format, version) = FORMAT;
            let problem = format!("expected format {format}, version {version}; a newer grainloss may read it");
            return Err(PackageError::form(MANIFEST, problem));
        }
        Ok(manifest)
    }

    /// The files whose hash or length is not what stands here, or that are missing here or there.
    pub fn differing(&self, files: &Files) -> Vec<String> {
        let others = Self::of(files, &self.software);
        let mut names: Vec<String> = self.files.keys().chain(others.files.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names.retain(|name| self.files.get(name) != others.files.get(name));
        names
    }
}
