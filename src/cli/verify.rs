//! `grainloss verify`: was a journal, a session or a report of it changed?

mod code;
mod export;
mod findings;
mod keys;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use self::export::Export;
use self::keys::{Keys, Verdict};
use super::error::CliError;
use super::options::journal_path;
use super::table::say;
use crate::config::Config;
use grainloss_journal::{Altered, Journal, Verification, VerifyResult};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::date_time_zone;

/// Check that nobody has changed a journal, a session, or a report of it, since the program wrote it.
///
/// The square code on a printed report: scan it with a phone and give its text, in quotes or in a file (- is standard input).
/// Signature and totals are compared with the journal's, where that is here; what differs is named.
///
/// A journal: every session, record, correction, profile and capture, and what is missing between them. Exit status 0:
/// untouched, and signed with a known key, or with a key that is told where none is known. 1: altered, unsigned, or signed
/// by a stranger. 2: it cannot be read. 3: nothing was altered, but not everything could be checked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A session's number, `last`, a journal, a packet of `grainloss pack`, or an exported file: json, csv with
    /// NAME.csv.proof.json beside it, or any other with NAME.sig.json beside it; or the text of a report's square code
    /// (GRAINLOSS 1 ...), a file with it, or - for standard input
    what: String,
    /// The journal that the session is in [default: below ~/.local/state/grainloss]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The device's public key, or a file of them; device.pub beside the journal unless named
    #[arg(long, value_name = "HEX|FILE")]
    key: Option<String>,
    /// The proof of a csv file, or the signature of another file
    #[arg(long, value_name = "FILE.json")]
    proof: Option<PathBuf>,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    if let Some(text) = code::text_of(&args.what)? {
        return code::verify(&text, args, config, words)?.ended(words);
    }
    let number = args.what == "last" || args.what.parse::<i64>().is_ok();
    let verdict = if number || is_sqlite(Path::new(&args.what)) {
        let db = if number { journal_path(args.db.clone(), config)? } else { PathBuf::from(&args.what) };
        let journal = Journal::open(&db).map_err(CliError::input)?;
        let verification = if number {
            let id = journal.session(&args.what).map_err(CliError::input)?.id;
            journal.verify_session(id)
        } else {
            journal.verify_each(&mut progress())
        };
        let verification = verification.map_err(CliError::failed)?;
        let keys = Keys::known(args.key.as_deref(), Some(&db))?;
        report(words, &verification, &keys, !number)?
    } else {
        let keys = Keys::known(args.key.as_deref(), args.db.as_deref())?;
        let export = export::verify(Path::new(&args.what), args.proof.as_deref(), words)?;
        report_export(words, &args.what, &export, &keys)?
    };
    verdict.ended(words)
}

/// Draws, on a terminal, how many sessions were checked.
fn progress() -> impl FnMut(usize, usize) {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta}");
    // The template is fixed and right; were it not, indicatif's own would do.
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    move |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        if done == of {
            bar.finish_and_clear();
        }
    }
}

/// Says what was found of a journal; `whole` when all of it was to be checked.
fn report(words: &Words, found: &Verification, keys: &Keys, whole: bool) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::Untouched;
    for session in &found.sessions {
        verdict = verdict.max(findings::session(words, session, keys)?);
    }
    verdict = verdict.max(findings::points(words, &found.points, keys, whole)?);
    for problem in &found.journal {
        say(&findings::journal_problem(words, problem))?;
        verdict = Verdict::NotProven;
    }
    for unchecked in &found.unchecked {
        if whole {
            say(&words.with("verify-unchecked", &[("why", &findings::unchecked(words, unchecked))]))?;
            verdict = verdict.max(Verdict::Incomplete);
        }
    }
    if whole {
        say(&words.get("verify-not-covered"))?;
    }
    if keys.beside
        && verdict < Verdict::NotProven
        && (found.sessions.iter().any(|session| session.signed) || found.points.count > 0)
    {
        say(&words.get("verify-key-beside"))?;
    }
    Ok(verdict)
}

/// Says what was found of an exported file.
fn report_export(words: &Words, what: &str, export: &Export, keys: &Keys) -> Result<Verdict, CliError> {
    let plain = |key: &str| words.with(key, &[("what", what)]);
    let (text, mut verdict) = match &export.result {
        VerifyResult::Untouched { public_key } if keys.may_sign(public_key) => {
            (words.with("verify-untouched", &[("what", what), ("key", public_key)]), Verdict::Untouched)
        }
        VerifyResult::Untouched { public_key } => {
            (words.with("verify-untouched-stranger", &[("what", what), ("key", public_key)]), Verdict::NotProven)
        }
        VerifyResult::Altered(altered) => {
            let text = match altered {
                Altered::Minute(nth, end_us) => {
                    let time = date_time_zone(*end_us);
                    let values = [("what", what), ("nth", &*nth.to_string()), ("time", &*time)];
                    words.with("verify-altered-minute", &values)
                }
                Altered::Fact(field) => words.with("verify-altered-fact", &[("what", what), ("field", field)]),
                Altered::Column(nth) => {
                    words.with("verify-altered-column", &[("what", what), ("nth", &nth.to_string())])
                }
                Altered::Seal => plain("verify-altered-seal"),
                Altered::Bytes => plain("verify-altered-bytes"),
            };
            (text, Verdict::NotProven)
        }
        VerifyResult::Unsigned => (plain("verify-unsigned"), Verdict::NotProven),
    };
    say(&text)?;
    if export.only_facts && verdict == Verdict::Untouched {
        say(&words.with("verify-unchecked", &[("why", &words.get("verify-only-facts"))]))?;
        verdict = Verdict::Incomplete;
    }
    Ok(verdict)
}

fn is_sqlite(path: &Path) -> bool {
    let mut start = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"SQLite format 3\0"
}
