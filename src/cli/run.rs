//! `grainloss run`: the service on a machine's bus.

mod bus;

use std::path::PathBuf;

use super::entered::{CaptureOptions, SessionOptions};
use super::options::{CropOptions, Prepared, apart, journal_path, wall_us, writable};
use super::session::{self, Plan};
use super::{CliError, complain, table};
use crate::bus::{BusHealth, Filter, FrameSource as _, LiveSource};
use crate::knowledge::Words;
use crate::service::Speed;
use crate::snapshot::SourceKind;

/// Listen to a machine's CAN bus, estimate, warn and store; never writes to the bus.
///
/// The kernel hands over the frames that the machine's database knows, and those of transport protocol, trouble codes and
/// address claims; others are not seen and not counted, unless with --all-frames.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The CAN interfaces, each by an --iface of its own or separated by commas
    #[arg(long, value_name = "can0", required = true, value_delimiter = ',')]
    iface: Vec<String>,
    /// Take every frame in, so that those that the database does not know are counted
    #[arg(long)]
    all_frames: bool,
    /// The machine: a bundled profile's name, or the path of a .toml file
    #[arg(long, value_name = "NAME|FILE")]
    machine: String,
    /// The crop
    #[arg(long, value_name = "NAME")]
    crop: String,
    #[command(flatten)]
    options: CropOptions,
    #[command(flatten)]
    session: SessionOptions,
    #[command(flatten)]
    capture: CaptureOptions,
    /// The journal to store it in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Write totals, alarms, counts and the health of the bus as JSON
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
    /// Service and dashboard in one
    #[arg(long)]
    dashboard: bool,
}

pub(super) fn main(args: Args, words: &Words, level: tracing::Level) -> Result<(), CliError> {
    if args.dashboard {
        session::need_terminal()?;
    }
    let mut prepared = Prepared::new(&args.machine, &args.crop, &args.options)?;
    prepared.pipeline = prepared.pipeline.with_tenths(args.session.tenths);
    let db = journal_path(args.db)?;
    let machine = PathBuf::from(&args.machine);
    let outputs = [("--db", Some(&db)), ("--summary", args.summary.as_ref())];
    apart(
        [("--machine", &machine)].into_iter(),
        outputs.into_iter().filter_map(|(option, path)| Some((option, path?))),
    )?;
    // An unwritable place is told before the work, not after it.
    writable(args.summary.iter().map(|path| ("--summary", path)))?;
    let filter = if args.all_frames { Filter::All } else { Filter::known(prepared.matchings.iter().copied()) };
    let source = LiveSource::open(&args.iface, &filter).map_err(CliError::input)?;
    for warning in source.warnings() {
        complain(&warning);
    }
    let names = source.interfaces().join(", ");
    let start = args.session.enter(prepared.session_start(wall_us(), format!("interface {names}"), "system"));
    let (profile_sha256, limit) = (prepared.profile.sha256.clone(), prepared.limit.clone());
    let guide = prepared.guide.clone();
    let plan = Plan {
        kind: SourceKind::Live,
        speed: Speed::Max,
        journal: Some((db.clone(), start)),
        trace: None,
        capture: args.capture.budget(true),
        dashboard: args.dashboard.then(|| Words::new(words.lang)),
    };
    let ended = session::run(source, prepared, plan, level)?;
    let report = &ended.report;
    if let Some(path) = &args.summary {
        let bad = report.source.health().iter().map(BusHealth::odd).sum();
        let (totals, frames, hashes) = (&report.totals, (report.counts, bad), (&*profile_sha256, None));
        let mut summary = report.summary.json(0, totals, (limit.as_ref(), &guide), frames, hashes);
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
    table::stored(words, ended.session, &db)?;
    session::complain(&ended)
}
