//! `grainloss-fleet gather`: packets and journals into the store.

use grainloss_fleet::said;
use grainloss_fleet::sources::{Gathered, Options, gather};
use grainloss_fleet::store::Store;
use grainloss_knowledge::Words;
use jiff::tz::TimeZone;

use super::options::{StoreOptions, store_error};
use super::{CliError, complain, say};

/// Take packets and journals into the store.
///
/// Every packet is checked: who signed it, and each minute. What is there already counts once, so the same folder can be gathered
/// again at any time. Packets of a machine whose key is not trusted yet wait; `keys trust` takes them in. What was changed is refused
/// and named, everything else is taken; status 1 says that something was refused.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Packets, journals (*.sqlite), folders with them, or s3://BUCKET/PREFIX
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
    /// Take names, plates and places of journals along: only where these people have agreed
    #[arg(long)]
    with_names: bool,
    /// The address of a store of objects that is not Amazon's
    #[arg(long, value_name = "URL")]
    s3_endpoint: Option<String>,
    /// The time zone of a new store's days [default: Asia/Shanghai]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let failed = |error| store_error(words, &error);
    let mut store = Store::open_or_make(&store.folder(words)?, args.zone.as_deref()).map_err(failed)?;
    let zone = store.register.zone().map_err(failed)?;
    if let Some(other) = args.zone.as_ref().filter(|asked| **asked != zone) {
        return Err(CliError::Input(words.with("fleet-zone-fixed", &[("zone", &zone), ("other", other)])));
    }
    let options = Options { names: args.with_names, s3_endpoint: args.s3_endpoint.clone() };
    let gathered = gather(&mut store, &args.paths, &options).map_err(failed)?;
    report(&gathered, store.zone(), words)?;
    if gathered.is_incomplete() { Err(CliError::Failed(words.get("fleet-gather-incomplete"))) } else { Ok(()) }
}

fn report(gathered: &Gathered, zone: &TimeZone, words: &Words) -> Result<(), CliError> {
    for (name, why) in &gathered.refused {
        complain(&said::refusal(words, zone, name, why));
    }
    for error in &gathered.unread {
        complain(&said::error(words, error));
    }
    let counts = [
        ("new", &*gathered.new.to_string()),
        ("minutes", &*gathered.minutes.to_string()),
        ("known", &*gathered.known.to_string()),
    ];
    say(&words.with("fleet-gathered", &counts))?;
    if gathered.quarantined > 0 {
        say(&words.with("fleet-gathered-quarantine", &[("count", &gathered.quarantined.to_string())]))?;
        for key in &gathered.unknown_keys {
            say(&words.with("fleet-gathered-key", &[("key", key), ("device", &grainloss_packet::device(key))]))?;
        }
    }
    Ok(())
}
