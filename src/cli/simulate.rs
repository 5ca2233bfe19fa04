//! `grainloss simulate`: the simulator's frames as a log, or on a virtual CAN interface; its scenarios and its check.

mod check;
mod outlet;
mod progress;
mod scenarios;
mod vcan;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::cli::said::Said as _;
use grainloss_simulator::{BusEvent, PanRow, Pans, Scenario, Simulation, TICK_US, TruthRow};

use super::error::CliError;
use super::options::{MAX_SECONDS, apart, spare, writable};
use super::table::{wrote, wrote_rows};
use crate::service::{Pacer, Speed, stop_on_signals};
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use outlet::{Outlet, Reader, unwritable};
use progress::Progress;

/// Write a simulated harvest as a candump log, or send it on a virtual CAN interface.
///
/// A log ending in .zst or .gz is compressed. In a log, a bus that goes off is error frames (200000xx), silence, and the
/// frames of the restart; on an interface it is silence, and times are the receiver's own, so that clock faults do not
/// show there.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("to").required(true).args(["out", "iface", "list", "describe", "check"]))]
pub(super) struct Args {
    /// What happens in the field: a name of --list, or a scenario of your own
    #[arg(long, default_value = "wheat", value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::scenario)]
    scenario: String,
    /// The same seed gives the same harvest, to the last bit, on any machine
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Write a log in the form of candump -L; `-` is standard output
    #[arg(long, value_name = "FILE.log[.zst|.gz]")]
    out: Option<PathBuf>,
    /// Send on this virtual CAN interface
    #[arg(long, value_name = "vcan0")]
    iface: Option<String>,
    /// List the scenarios
    #[arg(long)]
    list: bool,
    /// Tell what a scenario is made of, and what faults can be asked for
    #[arg(long, value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::scenario)]
    describe: Option<String>,
    /// Compare what the simulator does with what was measured in fields; fails when a figure lies outside its range
    #[arg(long)]
    check: bool,
    /// Send even on an interface that may be a real machine's bus
    #[arg(long, requires = "iface")]
    allow_real_bus: bool,
    /// Let this go wrong, from START to END seconds; may be given again. --describe lists what can
    #[arg(long = "fault", value_name = "NAME[:ARGUMENT][@START[-END]]", value_parser = crate::cli::option_values::fault)]
    faults: Vec<String>,
    /// Write what really happened, one row a second
    #[arg(long, value_name = "FILE.csv")]
    truth: Option<PathBuf>,
    /// Write drop pans that a technician could have taken
    #[arg(long, value_name = "FILE.csv")]
    pans: Option<PathBuf>,
    /// How much harvest, s [default: 600 for a log, without end on an interface]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_SECONDS))]
    seconds: Option<u64>,
    /// Times real time, or max [default: max for a log, 1 on an interface]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    if args.list {
        return scenarios::list(words.lang);
    }
    if let Some(name) = &args.describe {
        return scenarios::describe(&loaded(name)?, words.lang);
    }
    if args.check {
        return check::main(words);
    }
    let mut scenario = loaded(&args.scenario)?;
    args.faults.iter().try_for_each(|fault| scenario.add_fault(fault)).map_err(CliError::input)?;
    run(args, &scenario)
}

/// A bundled scenario by its name, or one of the user's own by its file's.
pub(super) fn loaded(name: &str) -> Result<Scenario, CliError> {
    if Path::new(name).extension().is_none_or(|extension| extension != "toml") {
        return Scenario::bundled(name).map_err(CliError::input);
    }
    let text = read_text_bounded(Path::new(name), LONGEST_TEXT)
        .map_err(|error| CliError::input(format!("--scenario {name}: {}", error.said())))?;
    Scenario::parse(name, &text).map_err(CliError::input)
}

fn run(args: &Args, scenario: &Scenario) -> Result<(), CliError> {
    let outputs = [("--out", &args.out), ("--truth", &args.truth), ("--pans", &args.pans)];
    let outputs = outputs.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?)));
    let outputs = outputs.filter(|(option, path)| *option != "--out" || path.as_os_str() != "-");
    let scenario_file = PathBuf::from(&args.scenario);
    apart([("--scenario", &scenario_file)].into_iter(), outputs.clone())?;
    spare(None, outputs.clone())?;
    writable(outputs)?;
    let mut outlet = Outlet::open(args.out.as_deref(), args.iface.as_deref(), args.allow_real_bus)?;
    let on_bus = outlet.is_bus();
    let speed = args.speed.unwrap_or(if on_bus { Speed::Times(1.0) } else { Speed::Max });
    let seconds = args.seconds.unwrap_or(if on_bus { u64::MAX } else { 600 });
    let mut truth = Table::create(args.truth.as_deref(), "--truth", TruthRow::HEADER)?;
    let mut pans = Table::create(args.pans.as_deref(), "--pans", PanRow::HEADER)?;
    let mut technician = Pans::new(scenario, args.seed);
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let stopped = || stop.load(Ordering::Relaxed);
    let mut simulation = Simulation::new(scenario, args.seed);
    let began_us = simulation.now_us();
    let mut pacer = Pacer::new(speed);
    let mut progress = Progress::new(seconds);
    let mut seen: Vec<BusEvent> = Vec::new();
    'harvest: while (simulation.now_us() - began_us) as u64 / 1_000_000 < seconds && !stopped() {
        let tick_us = simulation.now_us();
        seen.clear();
        simulation.tick_events(&mut seen);
        if seen.is_empty() {
            while !pacer.wait(tick_us) && !stopped() {}
        }
        for event in &seen {
            // A receiver whose clock is wrong does not change the pace.
            let own_us = match event {
                BusEvent::Frame(frame) => frame.t_us,
                BusEvent::Error(error) => error.t_us,
            };
            let t_us = if (tick_us..tick_us + TICK_US).contains(&own_us) { own_us } else { tick_us };
            while !pacer.wait(t_us) && !stopped() {}
            if outlet.put(event)? == Reader::Gone {
                break 'harvest;
            }
        }
        if let Some(row) = simulation.take_truth() {
            truth.as_mut().map_or(Ok(()), |table| table.put(&row.csv()))?;
            if let (Some(table), Some(pan)) = (&mut pans, technician.look(&row)) {
                table.put(&pan.csv())?;
            }
            progress.second();
        }
    }
    progress.end();
    for table in [truth, pans].into_iter().flatten() {
        table.finish()?;
    }
    outlet.finish()?;
    if let Some(path) = &args.out {
        wrote(path);
    }
    Ok(())
}

/// A CSV file that grows by lines.
struct Table {
    file: BufWriter<File>,
    path: PathBuf,
    lines: u64,
}

impl Table {
    fn create(path: Option<&Path>, option: &str, header: &str) -> Result<Option<Self>, CliError> {
        let Some(path) = path else { return Ok(None) };
        let made = File::create(path);
        let file = made.map_err(|error| CliError::input(format!("{option} {}: {}", path.display(), error.said())))?;
        let mut table = Self { file: BufWriter::new(file), path: path.to_owned(), lines: 0 };
        table.put(header)?;
        Ok(Some(table))
    }

    fn put(&mut self, line: &str) -> Result<(), CliError> {
        self.lines += 1;
        writeln!(self.file, "{line}").map_err(|error| unwritable(&self.path, &error))
    }

    fn finish(mut self) -> Result<(), CliError> {
        self.file.flush().map_err(|error| unwritable(&self.path, &error))?;
        // The first line is the header.
        wrote_rows(&self.path, "cli-wrote-rows", self.lines.saturating_sub(1));
        Ok(())
    }
}
