//! Making a package of its parts, and looking at one that was received.

use grainloss_core::machine::Profile;
use serde_json::Value;

use super::error::PackageError;
use super::files::{CHECK, DATABASE, FILES, Files, MANIFEST, PROFILE, VECTORS, longest};
use super::manifest::Manifest;
use super::profile::{PublicProfile, read};
use super::vectors::{self, Vector};

/// What was found of a package.
#[derive(Debug)]
pub struct Verified {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its profile.
    pub profile: Profile,
    /// Files that are not what the manifest says.
    pub differing: Vec<String>,
    /// How many vectors there are.
    pub vectors: usize,
    /// Those that give something else with this program, by line from 1.
    pub vectors_differing: Vec<usize>,
    /// What `machine check` said when it was made.
    pub check: Value,
}

impl Verified {
    /// True where all is as it was made, and gives the same.
    pub fn holds(&self) -> bool {
        self.differing.is_empty() && self.vectors_differing.is_empty()
    }
}

/// Puts a package together.
///
/// # Errors
///
/// Where one of its files would be longer than such a file may be, or what is in it does not hold.
pub fn package(
    public: &PublicProfile,
    vectors: &[Vector],
    check: &Value,
    software: &str,
) -> Result<Files, PackageError> {
    let mut files = Files::new();
    files.insert(PROFILE.to_owned(), public.text.clone().into_bytes());
    if let Some(dbc) = &public.dbc {
        files.insert(DATABASE.to_owned(), dbc.clone().into_bytes());
    }
    files.insert(VECTORS.to_owned(), vectors::write(vectors));
    let mut check = serde_json::to_vec_pretty(check).map_err(|error| PackageError::form(CHECK, error))?;
    check.push(b'\n');
    files.insert(CHECK.to_owned(), check);
    let manifest = Manifest::of(&files, software);
    files.insert(MANIFEST.to_owned(), manifest.to_json());
    let verified = verify(&files)?;
    if verified.holds() {
        Ok(files)
    } else {
        let lines = verified.vectors_differing.len();
        Err(PackageError::Unpublishable(format!("{lines} frames do not give the same a second time")))
    }
}

/// Looks at a package: every file against its hash, the profile against its form, every vector against this program.
///
/// # Errors
///
/// Where it is no package at all: a file is missing, foreign, too long or of another form.
pub fn verify(files: &Files) -> Result<Verified, PackageError> {
    for (name, bytes) in files {
        let most = longest(name).ok_or_else(|| PackageError::Foreign(name.clone()))?;
        if bytes.len() > most {
            return Err(PackageError::TooLong { file: name.clone(), most });
        }
    }
    let file = |name: &str| files.get(name).map(Vec::as_slice).ok_or_else(|| PackageError::Missing(name.to_owned()));
    let manifest = Manifest::read(files)?;
    for (name, _) in FILES.iter().filter(|(name, _)| *name != DATABASE) {
        file(name)?;
    }
    let text = std::str::from_utf8(file(PROFILE)?).map_err(|error| PackageError::form(PROFILE, error))?;
    let profile = read(text, files.get(DATABASE).map(Vec::as_slice))?;
    let all = vectors::read(file(VECTORS)?)?;
    let vectors_differing = vectors::differing(&profile, &all)?.into_iter().map(|at| at + 1).collect();
    let check = serde_json::from_slice(file(CHECK)?).map_err(|error| PackageError::form(CHECK, error))?;
    let differing = manifest.differing(files);
    Ok(Verified { manifest, profile, differing, vectors: all.len(), vectors_differing, check })
}
