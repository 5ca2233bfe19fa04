//! What was found of a session and of a journal, in words.

use super::keys::{Keys, Verdict};
use crate::cli::error::CliError;
use crate::cli::table::say;
use grainloss_journal::{JournalProblem, PointProblem, PointsVerification, Problem, SessionVerification, Unchecked};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::date_time_zone;

/// Says what was found of a session.
pub(super) fn session(words: &Words, found: &SessionVerification, keys: &Keys) -> Result<Verdict, CliError> {
    let what = words.with("verify-session", &[("id", &found.session.to_string())]);
    let mut verdict = Verdict::Untouched;
    for found in &found.problems {
        say(&problem(words, &what, found))?;
        verdict = Verdict::NotProven;
    }
    if verdict == Verdict::Untouched {
        let strangers: Vec<&str> = found.keys.iter().map(String::as_str).filter(|key| !keys.may_sign(key)).collect();
        let to = found.to_us.map_or_else(|| "—".to_owned(), date_time_zone);
        let all = found.keys.join(", ");
        let strange = strangers.join(", ");
        let seconds = found.compared.seconds.to_string();
        let values = |key: &'static str, keys: &str| {
            words.with(key, &[("what", &*what), ("key", keys), ("time", &to), ("seconds", &seconds)])
        };
        let text = match (found.signed && !found.keys.is_empty(), strangers.is_empty(), found.open) {
            (false, _, true) => values("verify-unsigned-open", ""),
            (false, _, false) => values("verify-unsigned", ""),
            (true, false, _) => values("verify-untouched-stranger", &strange),
            (true, true, true) => values("verify-untouched-open", &all),
            (true, true, false) => values("verify-untouched", &all),
        };
        if !found.signed || found.keys.is_empty() || !strangers.is_empty() {
            verdict = Verdict::NotProven;
        }
        say(&text)?;
    }
    for why in &found.unchecked {
        let values = [("what", &*what), ("why", &*unchecked(words, why))];
        say(&words.with("verify-session-unchecked", &values))?;
        if matches!(why, Unchecked::EarlierVersion | Unchecked::CaptureMissing) {
            verdict = verdict.max(Verdict::Incomplete);
        }
    }
    Ok(verdict)
}

fn problem(words: &Words, what: &str, problem: &Problem) -> String {
    let plain = |key: &str| words.with(key, &[("what", what)]);
    let number = |key: &str, number: &str| words.with(key, &[("what", what), ("nth", number)]);
    match problem {
        Problem::Minute(nth, end_us) => {
            let values = [("what", what), ("nth", &*nth.to_string()), ("time", &*date_time_zone(*end_us))];
            words.with("verify-altered-minute", &values)
        }
        Problem::MinuteMissing(end_us) => {
            words.with("verify-altered-minute-missing", &[("what", what), ("time", &date_time_zone(*end_us))])
        }
        Problem::OpenMinute => plain("verify-altered-open-minute"),
        Problem::Uncovered(table, count) => {
            let values = [("what", what), ("table", *table), ("count", &*count.to_string())];
            words.with("verify-altered-uncovered", &values)
        }
        Problem::Facts => plain("verify-altered-facts"),
        Problem::Seal(Some(nth)) => number("verify-altered-seal-number", &nth.to_string()),
        Problem::Seal(None) => plain("verify-altered-seal"),
        Problem::Correction(nth) => number("verify-altered-correction", &nth.to_string()),
        Problem::CorrectionsMissing(count) => number("verify-altered-corrections-missing", &count.to_string()),
        Problem::Profile => plain("verify-altered-profile"),
        Problem::Capture => plain("verify-altered-capture"),
        Problem::CaptureDeleted => plain("verify-altered-capture-deleted"),
        Problem::Calibration => plain("verify-altered-calibration"),
        Problem::Unsealed => plain("verify-altered-unsealed"),
    }
}

/// Says what was found of the measured points; `whole` when all of the journal was to be checked.
pub(super) fn points(words: &Words, found: &PointsVerification, keys: &Keys, whole: bool) -> Result<Verdict, CliError> {
    for problem in &found.problems {
        let (key, id) = match problem {
            PointProblem::Altered(id) => ("verify-point-altered", id),
            PointProblem::Missing(id) => ("verify-point-missing", id),
            PointProblem::Unsealed(id) => ("verify-point-unsealed", id),
        };
        say(&words.with(key, &[("id", &id.to_string())]))?;
    }
    if !found.problems.is_empty() {
        return Ok(Verdict::NotProven);
    }
    if found.count == 0 || !whole {
        return Ok(Verdict::Untouched);
    }
    let is_known = found.keys.iter().all(|key| keys.may_sign(key));
    let (key, verdict) = match (found.signed, is_known) {
        (false, _) => ("verify-points-unsigned", Verdict::NotProven),
        (true, false) => ("verify-points-stranger", Verdict::NotProven),
        (true, true) => ("verify-points", Verdict::Untouched),
    };
    say(&words.with(key, &[("count", &found.count.to_string()), ("key", &found.keys.join(", "))]))?;
    Ok(verdict)
}

/// What does not fit in the journal as a whole.
pub(super) fn journal_problem(words: &Words, problem: &JournalProblem) -> String {
    match problem {
        JournalProblem::SealsMissing(from, to) => {
            words.with("verify-journal-seals-missing", &[("from", &from.to_string()), ("to", &to.to_string())])
        }
        JournalProblem::SealAltered(nth) => words.with("verify-journal-seal-altered", &[("nth", &nth.to_string())]),
        JournalProblem::SessionMissing(id) => words.with("verify-journal-session-missing", &[("id", &id.to_string())]),
        JournalProblem::SessionTwice(id) => words.with("verify-journal-session-twice", &[("id", &id.to_string())]),
        JournalProblem::Foreign(kind, name) => words.with("verify-journal-foreign", &[("kind", kind), ("name", name)]),
    }
}

/// What could not be checked, and why.
pub(super) fn unchecked(words: &Words, unchecked: &Unchecked) -> String {
    match unchecked {
        Unchecked::EarlierVersion => words.get("verify-earlier-version"),
        Unchecked::CaptureDeleted => words.get("verify-capture-deleted"),
        Unchecked::CaptureMissing => words.get("verify-capture-missing"),
        Unchecked::CaptureOpen => words.get("verify-capture-open"),
        Unchecked::ProfileMissing => words.get("verify-profile-missing"),
        Unchecked::HeadMissing => words.get("verify-head-missing"),
        Unchecked::HeadWasMissing(id) => words.with("verify-head-was-missing", &[("id", &id.to_string())]),
    }
}
