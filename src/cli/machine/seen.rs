//! `grainloss machine seen`.

mod compared;
mod json;
mod named;
mod span;
mod table;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use self::named::Named;
use self::span::Side;
use super::format::Format;
use super::frames::{Step, each_frame};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::say;
use crate::service::stop_on_signals;
use grainloss_bus::{Filter, FrameSource as _, LiveSource, Polled};
use grainloss_fitting::{Ddis, Groups, Survey, compare};
use grainloss_knowledge::Words;

/// List what is on a bus: every identifier with its sender, period, changing bytes and counters; the values of ISOBUS
/// process data by element and DDI; who is on the bus; long messages; trouble codes.
///
/// With --before and --after two recordings are compared, or two times of one: what is new, what has gone, which bits
/// move, which stand otherwise. Move one thing on the machine between the two, and see where it is.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).multiple(true).args(["logs", "iface", "before"]))]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// Logs; `-` is standard input
    #[arg(value_name = "LOG", conflicts_with = "iface")]
    logs: Vec<PathBuf>,
    /// Listen to this interface instead, until Ctrl-C or for --seconds
    #[arg(long, value_name = "can0", conflicts_with = "before")]
    iface: Option<String>,
    /// How long to listen, s
    #[arg(long, value_name = "N", conflicts_with = "logs", default_value_t = 10)]
    seconds: u64,
    /// Compare: a log, or a time of LOG, s from its first frame: 10..20, ..20, or 20 for all until then
    #[arg(long, value_name = "FILE|TIME", requires = "after")]
    before: Option<Side>,
    /// … with this: a log, or a time of LOG, s from its first frame: 30..40, 30.., or 30 for all from then on
    #[arg(long, value_name = "FILE|TIME", requires = "before")]
    after: Option<Side>,
    /// A DBC file, or the name of a bundled one, to name messages
    #[arg(long, value_name = "FILE.dbc")]
    dbc: Option<PathBuf>,
    /// List every byte that changes: lowest and highest value, bits that change, number of values, entropy
    #[arg(long, conflicts_with = "before")]
    bytes: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What was seen, and the names of the interfaces by their numbers.
#[derive(Debug, Default)]
struct Recording {
    survey: Survey,
    interfaces: Vec<String>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let groups = Groups::load().map_err(CliError::input)?;
    let ddis = Ddis::load().map_err(CliError::input)?;
    let database = args.dbc.as_deref().map(|dbc| super::super::decode::database(dbc, words)).transpose()?;
    let named = Named { groups: &groups, ddis: &ddis, database: database.as_ref(), words };
    if let (Some(before), Some(after)) = (&args.before, &args.after) {
        let [before, after] = sides([(before, false), (after, true)], &args.logs, words)?;
        let found = compare((&before.survey, &before.interfaces), (&after.survey, &after.interfaces));
        return match args.format {
            Format::Table => compared::table(&found, &named),
            Format::Json => print_json(&compared::to_json(&found, &named)),
        };
    }
    let mut recording = Recording::default();
    if let Some(name) = &args.iface {
        listen(name, args.seconds, &mut recording.survey)?;
        recording.interfaces.push(name.clone());
        recording.survey.end();
    } else {
        recording = read(&args.logs, |_| true, words)?;
    }
    match args.format {
        Format::Table => table::print(&recording, &named, args.bytes),
        Format::Json => print_json(&json::to_json(&recording, &named)),
    }
}

fn print_json(value: &serde_json::Value) -> Result<(), CliError> {
    say(&serde_json::to_string_pretty(value).map_err(CliError::failed)?)
}

/// What was seen before and after.
fn sides(sides: [(&Side, bool); 2], logs: &[PathBuf], words: &Words) -> Result<[Recording; 2], CliError> {
    let [before, after] = sides.map(|(side, is_after)| match side {
        Side::File(path) => read(std::slice::from_ref(path), |_| true, words),
        Side::Span(_) if logs.is_empty() => Err(CliError::input(words.get("seen-no-log"))),
        Side::Span(_) if logs.iter().any(|log| log == Path::new("-")) => {
            Err(CliError::input(words.get("seen-no-stdin")))
        }
        Side::Span(span) => {
            let found = read(logs, |t_s| span.holds(t_s, is_after), words)?;
            if found.survey.frames() == 0 {
                return Err(CliError::input(words.with("seen-no-frames", &[("span", &span.to_string())])));
            }
            Ok(found)
        }
    });
    Ok([before?, after?])
}

/// What the logs hold at the times, s from the first frame, that are to be looked at.
fn read(paths: &[PathBuf], holds: impl Fn(f64) -> bool, words: &Words) -> Result<Recording, CliError> {
    let source = logs::source(paths)?;
    let Recording { mut survey, mut interfaces } = Recording::default();
    let mut first_us = None;
    let name = |names: &[String]| interfaces = names.to_vec();
    each_frame(source, words, name, |step| {
        if let Step::Frame(frame, t_us) = step {
            let from_us = *first_us.get_or_insert(t_us);
            if holds(t_us.saturating_sub(from_us) as f64 / 1e6) {
                survey.take(frame);
            }
        }
    })?;
    survey.end();
    Ok(Recording { survey, interfaces })
}

fn listen(name: &str, seconds: u64, survey: &mut Survey) -> Result<(), CliError> {
    let mut source = LiveSource::open(&[name.to_owned()], &Filter::All).map_err(CliError::input)?;
    let stop = stop_on_signals(None).map_err(CliError::failed)?;
    let mut began_us = None;
    while !stop.load(Ordering::Relaxed) {
        let now_us = match source.poll().map_err(CliError::failed)? {
            Polled::Frame(frame) => {
                survey.take(&frame);
                frame.t_us
            }
            Polled::Quiet(now_us) => now_us,
            // What becomes of the bus itself is on standard error.
            Polled::News(_) => continue,
            Polled::End => break,
        };
        if now_us - *began_us.get_or_insert(now_us) >= seconds as i64 * 1_000_000 {
            break;
        }
    }
    Ok(())
}
