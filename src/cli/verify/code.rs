//! The text of a report's square code: is its signature of a known key, and does it say what the journal says?

use std::io::Read as _;
use std::path::Path;

use super::keys::{Keys, Verdict};
use super::{Args, findings};
use crate::cli::error::CliError;
use crate::cli::options::journal_path;
use crate::cli::table::say;
use crate::config::Config;
use grainloss_journal::Journal;
use grainloss_knowledge::Words;
use grainloss_report::{LONGEST_CODE, Options, ScannedCode, head, is_code, read_code};

/// The code's text, when `what` is one, or a file or standard input (`-`) with one.
pub(super) fn text_of(what: &str) -> Result<Option<String>, CliError> {
    if is_code(what) {
        return Ok(Some(what.to_owned()));
    }
    // A code is short: what is longer is read as another kind of file.
    let most = LONGEST_CODE as u64 + 1;
    let mut text = Vec::new();
    if what == "-" {
        std::io::stdin().take(most).read_to_end(&mut text).map_err(|error| CliError::input(format!("-: {error}")))?;
    } else {
        let Ok(file) = std::fs::File::open(what) else { return Ok(None) };
        if !file.metadata().is_ok_and(|found| found.is_file() && found.len() < most) {
            return Ok(None);
        }
        file.take(most).read_to_end(&mut text).map_err(|error| CliError::input(format!("{what}: {error}")))?;
    }
    let text = String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').to_owned();
    Ok(Some(text).filter(|text| what == "-" || is_code(text)))
}

/// Says what was found of a code.
pub(super) fn verify(text: &str, args: &Args, config: &Config, words: &Words) -> Result<Verdict, CliError> {
    let Some(code) = read_code(text) else { return Err(CliError::input(words.get("verify-code-none"))) };
    let what = words.get("verify-code");
    let db = journal_path(args.db.clone(), config)?;
    let keys = Keys::known(args.key.as_deref(), Some(&db))?;
    // Without a journal that is named, the code is judged by its signature alone.
    let journal = if args.db.is_some() || db.exists() { Some(open(&db)?) } else { None };
    let compared = if let Some(journal) = &journal {
        compare(&code, journal, &keys, words)?
    } else {
        say(&words.with("verify-unchecked", &[("why", &words.get("verify-code-no-journal"))]))?;
        Verdict::Untouched
    };
    let values = |key: &str| [("what", what.clone()), ("key", key.to_owned())];
    let say_with = |word: &str, key: &str| {
        let values = values(key);
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(&words.with(word, &values))
    };
    let by_signature = match &code.public_key {
        _ if compared == Verdict::NotProven => Verdict::NotProven,
        None => {
            say_with("verify-unsigned", "")?;
            Verdict::NotProven
        }
        Some(_) if !code.signed => {
            say_with("verify-code-altered", "")?;
            Verdict::NotProven
        }
        Some(key) if !keys.may_sign(key) => {
            say_with("verify-untouched-stranger", key)?;
            Verdict::NotProven
        }
        Some(key) => {
            say_with("verify-untouched", key)?;
            if keys.beside && !keys.known.is_empty() {
                say(&words.get("verify-key-beside"))?;
            }
            Verdict::Untouched
        }
    };
    Ok(compared.max(by_signature))
}

fn open(db: &Path) -> Result<Journal, CliError> {
    Journal::open(db).map_err(CliError::input)
}

/// Compares a code with the journal, and checks the journal's session.
fn compare(code: &ScannedCode, journal: &Journal, keys: &Keys, words: &Words) -> Result<Verdict, CliError> {
    let stored = code.session.and_then(|id| journal.session(&id.to_string()).ok());
    let Some(session) = stored else {
        let id = code.session.map_or_else(|| "?".to_owned(), |id| id.to_string());
        let why = words.with("verify-code-no-session", &[("id", &id)]);
        say(&words.with("verify-unchecked", &[("why", &why)]))?;
        return Ok(Verdict::Incomplete);
    };
    let report = head(journal, &session, &Options::default()).map_err(CliError::failed)?;
    let differences = code.differences(&report);
    for of in &differences {
        let field = words.get(&format!("verify-code-field-{}", of.field));
        let dash = |text: &str| if text.is_empty() { "\u{2014}".to_owned() } else { text.to_owned() };
        let values = [("field", &*field), ("said", &*dash(&of.said)), ("stored", &*dash(&of.stored))];
        say(&words.with("verify-code-differs", &values))?;
    }
    if !differences.is_empty() {
        return Ok(Verdict::NotProven);
    }
    say(&words.with("verify-code-as-journal", &[("id", &session.id.to_string())]))?;
    let found = journal.verify_session(session.id).map_err(CliError::failed)?;
    let mut verdict = Verdict::Untouched;
    for session in &found.sessions {
        verdict = verdict.max(findings::session(words, session, keys)?);
    }
    Ok(verdict)
}
