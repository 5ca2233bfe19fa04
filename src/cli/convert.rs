//! `grainloss convert`: a log of any format as a candump, ASC or BLF log.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::cli::said::Said as _;
use grainloss_can::Frame;
use grainloss_can::candump::write_frame;
use grainloss_can::log::{AscWriter, BlfWriter, Reader};
use grainloss_knowledge::Words;

use super::error::{CliError, complain};
use super::log_file::LogFile;
use super::logs;
use super::options::{apart, spare};
use grainloss_bus::LogBytes;
use grainloss_core::clean_text::{clean_line, is_hidden};

/// Write a log of any format as a candump, Vector ASC or Vector BLF log.
///
/// Only data frames are written, those of CAN FD with their flags; what was passed over is told. A log that only numbers its
/// interfaces gets can and the number; ASC and BLF number the interfaces from 1, in the order of their first frames. In
/// names of interfaces, characters that a terminal would obey or that cannot be seen are written as \u and four digits, and
/// told.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// The log; `-` is standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The log that is written; `-` is standard output, a name that ends in .gz or .zst is packed
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// What to write [default: by the name of OUT: asc for .asc, blf for .blf, else candump]
    #[arg(long, value_enum)]
    format: Option<Target>,
}

/// The kinds of logs that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    /// candump -L
    Candump,
    /// Vector ASC
    Asc,
    /// Vector BLF
    Blf,
}

impl Target {
    /// By the name's end, that of packing aside.
    fn of(path: &Path) -> Self {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        match name.rsplit_once('.') {
            Some((_, "asc")) => Self::Asc,
            Some((_, "blf")) => Self::Blf,
            _ => Self::Candump,
        }
    }
}

/// A log that is written.
enum Sink {
    Candump(LogFile),
    Asc(AscWriter<LogFile>),
    Blf(BlfWriter<BufWriter<File>>),
}

impl Sink {
    fn create(target: Target, path: &Path) -> io::Result<Self> {
        Ok(match target {
            Target::Candump => Self::Candump(LogFile::create(path)?),
            Target::Asc => Self::Asc(AscWriter::new(LogFile::create(path)?)),
            Target::Blf => Self::Blf(BlfWriter::new(BufWriter::new(File::create(path)?))?),
        })
    }

    fn write(&mut self, interface: &str, frame: &Frame) -> io::Result<()> {
        match self {
            Self::Candump(out) => write_frame(out, &clean_line(interface), frame),
            Self::Asc(out) => out.write(frame),
            Self::Blf(out) => out.write(frame),
        }
    }

    /// Frames that were given another time.
    fn early(&self) -> u64 {
        match self {
            Self::Candump(_) => 0,
            Self::Asc(out) => out.early(),
            Self::Blf(out) => out.early(),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Candump(out) => out.finish(),
            Self::Asc(out) => out.finish()?.finish(),
            Self::Blf(out) => out.finish().map(|_| ()),
        }
    }
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let to_stdout = args.output.as_os_str() == "-";
    let outputs = || [("OUT", &args.output)].into_iter().filter(|_| !to_stdout);
    apart([("IN", &args.input)].into_iter(), outputs())?;
    let target = args.format.unwrap_or_else(|| Target::of(&args.output));
    let packed = args.output.extension().is_some_and(|end| end == "gz" || end == "zst");
    let written_to = args.output.display().to_string();
    if target == Target::Blf && (to_stdout || packed) {
        return Err(CliError::input(words.with("convert-blf-needs-file", &[("out", &written_to)])));
    }
    spare(None, outputs())?;
    let mut reader = Reader::new(logs::open(&args.input, !to_stdout)?);
    // A log without frames leaves nothing behind: the output is made for the first one.
    let mut out = None;
    let damaged = match reader.next_frame() {
        Err(error) => Some(error),
        Ok(None) => None,
        Ok(Some(first)) => {
            let wrong = |error: io::Error| CliError::input(format!("{}: {}", args.output.display(), error.said()));
            let out = out.insert(Sink::create(target, &args.output).map_err(wrong)?);
            let written = out.write(&reader.interfaces()[usize::from(first.interface)], &first);
            match written.and_then(|()| copy(&mut reader, out)) {
                Ok(damaged) => damaged,
                Err(error) => return gone_or_full(&args.output, &error),
            }
        }
    };
    logs::check(&args.input, &reader, damaged.as_ref(), words)?;
    let early = out.as_ref().map_or(0, Sink::early);
    if let Some(Err(error)) = out.map(Sink::finish) {
        return gone_or_full(&args.output, &error);
    }
    logs::report(&args.input, &reader, words);
    if early > 0 {
        complain(&words.with("convert-early", &[("out", &written_to), ("count", &early.to_string())]));
    }
    summary(args, &reader, target, words);
    Ok(())
}

/// What was written, and under which names.
fn summary(args: &Args, reader: &Reader<LogBytes>, target: Target, words: &Words) {
    let (log, counts) = (args.input.display().to_string(), reader.counts());
    if target != Target::Candump && reader.interfaces().len() > 1 {
        let mut channels = String::new();
        for (at, name) in reader.interfaces().iter().enumerate() {
            let _ = write!(channels, "{}{} = {}", if at > 0 { ", " } else { "" }, at + 1, clean_line(name));
        }
        let out = args.output.display().to_string();
        complain(&words.with("convert-channels", &[("out", &out), ("channels", &channels)]));
    }
    for name in reader.interfaces().iter().filter(|name| name.contains(is_hidden)) {
        complain(&words.with("convert-hidden", &[("log", &log), ("name", &clean_line(name))]));
    }
    let number = |number: u64| number.to_string();
    complain(&words.with(
        "convert-done",
        &[
            ("log", &log),
            ("frames", &number(counts.frames)),
            ("interfaces", &number(reader.interfaces().len() as u64)),
            ("format", &reader.format().to_string()),
            ("remote", &number(counts.remote)),
            ("errors", &number(counts.bus_errors)),
            ("dropped", &number(counts.dropped)),
        ],
    ));
}

/// Copies all frames that are left. What broke the log, if something did.
fn copy(reader: &mut Reader<LogBytes>, out: &mut Sink) -> io::Result<Option<io::Error>> {
    loop {
        match reader.next_with(|interface, frame| out.write(interface, frame)) {
            Ok(Some(written)) => written?,
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(error)),
        }
    }
}

/// A reader that has closed the pipe, as `| head` does, is no error; a full disk is one.
fn gone_or_full(path: &Path, error: &io::Error) -> Result<(), CliError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    let path = if path.as_os_str() == "-" { "standard output".to_owned() } else { path.display().to_string() };
    Err(CliError::failed(format!("{path}: {}", error.said())))
}
