//! The profile as it may be given away: what its file says to the machine, and nothing that its owner wrote for himself.

use grainloss_core::data_file::sha256;
use grainloss_core::machine::{Profile, Router};
use toml::{Table, Value};

use super::database::{Names, reduced};
use super::error::PackageError;
use super::files::{DATABASE, PROFILE};

/// A profile to be given away, with the database that it needs.
#[derive(Debug)]
pub struct PublicProfile {
    /// Its TOML.
    pub text: String,
    /// The part of its database that it uses, if it has one.
    pub dbc: Option<String>,
    /// Read again from both.
    pub profile: Profile,
    /// The profile's names of interfaces, in the order of their public names `bus1`, `bus2` and so on.
    pub interfaces: Vec<String>,
}

/// Longest name and description, characters (our choice).
const LONGEST_NAME: usize = 60;
const LONGEST_ABOUT: usize = 400;

/// Leaves comments, description, interface names and everything else that is free text out; `name` and `about` are what the
/// publisher wants to have there instead. Without a name it is one made of the profile's hash.
///
/// # Errors
///
/// Where name or description are too long or hold what cannot be seen, or the profile does not hold together without what
/// was left out.
pub fn public(profile: &Profile, name: Option<&str>, about: Option<&str>) -> Result<PublicProfile, PackageError> {
    let text_of = |text: &str, most: usize| {
        let hidden = text.chars().any(grainloss_core::clean_text::is_hidden);
        if hidden || text.chars().count() > most {
            let problem =
                format!("name and about have at most {LONGEST_NAME} and {LONGEST_ABOUT} characters, on one line");
            return Err(PackageError::Unpublishable(problem));
        }
        Ok(text.to_owned())
    };
    let mut table: Table = toml::from_str(profile.text()).map_err(|error| PackageError::form(PROFILE, error))?;
    let name = match name {
        Some(name) => text_of(name, LONGEST_NAME)?,
        None => format!("machine-{}", &sha256(&[profile.sha256.as_bytes()])[..8]),
    };
    let router = Router::new(profile).map_err(|error| PackageError::Unpublishable(error.to_string()))?;
    let interfaces = router.interface_names().to_vec();
    let reduced = profile.dbc().is_some().then(|| reduced(profile.database(), &signals(&table)));
    let names = reduced.as_ref().map(|(_, names)| names);
    table.insert("name".to_owned(), Value::String(name));
    table.insert("about".to_owned(), Value::String(text_of(about.unwrap_or_default(), LONGEST_ABOUT)?));
    if reduced.is_some() {
        table.insert("dbc".to_owned(), Value::String(DATABASE.to_owned()));
    }
    for source in sources(&mut table) {
        rename(source, names, &interfaces);
    }
    let text = toml::to_string(&table).map_err(|error| PackageError::form(PROFILE, error))?;
    let dbc = reduced.map(|(dbc, _)| dbc);
    let profile = read(&text, dbc.as_deref().map(str::as_bytes))?;
    Ok(PublicProfile { text, dbc, profile, interfaces })
}

/// Reads the profile of a package; its database can be the package's own only.
pub(super) fn read(text: &str, dbc: Option<&[u8]>) -> Result<Profile, PackageError> {
    Profile::parse(PROFILE, text, |name| match dbc {
        Some(bytes) if name == DATABASE => Ok((DATABASE.to_owned(), bytes.to_vec())),
        _ => Err(format!("dbc is '{name}'; a package holds {DATABASE} or none")),
    })
    .map_err(|error| PackageError::Form {
        file: error.file.clone(),
        problem: error.line.map_or_else(|| error.problem.clone(), |line| format!("line {line}: {}", error.problem)),
    })
}

fn sources(table: &mut Table) -> impl Iterator<Item = &mut Table> {
    let channels = table.get_mut("channel").and_then(Value::as_array_mut);
    channels
        .into_iter()
        .flatten()
        .filter_map(|channel| channel.get_mut("sources")?.as_array_mut())
        .flatten()
        .filter_map(Value::as_table_mut)
}

/// Every signal of the database that the profile names.
fn signals(table: &Table) -> Vec<String> {
    let mut table = table.clone();
    let mut names: Vec<String> = Vec::new();
    for source in sources(&mut table) {
        let keys = ["signal", "high", "status"];
        names.extend(keys.iter().filter_map(|key| source.get(*key)?.as_str()).map(str::to_owned));
    }
    names
}

fn rename(source: &mut Table, names: Option<&Names>, interfaces: &[String]) {
    for key in ["signal", "high", "status"] {
        let new = source.get(key).and_then(Value::as_str).and_then(|old| names?.of(old));
        if let Some(new) = new {
            source.insert(key.to_owned(), Value::String(new));
        }
    }
    let bus = source.get("interface").and_then(Value::as_str);
    if let Some(at) = bus.and_then(|bus| interfaces.iter().position(|name| name == bus)) {
        source.insert("interface".to_owned(), Value::String(bus_name(at)));
    }
}

/// The public name of an interface.
pub(super) fn bus_name(at: usize) -> String {
    format!("bus{}", at + 1)
}
