//! `grainloss-fleet form`: the form that a province asks for.

use std::fs;
use std::path::{Path, PathBuf};

use grainloss_fleet::engine::{Asked, StorePlace, ask, question};
use grainloss_fleet::form::{DEFAULT_FORM, Form};
use grainloss_knowledge::Words;

use super::options::StoreOptions;
use super::{CliError, say};

/// Write the form that a province asks for as a workbook, with the columns that your office needs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file
    #[arg(long, value_name = "FILE.xlsx", required_unless_present = "show_columns")]
    out: Option<PathBuf>,
    /// Which columns it has [default: those of --show-columns]
    #[arg(long, value_name = "FILE.toml")]
    columns: Option<PathBuf>,
    /// Print the columns of the form, as a file to change
    #[arg(long)]
    show_columns: bool,
    /// The first day, as 2026-06-01
    #[arg(long, value_name = "DAY", value_parser = super::ask::day)]
    from: Option<String>,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = super::ask::day)]
    to: Option<String>,
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let Some(out) = args.out.as_ref().filter(|_| !args.show_columns) else { return say(DEFAULT_FORM.trim_end()) };
    let input = |error: &dyn std::fmt::Display| CliError::Input(error.to_string());
    let (path, text) = match &args.columns {
        None => (Path::new("province.toml"), DEFAULT_FORM.to_owned()),
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|error| CliError::Input(format!("--columns {}: {error}", path.display())))?;
            (path.as_path(), text)
        }
    };
    let form = Form::of_text(path, &text).map_err(|error| input(&error))?;
    let asked = question(&form.question).ok_or_else(|| {
        let values = [("file", &*path.display().to_string()), ("question", &*form.question)];
        CliError::Input(words.with("fleet-form-no-question", &values))
    })?;
    let about = Asked { from_day: args.from.clone(), to_day: args.to.clone(), ..Asked::default() };
    let answer = ask(&StorePlace::of(&store.folder(words)?), asked.sql, &about)
        .map_err(|error| CliError::Failed(error.to_string()))?;
    form.write(out, path, &answer, words).map_err(|error| input(&error))?;
    let values = [("file", &*out.display().to_string()), ("rows", &*answer.rows.len().to_string())];
    say(&words.with("fleet-form-written", &values))
}
