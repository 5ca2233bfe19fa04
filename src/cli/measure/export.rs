//! `measure export`: points as files, signed as other reports are.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::super::error::complain;
use super::super::options::{apart, spare};
use super::super::report::not_built;
use super::{CliError, report, reports};
use crate::cli::said::Said as _;
use crate::cli::table::wrote;
use grainloss_core::data_file;
use grainloss_journal::{DeviceKeys, FileSignature, Journal, SigningKey};
use grainloss_knowledge::Words;
use grainloss_knowledge::spoken;
use grainloss_report::document::{point_document, point_table};
use grainloss_report::{PointReport, ReportError, ReportText, files, html, table_csv, write_points_json};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// The records' numbers [default: every point that holds]
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// xlsx: the form, its arithmetic as formulas; html and pdf: for people; csv: one row a point; json: everything
    #[arg(long, value_enum)]
    format: Format,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Of this crop only
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
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
}

pub(super) fn main(args: &Args, db: &Path, words: &Words, text: &ReportText) -> Result<(), CliError> {
    match args.format {
        Format::Xlsx if !cfg!(feature = "xlsx") => return Err(not_built("xlsx", "workbooks")),
        Format::Pdf if !cfg!(feature = "pdf") => return Err(not_built("pdf", "PDF")),
        _ => {}
    }
    let journal_path = db.to_owned();
    let out = || args.out.iter().map(|out| ("--out", out));
    apart([("--db", &journal_path)].into_iter(), out())?;
    spare(Some(db), out())?;
    let journal = Journal::open(db).map_err(CliError::input)?;
    let chosen = if args.ids.is_empty() {
        let mut all = reports(&journal, words)?;
        all.retain(|report| report.stored.corrected_by.is_none());
        all
    } else {
        args.ids.iter().map(|id| report(db, *id, words)).collect::<Result<Vec<_>, _>>()?
    };
    let of_crop = |report: &PointReport| args.crop.as_ref().is_none_or(|crop| report.point.crop == *crop);
    let chosen: Vec<PointReport> = chosen.into_iter().filter(of_crop).collect();
    if chosen.is_empty() {
        return Err(CliError::input(words.get("point-no-points")));
    }
    let key = signing_key(&journal)?;
    let bytes = content(args.format, &chosen, key.as_ref(), text).map_err(CliError::failed)?;
    let Some(out) = &args.out else {
        return match io::stdout().write_all(&bytes) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::failed(error)),
            _ => Ok(()),
        };
    };
    let failed = |error: io::Error| CliError::input(format!("--out {}: {}", out.display(), error.said()));
    let file = std::fs::canonicalize(out).unwrap_or_else(|_| out.clone());
    files::write_whole(&file, |out| out.write_all(&bytes)).map_err(failed)?;
    wrote(&file);
    let Some(key) = key.filter(|_| args.format != Format::Json && file.is_file()) else { return Ok(()) };
    let signature = FileSignature::sign(&key, &[], &data_file::sha256(&[&bytes]));
    let json = serde_json::to_vec_pretty(&signature).map_err(CliError::failed)?;
    let beside = PathBuf::from(format!("{}.sig.json", file.display()));
    files::write_whole(&beside, |out| out.write_all(&json)).map_err(failed)?;
    wrote(&beside);
    Ok(())
}

/// The device's key, when it is here and the points are untouched.
fn signing_key(journal: &Journal) -> Result<Option<SigningKey>, CliError> {
    let Ok(key) = DeviceKeys::beside(journal.path()).load() else { return Ok(None) };
    if journal.verify_points().map_err(CliError::failed)?.is_untouched() {
        return Ok(Some(key));
    }
    complain(&spoken().get("point-export-unsigned"));
    Ok(None)
}

fn content(
    format: Format,
    points: &[PointReport],
    key: Option<&SigningKey>,
    text: &ReportText,
) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Json => {
            let mut bytes = Vec::new();
            write_points_json(points, key, &mut bytes)?;
            Ok(bytes)
        }
        Format::Csv => table_csv(&point_table(points, text)),
        #[cfg(feature = "xlsx")]
        Format::Xlsx => grainloss_report::points_xlsx(points, text),
        #[cfg(feature = "pdf")]
        Format::Pdf => grainloss_report::pdf(&point_document(points, text)),
        // `main` has refused the formats that this build does not have.
        _ => Ok(html(&point_document(points, text)).into_bytes()),
    }
}
