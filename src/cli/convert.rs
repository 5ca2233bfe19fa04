//! `grainloss convert`: a log of any format as a candump log.

use std::io;
use std::path::{Path, PathBuf};

use grainloss_can::candump::write_frame;
use grainloss_can::log::Reader;

use super::error::{CliError, complain};
use super::log_file::LogFile;
use super::logs;
use super::options::{apart, spare};
use grainloss_bus::LogBytes;
use grainloss_core::clean_text::{clean_line, is_hidden};

/// Write a log of any format as a candump log.
///
/// Logs: candump (-L, -l, -ta, -tA, -tz, -td), Vector ASC and BLF, PEAK TRC, SavvyCAN GVRET csv, pcap and pcapng, each
/// also inside gzip or zstd, told by their content. Only data frames are written; what was passed over is told. A log
/// that only numbers its interfaces gets can and the number. In names of interfaces, characters that a terminal would obey
/// or that cannot be seen are written as \u and four digits, and told.
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
    let outputs = || [("OUT", &args.output)].into_iter().filter(|_| !to_stdout);
    apart([("IN", &args.input)].into_iter(), outputs())?;
    spare(None, outputs())?;
    let mut reader = Reader::new(logs::open(&args.input, !to_stdout)?);
    // A log without frames leaves nothing behind: the output is made for the first one.
    let mut out = None;
    let damaged = match reader.next_frame() {
        Err(error) => Some(error),
        Ok(None) => None,
        Ok(Some(first)) => {
            let wrong = |error| CliError::input(format!("{}: {error}", args.output.display()));
            let out = out.insert(LogFile::create(&args.output).map_err(wrong)?);
            let written = write_frame(out, &clean_line(&reader.interfaces()[usize::from(first.interface)]), &first);
            match written.and_then(|()| copy(&mut reader, out)) {
                Ok(damaged) => damaged,
                Err(error) => return gone_or_full(&args.output, &error),
            }
        }
    };
    logs::check(&args.input, &reader, damaged.as_ref())?;
    if let Some(Err(error)) = out.map(LogFile::finish) {
        return gone_or_full(&args.output, &error);
    }
    logs::report(&args.input, &reader);
    let counts = reader.counts();
    for name in reader.interfaces().iter().filter(|name| name.contains(is_hidden)) {
        complain(&format!(
            "{}: the interface {} is written like this: its name has characters that cannot be seen",
            args.input.display(),
            clean_line(name)
        ));
    }
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
fn copy(reader: &mut Reader<LogBytes>, out: &mut LogFile) -> io::Result<Option<io::Error>> {
    loop {
        match reader.next_with(|interface, frame| write_frame(out, &clean_line(interface), frame)) {
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
    Err(CliError::failed(format!("{path}: {error}")))
}
