//! `grainloss verify`: was a session or a report of it changed?

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::options::journal_path;
use super::table::say;
use crate::config::Config;
use grainloss_journal::{Altered, DeviceKeys, Journal, Proof, Unsigned, VerifyResult, public_keys};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::{date_and_time, zone_at};

/// Check that nobody has changed a session, or a report of it, since it was signed.
///
/// Exit status 0: untouched, and signed with a known key, or with a key that is told where none is known. 1: altered,
/// unsigned, or signed by a stranger.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A session's number, `last`, a journal, or an exported file: json with its proof, or csv with NAME.csv.proof.json
    /// beside it
    what: String,
    /// The journal that the session is in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The device's public key, or a file of them; device.pub beside the journal unless named
    #[arg(long, value_name = "HEX|FILE")]
    key: Option<String>,
    /// The proof of a csv file
    #[arg(long, value_name = "FILE.json")]
    proof: Option<PathBuf>,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let number = args.what == "last" || args.what.parse::<i64>().is_ok();
    let (journal, verdicts) = if number {
        let db = journal_path(args.db.clone(), config)?;
        let journal = Journal::open(&db).map_err(CliError::input)?;
        let id = journal.session(&args.what).map_err(CliError::input)?.id;
        let verdict = journal.verify(id).map_err(CliError::failed)?;
        (Some(db), vec![(words.with("verify-session", &[("id", &id.to_string())]), verdict)])
    } else if is_sqlite(Path::new(&args.what)) {
        let db = PathBuf::from(&args.what);
        let journal = Journal::open(&db).map_err(CliError::input)?;
        let mut verdicts = Vec::new();
        for session in journal.sessions().map_err(CliError::failed)? {
            let verdict = journal.verify(session.id).map_err(CliError::failed)?;
            verdicts.push((words.with("verify-session", &[("id", &session.id.to_string())]), verdict));
        }
        (Some(db), verdicts)
    } else {
        (args.db.clone(), vec![(args.what.clone(), export(Path::new(&args.what), args.proof.as_deref())?)])
    };
    let known = known_keys(args, journal.as_deref())?;
    let mut good = true;
    for (what, verdict) in &verdicts {
        good &= report(words, what, verdict, &known)?;
    }
    if good { Ok(()) } else { Err(CliError::failed(words.get("verify-not-proven"))) }
}

/// The keys that may sign; empty when none is known.
fn known_keys(args: &Args, journal: Option<&Path>) -> Result<Vec<String>, CliError> {
    let Some(key) = &args.key else {
        return Ok(journal.map(|journal| DeviceKeys::beside(journal).public()).unwrap_or_default());
    };
    let mut keys = public_keys(key);
    if keys.is_empty() {
        let text = std::fs::read_to_string(key).map_err(|error| {
            CliError::input(format!("--key {key}: neither 64 hexadecimal digits nor a file that can be read: {error}"))
        })?;
        keys = public_keys(&text);
    }
    if keys.is_empty() {
        return Err(CliError::input(format!(
            "--key {key}: no public key in it; expected 64 hexadecimal digits on a line"
        )));
    }
    Ok(keys)
}

/// Says it; whether it is proven.
fn report(words: &Words, what: &str, verdict: &VerifyResult, known: &[String]) -> Result<bool, CliError> {
    let plain = |key: &str| words.with(key, &[("what", what)]);
    let (text, good) = match verdict {
        VerifyResult::Untouched { public_key } => {
            let good = known.is_empty() || known.contains(public_key);
            let key = if good { "verify-untouched" } else { "verify-untouched-stranger" };
            (words.with(key, &[("what", what), ("key", public_key)]), good)
        }
        VerifyResult::Altered(Altered::Minute(nth, end_us)) => {
            let values = [
                ("what", what),
                ("nth", &*nth.to_string()),
                ("time", &*format!("{} {}", date_and_time(*end_us), zone_at(*end_us))),
            ];
            (words.with("verify-altered-minute", &values), false)
        }
        VerifyResult::Altered(Altered::Facts) => (plain("verify-altered-facts"), false),
        VerifyResult::Altered(Altered::Seal) => (plain("verify-altered-seal"), false),
        VerifyResult::Altered(Altered::Correction(nth)) => {
            (words.with("verify-altered-correction", &[("what", what), ("nth", &nth.to_string())]), false)
        }
        VerifyResult::Unsigned(Unsigned::Open) => (plain("verify-unsigned-open"), false),
        VerifyResult::Unsigned(Unsigned::NoSignature) => (plain("verify-unsigned"), false),
    };
    say(&text)?;
    Ok(good)
}

fn is_sqlite(path: &Path) -> bool {
    let mut start = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"SQLite format 3\0"
}

/// An exported file with its proof.
fn export(path: &Path, proof: Option<&Path>) -> Result<VerifyResult, CliError> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| CliError::input(format!("{}: {error}", path.display())))
    };
    let text = read(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text) {
        return of_json(path, &json);
    }
    let beside = || PathBuf::from(format!("{}.proof.json", path.display()));
    let proof_path = proof.map_or_else(beside, Path::to_owned);
    let proof = serde_json::from_str(&read(&proof_path)?)
        .map_err(|error| CliError::input(format!("{}: this is no proof: {error}", proof_path.display())))?;
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let records = rows.records().collect::<Result<Vec<_>, _>>();
    let records = records.map_err(|error| CliError::input(format!("{}: {error}", path.display())))?;
    let proof: Proof = proof;
    Ok(proof.verify_rows(records.iter().map(|record| record.iter().collect())))
}

/// A report as JSON: the proof inside must be whole, and the report must say what was signed.
fn of_json(path: &Path, json: &serde_json::Value) -> Result<VerifyResult, CliError> {
    let proof = json.get("proof").unwrap_or(json);
    let proof: Proof = serde_json::from_value(proof.clone()).map_err(|error| {
        CliError::input(format!("{}: there is no proof in it: {error}; was the session closed?", path.display()))
    })?;
    let facts: serde_json::Value = serde_json::from_str(&proof.facts).unwrap_or_default();
    let totals = facts["totals"].as_str().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let differs = |name: &str, signed: &serde_json::Value| json.get(name).is_some_and(|said| said != signed);
    let names = ["end_reason", "source", "clock", "machine", "profile_sha256", "crop", "software"];
    if names.iter().any(|name| differs(name, &facts[*name])) || differs("totals", &totals.unwrap_or_default()) {
        return Ok(VerifyResult::Altered(Altered::Facts));
    }
    Ok(proof.verify())
}
