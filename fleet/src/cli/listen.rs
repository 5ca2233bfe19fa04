//! `grainloss-fleet listen`: what machines say over MQTT.

use std::io::Write as _;
use std::path::PathBuf;

use grainloss_core::clean_text::clean;
use grainloss_fleet::heard::connection::{ListenConfig, News, listen};
use grainloss_fleet::heard::keeper::Keeper;
use grainloss_fleet::said;
use grainloss_knowledge::Words;
use grainloss_uplink::{Credentials, MqttConfig, Tls, TlsFiles};

use super::options::{StoreOptions, store_error};
use super::{CliError, complain};

/// Listens to the cabs' messages at an MQTT broker: when each machine was heard last, its state, its last alarm.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The broker: mqtts://HOST, or mqtt://HOST, with a port where it has one
    #[arg(long, value_name = "URL")]
    broker: MqttConfig,
    /// The authorities that are trusted, PEM [default: those of the system]
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Our certificate, PEM, where the broker asks for one
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Its key, PEM, that others may not read
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// GRAINLOSS_MQTT_USER=… and GRAINLOSS_MQTT_PASSWORD=… in a file that others may not read [default: from the environment]
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let folder = store.folder(words)?;
    let input = |error: &dyn std::fmt::Display| CliError::Input(error.to_string());
    let variable = |name: &str| std::env::var(name).ok();
    let credentials = Credentials::load(args.credentials.as_deref(), variable).map_err(|error| input(&error))?;
    let tls = if args.broker.is_encrypted {
        let files = TlsFiles { ca: args.ca.clone(), client: args.cert.clone().zip(args.key.clone()) };
        let tls = Tls::load(&files).map_err(|error| input(&error))?;
        Some(tls.for_mqtt().map_err(CliError::Input)?)
    } else {
        None
    };
    let mut keeper = Keeper::open(&folder).map_err(|error| store_error(words, &error))?;
    let config = ListenConfig { broker: args.broker.clone(), credentials: credentials.mqtt, tls };
    let at = format!("{}:{}", config.broker.host, config.broker.port);
    listen(&config, &mut keeper, |news| say_news(&news, &at, words))
        .map_err(|error| CliError::Failed(error.to_string()))
}

fn say_news(news: &News<'_>, at: &str, words: &Words) {
    match news {
        News::Connected(machines) => {
            let line = words.with("fleet-listen-connected", &[("broker", at), ("machines", &machines.to_string())]);
            // A reader that has gone does not end the listening.
            let _ = writeln!(std::io::stdout(), "{}", clean(&line));
        }
        News::Lost(error, wait_s) => {
            complain(
                &words.with("fleet-listen-lost", &[("broker", at), ("error", error), ("seconds", &wait_s.to_string())]),
            );
        }
        News::Refused(counts) => {
            let of = counts.refused.iter().map(|(reason, n)| {
                words.with(
                    "fleet-listen-count",
                    &[("n", &n.to_string()), ("reason", &words.get(&format!("fleet-listen-refused-{reason}")))],
                )
            });
            let values = [
                ("taken", counts.taken.to_string()),
                ("refused", of.collect::<Vec<_>>().join(", ")),
                ("topic", counts.refused_topic.clone()),
            ];
            complain(
                &words.with("fleet-listen-refused", &values.each_ref().map(|(key, value)| (*key, value.as_str()))),
            );
        }
        News::NotKept(error) => {
            complain(&words.with("fleet-listen-not-kept", &[("error", &said::error(words, error))]));
        }
    }
}
