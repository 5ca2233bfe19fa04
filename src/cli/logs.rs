//! What commands that read one log have in common.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use grainloss_can::log::{Format, Reader};
use indicatif::{ProgressBar, ProgressStyle};

use super::error::{CliError, complain};
use grainloss_bus::{LogBytes, LogSource};

/// Opens a log; `-` is standard input. How far it has been read is shown on standard error when that is a terminal, and
/// when nothing is written to standard output (`quiet`), or that is no terminal.
pub(super) fn open(path: &Path, quiet: bool) -> Result<LogBytes, CliError> {
    let wrong = |error: io::Error| CliError::input(format!("{}: {error}", path.display()));
    if path.as_os_str() == "-" {
        return grainloss_bus::unpacked(io::stdin()).map_err(wrong);
    }
    let file = File::open(path).map_err(wrong)?;
    let found = file.metadata().map_err(wrong)?;
    if found.is_dir() {
        return Err(wrong(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let shown = (quiet || !io::stdout().is_terminal()) && found.is_file();
    if shown { grainloss_bus::unpacked(progress(found.len()).wrap_read(file)) } else { grainloss_bus::unpacked(file) }
        .map_err(wrong)
}

/// Logs for a command that prints when it has read them all: how far they have been read is shown on standard error when
/// that is a terminal.
pub(super) fn source(paths: &[PathBuf]) -> Result<LogSource, CliError> {
    let source = LogSource::open(paths).map_err(CliError::input)?;
    Ok(source.watched(Box::new(|file, bytes| Box::new(progress(bytes).wrap_read(file)))))
}

/// Draws nothing when standard error is no terminal, and goes when the log ends.
fn progress(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}");
    // The template is fixed and right; were it not, indicatif's own would do.
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_finish(indicatif::ProgressFinish::AndClear)
}

/// Says what broke a log off, and refuses one without a frame.
pub(super) fn check<R: Read>(path: &Path, reader: &Reader<R>, damaged: Option<&io::Error>) -> Result<(), CliError> {
    let (log, counts) = (path.display(), reader.counts());
    if reader.format() == Format::Mdf {
        return Err(CliError::input(format!("{log}: {}", grainloss_bus::mdf())));
    }
    if counts.frames > 0 {
        if let Some(error) = damaged {
            complain(&format!("{log}: {error} after {} frames", counts.frames));
        }
        return Ok(());
    }
    if let Some(error) = damaged {
        return Err(CliError::input(format!("{log}: {error}")));
    }
    let first = counts.first_bad.map_or_else(String::new, |(place, problem)| format!(" ({place}: {problem})"));
    let format = reader.format();
    Err(CliError::input(format!("{log}: no CAN frame in it{first}; it was read as a log of {format}")))
}

/// Says what was passed over.
pub(super) fn report<R: Read>(path: &Path, reader: &Reader<R>) {
    let (log, counts) = (path.display(), reader.counts());
    if let Some((place, problem)) = counts.first_bad {
        let bad = counts.bad_lines;
        complain(&format!(
            "{log}: {bad} lines or records that are no frames were passed over; the first: {place}: {problem}"
        ));
    }
    if reader.undated() {
        complain(&format!("{log}: the log does not say when it began; its times count from 1970-01-01"));
    }
}
