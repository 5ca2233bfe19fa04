//! `measure correct`: a new record takes the place of an old one.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::answers::value;
use super::entry::{Checked, name_of, read, with_photos};
use super::{CliError, name, report, result, say};
use crate::wall_clock::wall_us;
use grainloss_journal::{PointCorrection, add_measured_point};
use grainloss_knowledge::Words;
use grainloss_report::{PointReport, ReportText};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// The record's number, as `list` shows it
    id: i64,
    /// What holds now, such as head.county=莘县 or area.2.ground_g=3.2; without a value it is taken out. May be repeated
    #[arg(long, value_name = "ITEM=VALUE")]
    set: Vec<String>,
    /// The whole point anew, as a file
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    file: Option<PathBuf>,
    /// A photo that belongs to it
    #[arg(long, value_name = "FILE")]
    photo: Vec<PathBuf>,
    /// Who says so
    #[arg(long, value_name = "NAME", value_parser = name)]
    who: String,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = name)]
    why: String,
}

pub(super) fn main(args: &Args, db: &Path, words: &Words, text: &ReportText) -> Result<(), CliError> {
    if args.set.is_empty() && args.file.is_none() && args.photo.is_empty() {
        return Err(CliError::input(words.get("point-correct-nothing")));
    }
    let old = report(db, args.id, words)?;
    let mut point = match &args.file {
        Some(file) => read(file)?,
        None => old.point,
    };
    for set in &args.set {
        let (key, typed) = set.split_once('=').unwrap_or((set, ""));
        let key = key.trim();
        let wrong = |what: &str| {
            let values = [("key", key), ("name", &*name_of(key, words)), ("what", what)];
            CliError::input(format!("--set {}", words.with("point-problem-line", &values)))
        };
        let to = if typed.trim().is_empty() {
            Value::Null
        } else {
            value(key, typed, words).map_err(|what| wrong(&what))?
        };
        point = point.with_value(key, to).ok_or_else(|| wrong(&words.get("point-problem-unknown")))?;
    }
    let point = with_photos(point, &args.photo, words)?;
    let place = args.file.as_ref().map_or_else(|| "--set".to_owned(), |file| file.display().to_string());
    let checked = Checked::new(point, db, words, &place)?;
    let correction = PointCorrection { corrects: args.id, who: args.who.clone(), why: args.why.clone() };
    let stored = add_measured_point(db, checked.point(), Some(&correction), wall_us()).map_err(CliError::input)?;
    say(&words.with("point-corrected", &[("id", &stored.id.to_string()), ("old", &args.id.to_string())]))?;
    result(&PointReport::new(stored, checked.point().clone(), None).map_err(CliError::input)?, text)
}
