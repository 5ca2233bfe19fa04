//! `grainloss demo`: simulator, service and dashboard in one process.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::CliError;
use super::options::{
    CalibrationOptions, ConditionsOptions, CropOptions, MAX_SECONDS, alarms_and_prices, journal_path, reload_settings,
};
use super::sending::Sending;
use super::session_metadata::{CaptureOptions, SessionOptions};
use super::simulate::loaded;
use super::socket::SocketOptions;
use super::web::{Page, WebOptions};
use super::{dashboard, logging, runner, table};
use crate::config::{Configuration, Flags, IDLE_HOURS};
use crate::service::{CalibrationChoice, FileSessionFactory, JournalLock, RunConfig, Sessions, Speed};
use crate::simulated::SimulatedSource;
use crate::wall_clock::wall_us;
use grainloss_core::harvest::Pan;
use grainloss_journal::{Overflow, PanFound};
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;
use grainloss_protocol::snapshot::SourceKind;
use grainloss_simulator::{Pans, Scenario, Simulation, TICK_US};

/// When the dashboard opens, min of harvest: between two habits of the scenario `wheat`, so that what is seen first is
/// ordinary work (our choice).
const DRIVEN_MIN: u64 = 52;

const TICKS_PER_S: u64 = (1_000_000 / TICK_US) as u64;

/// Simulator, service and dashboard in one: a wheat harvest without a combine.
///
/// On the dashboard, ? shows the keys, q quits.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Without the dashboard; prints the session's number at the end
    #[arg(long)]
    headless: bool,
    /// What happens in the field: a name that `simulate --list` shows, or a scenario of your own
    #[arg(long, default_value = "wheat", value_name = "NAME|FILE.toml", value_parser = crate::cli::option_values::scenario)]
    scenario: String,
    /// The same seed gives the same harvest
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Behave as the service of `run` does, without a combine: the harvest is dated now, an interrupted session goes on,
    /// the journal is locked, screens can attach, HUP reads the profile again, systemd is told
    #[arg(long, requires = "headless")]
    service: bool,
    /// Another machine profile for the simulated machine, to try one: NAME or FILE.toml
    #[arg(long, value_name = "NAME|FILE", default_value = "combine-demo", value_parser = crate::cli::option_values::machine)]
    machine: String,
    /// With --service: the crop, if it is not what the scenario grows
    #[arg(long, value_name = "NAME", requires = "service", value_parser = crate::cli::option_values::crop)]
    crop_name: Option<String>,
    #[arg(
        long,
        value_name = "HOURS",
        value_parser = super::options::hours,
        help = format!(
            "With --service: a session without work for so many hours is closed, and one that was interrupted longer ago \
             is not continued [default: {IDLE_HOURS}]"
        )
    )]
    idle_hours: Option<f64>,
    /// Times real time, or max [default: 1 with the dashboard, a socket or --service, max without]
    #[arg(long, value_name = "N|max")]
    speed: Option<Speed>,
    /// How much harvest, s [default: without end on the dashboard, with a socket or --service, 600 without]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_SECONDS))]
    seconds: Option<u64>,
    /// So much of the morning has been driven, with pans taken, when the dashboard opens, min; 0 begins beside the field
    #[arg(
        long,
        default_value_t = DRIVEN_MIN,
        value_name = "MIN",
        value_parser = clap::value_parser!(u64).range(0..=600),
        conflicts_with = "headless"
    )]
    driven: u64,
    /// The journal to store it in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    #[command(flatten)]
    crop: CropOptions,
    #[command(flatten)]
    calibration: CalibrationOptions,
    #[command(flatten)]
    said: ConditionsOptions,
    #[command(flatten)]
    session: SessionOptions,
    #[command(flatten)]
    capture: CaptureOptions,
    #[command(flatten)]
    socket: SocketOptions,
    #[command(flatten)]
    web: WebOptions,
}

pub(super) fn main(args: Args, settings: Configuration, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if !args.headless {
        dashboard::need_terminal()?;
    }
    logging::log(!args.headless, level);
    let scenario = loaded(&args.scenario)?;
    let flags = Flags::default().set("service.idle_hours", "--idle-hours", args.idle_hours).switch(
        "journal.tenths",
        "--tenths",
        args.session.tenths,
        true,
    );
    let flags = args.capture.flags(args.web.flags(args.socket.flags(flags)));
    let settings = settings.with_flags(&flags).map_err(CliError::input)?;
    let config = settings.config.clone();
    let db = journal_path(args.db, &config)?;
    let socket = args.socket.config(args.service, &config.socket)?;
    let dashboard = (!args.headless).then(|| (Words::new(words.lang), dashboard::remembered(&settings)));
    let page = Page::of(&settings, args.service, words)?;
    // What was never harvested leaves no cab, unless it is to behave as a service.
    let sending = if args.service { Sending::of(&settings, &db, words)? } else { Sending::default() };
    let endless = !args.headless || args.service || socket.is_some() || page.is_on();
    let lock = args.service.then(|| JournalLock::take(&db)).transpose().map_err(CliError::input)?;
    // All simulated machines send the same messages, and each has its own measures.
    let (machine, measures) = (args.machine, scenario.machine().to_owned());
    let profile = move || {
        let mut profile = profiles::load(&machine)?;
        if let (true, Some(geometry)) = (machine == "combine-demo", grainloss_evaluation::geometry(&measures)) {
            profile.geometry = geometry;
        }
        Ok(Arc::new(profile))
    };
    let speed = args.speed.unwrap_or(if endless { Speed::Times(1.0) } else { Speed::Max });
    let driven_s = if args.headless { 0 } else { args.driven * 60 };
    let speed = match speed {
        Speed::Times(times) if driven_s > 0 => Speed::After(driven_s as f64, times),
        speed => speed,
    };
    let idle_us = args.service.then_some((config.service.idle_hours * 3.6e9) as i64);
    let run = RunConfig {
        source: format!("simulator: scenario {} seed {}", scenario.name(), args.seed),
        source_kind: SourceKind::Demo,
        clock: if args.service { "system" } else { "simulator" },
        all_frames: true,
        profile: Arc::new(profile),
        // As a service, it goes on with what was chosen on a screen the last time.
        crop: if args.service { args.crop_name } else { Some(scenario.crop().to_owned()) },
        first_crop: Some(scenario.crop().to_owned()),
        crop_settings: args.crop.settings(),
        settings: alarms_and_prices(&config),
        reload_settings: reload_settings(settings),
        entered: args.session.entered(),
        revision: None,
        pans: morning_pans(&scenario, args.seed, driven_s)?,
        conditions: args.said.read(words)?,
        calibration: args.calibration.choice(CalibrationChoice::Latest),
        plates_touched: args.calibration.plates_touched,
        journal: Some(db.clone()),
        tenths: config.journal.tenths,
        // A simulated bus that keeps time does not wait for the disk, as no bus does.
        overflow: if speed.is_paced() { Overflow::Count } else { Overflow::Wait },
        capture_budget_bytes: config.capture.budget_bytes(false),
        trace: None,
        sessions: Sessions::Many { idle_us, keeps_choices: args.service },
        socket,
        reload_on_hup: args.service,
        speed,
    };
    let factory = FileSessionFactory::new(run).map_err(CliError::input)?;
    let start_us = if args.service { wall_us() } else { scenario.start_unix_s() * 1_000_000 };
    let frames = SimulatedSource::new(
        &scenario,
        args.seed,
        args.seconds.map(|seconds| seconds + driven_s).or((!endless).then_some(600)),
    );
    if driven_s > 0 {
        table::say(&words.get("demo-driving"))?;
    }
    let opens_at_us = start_us + driven_s as i64 * 1_000_000;
    let beside = runner::Beside { cab: None, page, opens_at_us, sending };
    let report = runner::run_with(beside, frames.dated(start_us), factory, start_us, dashboard)?;
    drop(lock);
    table::totals(words, &report.totals)?;
    table::calibration(words, report.calibration.as_ref(), &report.readings)?;
    table::stored(words, report.session, &db)?;
    if let (true, Some(session)) = (args.headless, report.session) {
        // For scripts: the last line, in every language.
        table::say(&format!("session {session}"))?;
    }
    if args.service { runner::check_service_complete(&report) } else { runner::check_complete(&report) }
}

/// The pans that a technician has taken and counted in the first so many seconds.
fn morning_pans(scenario: &Scenario, seed: u64, seconds: u64) -> Result<Vec<(Pan, PanFound)>, CliError> {
    let crop = grainloss_knowledge::crop(scenario.crop()).map_err(CliError::input)?.model(None, None);
    let (mut simulation, mut technician) = (Simulation::new(scenario, seed), Pans::new(scenario, seed));
    let (opens_unix, mut seen) = (scenario.start_unix_s() + seconds as i64, Vec::new());
    let mut pans = Vec::new();
    for _ in 0..seconds * TICKS_PER_S {
        seen.clear();
        simulation.tick_events(&mut seen);
        let row = simulation.take_truth().and_then(|truth| technician.look(&truth));
        let known = row.filter(|row| row.t_known_unix <= opens_unix as f64);
        let pan = known.and_then(|row| Some((grainloss_evaluation::pan(&row, crop.kernel_mass_kg)?, row)));
        pans.extend(pan.map(|(pan, row)| {
            let found = PanFound {
                kernels: row.kernels.map(f64::from),
                grams: row.grams,
                header_width_m: Some(row.header_width_m),
                discharge_width_m: Some(row.discharge_width_m),
                shed_kernels_m2: row.natural_shed_kernels_m2,
                who: None,
            };
            (pan, found)
        }));
    }
    Ok(pans)
}
