//! `grainloss report`: sessions as files.

pub(super) mod selection;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use self::selection::SelectionOptions;
use super::error::{CliError, complain};
use super::options::{apart, journal_path, spare};
use super::table::wrote;
use crate::cli::said::Said as _;
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_core::data_file;
use grainloss_journal::{DeviceKeys, FileSignature, Journal, Session, SigningKey, mark_exported};
use grainloss_knowledge::local_time::date;
use grainloss_knowledge::spoken;
use grainloss_report::{Languages, Options, ReportError, ReportText, files};

/// Write the report of sessions.
///
/// Name sessions, or choose them: --from, --to, --operator, --machine, --field, --township. In Chinese unless --lang says
/// en or both. csv and geojson and isoxml are for programs, xlsx, html and pdf for people; json holds the sums. The same
/// sessions give the same bytes, at any time and on any machine of the same time zone; json, csv, geojson and isoxml, whose
/// times are UTC, on any machine.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The sessions' numbers, or `last`
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    selection: SelectionOptions,
    /// csv: one row a second; json: the session, its totals and its events; geojson, isoxml: the track and its seconds
    #[arg(long, value_enum)]
    format: Format,
    /// Where to write it: a file, or a folder that is there (isoxml: a folder) [default: standard output]
    #[arg(long, value_name = "FILE|FOLDER")]
    out: Option<PathBuf>,
    /// Judge by another limit than the session's own: a named one, or per cent
    #[arg(long, value_name = "ID|PERCENT")]
    limit: Option<String>,
    /// A ticket of one page for each session instead: who, where, area, loss, verdict, money, lines to sign (html, pdf)
    #[arg(long)]
    ticket: bool,
    /// Take names, plates and places out; the township stays, for summaries
    #[arg(long)]
    redact: bool,
    /// The journal [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[cfg_attr(not(feature = "xlsx"), value(hide = true))]
    Xlsx,
    Html,
    #[cfg_attr(not(feature = "pdf"), value(hide = true))]
    Pdf,
    Csv,
    Json,
    Geojson,
    Isoxml,
}

impl Format {
    /// One file for any number of sessions; the others are one for each.
    const fn holds_many(self) -> bool {
        !matches!(self, Self::Csv | Self::Json)
    }

    /// Refuses a format that this program was built without.
    fn check_built(self) -> Result<(), CliError> {
        match self {
            Self::Xlsx if !cfg!(feature = "xlsx") => Err(not_built("xlsx", "workbooks")),
            Self::Pdf if !cfg!(feature = "pdf") => Err(not_built("pdf", "PDF")),
            _ => Ok(()),
        }
    }

    fn extension(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The error for a format whose feature is not in this build.
pub(super) fn not_built(format: &str, what: &str) -> CliError {
    CliError::input(spoken().with("report-not-built", &[("format", format), ("what", what)]))
}

pub(super) fn main(args: &Args, config: &Config, languages: Languages) -> Result<(), CliError> {
    args.format.check_built()?;
    let db = journal_path(args.db.clone(), config)?;
    let out = || args.out.iter().map(|out| ("--out", out));
    apart([("--db", &db)].into_iter(), out())?;
    spare(Some(&db), out())?;
    if args.ticket && !matches!(args.format, Format::Html | Format::Pdf) {
        let format = args.format.extension();
        return Err(CliError::input(format!("--ticket: {format} has no pages; choose html or pdf")));
    }
    let maps = matches!(args.format, Format::Geojson | Format::Isoxml);
    if args.redact && maps {
        let format = args.format.extension();
        return Err(CliError::input(spoken().with("report-redact-map", &[("format", &format)])));
    }
    let journal = Journal::open(&db).map_err(CliError::input)?;
    let sessions = args.selection.sessions(&journal, &args.ids)?;
    let folder = args.out.as_deref().filter(|out| out.is_dir());
    if sessions.len() > 1 && !args.format.holds_many() && folder.is_none() {
        let values = [("format", &*args.format.extension()), ("sessions", &sessions.len().to_string())];
        return Err(CliError::input(spoken().with("report-many-files", &values)));
    }
    let key = signing_key(&journal, &sessions)?;
    let job = Job { args, journal, key, text: ReportText::new(languages) };
    match (args.format, &args.out) {
        (Format::Isoxml, Some(out)) => job.isoxml(&sessions, out),
        (Format::Isoxml, None) => Err(CliError::input(spoken().get("report-isoxml-folder"))),
        (format, _) if format.holds_many() => job.write(&sessions),
        _ => sessions.chunks(1).try_for_each(|one| job.write(one)),
    }
}

/// A report to be made.
struct Job<'a> {
    args: &'a Args,
    journal: Journal,
    /// Signs what is written; `None` when it is not to be signed.
    key: Option<SigningKey>,
    text: ReportText,
}

/// The device's key, when it is here and these sessions are untouched: a report of a changed session is not signed, and that
/// is said.
fn signing_key(journal: &Journal, sessions: &[Session]) -> Result<Option<SigningKey>, CliError> {
    /// Checking a session takes a tenth of a second for an hour: a report of more sessions is not signed.
    const MOST_SESSIONS: usize = 20;
    let Ok(key) = DeviceKeys::beside(journal.path()).load() else { return Ok(None) };
    if sessions.len() > MOST_SESSIONS {
        complain(&spoken().with("report-unsigned-many", &[("most", &MOST_SESSIONS.to_string())]));
        return Ok(None);
    }
    for session in sessions {
        let found = journal.verify_session(session.id).map_err(CliError::failed)?;
        if !found.is_untouched() {
            let id = session.id;
            complain(&spoken().with("report-unsigned-changed", &[("id", &id.to_string())]));
            return Ok(None);
        }
    }
    Ok(Some(key))
}

impl Job<'_> {
    /// Writes one file.
    fn write(&self, sessions: &[Session]) -> Result<(), CliError> {
        let Some(out) = &self.args.out else {
            let mut out = BufWriter::new(io::stdout());
            let written = self.content(sessions, &mut out).and_then(|()| out.flush().map_err(ReportError::from));
            return match written {
                Err(ReportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written.map_err(|error| cli_error(&error, None)),
            };
        };
        let file = if out.is_dir() {
            out.join(self.name(sessions))
        } else {
            // The user's own link is followed; a link that lies in the folder is replaced.
            std::fs::canonicalize(out).unwrap_or_else(|_| out.clone())
        };
        files::write_whole(&file, |mut out| self.content(sessions, &mut out))
            .map_err(|error| cli_error(&error, Some(out)))?;
        self.proof(sessions, &file).map_err(|error| cli_error(&error, Some(out)))?;
        self.mark(sessions, &file);
        wrote(&file);
        Ok(())
    }

    /// Writes the proof of a CSV into a file beside it, where `verify` looks for it.
    fn proof(&self, sessions: &[Session], file: &Path) -> Result<(), ReportError> {
        if !matches!(self.args.format, Format::Csv | Format::Json) {
            return self.signature(sessions, file);
        }
        let ([session], Format::Csv, false) = (sessions, self.args.format, self.args.redact) else { return Ok(()) };
        let proof = if file.is_file() { self.journal.proof(session.id)? } else { None };
        let Some(proof) = proof else { return Ok(()) };
        let beside = PathBuf::from(format!("{}.proof.json", file.display()));
        let json = serde_json::to_vec_pretty(&proof).map_err(io::Error::from)?;
        files::write_whole(&beside, |out| out.write_all(&json).map_err(ReportError::from))?;
        wrote(&beside);
        Ok(())
    }

    /// Writes the signature over a file's bytes into a file beside it, where `verify` looks for it.
    fn signature(&self, sessions: &[Session], file: &Path) -> Result<(), ReportError> {
        let Some(key) = self.key.as_ref().filter(|_| file.is_file()) else { return Ok(()) };
        let ids: Vec<i64> = sessions.iter().map(|session| session.id).collect();
        let signature = FileSignature::sign(key, &ids, &data_file::sha256(&[&std::fs::read(file)?]));
        let beside = PathBuf::from(format!("{}.sig.json", file.display()));
        let json = serde_json::to_vec_pretty(&signature).map_err(io::Error::from)?;
        files::write_whole(&beside, |out| out.write_all(&json).map_err(ReportError::from))?;
        wrote(&beside);
        Ok(())
    }

    /// Notes in the journal that these sessions were exported.
    fn mark(&self, sessions: &[Session], file: &Path) {
        for session in sessions {
            let format = self.args.format.extension();
            let marked = mark_exported(self.journal.path(), session.id, &format, Some(file), wall_us());
            // A read-only journal can be reported from as well; its captures then count as not exported.
            if let Err(error) = marked {
                tracing::info!("the export is not noted: {error}");
            }
        }
    }

    /// The name of the file; entered names cannot make it a path.
    fn name(&self, sessions: &[Session]) -> String {
        let extension = self.args.format.extension();
        let [session] = sessions else {
            let (first, last) = (sessions.first().map_or(0, |s| s.id), sessions.last().map_or(0, |s| s.id));
            return format!("grainloss-{first}-{last}.{extension}");
        };
        let date = date(session.started_us).replace('-', "");
        let field = session.entered.field.as_ref().filter(|_| !self.args.redact);
        let field = field.map_or_else(String::new, |field| format!("-{}", files::plain_name(field)));
        format!("grainloss-{}-{date}{field}.{extension}", session.id)
    }

    fn content(&self, sessions: &[Session], out: &mut (dyn Write + Send)) -> Result<(), ReportError> {
        match (self.args.format, sessions) {
            (Format::Csv, [session]) => grainloss_report::write_csv(&self.journal, session, self.args.redact, out),
            (Format::Json, [session]) => {
                grainloss_report::write_json(&self.journal, session, self.args.redact, self.key.as_ref(), out)
            }
            (Format::Geojson, _) => grainloss_report::write_geojson(&self.journal, sessions, out),
            _ => self.document(sessions, out),
        }
    }

    /// Writes a report for people to read.
    fn document(&self, sessions: &[Session], out: &mut (dyn Write + Send)) -> Result<(), ReportError> {
        let options = Options { limit: self.args.limit.clone(), redact: self.args.redact, key: self.key.clone() };
        let asked = self.args.selection.asked();
        let report = grainloss_report::gather(&self.journal, sessions, asked, &options)?;
        #[cfg(feature = "xlsx")]
        if self.args.format == Format::Xlsx {
            return grainloss_report::write_xlsx(report, &self.text, out);
        }
        let document = if self.args.ticket {
            grainloss_report::ticket(&report, &self.text)
        } else {
            grainloss_report::document(&report, &self.text)?
        };
        let bytes = match self.args.format {
            #[cfg(feature = "pdf")]
            Format::Pdf => grainloss_report::pdf(&document)?,
            // `main` has refused the formats that this build does not have.
            _ => grainloss_report::html(&document).into_bytes(),
        };
        Ok(out.write_all(&bytes)?)
    }

    fn isoxml(&self, sessions: &[Session], folder: &Path) -> Result<(), CliError> {
        let options = Options::default();
        let heads: Result<Vec<_>, ReportError> = sessions
            .iter()
            .map(|session| Ok((session.clone(), grainloss_report::head(&self.journal, session, &options)?)))
            .collect();
        heads
            .and_then(|heads| grainloss_report::write_isoxml(&self.journal, &heads, folder))
            .map_err(|error| cli_error(&error, Some(folder)))?;
        self.mark(sessions, folder);
        wrote(folder);
        Ok(())
    }
}

/// The error of the command, with the file that it is about.
fn cli_error(error: &ReportError, out: Option<&Path>) -> CliError {
    match (error, out) {
        (ReportError::Write(error), Some(out)) => CliError::input(format!("--out {}: {}", out.display(), error.said())),
        (ReportError::Journal(_) | ReportError::Write(_) | ReportError::Workbook(_), _) => CliError::failed(error),
        _ => CliError::input(error),
    }
}
