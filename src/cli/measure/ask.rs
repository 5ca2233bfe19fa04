//! `measure new`: asks for every item of a point, one a line. What was entered is kept after each answer.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::answers::{choice_text, value};
use super::draft::{self, AREAS, Draft, kind};
use super::entry::{Checked, choices, line, name_of, with_photos, with_session, wrong};
use super::{CliError, result, say, store};
use crate::cli::said::Said as _;
use grainloss_core::clean_text::clean_line;
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_core::measured_point::{FieldKind, field};
use grainloss_journal::{Journal, StoredPoint};
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Procedure, Words, procedure};
use grainloss_report::{PointReport, ReportText};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// The crop [default: asked for]
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
    /// How it is harvested [default: asked for, where there are several ways]
    #[arg(long, value_name = "MODE", value_parser = crate::cli::option_values::harvest_mode)]
    mode: Option<HarvestMode>,
    /// The session that covers the plot, or `last`: what was entered there, its position and width of cut are proposed
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// A photo that belongs to it
    #[arg(long, value_name = "FILE")]
    photo: Vec<PathBuf>,
    /// Throw away an entry that was not finished
    #[arg(long)]
    discard: bool,
}

/// What an answer does.
enum Answer {
    Take(String),
    Keep,
    Clear,
    Back,
    Help,
    Stop,
}

fn read_answer(input: &mut impl BufRead) -> Result<Answer, CliError> {
    let mut line = String::new();
    let read = input.read_line(&mut line).map_err(CliError::failed)?;
    Ok(match line.trim() {
        _ if read == 0 => Answer::Stop,
        "" => Answer::Keep,
        "-" => Answer::Clear,
        "<" => Answer::Back,
        "?" | "\u{ff1f}" => Answer::Help,
        "!" | "\u{ff01}" => Answer::Stop,
        text => Answer::Take(text.to_owned()),
    })
}

fn prompt(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout();
    let written = write!(out, "{} ", clean_line(text)).and_then(|()| out.flush());
    written.map_err(|error| CliError::failed(format!("{}: {}", spoken().get("cli-stdout"), error.said())))
}

pub(super) fn main(args: &Args, db: &Path, words: &Words, text: &ReportText) -> Result<(), CliError> {
    let path = draft::path(db);
    if args.discard && path.exists() {
        std::fs::remove_file(&path)
            .map_err(|error| CliError::input(format!("{}: {}", path.display(), error.said())))?;
    }
    let mut input = io::stdin().lock();
    let found = draft::load(&path, words)?;
    let resumed = found.is_some();
    let mut draft = found.unwrap_or_default();
    begin(args, &mut draft, resumed, db, words)?;
    say(&words.get("ask-begin"))?;
    if draft.point.crop.is_empty() {
        match ask_crop(&mut input, words)? {
            Some(crop) => draft.point.crop = crop,
            None => return Err(CliError::input(words.get("ask-required"))),
        }
    }
    draft.answered("crop");
    draft::save(&path, &draft)?;
    loop {
        if !ask_all(&mut draft, &path, &mut input, words)? {
            return paused(&path, words);
        }
        let problems = wrong(&draft.point)?;
        if problems.is_empty() {
            break;
        }
        say(&words.get("ask-mend"))?;
        for problem in &problems {
            say(&format!("  {}", line(problem, words)))?;
            draft.ask_again(&problem.key);
        }
    }
    let point = with_photos(draft.point.clone(), &args.photo, words)?;
    let checked = Checked::new(point, db, words, &path.display().to_string())?;
    let preview = StoredPoint {
        id: 0,
        made_us: 0,
        session: checked.point().session,
        corrects: None,
        who: None,
        why: None,
        body: String::new(),
        hash: String::new(),
        corrected_by: None,
    };
    result(&PointReport::new(preview, checked.point().clone(), None).map_err(CliError::input)?, text)?;
    prompt(&words.get("ask-store"))?;
    match read_answer(&mut input)? {
        Answer::Keep => {}
        Answer::Take(answer) if value("shed.cleared", &answer, words).is_ok_and(|yes| yes == Value::Bool(true)) => {}
        _ => return paused(&path, words),
    }
    say("")?;
    store(&checked, db, words, text)?;
    // It is in the journal now.
    std::fs::remove_file(&path).map_err(|error| CliError::failed(format!("{}: {}", path.display(), error.said())))
}

fn paused(path: &Path, words: &Words) -> Result<(), CliError> {
    say("")?;
    Err(CliError::Incomplete(words.with("ask-paused", &[("file", &path.display().to_string())])))
}

/// Crop, mode and session of the command line.
fn begin(args: &Args, draft: &mut Draft, resumed: bool, db: &Path, words: &Words) -> Result<(), CliError> {
    if let Some(crop) = &args.crop {
        grainloss_knowledge::crop(crop).map_err(CliError::input)?;
        if resumed && draft.point.crop != *crop {
            return Err(CliError::input(words.with("ask-other-crop", &[("found", &draft.point.crop)])));
        }
        draft.point.crop.clone_from(crop);
    }
    if let Some(mode) = args.mode {
        draft.point.mode = Some(mode);
        draft.answered("mode");
    }
    if let Some(id) = &args.session {
        let journal = Journal::open(db).map_err(CliError::input)?;
        let session = journal.session(id).map_err(CliError::input)?;
        draft.point = with_session(draft.point.clone(), &journal, &session, words)?;
    }
    if resumed {
        let values = [("crop", &*draft.point.crop), ("count", &*draft.asked.len().to_string())];
        say(&words.with("ask-resume", &values))?;
    }
    Ok(())
}

fn ask_crop(input: &mut impl BufRead, words: &Words) -> Result<Option<String>, CliError> {
    let crops = grainloss_knowledge::crops().map_err(CliError::input)?;
    let list = crops.iter().enumerate().map(|(n, (_, name))| format!("{} {}", n + 1, name.get(words.lang)));
    let list = list.collect::<Vec<_>>().join("  ");
    loop {
        prompt(&format!("{} ({list}):", name_of("crop", words)))?;
        let typed = match read_answer(input)? {
            Answer::Take(text) => text,
            Answer::Stop => return Ok(None),
            _ => continue,
        };
        let by_number = typed.parse::<usize>().ok().and_then(|n| crops.get(n.checked_sub(1)?));
        let by_name = || crops.iter().find(|(id, name)| *id == typed || name.zh == typed || name.en == typed);
        if let Some((id, _)) = by_number.or_else(by_name) {
            return Ok(Some(id.clone()));
        }
        say(&words.with("ask-choice", &[("words", &list)]))?;
    }
}

/// Asks for all items that are left; false when it was stopped.
fn ask_all(draft: &mut Draft, path: &Path, input: &mut impl BufRead, words: &Words) -> Result<bool, CliError> {
    let crop = grainloss_knowledge::crop(&draft.point.crop).map_err(CliError::input)?;
    loop {
        let (procedure, ..) = procedure(&draft.point.crop, draft.point.mode).map_err(CliError::input)?;
        let Some(key) = draft.next(&procedure, crop.modes.len()) else { return Ok(true) };
        prompt(&question(draft, &key, &procedure, words))?;
        match read_answer(input)? {
            Answer::Stop => return Ok(false),
            Answer::Help => {
                say(&help(&key, words))?;
                continue;
            }
            Answer::Back => {
                // The crop is not asked for again: the procedure hangs on it.
                if draft.asked.len() > 1 {
                    draft.asked.pop();
                }
                continue;
            }
            answer => {
                if let Err(problem) = take(draft, &key, &answer, &procedure, words) {
                    say(&format!("  {problem}"))?;
                    continue;
                }
            }
        }
        draft.answered(&key);
        draft::save(path, draft)?;
    }
}

/// Puts an answer into the draft; the error says what is expected.
fn take(draft: &mut Draft, key: &str, answer: &Answer, procedure: &Procedure, words: &Words) -> Result<(), String> {
    if key == AREAS {
        let count = match answer {
            Answer::Take(text) => text.parse::<usize>().ok().filter(|count| (1..=20).contains(count)),
            _ => Some(if draft.areas > 0 { draft.areas } else { Draft::usual_areas(procedure) }),
        };
        draft.areas = count.ok_or_else(|| words.with("point-problem-range", &[("low", "1"), ("high", "20")]))?;
        draft.lay_out(procedure);
        return Ok(());
    }
    let to = match answer {
        Answer::Take(text) => value(key, text, words)?,
        Answer::Clear => Value::Null,
        _ => {
            let is_missing = draft.point.value(key).is_null();
            if is_missing && field(key).is_some_and(|field| field.is_required) {
                return Err(words.get("ask-required"));
            }
            return Ok(());
        }
    };
    draft.point = draft.point.with_value(key, to).ok_or_else(|| words.get("point-problem-unknown"))?;
    Ok(())
}

fn question(draft: &Draft, key: &str, procedure: &Procedure, words: &Words) -> String {
    let (name, known) = if key == AREAS {
        let count = if draft.areas > 0 { draft.areas } else { Draft::usual_areas(procedure) };
        (words.get("ask-areas"), Some(count.to_string()))
    } else {
        (name_of(key, words), known(draft, key, words))
    };
    let listed =
        choices(key).iter().enumerate().map(|(n, word)| format!("{} {}", n + 1, choice_text(key, word, words)));
    let listed = listed.collect::<Vec<_>>().join("  ");
    let listed = if listed.is_empty() { String::new() } else { format!(" ({listed})") };
    let known = known.map_or_else(String::new, |known| format!(" [{known}]"));
    format!("{name}{listed}{known}:")
}

/// What is in the draft already.
fn known(draft: &Draft, key: &str, words: &Words) -> Option<String> {
    match draft.point.value(key) {
        Value::Null => None,
        Value::String(word) if !choices(key).is_empty() => Some(choice_text(key, &word, words)),
        Value::String(text) => Some(text),
        Value::Array(names) if names.is_empty() => None,
        Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        Value::Bool(yes) => Some(words.get(if yes { "point-yes" } else { "point-no" })),
        other => Some(other.to_string()),
    }
}

fn help(key: &str, words: &Words) -> String {
    let number =
        |low: f64, high: f64| words.with("ask-help-number", &[("low", &low.to_string()), ("high", &high.to_string())]);
    if key.ends_with(".total_g") {
        return words.get("ask-help-found");
    }
    match kind(key) {
        FieldKind::Number(low, high) => number(low, high),
        FieldKind::Whole(low, high) => number(low as f64, high as f64),
        FieldKind::Day => words.get("ask-help-day"),
        FieldKind::Time => words.get("ask-help-time"),
        FieldKind::Names => words.get("ask-help-names"),
        FieldKind::Switch => words.get("ask-help-switch"),
        FieldKind::Choice(known) => words.with("ask-choice", &[("words", &known.join(", "))]),
        FieldKind::Text => words.get("ask-help-text"),
    }
}
