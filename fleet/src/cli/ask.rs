//! `grainloss-fleet ask`: questions in SQL, answered here.

use std::path::{Path, PathBuf};

use grainloss_fleet::engine::{Answer, AskError, Asked, QUESTIONS, StorePlace, ask, question};
use grainloss_knowledge::Words;

use super::options::StoreOptions;
use super::shown::{self, Format};
use super::{CliError, say};

/// Answers a question in SQL; without a question, lists the questions.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A question of the list, a file in SQL, or `all`
    #[arg(value_name = "QUESTION|FILE.sql")]
    question: Option<String>,
    /// Only this crop: its key or its name
    #[arg(long, value_name = "CROP")]
    crop: Option<String>,
    /// First day, as 2026-06-12
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<String>,
    /// A machine is missing when it was not seen for so many days
    #[arg(long, value_name = "DAYS", default_value_t = 3)]
    missing_days: i64,
    /// What is now for the question `missing`, s since 1970 UTC [default: the computer's clock]
    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A file for the answer, or a folder for `all`, in place of the screen
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Only the SHA-256 of the rows and their number
    #[arg(long)]
    hash: bool,
}

/// A date by its form.
pub(super) fn day(text: &str) -> Result<String, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "2026-06-12".to_owned())?;
    Ok(date.to_string())
}

pub(super) fn main(args: &Args, store: &StoreOptions, words: &Words) -> Result<(), CliError> {
    let Some(name) = &args.question else {
        for question in QUESTIONS {
            say(&format!("{:<13}{}", question.name, question.about(words.lang)))?;
        }
        return Ok(());
    };
    let place = StorePlace::of(&store.folder(words)?);
    let asked = Asked {
        from_day: args.from.clone(),
        to_day: args.to.clone(),
        crop: args.crop.as_deref().map(|crop| crop_key(crop, words)).transpose()?,
        now_s: args.now.unwrap_or_else(now_s),
        missing_days: args.missing_days,
    };
    let questions: Vec<(String, String)> = match (name.as_str(), question(name)) {
        ("all", _) => QUESTIONS.iter().map(|question| (question.name.to_owned(), question.sql.to_owned())).collect(),
        (_, Some(question)) => vec![(name.clone(), question.sql.to_owned())],
        (file, None) => vec![(file.to_owned(), sql_file(file, words)?)],
    };
    for (name, sql) in &questions {
        let answer = ask(&place, sql, &asked).map_err(|error| failed(words, &error))?;
        if args.hash {
            say(&format!("{}  {name}  {}", answer.sha256(), answer.rows.len()))?;
            continue;
        }
        let out = match &args.out {
            Some(folder) if name != args.question.as_deref().unwrap_or_default() => {
                std::fs::create_dir_all(folder)
                    .map_err(|error| CliError::Failed(format!("{}: {error}", folder.display())))?;
                Some(folder.join(format!("{name}.{}", args.format.extension())))
            }
            out => out.clone(),
        };
        put(name, &answer, args.format, out.as_deref(), words)?;
    }
    Ok(())
}

/// Writes an answer to a file or to the screen.
fn put(name: &str, answer: &Answer, format: Format, out: Option<&Path>, words: &Words) -> Result<(), CliError> {
    let text = match format {
        Format::Parquet => {
            let out = out.ok_or_else(|| CliError::Input(words.get("fleet-ask-parquet-out")))?;
            return answer.write_parquet(out).map_err(|error| failed(words, &error));
        }
        Format::Table => shown::table(name, answer, words),
        Format::Csv => shown::csv(answer),
        Format::Json => shown::json(name, answer),
    };
    match out {
        Some(out) => std::fs::write(out, text).map_err(|error| CliError::Failed(format!("{}: {error}", out.display()))),
        None => say(text.trim_end()),
    }
}

/// The crop's key by its key or its name in either language.
fn crop_key(text: &str, words: &Words) -> Result<String, CliError> {
    let crops = grainloss_knowledge::crops().map_err(|error| CliError::Failed(error.to_string()))?;
    let found = crops.iter().find(|(key, name)| {
        key == text
            || [grainloss_knowledge::Lang::Zh, grainloss_knowledge::Lang::En].iter().any(|lang| name.get(*lang) == text)
    });
    let names = || crops.iter().map(|(_, name)| name.get(words.lang)).collect::<Vec<_>>().join(", ");
    found
        .map(|(key, _)| key.clone())
        .ok_or_else(|| CliError::Input(words.with("fleet-ask-crop", &[("crop", text), ("names", &names())])))
}

fn sql_file(file: &str, words: &Words) -> Result<String, CliError> {
    if Path::new(file).extension().is_none_or(|extension| extension != "sql") {
        let names = QUESTIONS.iter().map(|question| question.name).collect::<Vec<_>>().join(", ");
        return Err(CliError::Input(words.with("fleet-ask-question", &[("question", file), ("names", &names)])));
    }
    std::fs::read_to_string(file).map_err(|error| CliError::Input(format!("{file}: {error}")))
}

/// Now, s since 1970 UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line is an edge: it reads the clock, and passes the time on"
)]
fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

pub(super) fn failed(words: &Words, error: &AskError) -> CliError {
    match error {
        AskError::NoStore(folder) => {
            CliError::Input(words.with("fleet-error-no-store", &[("folder", &folder.display().to_string())]))
        }
        AskError::NotWhole { column, found } => {
            CliError::Input(words.with("fleet-ask-not-whole", &[("column", column), ("found", found)]))
        }
        AskError::Engine(error) => CliError::Failed(words.with("fleet-ask-engine", &[("problem", &error.to_string())])),
        AskError::Written => CliError::Failed(words.get("fleet-ask-written")),
        error => CliError::Failed(error.to_string()),
    }
}
