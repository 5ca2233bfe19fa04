//! `grainloss demo`: simulator, service and dashboard in one process.

use std::path::PathBuf;

use super::host::{Ground, SessionHost};
use super::options::{CropOptions, MOST_SECONDS, journal_path, wall_us};
use super::session::{self, Plan};
use super::session_metadata::{CaptureOptions, SessionOptions};
use super::simulate::loaded;
use super::socket::SocketOptions;
use super::{CliError, table};
use crate::service::{JournalLock, Speed};
use crate::simulated::SimulatedSource;
use grainloss_journal::Overflow;
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;
use grainloss_protocol::snapshot::SourceKind;

/// Simulator, service and dashboard in one: a wheat harvest without a combine.
///
/// On the dashboard, ? shows the keys, q quits.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Without the dashboard; prints the session's number at the end
    #[arg(long)]
    headless: bool,
    /// What happens in the field: a name that `simulate --list` shows, or a scenario of your own
    #[arg(long, default_value = "wheat", value_name = "NAME|FILE.toml")]
    scenario: String,
    /// The same seed gives the same harvest
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Behave as the service of `run` does, without a combine: the harvest is dated now, an interrupted session goes on,
    /// the journal is locked, screens can attach, HUP reads the profile again, systemd is told
    #[arg(long, requires = "headless")]
    service: bool,
    /// Another machine profile for the simulated machine, to try one: NAME or FILE.toml
    #[arg(long, value_name = "NAME|FILE", default_value = "combine-demo")]
    machine: String,
    /// With --service: the crop, if it is not what the scenario grows
    #[arg(long, value_name = "NAME", requires = "service")]
    crop_name: Option<String>,
    /// With --service: a session without work for so many hours is closed, and one that was interrupted longer ago is not
    /// gone on with
    #[arg(long, value_name = "HOURS", default_value = "4", value_parser = super::options::hours)]
    idle_hours: f64,
    /// Times real time, or max [default: 1 with the dashboard, a socket or --service, max without]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
    /// How much harvest, s [default: without end on the dashboard, with a socket or --service, 600 without]
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
    #[command(flatten)]
    socket: SocketOptions,
}

pub(super) fn main(args: Args, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if !args.headless {
        session::need_terminal()?;
    }
    session::log(!args.headless, level);
    let scenario = loaded(&args.scenario)?;
    let db = journal_path(args.db)?;
    let socket = args.socket.plan(args.service)?;
    let lasts = !args.headless || args.service || socket.is_some();
    let lock = args.service.then(|| JournalLock::take(&db)).transpose().map_err(CliError::input)?;
    // All simulated machines speak alike, and each has measures of its own.
    let (machine, measures) = (args.machine, scenario.machine().to_owned());
    let load = move || {
        let mut profile = profiles::load(&machine).map_err(CliError::input)?;
        if let (true, Some(geometry)) = (machine == "combine-demo", grainloss_evaluation::geometry(&measures)) {
            profile.geometry = geometry;
        }
        Ok(profile)
    };
    let speed = args.speed.unwrap_or(if lasts { Speed::Times(1.0) } else { Speed::Max });
    let ground = Ground {
        load: Box::new(load),
        db: db.clone(),
        source: format!("simulator: scenario {} seed {}", scenario.name(), args.seed),
        kind: SourceKind::Demo,
        clock: if args.service { "system" } else { "simulator" },
        // A simulated bus that keeps time does not wait for the disk, as no bus does.
        overflow: if matches!(speed, Speed::Times(_)) { Overflow::Count } else { Overflow::Wait },
        capture: args.capture.budget(false),
        all_frames: true,
        resume_within_us: args.service.then_some((args.idle_hours * 3.6e9) as i64),
        remembers: args.service,
    };
    let (idle_us, clock) = (ground.resume_within_us, ground.clock);
    let crop = if args.service { args.crop_name } else { None };
    // What was chosen on a screen the last time is gone on with.
    let crop = crop.or_else(|| (!args.service).then(|| scenario.crop().to_owned()));
    let mut host = SessionHost::new(ground, crop, Some(scenario.crop()), args.crop, args.session)?;
    let start_us = if args.service { wall_us() } else { scenario.start_unix_s() * 1_000_000 };
    let first = host.first(start_us)?;
    let plan = Plan {
        dashboard: (!args.headless).then(|| Words::new(words.lang)),
        socket,
        idle_us,
        reloads: args.service,
        ..Plan::hosted(clock, host, first, speed)
    };
    let frames = SimulatedSource::new(&scenario, args.seed, args.seconds.or((!lasts).then_some(600)));
    let report = session::run(frames.dated(start_us), plan)?;
    drop(lock);
    table::totals(words, &report.totals)?;
    table::stored(words, report.session, &db)?;
    if let (true, Some(session)) = (args.headless, report.session) {
        // For scripts: the last line, in every language.
        table::say(&format!("session {session}"))?;
    }
    if args.service { session::complain_of_service(&report) } else { session::complain(&report) }
}
