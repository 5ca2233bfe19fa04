//! `grainloss-fleet keys`: which keys are trusted.

use grainloss_fleet::said;
use grainloss_fleet::store::Store;
use grainloss_knowledge::Words;

use super::options::{StoreOptions, store_error};
use super::{CliError, complain, say};

/// The keys of machines: packets of trusted ones count.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show every key that was met, its machine, and whether it is trusted
    List,
    /// Trust keys, and take in what waits for them
    Trust {
        /// A key, the 16 digits of a machine that was met, or a file with keys (device.pub)
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
        /// An earlier key of the same machine, which has a new one
        #[arg(long, value_name = "KEY")]
        same_as: Option<String>,
    },
    /// Distrust keys: what they signed leaves the store and waits in quarantine, later packets are refused
    Distrust {
        /// A key, the 16 digits of a machine that was met, or a file with keys
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
    },
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let failed = |error| store_error(words, &error);
    let folder = store.folder(words)?;
    match &args.command {
        Command::List => list(&Store::open(&folder).map_err(failed)?, words),
        Command::Trust { keys, same_as } => {
            // Keys may be trusted before the first packet comes.
            let mut store = Store::open_or_make(&folder, None).map_err(failed)?;
            let same_as = same_as.as_ref().map(|text| store.keys_of(text)).transpose().map_err(failed)?;
            let same_as = same_as.and_then(|keys| keys.into_iter().next());
            let mut is_refused = false;
            for key in all(&store, keys).map_err(failed)? {
                let (taken, refused) = store.trust(&key, same_as.as_deref()).map_err(failed)?;
                for (path, why) in &refused {
                    complain(&said::refusal(words, store.zone(), &path.display().to_string(), why));
                }
                is_refused |= !refused.is_empty();
                say(&words.with("fleet-key-trusted", &[("key", &key), ("count", &taken.to_string())]))?;
            }
            store.settle().map_err(failed)?;
            if is_refused { Err(CliError::Failed(words.get("fleet-gather-incomplete"))) } else { Ok(()) }
        }
        Command::Distrust { keys } => {
            let mut store = Store::open(&folder).map_err(failed)?;
            for key in all(&store, keys).map_err(failed)? {
                store.distrust(&key).map_err(failed)?;
                say(&words.with("fleet-key-distrusted", &[("key", &key)]))?;
            }
            store.settle().map(drop).map_err(failed)
        }
    }
}

fn all(store: &Store, texts: &[String]) -> Result<Vec<String>, grainloss_fleet::error::StoreError> {
    let mut keys = Vec::new();
    for text in texts {
        keys.extend(store.keys_of(text)?);
    }
    Ok(keys)
}

fn list(store: &Store, words: &Words) -> Result<(), CliError> {
    for key in store.register.keys().map_err(|error| store_error(words, &error))? {
        let state = words.get(&format!("fleet-key-state-{}", key.state.word()));
        let values = [
            ("key", &*key.public_key),
            ("device", &*key.device),
            ("state", &*state),
            ("count", &*key.packets.to_string()),
        ];
        say(&words.with("fleet-key", &values))?;
    }
    Ok(())
}
