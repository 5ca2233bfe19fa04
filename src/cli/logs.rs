//! What commands that read one log have in common.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::cli::said::Said as _;
use grainloss_can::log::{Format, READABLE, Reader};
use grainloss_knowledge::Words;
use indicatif::{ProgressBar, ProgressStyle};

use super::error::{CliError, complain};
use super::log_words;
use grainloss_bus::{LogBytes, LogSource};

/// Opens a log; `-` is standard input. How far it has been read is shown on standard error when that is a terminal, and
/// when nothing is written to standard output (`quiet`), or that is no terminal.
pub(super) fn open(path: &Path, quiet: bool) -> Result<LogBytes, CliError> {
    let wrong = |error: io::Error| CliError::input(format!("{}: {}", path.display(), error.said()));
    if path.as_os_str() == "-" {
        return grainloss_bus::unpacked(io::stdin()).map_err(wrong);
    }
    let mut file = File::open(path).map_err(wrong)?;
    let found = file.metadata().map_err(wrong)?;
    if found.is_dir() {
        return Err(wrong(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    if found.is_file() {
        grainloss_bus::one_file(&mut file).map_err(wrong)?;
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
pub(super) fn check<R: Read>(
    path: &Path,
    reader: &Reader<R>,
    damaged: Option<&io::Error>,
    words: &Words,
) -> Result<(), CliError> {
    let (log, counts) = (path.display().to_string(), reader.counts());
    if counts.frames > 0 {
        if let Some(error) = damaged {
            let (error, frames) = (error.to_string(), counts.frames.to_string());
            complain(&words.with("log-broken-off", &[("log", &log), ("error", &error), ("frames", &frames)]));
        }
        return Ok(());
    }
    if let Some(error) = damaged {
        return Err(CliError::input(format!("{log}: {}", error.said())));
    }
    if let Format::Foreign(found) = reader.format() {
        return Err(CliError::input(log_words::foreign(words, &log, found, counts.first_bad)));
    }
    let first = counts.first_bad.map_or_else(String::new, |first| log_words::first_problem(words, first));
    let format = reader.format().to_string();
    Err(CliError::input(words.with("log-no-frame", &[("log", &log), ("first", &first), ("format", &format)])))
}

/// Says what was passed over.
pub(super) fn report<R: Read>(path: &Path, reader: &Reader<R>, words: &Words) {
    let (log, counts) = (path.display().to_string(), reader.counts());
    if let Some((place, problem)) = counts.first_bad {
        let first = log_words::place_and_problem(words, place, problem);
        let bad = counts.bad_lines.to_string();
        complain(&words.with("log-passed-over", &[("log", &log), ("bad", &bad), ("first", &first)]));
    }
    if counts.clock_wraps > 0 {
        let count = counts.clock_wraps.to_string();
        complain(&words.with("log-clock-wraps", &[("log", &log), ("count", &count)]));
    }
    if reader.undated() {
        complain(&words.with("log-undated", &[("log", &log)]));
    }
}

/// What a command that reads logs says about them in its help.
pub(super) fn help() -> String {
    format!(
        "Logs: {READABLE}. Each also inside gzip, zstd, xz, bzip2, or a zip archive of one file. The content decides, not the \
         name."
    )
}
