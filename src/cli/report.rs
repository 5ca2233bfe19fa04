//! `grainloss report`: one session as a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::CliError;
use super::options::{apart, journal_path, wall_us};
use crate::journal::{Journal, mark_exported};
use crate::report::{ReportError, write_csv, write_json};

/// Write the report of a session.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The session's number, or `last`
    id: String,
    /// csv: one row a second; json: the session, its totals and its events
    #[arg(long, value_enum)]
    format: Format,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
}

pub(super) fn main(args: &Args) -> Result<(), CliError> {
    let db = journal_path(args.db.clone())?;
    apart([("--db", &db)].into_iter(), args.out.iter().map(|out| ("--out", out)))?;
    let journal = Journal::open(&db).map_err(CliError::input)?;
    let session = journal.session(&args.id).map_err(CliError::input)?;
    let unwritable = |error: io::Error| match &args.out {
        Some(path) => CliError::input(format!("--out {}: {error}", path.display())),
        None => CliError::failed(error),
    };
    let out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).map_err(unwritable)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = BufWriter::new(out);
    let written = match args.format {
        Format::Csv => write_csv(&journal, &session, &mut out),
        Format::Json => write_json(&journal, &session, &mut out),
    };
    match written.and_then(|()| out.flush().map_err(ReportError::from)) {
        Err(ReportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(ReportError::Write(error)) => Err(unwritable(error)),
        Err(error) => Err(CliError::failed(error)),
        Ok(()) => {
            if let Some(path) = &args.out {
                let format = args.format.to_possible_value();
                let format = format.as_ref().map_or("", |format| format.get_name());
                // A journal that only may be read is reported from as well; its captures stay.
                if let Err(error) = mark_exported(&db, session.id, format, Some(path), wall_us()) {
                    tracing::info!("the export is not noted: {error}");
                }
            }
            Ok(())
        }
    }
}
