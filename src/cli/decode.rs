//! `grainloss decode`: every signal of a log.

mod format;
mod selection;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::said::Said as _;
use grainloss_can::log::Reader;
use grainloss_can::{Assembler, CanId, Database, Frame, Payload, Rows, Taken, Transfers};
use grainloss_knowledge::spoken;
use serde_json::json;

use self::format::Format;
use self::selection::Selection;
use super::dbc;
use super::error::{CliError, complain};
use super::logs;
use super::table::{self, say};
use grainloss_bus::LogBytes;
use grainloss_core::clean_text::clean_line;
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_DBC, read_bounded};

/// Decode a log with a DBC file, signal by signal.
///
/// Times and values are written as they are in log and DBC file; what is
/// no value says so in the column `state`. In names and units, characters that a terminal would obey or nobody can see are
/// written as \u and four digits.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// The log; `-` is standard input
    log: PathBuf,
    /// The DBC file, or the name of a bundled one (combine-demo)
    #[arg(long, value_name = "FILE.dbc")]
    dbc: PathBuf,
    /// Only this signal; may be given several times [default: all]
    #[arg(long = "signal", value_name = "NAME|MESSAGE.NAME")]
    signals: Vec<String>,
    /// How to write the signals
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Print only how much was decoded, as JSON
    #[arg(long)]
    stats: bool,
}

#[derive(Debug, Default)]
struct Stats {
    decoded: u64,
    unknown: u64,
    signals: u64,
    /// The identifiers of frames without a message, and how many they were, as long as none was decoded.
    strange: BTreeMap<CanId, u64>,
}

/// So many identifiers are remembered: no bus has more.
const MOST_STRANGE: usize = 4096;

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let database = database(&args.dbc, words)?;
    let selection = Selection::new(&database, &args.signals).map_err(CliError::input)?;
    let mut reader = Reader::new(logs::open(&args.log, args.stats)?);
    let mut decoder = Decoder {
        database: &database,
        selection: &selection,
        assembler: Assembler::new(database.fast_packets().collect()),
        stats: Stats::default(),
    };
    let damaged = if args.stats { decoder.count(&mut reader) } else { decoder.write(&mut reader, args.format)? };
    decoder.assembler.end();
    let counts = reader.counts();
    logs::check(&args.log, &reader, damaged.as_ref(), words)?;
    if args.stats {
        let mut stats = json!({
            "frames": counts.frames, "decoded": decoder.stats.decoded, "unknown": decoder.stats.unknown,
            "bad": counts.bad_lines, "signals": decoder.stats.signals,
        });
        let transfers = decoder.assembler.transfers();
        if *transfers != Transfers::default() {
            stats["long_messages"] = table::transfers_json(transfers);
        }
        return say(&stats.to_string());
    }
    logs::report(&args.log, &reader, words);
    for line in table::transfers_text(words, decoder.assembler.transfers(), 0) {
        complain(&format!("{}: {line}", args.log.display()));
    }
    decoder.report(&args.log, words);
    Ok(())
}

/// The database of a bundled name or of a file; what is odd in it goes to standard error.
pub(super) fn database(dbc: &Path, words: &Words) -> Result<Database, CliError> {
    if let Some(bundled) = dbc.to_str().and_then(Database::bundled) {
        return bundled.map_err(CliError::input);
    }
    let file = dbc.display().to_string();
    let text =
        read_bounded(dbc, LONGEST_DBC).map_err(|error| CliError::input(format!("--dbc {file}: {}", error.said())))?;
    let database = Database::parse(&file, &text).map_err(|error| CliError::input(dbc::said(&error, words)))?;
    dbc::warn(&database, words);
    Ok(database)
}

/// The signals of one frame after another.
struct Decoder<'a> {
    database: &'a Database,
    selection: &'a Selection,
    assembler: Assembler,
    stats: Stats,
}

impl Decoder<'_> {
    /// Hands the payload of a frame to `put`, or of the message that the frame completes, with its identifier and its
    /// message's place in the database; `put` gives back how many signals it took.
    #[inline]
    fn frame(&mut self, frame: &Frame, put: impl FnOnce(CanId, usize, Payload<'_>) -> u64) {
        let Self { database, assembler, stats, .. } = self;
        let (id, payload) = match assembler.take(frame, |id| database.index_of(id).is_some()) {
            Taken::Alone => (frame.id, frame.into()),
            Taken::Part => {
                stats.decoded += 1;
                return;
            }
            Taken::Whole { id, payload } => (id, payload),
        };
        let Some(index) = database.index_of(id) else {
            stats.unknown += 1;
            if stats.decoded == 0 && stats.strange.len() < MOST_STRANGE {
                *stats.strange.entry(id).or_default() += 1;
            }
            return;
        };
        stats.decoded += 1;
        stats.signals += put(id, index, payload);
    }

    /// Says so when no frame at all had a message, and what the reason may be.
    fn report(&self, log: &Path, words: &Words) {
        let Self { database, stats, .. } = self;
        if stats.decoded > 0 {
            return;
        }
        let (log, frames) = (log.display().to_string(), stats.unknown.to_string());
        let (mut count, mut group) = (0, None);
        for (id, frames) in &stats.strange {
            if let (Some(message), Some(id)) = (database.of_same_group(*id), id.j1939()) {
                count += frames;
                group = Some(format!("{} ({})", id.pgn.number(), message.name));
            }
        }
        complain(&match group {
            Some(group) => {
                let count = count.to_string();
                let values = [("log", &*log), ("count", &count), ("dbc", &database.file), ("group", &group)];
                words.with("decode-groups", &values)
            }
            None => words.with("decode-none", &[("log", &log), ("frames", &frames), ("dbc", &database.file)]),
        });
    }

    /// Decodes everything and keeps nothing. What broke the log, if something did.
    fn count(&mut self, reader: &mut Reader<LogBytes>) -> Option<io::Error> {
        // Everything of every value goes into one number, so that every value must be computed.
        let mut sum = 0u64;
        let (database, selection) = (self.database, self.selection);
        let damaged = loop {
            let step = reader.next_with(|_, frame| {
                self.frame(frame, |_, index, payload| {
                    let mut signals = 0;
                    database.decode(index, payload, |place, value| {
                        if selection.has(index, place) {
                            signals += 1;
                            sum ^= value.raw as u64 ^ value.physical.to_bits() ^ value.state as u64;
                        }
                    });
                    signals
                });
            });
            match step {
                Ok(Some(())) => {}
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        black_box(sum);
        damaged
    }

    /// Writes everything to standard output. What broke the log, if something did.
    fn write(&mut self, reader: &mut Reader<LogBytes>, format: Format) -> Result<Option<io::Error>, CliError> {
        /// So much is written at once.
        const PIECE: usize = 1 << 16;
        let mut rows = Rows::new(self.database, format.into(), clean_line, |index, message| {
            (0..message.signals.len()).filter(|&place| self.selection.has(index, place)).collect()
        });
        let mut out = io::stdout().lock();
        let mut written = Ok(());
        let mut damaged = None;
        while written.is_ok() {
            let step = reader.next_with(|interface, frame| {
                self.frame(frame, |id, index, payload| rows.add(frame.t_us, interface, id, index, payload));
            });
            match step {
                Ok(Some(())) if rows.text().len() >= PIECE => {
                    written = out.write_all(rows.text());
                    rows.clear();
                }
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => {
                    damaged = Some(error);
                    break;
                }
            }
        }
        match written.and_then(|()| out.write_all(rows.text())).and_then(|()| out.flush()) {
            // A reader that has closed the pipe, as `| head` does, is no error.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(CliError::failed(format!("{}: {}", spoken().get("cli-stdout"), error.said())))
            }
            _ => Ok(damaged),
        }
    }
}
