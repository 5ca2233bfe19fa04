//! `grainloss-fleet serve` and `page`: the office's page.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use grainloss_fleet::engine::{Asked, StorePlace};
use grainloss_fleet::page::{Figures, Parts};
use grainloss_fleet::serve::{ServeConfig, serve};
use grainloss_knowledge::Words;
use grainloss_listen::{Address, Token};

use super::options::StoreOptions;
use super::{CliError, say};

/// A machine is missing that was not seen for so many days, unless asked otherwise.
const MISSING_DAYS: i64 = 3;

/// Serve the office's page to browsers: losses by township, co-op, machine and driver, and a map. Read only.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to listen: an IP address, a port, or both; others than this computer reach it only at such an address
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    listen: Address,
    /// A further name of this computer by which browsers may ask
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// How often the figures are asked for anew, s
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    #[command(flatten)]
    missing: Missing,
}

/// Write the office's page as one file that needs nothing else.
#[derive(Debug, clap::Args)]
pub(super) struct PageArgs {
    /// The file
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    #[command(flatten)]
    missing: Missing,
}

#[derive(Clone, Debug, clap::Args)]
struct Missing {
    /// A machine is missing that was not seen for so many days
    #[arg(long, value_name = "DAYS", default_value_t = MISSING_DAYS, value_parser = clap::value_parser!(i64).range(1..=3650))]
    missing_days: i64,
}

impl Missing {
    #[allow(clippy::disallowed_methods, reason = "an edge: the office's day")]
    fn figures(&self, store: &StorePlace) -> Result<Figures, grainloss_fleet::engine::AskError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        Figures::ask(store, &Asked { now_s: now, missing_days: self.missing_days, ..Asked::default() })
    }
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let folder = store.folder(words)?;
    let token = Token::load_or_make(&folder).map_err(|error| CliError::Input(error.to_string()))?;
    let listener =
        args.listen.listen().map_err(|error| CliError::Input(format!("--listen {}: {error}", args.listen)))?;
    let at = Address::of(&listener).map_err(|error| CliError::Failed(error.to_string()))?;
    for host in at.hosts() {
        say(&words.with("fleet-serve-at", &[("url", &format!("http://{host}/?t={}", token.text()))]))?;
    }
    if !at.is_loopback() {
        say(&words.get("fleet-serve-open"))?;
    }
    let config =
        ServeConfig { token, names: args.names.clone(), lang: words.lang, every: Duration::from_secs(args.every) };
    let (missing, store) = (args.missing.clone(), StorePlace::of(&folder));
    serve(listener, config, move || missing.figures(&store)).map_err(|error| CliError::Failed(error.to_string()))
}

pub(super) fn page(args: &PageArgs, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let folder = store.folder(words)?;
    let figures =
        args.missing.figures(&StorePlace::of(&folder)).map_err(|error| CliError::Failed(error.to_string()))?;
    let html = figures.html(words.lang, Parts::Within);
    fs::write(&args.out, &html).map_err(|error| CliError::Failed(format!("--out {}: {error}", args.out.display())))?;
    let values = [
        ("file", &*args.out.display().to_string()),
        ("kb", &*html.len().div_ceil(1000).to_string()),
        ("machines", &*figures.machines().to_string()),
    ];
    say(&words.with("fleet-page-written", &values))
}
