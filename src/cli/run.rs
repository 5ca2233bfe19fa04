//! `grainloss run`: the service on a machine's bus.

mod bus;

use std::path::PathBuf;
use std::sync::Arc;

use super::error::{CliError, complain};
use super::options::{
    CalibrationOptions, ConditionsOptions, CropOptions, alarms_and_prices, apart, hours, journal_path, reload_settings,
    spare, writable, write_json,
};
use super::sending::Sending;
use super::session_metadata::{CaptureOptions, SessionOptions};
use super::socket::SocketOptions;
use super::web::{Page, WebOptions};
use super::{dashboard, dbc, logging, runner, table};
use crate::cli::said::Said as _;
use crate::config::{self, Configuration, Flags, IDLE_HOURS};
use crate::service::{CalibrationChoice, FileSessionFactory, JournalLock, RunConfig, Sessions, Speed};
use crate::wall_clock::wall_us;
use grainloss_bus::{BusHealth, Filter, FrameSource as _, LiveSource};
use grainloss_journal::Overflow;
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;
use grainloss_protocol::snapshot::SourceKind;

/// Listen to a machine's CAN bus, estimate, warn and store; never writes to the bus.
///
/// The kernel hands over the frames that the machine's database knows, and those of transport protocol, trouble codes and
/// address claims; others are not seen and not counted, unless with --all-frames.
///
/// Screens attach with `grainloss watch`. Without --dashboard, HUP reads profile and settings again: what is wrong with
/// them is told, and the old ones stay. TERM closes the session; the next start on the same field goes on with it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    flags: RunFlags,
    /// The crop [default: the last one]
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
    #[command(flatten)]
    options: CropOptions,
    #[command(flatten)]
    calibration: CalibrationOptions,
    #[command(flatten)]
    said: ConditionsOptions,
    /// Write totals, alarms, counts and the health of the bus as JSON
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
    /// Service and dashboard in one
    #[arg(long)]
    dashboard: bool,
    #[command(flatten)]
    session: SessionOptions,
}

/// What can be said on the command line or in `grainloss.toml`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunFlags {
    /// The CAN interfaces, each by an --iface of its own or separated by commas
    #[arg(long, value_name = "can0", value_delimiter = ',')]
    iface: Vec<String>,
    /// Take every frame in, so that those that the database does not know are counted
    #[arg(long)]
    all_frames: bool,
    /// The machine: a bundled profile's name, or the path of a .toml file
    #[arg(long, value_name = "NAME|FILE", value_parser = crate::cli::option_values::machine)]
    machine: Option<String>,
    /// The journal to store it in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    #[arg(
        long,
        value_name = "HOURS",
        value_parser = hours,
        help = format!(
            "A session without work for so many hours is closed; one that was interrupted less long ago, on the same \
             field, is continued [default: {IDLE_HOURS}]"
        )
    )]
    idle_hours: Option<f64>,
    #[command(flatten)]
    socket: SocketOptions,
    #[command(flatten)]
    web: WebOptions,
    #[command(flatten)]
    capture: CaptureOptions,
}

impl RunFlags {
    /// What it says about the settings.
    pub fn flags(&self) -> Flags {
        let interfaces = (!self.iface.is_empty()).then(|| self.iface.clone());
        let flags = Flags::default()
            .set("service.interfaces", "--iface", interfaces)
            .switch("service.all_frames", "--all-frames", self.all_frames, true)
            .set("service.machine", "--machine", self.machine.clone())
            .set("service.idle_hours", "--idle-hours", self.idle_hours)
            .set("journal.file", "--db", self.db.as_ref().map(|db| db.display().to_string()));
        self.capture.flags(self.web.flags(self.socket.flags(flags)))
    }
}

/// What the settings lack for a run, and where to say it.
fn missing(words: &Words, what: &str) -> CliError {
    let file = config::user_file().unwrap_or_else(|| config::SYSTEM_FILE.into());
    CliError::input(words.with(&format!("config-needs-{what}"), &[("file", &file.display().to_string())]))
}

pub(super) fn main(args: Args, settings: Configuration, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if args.dashboard {
        dashboard::need_terminal()?;
    }
    logging::log(args.dashboard, level);
    let flags = args.flags.flags().switch("journal.tenths", "--tenths", args.session.tenths, true);
    let settings = settings.with_flags(&flags).map_err(CliError::input)?;
    let config = settings.config.clone();
    let interfaces = config.service.interfaces.clone();
    if interfaces.is_empty() {
        return Err(missing(words, "interface"));
    }
    let name = config.service.machine().ok_or_else(|| missing(words, "machine"))?;
    let db = journal_path(args.flags.db.clone(), &config)?;
    let machine = PathBuf::from(&name);
    let outputs = [("--db", Some(&db)), ("--summary", args.summary.as_ref())];
    let said = args.said.conditions.as_ref().map(|path| ("--conditions", path));
    apart(
        [("--machine", &machine)].into_iter().chain(said),
        outputs.into_iter().filter_map(|(option, path)| Some((option, path?))),
    )?;
    spare(Some(&db), args.summary.iter().map(|path| ("--summary", path)))?;
    // An unwritable place is reported before the work, not after it.
    writable(args.summary.iter().map(|path| ("--summary", path)))?;
    let dashboard = args.dashboard.then(|| (Words::new(words.lang), dashboard::remembered(&settings)));
    let page = Page::of(&settings, true, words)?;
    let sending = Sending::of(&settings, &db, words)?;
    let lock = JournalLock::take(&db).map_err(CliError::input)?;
    let idle_us = (config.service.idle_hours * 3.6e9) as i64;
    let run = RunConfig {
        source: format!("interface {}", interfaces.join(", ")),
        source_kind: SourceKind::Live,
        clock: "system",
        all_frames: config.service.all_frames,
        profile: Arc::new(move || profiles::load(&name).map(Arc::new)),
        crop: args.crop,
        first_crop: config.service.first_crop.clone(),
        crop_settings: args.options.settings(),
        settings: alarms_and_prices(&config),
        reload_settings: reload_settings(settings),
        entered: args.session.entered(),
        revision: None,
        pans: Vec::new(),
        conditions: args.said.read(words)?,
        calibration: args.calibration.choice(CalibrationChoice::Latest),
        plates_touched: args.calibration.plates_touched,
        journal: Some(db.clone()),
        tenths: config.journal.tenths,
        overflow: Overflow::Count,
        capture_budget_bytes: config.capture.budget_bytes(true),
        trace: None,
        sessions: Sessions::Many { idle_us: Some(idle_us), keeps_choices: true },
        socket: args.flags.socket.config(true, &config.socket)?,
        reload_on_hup: !args.dashboard,
        speed: Speed::Max,
    };
    let factory = FileSessionFactory::new(run).map_err(CliError::input)?;
    let setup = factory.setup().map_err(CliError::input)?;
    dbc::warn_of_j1939(setup.profile.database(), words);
    let filter = if config.service.all_frames { Filter::All } else { Filter::known(setup.matchings.iter().copied()) };
    let source = LiveSource::open(&interfaces, &filter).map_err(CliError::input)?;
    for warning in source.warnings() {
        complain(&warning);
    }
    let beside = runner::Beside { page, sending, ..runner::Beside::default() };
    let report = runner::run_with(beside, source, factory, wall_us(), dashboard)?;
    drop(lock);
    if let Some(path) = &args.summary {
        let bad = report.source.health().iter().map(BusHealth::odd).sum();
        let (totals, frames, hashes) = (&report.totals, (report.counts, bad), (&*setup.profile.sha256, None));
        let mut summary = report.summary.json(0, totals, (setup.limit.as_ref(), &setup.guide), frames, hashes);
        summary["doubts"] = table::inconsistencies_json(report.consistency.found());
        summary["bus"] = bus::json(&report.source);
        let text = serde_json::to_string_pretty(&summary).map_err(CliError::failed)?;
        write_json(path, &(text + "\n"))
            .map_err(|error| CliError::failed(format!("--summary {}: {}", path.display(), error.said())))?;
        table::wrote(path);
    }
    table::frames(words, report.counts)?;
    bus::report(words, &report.source)?;
    table::inconsistencies(words, report.consistency.found())?;
    table::totals(words, &report.totals)?;
    table::calibration(words, report.calibration.as_ref(), &report.readings)?;
    table::stored(words, report.session, &db)?;
    runner::check_service_complete(&report)
}
