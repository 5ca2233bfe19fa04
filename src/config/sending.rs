//! What leaves the cab: packets, and where they are sent.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::places::expand_home;

/// The least that can be allowed in an hour, bytes: a block of ten minutes must fit.
pub const BUDGET_BYTES_MIN: u64 = 100_000;
/// The most, bytes.
const BUDGET_BYTES_MAX: u64 = 1 << 40;
/// The folder beside the journal, where the uplink is on and no other is named.
const OUTBOX: &str = "outbox";

/// Packets that the service writes by itself: off without a folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Packets {
    /// The folder for a signed packet every ten minutes of work and at the end of each session, an absolute path or one below
    /// ~/. Without it there are none, but with uplink.s3: then it is outbox/ beside the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"~/harvest/packets")]
    pub folder: Option<String>,
    /// Put the names of operators, fields and places, and plates into them: only where these people have agreed.
    pub with_names: bool,
}

/// The way out of the cab, in a program that was built with the feature uplink: off without a store and a broker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Uplink {
    /// The bucket that packets are sent to, as s3://BUCKET/PREFIX. A packet leaves its folder when the store has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"s3://county/in")]
    pub s3: Option<String>,
    /// The store that has the bucket. Needed with uplink.s3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"https://s3.example.com")]
    pub endpoint: Option<String>,
    /// The store's region. Without it: us-east-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"cn-north-1")]
    pub region: Option<String>,
    /// The broker that state and alarms are sent to, as mqtts://HOST:PORT, or mqtt://HOST:PORT without encryption.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"mqtts://broker.example.com")]
    pub mqtt: Option<String>,
    /// A file of keys and passwords that others may not read, with lines NAME=VALUE. Without it they are taken from the
    /// environment: see docs/uplink.md.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"/etc/grainloss/uplink.env")]
    pub credentials: Option<String>,
    /// The authorities that are trusted, as a PEM file. Without it those of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"/etc/grainloss/ca.pem")]
    pub ca: Option<String>,
    /// This cab's certificate, as a PEM file; it needs uplink.key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"/etc/grainloss/cab.pem")]
    pub cert: Option<String>,
    /// The certificate's key, as a PEM file that others may not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"/etc/grainloss/cab.key")]
    pub key: Option<String>,
    /// The most that is sent in an hour, bytes; alarms are counted and never held back. Without it there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", range(min = BUDGET_BYTES_MIN, max = BUDGET_BYTES_MAX), example = 1_000_000)]
    pub budget_bytes_per_hour: Option<u64>,
}

impl Uplink {
    /// True when something is to be sent.
    pub fn is_on(&self) -> bool {
        self.s3.is_some() || self.mqtt.is_some()
    }

    /// The paths that are set, with their keys.
    pub fn paths(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("uplink.credentials", self.credentials.as_deref()),
            ("uplink.ca", self.ca.as_deref()),
            ("uplink.cert", self.cert.as_deref()),
            ("uplink.key", self.key.as_deref()),
        ]
    }
}

impl super::Config {
    /// The folder that the service writes packets into; `None` when it writes none. `journal` is the journal's file.
    pub fn packets_folder(&self, journal: &Path) -> Option<PathBuf> {
        let named = self.packets.folder.as_deref().map(expand_home);
        named.or_else(|| self.uplink.s3.is_some().then(|| self.outbox(journal)))
    }

    /// The folder that packets are sent from, and that keeps what waits.
    pub fn outbox(&self, journal: &Path) -> PathBuf {
        self.packets.folder.as_deref().map_or_else(|| journal.with_file_name(OUTBOX), expand_home)
    }
}
