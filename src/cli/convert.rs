//! `grainloss convert`: a log of any format as a candump log.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use grainloss_can::candump::write_frame;
use grainloss_can::log::Reader;

use super::options::apart;
use super::{CliError, complain, logs};
use crate::bus::LogBytes;

/// Write a log of any format as a candump log.
///
/// Logs: candump (-L, -l, -ta, -tA, -tz, -td), Vector ASC and BLF, PEAK TRC, SavvyCAN GVRET csv, pcap and pcapng, each
/// also inside gzip or zstd, told by their content. Only data frames are written; what was passed over is told. A log
/// that only numbers its interfaces gets can and the number.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The log; `-` is standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The candump log; `-` is standard output, a name that ends in .gz or .zst is packed
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

pub(super) fn main(args: &Args) -> Result<(), CliError> {
    let to_stdout = args.output.as_os_str() == "-";
    apart([("IN", &args.input)].into_iter(), [("OUT", &args.output)].into_iter().filter(|_| !to_stdout))?;
    let mut reader = Reader::new(logs::open(&args.input, !to_stdout)?);
    // A log without frames leaves nothing behind: the output is made for the first one.
    let mut out = None;
    let damaged = match reader.next_frame() {
        Err(error) => Some(error),
        Ok(None) => None,
        Ok(Some(first)) => {
            let out = out.insert(Out::create(&args.output)?);
            let written = write_frame(out, &reader.interfaces()[usize::from(first.interface)], &first);
            match written.and_then(|()| copy(&mut reader, out)) {
                Ok(damaged) => damaged,
                Err(error) => return gone_or_full(&args.output, &error),
            }
        }
    };
    logs::check(&args.input, &reader, damaged.as_ref())?;
    if let Some(Err(error)) = out.map(Out::finish) {
        return gone_or_full(&args.output, &error);
    }
    logs::tell(&args.input, &reader);
    let counts = reader.counts();
    complain(&format!(
        "{}: {} frames of {} interfaces from a log of {}; {} remote requests and {} error frames left out, {} frames lost \
         by the recorder",
        args.input.display(),
        counts.frames,
        reader.interfaces().len(),
        reader.format(),
        counts.remote,
        counts.bus_errors,
        counts.dropped
    ));
    Ok(())
}

/// Copies all frames that are left. What broke the log, if something did.
fn copy(reader: &mut Reader<LogBytes>, out: &mut Out) -> io::Result<Option<io::Error>> {
    loop {
        match reader.next_with(|interface, frame| write_frame(out, interface, frame)) {
            Ok(Some(written)) => written?,
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(error)),
        }
    }
}

/// A reader that has gone, as after `| head`, has seen what it wanted; a full disk is an error.
fn gone_or_full(path: &Path, error: &io::Error) -> Result<(), CliError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    let path = if path.as_os_str() == "-" { "standard output".to_owned() } else { path.display().to_string() };
    Err(CliError::failed(format!("{path}: {error}")))
}

/// Where the lines go.
enum Out {
    Plain(BufWriter<Box<dyn Write>>),
    Gzip(Box<GzEncoder<BufWriter<Box<dyn Write>>>>),
    Zstd(zstd::Encoder<'static, BufWriter<Box<dyn Write>>>),
}

impl Out {
    fn create(path: &Path) -> Result<Self, CliError> {
        let wrong = |error: io::Error| CliError::input(format!("{}: {error}", path.display()));
        let raw: Box<dyn Write> = if path.as_os_str() == "-" {
            Box::new(io::stdout().lock())
        } else {
            Box::new(File::create(path).map_err(wrong)?)
        };
        let raw = BufWriter::with_capacity(1 << 16, raw);
        Ok(match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Self::Gzip(Box::new(GzEncoder::new(raw, Compression::default()))),
            Some("zst") => Self::Zstd(zstd::Encoder::new(raw, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(wrong)?),
            _ => Self::Plain(raw),
        })
    }

    /// Writes what is left.
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.finish()?.flush(),
            Self::Zstd(out) => out.finish()?.flush(),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Zstd(out) => out.flush(),
        }
    }
}
