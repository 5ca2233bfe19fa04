//! `grainloss-fleet report`: tables from answers that another engine wrote.

use std::path::PathBuf;

use grainloss_fleet::engine::{Answer, QUESTIONS};
use grainloss_knowledge::Words;

use super::ask::failed;
use super::{CliError, say, shown};

/// Shows answers that another engine has written as Parquet.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder: QUESTION.parquet, or QUESTION/*.parquet
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Only the SHA-256 of the rows and their number
    #[arg(long)]
    hash: bool,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let mut found = 0;
    for question in QUESTIONS {
        let paths = [args.folder.join(question.name), args.folder.join(format!("{}.parquet", question.name))];
        let Some(path) = paths.iter().find(|path| path.exists()) else { continue };
        found += 1;
        let answer = Answer::read_parquet(path).map_err(|error| failed(words, &error))?;
        if args.hash {
            say(&format!("{}  {}  {}", answer.sha256(), question.name, answer.rows.len()))?;
        } else {
            say(&format!("{}\n\n{}", question.about(words.lang), shown::table(question.name, &answer, words)))?;
        }
    }
    if found == 0 {
        let folder = args.folder.display().to_string();
        return Err(CliError::Input(words.with("fleet-report-empty", &[("folder", &folder)])));
    }
    Ok(())
}
