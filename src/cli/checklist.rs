//! `grainloss checklist`: goes through a check list, and keeps what came of it with the session.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::in_field::FieldOptions;
use super::options::journal_path;
use super::session_metadata::name;
use super::table::{columns, say};
use super::window::ask_line;
use crate::config::Config;
use crate::service::{keep_check, send_command};
use crate::wall_clock::wall_us;
use grainloss_core::check_result::{CheckAnswer, CheckResult, CheckedItem};
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::preparation::{CheckItem, CheckList, Preparation};
use grainloss_protocol::command::{self, CommandReply, OperatorCommand};

/// Go through a check list: season, shift or after. What came of it goes into the journal with the session.
///
/// Without a name the lists are shown. Each item is asked in the terminal, or stands in a file: a line `ITEM
/// ok|not-ok|not-applicable NOTE` for each. While no service runs it is kept beside the journal, until the next session begins.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which list
    #[arg(value_name = "NAME")]
    list: Option<String>,
    /// The answers, in place of asking; `-` is standard input
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// The crop [default: that of the service, or of the newest session]
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
    /// How it is harvested: full-feed, half-feed, grain, ear, combined or pick-up
    #[arg(long, value_name = "MODE", value_parser = crate::cli::option_values::harvest_mode)]
    mode: Option<HarvestMode>,
    /// Who checks
    #[arg(long, value_name = "NAME", value_parser = name)]
    who: Option<String>,
    #[command(flatten)]
    field: FieldOptions,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let facts = Preparation::load().map_err(CliError::input)?;
    let Some(list_name) = &args.list else {
        let row =
            |list: &CheckList| vec![format!("  grainloss checklist {}", list.id), list.name.get(words.lang).to_owned()];
        return columns(&facts.lists().iter().map(row).collect::<Vec<_>>());
    };
    let known = || facts.lists().iter().map(|list| &*list.id).collect::<Vec<_>>().join(", ");
    let list = facts
        .list(list_name)
        .ok_or_else(|| CliError::input(words.with("checklist-unknown", &[("name", list_name), ("known", &known())])))?;
    let now_us = wall_us();
    let crop = match &args.crop {
        Some(crop) => {
            grainloss_knowledge::crop(crop).map_err(CliError::input)?;
            crop.clone()
        }
        None => args.field.look(config, now_us, words).crop.unwrap_or_default(),
    };
    let items = facts.items(list, &crop, args.mode);
    let items = match &args.answers {
        Some(path) => from_file(path, &items, words)?,
        None => asked(list, &items, words)?,
    };
    let result = CheckResult { list: list.id.clone(), at_us: now_us, who: args.who.clone(), items };
    let [ok, not_ok, na] = result.counts().map(|count| count.to_string());
    let values = [("name", list.name.get(words.lang)), ("ok", &ok), ("not-ok", &not_ok), ("na", &na)];
    say(&words.with("checklist-done", &values))?;
    for item in result.items.iter().filter(|item| item.answer == CheckAnswer::NotOk) {
        let name = list.item(&item.id).map_or(&*item.id, |known| known.get(words.lang));
        let note = item.note.as_deref().map_or_else(String::new, |note| format!(": {note}"));
        say(&format!("  ! {name}{note}"))?;
    }
    if not_ok != "0" {
        say(&words.get("checklist-stop"))?;
    }
    keep(&result, args, config, words)
}

/// To the service that runs, else beside the journal.
fn keep(result: &CheckResult, args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let command = OperatorCommand::Checklist(result.clone());
    match args.field.socket(config).and_then(|socket| send_command(&socket, command).ok()) {
        Some(CommandReply::Refused(why)) => Err(CliError::failed(words.get(&format!("refused-{}", why.word())))),
        Some(_) => say(&words.get("checklist-sent")),
        None => {
            let journal = journal_path(args.field.db.clone(), config)?;
            let file = keep_check(&journal, result).map_err(CliError::failed)?;
            say(&words.with("checklist-kept", &[("file", &file.display().to_string())]))
        }
    }
}

/// Asks item by item.
fn asked(list: &CheckList, items: &[&CheckItem], words: &Words) -> Result<Vec<CheckedItem>, CliError> {
    say(&format!("{}  ({})", list.name.get(words.lang), words.get("checklist-ask")))?;
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let missing = || CliError::input(words.with("checklist-not-all", &[("item", item.get(words.lang))]));
        let answer = loop {
            let question = format!("{:>2}/{} {}: ", at + 1, items.len(), item.get(words.lang));
            let line = ask_line(&question)?.ok_or_else(missing)?;
            let digit = line.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
            if let Some(answer) = digit.and_then(|at| CheckAnswer::ALL.get(at)) {
                break *answer;
            }
        };
        let note = match answer {
            CheckAnswer::NotOk => loop {
                let line = ask_line(&words.get("checklist-ask-note"))?.ok_or_else(missing)?;
                match command::name(&line) {
                    Ok(note) => break Some(note.to_owned()),
                    Err(_) if line.is_empty() => break None,
                    Err(why) => say(&words.get(&format!("refused-{}", why.word())))?,
                }
            },
            _ => None,
        };
        found.push(CheckedItem { id: item.id.clone(), answer, note });
    }
    Ok(found)
}

/// Reads the answers of a file: every item once.
fn from_file(path: &Path, items: &[&CheckItem], words: &Words) -> Result<Vec<CheckedItem>, CliError> {
    let file = path.display().to_string();
    let path = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let text = read_text_bounded(path, LONGEST_TEXT).map_err(|error| {
        CliError::input(words.with("forecast-unreadable", &[("file", &file), ("problem", &error.to_string())]))
    })?;
    let mut answers: Vec<Option<CheckedItem>> = vec![None; items.len()];
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        let number = (at + 1).to_string();
        let wrong = || {
            CliError::input(
                words.with("checklist-bad-line", &[("file", &file), ("line", &number), ("text", line.trim())]),
            )
        };
        let mut parts = line.trim().splitn(3, char::is_whitespace);
        let (id, answer) = (parts.next().unwrap_or_default(), parts.next().and_then(CheckAnswer::named));
        let answer = answer.ok_or_else(wrong)?;
        let note = parts.next().map(str::trim).filter(|note| !note.is_empty());
        let note = note.map(command::name).transpose().map_err(|_| wrong())?.map(str::to_owned);
        let place = items.iter().position(|item| item.id == id).ok_or_else(|| {
            let known = items.iter().map(|item| &*item.id).collect::<Vec<_>>().join(", ");
            let values = [("file", &*file), ("line", &number), ("item", id), ("known", &known)];
            CliError::input(words.with("checklist-bad-item", &values))
        })?;
        answers[place] = Some(CheckedItem { id: id.to_owned(), answer, note });
    }
    let missing = |item: &CheckItem| CliError::input(words.with("checklist-not-all", &[("item", &item.id)]));
    answers.into_iter().zip(items).map(|(answer, item)| answer.ok_or_else(|| missing(item))).collect()
}
