//! Machine profiles: bundled, the user's own, or any file.

use std::path::{Path, PathBuf};

use grainloss_can::Database;
use grainloss_core::data_file::FileError;
use grainloss_core::machine::Profile;

use crate::bounded::{LONGEST_DBC, read_bounded};
use crate::files;
use crate::words::spoken;

/// The profiles that come with grainloss: name and TOML.
pub const BUNDLED: &[(&str, &str)] = &[
    ("combine-demo", include_str!("../../../machines/combine-demo.toml")),
    ("cnh-2015", include_str!("../../../machines/cnh-2015.toml")),
    ("deere-2015", include_str!("../../../machines/deere-2015.toml")),
    ("gleaner-2015", include_str!("../../../machines/gleaner-2015.toml")),
    ("display-cn", include_str!("../../../machines/display-cn.toml")),
];

/// Loads a profile by the name of a bundled or a user's one, or from a file when `machine` is a path.
///
/// # Errors
///
/// Where there is no such profile, or it or its database cannot be read or does not hold together.
pub fn load(machine: &str) -> Result<Profile, FileError> {
    let path = Path::new(machine);
    if path.extension().is_some_and(|e| e == "toml") || machine.contains('/') {
        return read(path);
    }
    if let Some(own) = files::user_file("machines", &format!("{machine}.toml")) {
        return read(&own);
    }
    if let Some((name, text)) = BUNDLED.iter().find(|(name, _)| *name == machine) {
        return Profile::parse(&format!("{name}.toml"), text, |name| database(name, None));
    }
    let names = BUNDLED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let problem = spoken().with("machine-unknown", &[("names", &names)]);
    Err(FileError { file: format!("--machine {machine}"), line: None, problem })
}

/// The names of all profiles: the user's own first, then the bundled ones.
pub fn names() -> Vec<String> {
    let mut names = files::user_names("machines", "toml");
    names.extend(BUNDLED.iter().map(|(name, _)| (*name).to_owned()).filter(|n| !names.contains(n)).collect::<Vec<_>>());
    names
}

fn read(path: &Path) -> Result<Profile, FileError> {
    let text = files::read(path)?;
    Profile::parse(&path.display().to_string(), &text, |name| database(name, path.parent()))
}

/// A database by its bundled name, or a file relative to the profile's folder: its name for messages, and its bytes.
fn database(name: &str, folder: Option<&Path>) -> Result<(String, Vec<u8>), String> {
    if let Some(text) = Database::bundled_text(name) {
        return Ok((format!("{name}.dbc"), text.as_bytes().to_vec()));
    }
    let path = folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
    match read_bounded(&path, LONGEST_DBC) {
        Ok(bytes) => Ok((path.display().to_string(), bytes)),
        Err(error) => {
            Err(format!("dbc: no bundled database is called '{name}', and {} cannot be read: {error}", path.display()))
        }
    }
}
