//! `session why`: the estimate at one moment, and what each measurement contributed to it.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::super::error::CliError;
use super::super::table::{columns, say};
use grainloss_core::harvest::{Basis, Interval90};
use grainloss_journal::{Journal, Session, StoredFusion, StoredSecond};
use grainloss_knowledge::local_time::{date_and_time, date_time_zone, time_of_day, zone_at};
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Message, Words};

const SECOND_US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

/// Show why the estimate was what it was at a time: what each sensor and pan measured, what was expected, what was used
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// The session's number, or `last`
    id: String,
    /// Time of day, as reports show it [default: the session's newest second]
    #[arg(long, value_name = "HH:MM[:SS]", value_parser = clock_s, conflicts_with = "at_unix")]
    at: Option<i64>,
    /// Time in seconds since 1970-01-01 UTC
    #[arg(long, value_name = "SECONDS")]
    at_unix: Option<f64>,
    /// How far back to look for a sensor's newest record, s; pans are looked for in the whole session
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=DAY_S))]
    window: i64,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    #[value(alias = "表格")]
    Table,
    Json,
}

/// Seconds since midnight of `HH:MM` or `HH:MM:SS`.
fn clock_s(text: &str) -> Result<i64, Message> {
    let wrong = || Message::new("option-clock");
    let parts = text.split(':').map(|part| part.parse::<u8>().map(i64::from));
    let parts = parts.collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?;
    match parts[..] {
        [hours @ 0..=23, minutes @ 0..=59] => Ok(hours * 3600 + minutes * 60),
        [hours @ 0..=23, minutes @ 0..=59, seconds @ 0..=59] => Ok(hours * 3600 + minutes * 60 + seconds),
        _ => Err(wrong()),
    }
}

pub(in super::super) fn main(args: &Args, db: &Path, words: &Words) -> Result<(), CliError> {
    let journal = Journal::open(db).map_err(CliError::input)?;
    let session = journal.session(&args.id).map_err(CliError::input)?;
    let t_us = moment_us(args, &session)?;
    let second = journal.second_at(session.id, t_us).map_err(CliError::failed)?;
    let fusions = journal.fusions_at(session.id, t_us, args.window * SECOND_US).map_err(CliError::failed)?;
    match args.format {
        Format::Json => {
            let value = as_json(session.id, t_us, second.as_ref(), &fusions);
            say(&serde_json::to_string_pretty(&value).map_err(CliError::failed)?)
        }
        Format::Table => table(words, session.id, t_us, second.as_ref(), &fusions, args.window),
    }
}

/// The time asked for, µs. A time of day is the newest one within the session.
fn moment_us(args: &Args, session: &Session) -> Result<i64, CliError> {
    let (start_us, last_us) = (session.started_us, session.last_us.unwrap_or(session.started_us));
    let asked_us = match (args.at, args.at_unix) {
        (Some(at_s), _) => {
            // The clock's reading as text knows the zone in which times are shown.
            let last_s = clock_s(&time_of_day(last_us)).map_err(CliError::failed)?;
            last_us.div_euclid(SECOND_US) * SECOND_US - (last_s - at_s).rem_euclid(DAY_S) * SECOND_US
        }
        (None, Some(unix_s)) => (unix_s * 1e6).round() as i64,
        (None, None) => last_us,
    };
    if (start_us..=last_us).contains(&asked_us) {
        return Ok(asked_us);
    }
    let (option, id) = (if args.at.is_some() { "--at" } else { "--at-unix" }, session.id);
    let (from, to, zone) = (date_and_time(start_us), date_and_time(last_us), zone_at(last_us));
    Err(CliError::input(spoken().with(
        "why-outside",
        &[("option", option), ("id", &id.to_string()), ("from", &from), ("to", &to), ("zone", &zone)],
    )))
}

fn as_json(session: i64, t_us: i64, second: Option<&StoredSecond>, fusions: &[StoredFusion]) -> Value {
    let interval = |interval: Option<Interval90>| interval.map(|i| json!({"value": i.value, "lo": i.lo, "hi": i.hi}));
    let estimate = second.map(|second| {
        json!({
            "t_us": second.t_us,
            "state": second.activity.map(grainloss_core::harvest::Activity::word),
            "feed_kg_s": second.feed_kg_s,
            "header_kg_s": interval(second.header_kg_s),
            "rear_kg_s": interval(second.rear_kg_s),
            "total_pct": interval(second.total_pct),
            "basis": second.basis.map(Basis::word),
        })
    });
    json!({"session": session, "t_us": t_us, "estimate": estimate, "measurements": fusions})
}

fn table(
    words: &Words,
    session: i64,
    t_us: i64,
    second: Option<&StoredSecond>,
    fusions: &[StoredFusion],
    window_s: i64,
) -> Result<(), CliError> {
    let time = date_time_zone(t_us);
    say(&words.with("session-why-head", &[("id", &session.to_string()), ("time", &time)]))?;
    let loss = second.and_then(|second| second.total_pct.zip(second.basis));
    say(&loss.map_or_else(
        || words.get("session-why-loss-unknown"),
        |(total, basis)| {
            let [value, lo, hi] = [total.value, total.lo, total.hi].map(|percent| format!("{percent:.2}"));
            let basis = words.get(&format!("basis-{}", basis.word()));
            words.with("session-why-loss", &[("value", &value), ("lo", &lo), ("hi", &hi), ("basis", &basis)])
        },
    ))?;
    if fusions.is_empty() {
        return say(&words.with("session-why-none", &[("window", &window_s.to_string())]));
    }
    let head = ["measurement", "time", "ratio", "innovation", "spread", "test-ratio", "outcome"];
    let mut rows = vec![head.map(|column| words.get(&format!("session-why-column-{column}"))).to_vec()];
    rows.extend(fusions.iter().map(|fusion| cells(words, fusion)));
    columns(&rows)
}

/// A measurement's row: the ratio and the spread of its logarithm, one standard deviation.
fn cells(words: &Words, fusion: &StoredFusion) -> Vec<String> {
    let number = |value: Option<f64>, decimals: usize| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
    };
    let reason =
        fusion.reason.as_deref().map_or_else(String::new, |reason| words.get(&format!("session-why-reason-{reason}")));
    vec![
        words.get(&format!("session-why-measurement-{}", fusion.measurement)),
        time_of_day(fusion.t_us),
        number(fusion.innovation.map(f64::exp), 2),
        number(fusion.innovation, 3),
        number(fusion.variance.map(f64::sqrt), 3),
        number(fusion.test_ratio, 2),
        words.with(&format!("session-why-outcome-{}", fusion.outcome), &[("reason", &reason)]),
    ]
}

#[cfg(test)]
mod tests {
    use super::clock_s;

    #[test]
    fn a_time_of_day_has_two_or_three_numbers_in_range() {
        assert_eq!((clock_s("14:32"), clock_s("00:00:09")), (Ok(52_320), Ok(9)));
        for bad in ["", "14", "24:00", "14:60", "14:32:60", "1:2:3:4", "a:b", "-1:00"] {
            assert!(clock_s(bad).unwrap_err().to_string().contains("14:32:05"), "{bad}");
        }
    }
}
