//! `grainloss replay`: recorded logs through the estimator.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::error::CliError;
use super::options::{
    CalibrationOptions, ConditionsOptions, CropOptions, alarms_and_prices, apart, spare, writable, write_json,
};
use super::session_metadata::SessionOptions;
use super::{dashboard, dbc, logging, logs, pans, runner, table};
use crate::cli::said::Said as _;
use crate::config::Configuration;
use crate::service::{CalibrationChoice, FileSessionFactory, RunConfig, Speed};
use grainloss_bus::LogSource;
use grainloss_core::machine::Channel;
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Words, profiles};

/// Run recorded logs through the estimator.
///
/// The same log, machine and settings give the same bytes, at any speed.
///
/// `-` is standard input. What is not a frame is counted and told at
/// the end. In the trace, unknown is an empty field, never 0.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// The logs, one after the other
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The machine: a bundled profile's name, or the path of a .toml file
    #[arg(long, value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::machine)]
    machine: String,
    /// The crop
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: String,
    #[command(flatten)]
    options: CropOptions,
    #[command(flatten)]
    calibration: CalibrationOptions,
    #[command(flatten)]
    said: ConditionsOptions,
    /// Drop pans, as CSV: t_unix, t_known_unix, kind, pan_area_m2, discharge_width_m, header_width_m, kernels, grams,
    /// natural_shed_kernels_m2
    #[arg(long, value_name = "FILE.csv")]
    pans: Option<PathBuf>,
    /// Store the session in this journal
    #[arg(long, value_name = "FILE.sqlite")]
    db: Option<PathBuf>,
    /// Write one row a second as CSV
    #[arg(long, value_name = "FILE.csv")]
    trace: Option<PathBuf>,
    /// Write totals, alarms and counts as JSON
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
    /// Times real time, or max [default: max, 1 with --dashboard]
    #[arg(long, value_name = "max|N")]
    speed: Option<Speed>,
    /// Show the dashboard
    #[arg(long)]
    dashboard: bool,
    #[command(flatten)]
    session: SessionOptions,
}

pub(super) fn main(
    args: &Args,
    settings: &Configuration,
    words: &Words,
    level: tracing::Level,
) -> Result<(), CliError> {
    if args.dashboard {
        dashboard::need_terminal()?;
    }
    let profile = profiles::load(&args.machine).map_err(CliError::input)?;
    dbc::warn_of_j1939(profile.database(), words);
    let names = args.logs.iter().map(|log| log.display().to_string()).collect::<Vec<_>>().join(", ");
    let source = format!("log {names}");
    let run = RunConfig {
        settings: alarms_and_prices(&settings.config),
        entered: args.session.entered(),
        conditions: args.said.read(words)?,
        calibration: args.calibration.choice(CalibrationChoice::None),
        plates_touched: args.calibration.plates_touched,
        journal: args.db.clone(),
        tenths: args.session.tenths,
        trace: args.trace.clone(),
        speed: args.speed.unwrap_or(if args.dashboard { Speed::Times(1.0) } else { Speed::Max }),
        ..RunConfig::of_log(source, Arc::new(profile), args.crop.clone(), args.options.settings())
    };
    let mut factory = FileSessionFactory::new(run).map_err(CliError::input)?;
    let setup = factory.setup().map_err(CliError::input)?;
    let pans = args.pans.as_deref();
    let pans = pans.map(|path| pans::read(path, setup.model.kernel_mass_kg, &setup.profile.geometry));
    let pans = pans.transpose()?.unwrap_or_default();
    let pan_count = pans.len();
    factory.set_pans(pans);
    let inputs = args.logs.iter().map(|log| ("LOG", log)).chain(args.pans.as_ref().map(|path| ("--pans", path)));
    let inputs = inputs.chain(args.said.conditions.as_ref().map(|path| ("--conditions", path)));
    let machine = PathBuf::from(&args.machine);
    let outputs = [("--db", &args.db), ("--trace", &args.trace), ("--summary", &args.summary)];
    let outputs = outputs.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?)));
    apart(inputs.chain([("--machine", &machine)]), outputs.clone())?;
    let files = outputs.filter(|(option, _)| *option != "--db");
    spare(args.db.as_deref(), files.clone())?;
    // An unwritable place is reported before the work, not after it. The journal checks itself.
    writable(files)?;
    let mut source =
        if args.dashboard { LogSource::open(&args.logs).map_err(CliError::input)? } else { logs::source(&args.logs)? };
    let started_us = source.first_us().map_err(CliError::input)?;
    logging::log(args.dashboard, level);
    let dashboard = args.dashboard.then(|| (Words::new(words.lang), dashboard::remembered(settings)));
    let mut report = runner::run(source, factory, started_us, dashboard)?;
    if args.calibration.asks_for_latest() && report.calibration.is_none() {
        eprintln!("{}", words.get("calibration-choice-none-found"));
    }
    let readings = report.readings.clone();
    let source = std::mem::replace(&mut report.source, LogSource::open(&[]).map_err(CliError::input)?);
    let log = source.finish().map_err(CliError::input)?;
    if let Some(path) = &args.summary {
        let frames = (report.counts, log.counts.bad_lines);
        let mut summary = report.summary.json(
            pan_count,
            &report.totals,
            (setup.limit.as_ref(), &setup.guide),
            frames,
            (&setup.profile.sha256, log.sha256.as_deref()),
        );
        summary["log"] = json!({
            "remote": log.counts.remote, "bus_errors": log.counts.bus_errors, "dropped": log.counts.dropped,
            "damaged": log.damaged,
        });
        let channels = Channel::ALL.iter().map(|&channel| {
            let (state, range) = (readings.get(channel).state.word(), report.ranges.get(channel));
            let (min, max) = (range.map(|range| range.0), range.map(|range| range.1));
            (channel.name().to_owned(), json!({"state": state, "min": min, "max": max, "unit": channel.unit()}))
        });
        summary["frames"]["bad_trouble_messages"] = json!(report.bad_trouble_messages);
        summary["frames"]["long_messages"] = table::transfers_json(&report.transfers);
        summary["doubts"] = table::inconsistencies_json(report.consistency.found());
        summary["channels"] = serde_json::Value::Object(channels.collect());
        let text = serde_json::to_string_pretty(&summary).map_err(CliError::failed)?;
        write_json(path, &(text + "\n"))
            .map_err(|error| CliError::failed(format!("--summary {}: {}", path.display(), error.said())))?;
        table::wrote(path);
    }
    if let Some(path) = &args.trace {
        table::wrote(path);
    }
    table::frames(words, report.counts)?;
    table::log(words, &log)?;
    table::transfers(words, &report.transfers, report.bad_trouble_messages)?;
    table::channels(words, &readings, &report.ranges)?;
    table::inconsistencies(words, report.consistency.found())?;
    table::totals(words, &report.totals)?;
    table::calibration(words, report.calibration.as_ref(), &readings)?;
    if let Some(db) = &args.db {
        table::stored(words, report.session, db)?;
    }
    if report.counts.decoded == 0 {
        let frames = report.counts.read.to_string();
        return Err(CliError::input(spoken().with("replay-nothing-known", &[("frames", &frames)])));
    }
    runner::check_complete(&report)
}
