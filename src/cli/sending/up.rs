//! The uplink of the configuration, and its start.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;

use crate::cli::error::{CliError, complain};
use crate::cli::said::Said as _;
use crate::cli::version::VERSION;
use crate::config::{Config, Uplink, expand_home};
use grainloss_core::data_file;
use grainloss_journal::DeviceKeys;
use grainloss_knowledge::{Words, spoken};
use grainloss_protocol::snapshot::Snapshot;
use grainloss_uplink::{BucketAddress, Credentials, MqttConfig, S3Config, TlsFiles, UplinkConfig, start};

/// Where none is named.
const USUAL_REGION: &str = "us-east-1";
/// How long an answer of the store is waited for: a slow mobile network.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is to be sent.
#[derive(Debug, Default)]
pub(in crate::cli) struct Plan(Option<Asked>);

#[derive(Debug)]
struct Asked {
    uplink: Uplink,
    outbox: PathBuf,
    journal: PathBuf,
    s3: Option<S3Config>,
    mqtt: Option<MqttConfig>,
}

/// The uplink while it runs.
pub(in crate::cli) type Running = grainloss_uplink::Uplink;

impl Plan {
    /// As the configuration says.
    ///
    /// # Errors
    /// When an address is none.
    pub fn of(config: &Config, journal: &Path, words: &Words) -> Result<Self, CliError> {
        let uplink = config.uplink.clone();
        if !uplink.is_on() {
            return Ok(Self(None));
        }
        let wrong = |key: &'static str, kind: &'static str, address: &str| {
            CliError::input(format!("{key}: {}", words.with(kind, &[("address", address)])))
        };
        let s3 = uplink.s3.as_ref().map(|text| {
            let found: BucketAddress = text.parse().map_err(|_| wrong("uplink.s3", "config-uplink-s3", text))?;
            let endpoint = uplink.endpoint.clone().unwrap_or_default();
            grainloss_uplink::check_endpoint(&endpoint)
                .map_err(|_| wrong("uplink.endpoint", "config-uplink-endpoint", &endpoint))?;
            let region = uplink.region.clone().unwrap_or_else(|| USUAL_REGION.to_owned());
            let BucketAddress { bucket, prefix } = found;
            Ok::<_, CliError>(S3Config { endpoint, bucket, prefix, region, patience: PATIENCE })
        });
        let mqtt = uplink.mqtt.as_ref();
        let mqtt = mqtt.map(|text| text.parse().map_err(|_| wrong("uplink.mqtt", "config-uplink-mqtt", text)));
        let (s3, mqtt) = (s3.transpose()?, mqtt.transpose()?);
        let (outbox, journal) = (config.outbox(journal), journal.to_owned());
        Ok(Self(Some(Asked { uplink, outbox, journal, s3, mqtt })))
    }

    /// Starts it, unless it is off. What cannot start is said, and the work goes on without.
    pub fn start(self, snapshots: watch::Receiver<Snapshot>) -> Option<Running> {
        let asked = self.0?;
        match asked.start(snapshots) {
            Ok(running) => Some(running),
            Err(problem) => {
                tracing::warn!("there is no uplink: {problem}");
                complain(&spoken().with("uplink-not-started", &[("problem", &problem)]));
                None
            }
        }
    }
}

impl Asked {
    fn start(self, snapshots: watch::Receiver<Snapshot>) -> Result<Running, String> {
        let no_key = |error: io::Error| spoken().with("uplink-no-key", &[("problem", &error.said())]);
        let key = DeviceKeys::beside(&self.journal).load_or_make().map_err(no_key)?;
        let path = |text: &Option<String>| text.as_deref().map(expand_home);
        let variable = |name: &str| std::env::var(name).ok();
        let credentials = Credentials::load(path(&self.uplink.credentials).as_deref(), variable);
        let config = UplinkConfig {
            machine: grainloss_packet::device(&data_file::hex(key.verifying_key().as_bytes())),
            software: VERSION.to_owned(),
            outbox: self.outbox,
            s3: self.s3,
            mqtt: self.mqtt,
            credentials: credentials.map_err(|error| error.to_string())?,
            tls: TlsFiles { ca: path(&self.uplink.ca), client: path(&self.uplink.cert).zip(path(&self.uplink.key)) },
            budget_bytes_per_hour: self.uplink.budget_bytes_per_hour,
        };
        start(config, snapshots).map_err(|error| error.to_string())
    }
}
