//! `grainloss-fleet machines`: the register of machines.

use std::path::PathBuf;

use grainloss_fleet::machines_file::{export, import};
use grainloss_fleet::register::Machine;
use grainloss_fleet::store::Store;
use grainloss_knowledge::Words;

use super::options::{StoreOptions, store_error};
use super::{CliError, say};

/// The register of machines: plates, co-ops, regions.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show every machine
    List,
    /// Enter what is known of a machine; an empty text takes an entry out
    Set(Set),
    /// Write the machines into a table (CSV)
    Export {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take the machines of a table (CSV) over; columns that are not in it stay as they are
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Set {
    /// The machine: its 16 digits
    #[arg(value_name = "MACHINE")]
    device: String,
    /// Licence plate
    #[arg(long)]
    plate: Option<String>,
    /// What its owner calls it
    #[arg(long)]
    name: Option<String>,
    /// The co-op it belongs to
    #[arg(long)]
    co_op: Option<String>,
    /// Its home township
    #[arg(long)]
    township: Option<String>,
    /// Its region: letters, digits, - and _
    #[arg(long)]
    region: Option<String>,
    /// Whether packets of it are expected
    #[arg(long, value_name = "0|1", value_parser = ["0", "1"])]
    expected: Option<String>,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let failed = |error| store_error(words, &error);
    let mut store = Store::open(&store.folder(words)?).map_err(failed)?;
    match &args.command {
        Command::List => {
            for machine in store.register.machines().map_err(failed)? {
                say(&line(&machine, words))?;
            }
            Ok(())
        }
        Command::Set(set) => {
            let device = set.device.to_lowercase();
            let known = store.register.machines().map_err(failed)?;
            let Some(mut machine) = known.into_iter().find(|machine| machine.device == device) else {
                return Err(CliError::Input(words.with("fleet-no-machine", &[("device", &set.device)])));
            };
            let slots = [
                (&set.plate, &mut machine.plate),
                (&set.name, &mut machine.name),
                (&set.co_op, &mut machine.co_op),
                (&set.township, &mut machine.township),
                (&set.region, &mut machine.region),
            ];
            for (given, slot) in slots {
                if let Some(text) = given {
                    *slot = Some(text.clone()).filter(|text| !text.is_empty());
                }
            }
            if let Some(expected) = &set.expected {
                machine.expected = expected == "1";
            }
            store.set_machines(std::slice::from_ref(&machine)).map_err(failed)?;
            say(&line(&machine, words))
        }
        Command::Export { file } => {
            let machines = store.register.machines().map_err(failed)?;
            export(&machines, file).map_err(failed)?;
            let values = [("count", &*machines.len().to_string()), ("file", &*file.display().to_string())];
            say(&words.with("fleet-machines-exported", &values))
        }
        Command::Import { file } => {
            let machines = import(&store, file).map_err(failed)?;
            store.set_machines(&machines).map_err(failed)?;
            say(&words.with("fleet-machines-imported", &[("count", &machines.len().to_string())]))
        }
    }
}

fn line(machine: &Machine, words: &Words) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let expected = words.get(if machine.expected { "fleet-machine-expected" } else { "fleet-machine-not-expected" });
    [
        machine.device.clone(),
        text(&machine.plate),
        text(&machine.name),
        text(&machine.co_op),
        text(&machine.township),
        text(&machine.region),
        expected,
    ]
    .join("  ")
}
