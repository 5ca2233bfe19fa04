//! `grainloss decode`: every signal of a log.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use grainloss_can::candump::{LogCounts, Reader};
use grainloss_can::{Database, Frame, Message};
use serde_json::json;

use super::CliError;
use super::table::say;
use crate::bus::open_log;

/// Decode a log with a DBC file, signal by signal.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The log; `-` is standard input
    log: PathBuf,
    /// The DBC file, or the name of a bundled one (combine-demo)
    #[arg(long, value_name = "FILE.dbc")]
    dbc: PathBuf,
    /// How to write the signals
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Print only how much was decoded, as JSON
    #[arg(long)]
    stats: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
}

#[derive(Debug, Default)]
struct Stats {
    decoded: u64,
    unknown: u64,
    signals: u64,
}

pub(super) fn main(args: &Args) -> Result<(), CliError> {
    let database = database(&args.dbc)?;
    let wrong = |error: io::Error| CliError::input(format!("{}: {error}", args.log.display()));
    let input = open_log(&args.log).map_err(wrong)?;
    let (stats, counts) = decode(&database, input, args)?;
    if counts.frames == 0 {
        let first = counts.first_bad.map_or(String::new(), |(line, error)| format!(" (line {line}: {error})"));
        return Err(CliError::input(format!("{}: no CAN frame in it{first}", args.log.display())));
    }
    if args.stats {
        let stats = json!({
            "frames": counts.frames, "decoded": stats.decoded, "unknown": stats.unknown, "bad": counts.bad_lines,
            "signals": stats.signals,
        });
        say(&stats.to_string())?;
    } else if counts.bad_lines > 0 {
        let (log, lines) = (args.log.display(), counts.bad_lines);
        super::complain(&format!("{log}: {lines} lines that are no frames were passed over"));
    }
    Ok(())
}

/// The database of a bundled name or of a file; what is odd in it goes to standard error.
pub(super) fn database(dbc: &Path) -> Result<Database, CliError> {
    if let Some(bundled) = dbc.to_str().and_then(Database::bundled) {
        return bundled.map_err(CliError::input);
    }
    let file = dbc.display().to_string();
    let text = std::fs::read(dbc).map_err(|error| CliError::input(format!("--dbc {file}: {error}")))?;
    let database = Database::parse(&file, &text).map_err(CliError::input)?;
    for warning in database.warnings() {
        super::complain(&warning.to_string());
    }
    Ok(database)
}

fn decode(database: &Database, input: Box<dyn BufRead + Send>, args: &Args) -> Result<(Stats, LogCounts), CliError> {
    let mut out: Box<dyn Write> = if args.stats {
        Box::new(io::sink())
    } else {
        Box::new(BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    };
    let mut reader = Reader::new(input);
    let mut stats = Stats::default();
    let mut written =
        if args.stats { Ok(()) } else { writeln!(out, "t_unix,iface,id,message,signal,value,unit,state") };
    while written.is_ok() {
        let step = reader.next_with(|interface, frame| {
            let Some(message) = database.message_of(frame.id) else {
                stats.unknown += 1;
                return Ok(());
            };
            stats.decoded += 1;
            rows(&mut out, interface, frame, message, args.stats, &mut stats.signals)
        });
        match step {
            Ok(Some(row)) => written = row,
            Ok(None) => break,
            // A compressed log cut short: what was read is good.
            Err(error) if reader.counts().frames > 0 => {
                let (log, frames) = (args.log.display(), reader.counts().frames);
                super::complain(&format!("{log}: {error} after {frames} frames"));
                break;
            }
            Err(error) => return Err(CliError::input(format!("{}: {error}", args.log.display()))),
        }
    }
    match written.and_then(|()| out.flush()) {
        // A reader that has gone, as after `| head`, has seen what it wanted.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::failed(format!("standard output: {error}")))
        }
        _ => Ok((stats, reader.counts().clone())),
    }
}

/// One row for each signal that the payload holds.
fn rows(
    out: &mut dyn Write,
    interface: &[u8],
    frame: &Frame,
    message: &Message,
    count_only: bool,
    signals: &mut u64,
) -> io::Result<()> {
    let (seconds, micros) = (frame.t_us.div_euclid(1_000_000), frame.t_us.rem_euclid(1_000_000));
    let interface = String::from_utf8_lossy(interface);
    for signal in message.signals.iter().filter(|signal| message.holds(signal, frame)) {
        let value = signal.decode(frame);
        *signals += 1;
        if !count_only {
            writeln!(
                out,
                "{seconds}.{micros:06},{},{},{},{},{},{},{}",
                field(&interface),
                frame.id,
                message.name,
                signal.name,
                value.physical,
                field(&signal.unit),
                value.state.word()
            )?;
        }
    }
    Ok(())
}

/// A CSV field from outside: quoted when it needs to be (RFC 4180).
fn field(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\"")).into()
    } else {
        text.into()
    }
}
