//! Keys and passwords: from the environment, or from a file that others may not read. Never from `grainloss.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Longest file that is read, bytes.
const LONGEST_BYTES: u64 = 64 * 1024;

/// Keys and passwords of the uplink, each under the name of its environment variable.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// For the store; `None` when there are none.
    pub s3: Option<S3Credentials>,
    /// For the broker: user and password; `None` when there are none.
    pub mqtt: Option<MqttCredentials>,
}

/// Access to a store.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub key: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: String,
    /// `AWS_SESSION_TOKEN`; `None` for lasting keys.
    pub token: Option<String>,
}

/// Access to a broker.
#[derive(Clone, PartialEq, Eq)]
pub struct MqttCredentials {
    /// `GRAINLOSS_MQTT_USER`.
    pub user: String,
    /// `GRAINLOSS_MQTT_PASSWORD`.
    pub password: String,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Credentials").field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for MqttCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MqttCredentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others may read it.
    #[error("{}: others may read these keys; take the file from them with chmod 600", .0.display())]
    Readable(PathBuf),
    /// A line is not `NAME=VALUE`.
    #[error("{}: line {line}: expected NAME=VALUE", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// One of a pair is missing.
    #[error("{missing} is missing beside {there}")]
    Half {
        /// What is there.
        there: &'static str,
        /// What is not.
        missing: &'static str,
    },
}

impl Credentials {
    /// From the file, if one is named, else from the environment, as `of` gives it.
    ///
    /// # Errors
    /// [`CredentialsError`] when the file cannot be used, or half of a pair is missing.
    pub fn load(file: Option<&Path>, of: impl Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        let found = file.map(read).transpose()?;
        let get = |name: &str| found.as_ref().map_or_else(|| of(name), |found| found.get(name).cloned());
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let s3 = pair(
            get("AWS_ACCESS_KEY_ID"),
            get("AWS_SECRET_ACCESS_KEY"),
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        )?;
        let mqtt = pair(
            get("GRAINLOSS_MQTT_USER"),
            get("GRAINLOSS_MQTT_PASSWORD"),
            ["GRAINLOSS_MQTT_USER", "GRAINLOSS_MQTT_PASSWORD"],
        )?;
        Ok(Self {
            s3: s3.map(|(key, secret)| S3Credentials { key, secret, token: get("AWS_SESSION_TOKEN") }),
            mqtt: mqtt.map(|(user, password)| MqttCredentials { user, password }),
        })
    }
}

fn pair(
    first: Option<String>,
    second: Option<String>,
    [one, two]: [&'static str; 2],
) -> Result<Option<(String, String)>, CredentialsError> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(CredentialsError::Half { there: one, missing: two }),
        (None, Some(_)) => Err(CredentialsError::Half { there: two, missing: one }),
    }
}

/// Lines `NAME=VALUE`, as systemd's `EnvironmentFile=` takes them.
fn read(path: &Path) -> Result<BTreeMap<String, String>, CredentialsError> {
    let failed = |error| CredentialsError::File { path: path.to_owned(), error };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(CredentialsError::Readable(path.to_owned()));
    }
    let mut text = String::new();
    file.take(LONGEST_BYTES).read_to_string(&mut text).map_err(failed)?;
    let mut found = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            return Err(CredentialsError::Line { path: path.to_owned(), line: at + 1 });
        };
        found.insert(name.trim().to_owned(), value.trim().trim_matches('"').to_owned());
    }
    Ok(found)
}
