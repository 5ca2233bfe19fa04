//! `grainloss demo`: simulator, service and dashboard in one process.

use std::path::PathBuf;

use grainloss_simulator::Scenario;

use super::entered::{CaptureOptions, SessionOptions};
use super::options::{CropOptions, MOST_SECONDS, Prepared, journal_path};
use super::session::{self, Plan};
use super::{CliError, table};
use crate::bus::SimulatedSource;
use crate::evaluation;
use crate::knowledge::Words;
use crate::machine::Profile;
use crate::service::Speed;
use crate::snapshot::SourceKind;

/// Simulator, service and dashboard in one: a wheat harvest without a combine.
///
/// On the dashboard, q quits and l changes the language.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Without the dashboard; prints the session's number at the end
    #[arg(long)]
    headless: bool,
    /// What happens in the field
    #[arg(long, default_value = "wheat", value_name = "NAME")]
    scenario: String,
    /// The same seed gives the same harvest
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Times real time, or max [default: 1 with the dashboard, max without]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
    /// How much harvest, s [default: without end on the dashboard, 600 without it]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_SECONDS))]
    seconds: Option<u64>,
    /// The journal to store it in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    #[command(flatten)]
    crop: CropOptions,
    #[command(flatten)]
    session: SessionOptions,
    #[command(flatten)]
    capture: CaptureOptions,
}

pub(super) fn main(args: Args, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if !args.headless {
        session::need_terminal()?;
    }
    let scenario = Scenario::bundled(&args.scenario).map_err(CliError::input)?;
    let mut profile = Profile::load("combine-demo").map_err(CliError::input)?;
    // All simulated machines speak alike, and each has measures of its own.
    if let Some(geometry) = evaluation::geometry(scenario.machine()) {
        profile.geometry = geometry;
    }
    let mut prepared = Prepared::of(profile, scenario.crop(), &args.crop)?;
    prepared.pipeline = prepared.pipeline.with_tenths(args.session.tenths);
    let db = journal_path(args.db)?;
    let source = format!("simulator: scenario {} seed {}", scenario.name(), args.seed);
    let start = args.session.enter(prepared.session_start(scenario.start_unix_s() * 1_000_000, source, "simulator"));
    let seconds = args.seconds.or(args.headless.then_some(600));
    let plan = Plan {
        kind: SourceKind::Demo,
        speed: args.speed.unwrap_or(if args.headless { Speed::Max } else { Speed::Times(1.0) }),
        journal: Some((db.clone(), start)),
        trace: None,
        capture: args.capture.budget(false),
        dashboard: (!args.headless).then(|| Words::new(words.lang)),
    };
    let frames = SimulatedSource::new(&scenario, args.seed, seconds);
    let ended = session::run(frames, prepared, plan, level)?;
    table::totals(words, &ended.report.totals)?;
    table::stored(words, ended.session, &db)?;
    if let (true, Some(session)) = (args.headless, ended.session) {
        // For scripts: the last line, in every language.
        table::say(&format!("session {session}"))?;
    }
    session::complain(&ended)
}
