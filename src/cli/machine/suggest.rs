//! `grainloss machine suggest`.

use std::path::PathBuf;

use super::frames::{Step, each_frame};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::{columns, say, short};
use grainloss_core::machine::Channel;
use grainloss_fitting::{Candidate, Reason, Suggestions};
use grainloss_knowledge::Words;

/// Suggest which signals of a DBC file are which channels.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// Logs; `-` is standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The DBC file, or the name of a bundled one
    #[arg(long, value_name = "FILE.dbc")]
    dbc: PathBuf,
    /// How many signals for each channel
    #[arg(long, value_name = "N", default_value_t = 3)]
    top: usize,
    /// Print the channels as they stand in a profile, to paste and look over
    #[arg(long)]
    toml: bool,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let database = super::super::decode::database(&args.dbc, words)?;
    let source = logs::source(&args.logs)?;
    let mut suggestions = Suggestions::new(database).map_err(CliError::input)?;
    each_frame(
        source,
        words,
        |_| {},
        |step| {
            if let Step::Frame(frame, _) = step {
                suggestions.take(frame);
            }
        },
    )?;
    let found = || {
        Channel::ALL.iter().map(|&channel| {
            let mut candidates = suggestions.candidates(channel);
            candidates.truncate(args.top);
            (channel, candidates)
        })
    };
    if args.toml { toml(found()) } else { table(found(), words) }
}

fn table(found: impl Iterator<Item = (Channel, Vec<Candidate>)>, words: &Words) -> Result<(), CliError> {
    let mut rows =
        vec![["channel", "signal", "points", "why"].map(|key| words.get(&format!("suggest-{key}"))).to_vec()];
    let mut none = Vec::new();
    for (channel, candidates) in found {
        if candidates.is_empty() {
            none.push(channel.name());
        }
        for (at, candidate) in candidates.into_iter().enumerate() {
            let name = if at == 0 { channel.name().to_owned() } else { String::new() };
            let why = candidate.reasons.iter().map(|reason| said(reason, words)).collect::<Vec<_>>().join(", ");
            rows.push(vec![name, candidate.signal, format!("{:.0}", candidate.points), why]);
        }
    }
    columns(&rows)?;
    if !none.is_empty() {
        say(&words.with("suggest-none", &[("channels", &none.join(", "))]))?;
    }
    say(&words.get("suggest-hint"))
}

fn said(reason: &Reason, words: &Words) -> String {
    match reason {
        Reason::Spn(spn) => format!("SPN {spn}"),
        Reason::Name(name) => format!("\"{name}\""),
        Reason::Group(pgn) => format!("PGN {pgn}"),
        Reason::Unit(unit) => unit.clone(),
        Reason::UnknownUnit(unit) if unit.is_empty() => words.get("suggest-no-unit"),
        Reason::UnknownUnit(unit) => words.with("suggest-unknown-unit", &[("unit", unit)]),
        Reason::Constant => words.get("suggest-constant"),
        Reason::NotInLog => words.get("suggest-not-in-log"),
        Reason::Values(share, low, high) if low.is_finite() => {
            let (share, range) = (format!("{:.0}", share * 100.0), format!("{}..{}", short(*low), short(*high)));
            words.with("suggest-values", &[("share", &share), ("range", &range)])
        }
        Reason::Values(..) => words.get("suggest-no-values"),
    }
}

/// Only what the log has: a profile is for the machine that it was recorded on.
fn toml(found: impl Iterator<Item = (Channel, Vec<Candidate>)>) -> Result<(), CliError> {
    for (channel, mut candidates) in found {
        candidates.retain(Candidate::is_in_log);
        if candidates.is_empty() {
            continue;
        }
        let sources = candidates.iter().map(|candidate| {
            let counter = candidate.counter_modulus.map_or_else(String::new, |m| format!(", counter_modulus = {m}"));
            let unit = candidate.unit.as_ref().map_or_else(String::new, |unit| format!(", unit = \"{unit}\""));
            let scale = candidate.scale.map_or_else(String::new, |(s, o)| format!(", scale = {s:?}, offset = {o:?}"));
            format!("  {{ signal = \"{}\"{scale}{unit}{counter} }},\n", candidate.signal)
        });
        say(&format!("[[channel]]\nname = \"{}\"\nsources = [\n{}]\n", channel.name(), sources.collect::<String>()))?;
    }
    Ok(())
}
