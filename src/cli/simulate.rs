//! `grainloss simulate`: the simulator's frames as a log, or on a virtual CAN interface.

mod vcan;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use grainloss_can::Frame;
use grainloss_can::candump::write_frame;
use grainloss_simulator::{Scenario, Simulation, TruthRow};

use super::CliError;
use super::options::{MOST_SECONDS, apart};
use super::table::say;
use crate::service::{Speed, stop_on_signals};
use vcan::VirtualBus;

/// The interface's name in logs.
const LOG_INTERFACE: &str = "can0";

/// Write a simulated harvest as a candump log, or send it on a virtual CAN interface.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("to").required(true).args(["out", "iface", "list"]))]
pub(super) struct Args {
    /// What happens in the field
    #[arg(long, default_value = "wheat", value_name = "NAME")]
    scenario: String,
    /// The same seed gives the same harvest
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Write a log in the form of candump -L
    #[arg(long, value_name = "FILE.log")]
    out: Option<PathBuf>,
    /// Send on this virtual CAN interface
    #[arg(long, value_name = "vcan0")]
    iface: Option<String>,
    /// List the scenarios
    #[arg(long)]
    list: bool,
    /// Send even on an interface that may be a real machine's bus
    #[arg(long, requires = "iface")]
    allow_real_bus: bool,
    /// Write what really happened, one row a second
    #[arg(long, value_name = "FILE.csv")]
    truth: Option<PathBuf>,
    /// How much harvest, s [default: 600 for a log, without end on an interface]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_SECONDS))]
    seconds: Option<u64>,
    /// Times real time, or max [default: max for a log, 1 on an interface]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
}

pub(super) fn main(args: &Args) -> Result<(), CliError> {
    if args.list {
        for name in Scenario::bundled_names() {
            let scenario = Scenario::bundled(name).map_err(CliError::failed)?;
            say(&format!("{name}: {}", scenario.lesson().en))?;
        }
        return Ok(());
    }
    let scenario = Scenario::bundled(&args.scenario).map_err(CliError::input)?;
    let outputs = [("--out", &args.out), ("--truth", &args.truth)];
    apart(std::iter::empty(), outputs.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?))))?;
    let mut outlet = match (&args.out, &args.iface) {
        (Some(path), _) => Outlet::Log(create(path, "--out")?, path.clone()),
        (None, Some(name)) => Outlet::Bus(VirtualBus::open(name, args.allow_real_bus)?),
        // The argument group asks for one of them.
        (None, None) => return Err(CliError::input("name --out FILE or --iface NAME")),
    };
    let on_bus = matches!(outlet, Outlet::Bus(_));
    let speed = args.speed.unwrap_or(if on_bus { Speed::Times(1.0) } else { Speed::Max });
    let seconds = args.seconds.unwrap_or(if on_bus { u64::MAX } else { 600 });
    let mut truth = args.truth.as_deref().map(|path| create(path, "--truth").map(|file| (file, path))).transpose()?;
    if let Some((file, path)) = &mut truth {
        writeln!(file, "{}", TruthRow::HEADER).map_err(|error| unwritable(path, &error))?;
    }
    let stop = stop_on_signals().map_err(CliError::failed)?;
    let mut simulation = Simulation::new(&scenario, args.seed);
    let began_us = simulation.now_us();
    let mut pacer = crate::service::Pacer::new(speed);
    let mut frames: Vec<Frame> = Vec::new();
    while (simulation.now_us() - began_us) as u64 / 1_000_000 < seconds
        && !stop.load(std::sync::atomic::Ordering::Relaxed)
    {
        frames.clear();
        simulation.tick(&mut frames);
        for frame in &frames {
            while !pacer.wait(frame.t_us) && !stop.load(std::sync::atomic::Ordering::Relaxed) {}
            outlet.put(frame)?;
        }
        if let (Some(row), Some((file, path))) = (simulation.take_truth(), &mut truth) {
            writeln!(file, "{}", row.csv()).map_err(|error| unwritable(path, &error))?;
        }
    }
    if let Some((mut file, path)) = truth {
        file.flush().map_err(|error| unwritable(path, &error))?;
    }
    outlet.finish()
}

enum Outlet {
    Log(BufWriter<File>, PathBuf),
    Bus(VirtualBus),
}

impl Outlet {
    fn put(&mut self, frame: &Frame) -> Result<(), CliError> {
        match self {
            Self::Log(file, path) => write_frame(file, LOG_INTERFACE, frame).map_err(|error| unwritable(path, &error)),
            Self::Bus(bus) => bus.send(frame),
        }
    }

    fn finish(self) -> Result<(), CliError> {
        match self {
            Self::Log(mut file, path) => file.flush().map_err(|error| unwritable(&path, &error)),
            Self::Bus(_) => Ok(()),
        }
    }
}

fn create(path: &Path, option: &str) -> Result<BufWriter<File>, CliError> {
    let file = File::create(path).map_err(|error| CliError::input(format!("{option} {}: {error}", path.display())))?;
    Ok(BufWriter::with_capacity(1 << 16, file))
}

/// A full disk in the middle of the work.
fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::failed(format!("{}: {error}", path.display()))
}
