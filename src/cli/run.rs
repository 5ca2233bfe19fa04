//! `grainloss run`: the service on a machine's bus.

mod bus;

use std::path::PathBuf;

use super::host::{Ground, SessionHost};
use super::options::{CropOptions, apart, hours, journal_path, wall_us, writable};
use super::session::{self, Plan};
use super::session_metadata::{CaptureOptions, SessionOptions};
use super::socket::SocketOptions;
use super::{CliError, complain, table};
use crate::config::{self, Configuration, Flags, IDLE_HOURS};
use crate::service::{JournalLock, Speed};
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
    #[arg(long, value_name = "NAME")]
    crop: Option<String>,
    #[command(flatten)]
    options: CropOptions,
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
    #[arg(long, value_name = "NAME|FILE")]
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
        self.capture.flags(self.socket.flags(flags))
    }
}

/// What the settings lack for a run, and where to say it.
fn missing(words: &Words, what: &str) -> CliError {
    let file = config::user_file().unwrap_or_else(|| config::SYSTEM_FILE.into());
    CliError::input(words.with(&format!("config-needs-{what}"), &[("file", &file.display().to_string())]))
}

pub(super) fn main(args: Args, settings: Configuration, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if args.dashboard {
        session::need_terminal()?;
    }
    session::log(args.dashboard, level);
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
    apart(
        [("--machine", &machine)].into_iter(),
        outputs.into_iter().filter_map(|(option, path)| Some((option, path?))),
    )?;
    // An unwritable place is told before the work, not after it.
    writable(args.summary.iter().map(|path| ("--summary", path)))?;
    let dashboard = args.dashboard.then(|| (Words::new(words.lang), session::remembered(&settings)));
    let lock = JournalLock::take(&db).map_err(CliError::input)?;
    let (socket, idle_us) = (args.flags.socket.plan(true, &config.socket)?, (config.service.idle_hours * 3.6e9) as i64);
    let load = move || profiles::load(&name).map_err(CliError::input);
    let ground = Ground {
        load: Box::new(load),
        db: db.clone(),
        source: format!("interface {}", interfaces.join(", ")),
        kind: SourceKind::Live,
        clock: "system",
        overflow: Overflow::Count,
        capture: config.capture.budget_bytes(true),
        all_frames: config.service.all_frames,
        resume_within_us: Some(idle_us),
        remembers: true,
        settings,
    };
    let mut session = args.session;
    session.tenths = config.journal.tenths;
    let first_crop = config.service.first_crop.as_deref();
    let mut host = SessionHost::new(ground, args.crop, first_crop, args.options, session)?;
    let prepared = host.prepare()?;
    let filter =
        if config.service.all_frames { Filter::All } else { Filter::known(prepared.matchings.iter().copied()) };
    let source = LiveSource::open(&interfaces, &filter).map_err(CliError::input)?;
    for warning in source.warnings() {
        complain(&warning);
    }
    let first = host.first(wall_us())?;
    let plan = Plan {
        dashboard,
        socket,
        idle_us: Some(idle_us),
        reloads: !args.dashboard,
        ..Plan::hosted("system", host, first, Speed::Max)
    };
    let report = session::run(source, plan)?;
    drop(lock);
    if let Some(path) = &args.summary {
        let bad = report.source.health().iter().map(BusHealth::odd).sum();
        let (totals, frames, hashes) = (&report.totals, (report.counts, bad), (&*prepared.profile.sha256, None));
        let mut summary = report.summary.json(0, totals, (prepared.limit.as_ref(), &prepared.guide), frames, hashes);
        summary["doubts"] = table::doubts_json(report.doubts.found());
        summary["bus"] = bus::json(&report.source);
        let text = serde_json::to_string_pretty(&summary).map_err(CliError::failed)?;
        std::fs::write(path, text + "\n")
            .map_err(|error| CliError::failed(format!("--summary {}: {error}", path.display())))?;
    }
    table::frames(words, report.counts)?;
    bus::report(words, &report.source)?;
    table::doubts(words, report.doubts.found())?;
    table::totals(words, &report.totals)?;
    table::stored(words, report.session, &db)?;
    session::complain_of_service(&report)
}
