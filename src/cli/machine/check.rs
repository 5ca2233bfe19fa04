//! `grainloss machine check`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::format::Format;
use super::frames::{Step, each_frame, warnings};
use crate::cli::error::CliError;
use crate::cli::logs;
use crate::cli::table::{self, columns, say, short};
use grainloss_core::machine::{Channel, ChannelBank, ReadingState, Router};
use grainloss_fitting::{ChannelCheck, Check, SourceCheck, States};
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;

/// Most unknown identifiers that are listed.
const LISTED_UNKNOWN: usize = 8;

/// Run a profile over a log: what came of every channel.
#[derive(Debug, clap::Args)]
#[command(after_long_help = logs::help())]
pub(super) struct Args {
    /// A profile's name, or a .toml file
    machine: String,
    /// Logs; `-` is standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// Every source of every channel, not the ones in use alone
    #[arg(long)]
    all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let profile = profiles::load(&args.machine).map_err(CliError::input)?;
    let source = logs::source(&args.logs)?;
    let bank = ChannelBank::new(Router::new(&profile).map_err(CliError::input)?);
    let check = std::cell::RefCell::new(Check::new(bank));
    let name = |names: &[String]| check.borrow_mut().name_interfaces(names);
    each_frame(source, words, name, |step| match step {
        Step::Frame(frame, t_us) => check.borrow_mut().take(frame, t_us),
        Step::Skip(t_us) => check.borrow_mut().skip_to(t_us),
    })?;
    let check = check.into_inner();
    match args.format {
        Format::Table => print(&check, args.all, words)?,
        Format::Json => say(&serde_json::to_string_pretty(&to_json(&check)).map_err(CliError::failed)?)?,
    }
    warnings(&profile);
    Ok(())
}

fn print(check: &Check, all: bool, words: &Words) -> Result<(), CliError> {
    let heads = ["channel", "source", "valid", "otherwise", "raw", "value", "range"];
    let mut rows = vec![heads.map(|key| words.get(&format!("check-{key}"))).to_vec()];
    let mut silent = Vec::new();
    let mut unseen = Vec::new();
    let mut unmapped = Vec::new();
    for (channel, found) in check.channels() {
        if found.sources.is_empty() {
            unmapped.push(channel.name());
            continue;
        }
        if found.states.share(ReadingState::NeverSeen) >= 1.0 {
            unseen.push(channel.name());
        } else if found.in_use().is_none() {
            silent.push(format!("{} ({})", channel.name(), otherwise(&found.states, words)));
        }
        let shown: Vec<&SourceCheck> =
            if all { found.sources.iter().collect() } else { found.in_use().into_iter().collect() };
        for (at, source) in shown.into_iter().enumerate() {
            let states = if all { &source.states } else { &found.states };
            let range = if all { source.range } else { found.range };
            let name = if at == 0 { channel.name().to_owned() } else { String::new() };
            rows.push(vec![
                name,
                source.origin.clone(),
                percent(states.share(ReadingState::Valid)),
                otherwise(states, words),
                source.raw.map_or_else(String::new, |raw| raw.to_string()),
                source.value.map_or_else(String::new, |value| with_unit(channel, &short(value))),
                range.map_or_else(String::new, |(low, high)| format!("{}..{}", short(low), short(high))),
            ]);
        }
    }
    if rows.len() > 1 {
        columns(&rows)?;
    }
    let silent: Vec<&str> = silent.iter().map(String::as_str).collect();
    for (key, channels) in [("check-silent", silent), ("check-unseen", unseen), ("check-unmapped", unmapped)] {
        if !channels.is_empty() {
            say(&words.with(key, &[("channels", &channels.join(", "))]))?;
        }
    }
    table::inconsistencies(words, check.inconsistencies())?;
    let (frames, known) = check.frames();
    let mut unknown: Vec<_> = check.unknown().iter().collect();
    unknown.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let ids: Vec<String> = unknown.iter().take(LISTED_UNKNOWN).map(|(id, count)| format!("{id} ({count})")).collect();
    let (frames, known, others) = (frames.to_string(), known.to_string(), check.unknown().len().to_string());
    say(&words.with("check-frames", &[("frames", &frames), ("known", &known), ("others", &others)]))?;
    if check.beyond() > 0 {
        say(&words.with("seen-beyond", &[("frames", &check.beyond().to_string())]))?;
    }
    if !ids.is_empty() {
        say(&words.with("check-unknown", &[("ids", &ids.join(", "))]))?;
    }
    if check.broken_messages() > 0 {
        say(&words.with("check-broken", &[("count", &check.broken_messages().to_string())]))?;
    }
    Ok(())
}

fn with_unit(channel: Channel, value: &str) -> String {
    match channel.unit() {
        "1" | "flag" => value.to_owned(),
        unit => format!("{value} {unit}"),
    }
}

fn percent(share: f64) -> String {
    // A little is not nothing, and nearly all is not all.
    match share * 100.0 {
        p if p > 0.0 && p < 1.0 => "<1 %".to_owned(),
        p if p > 99.0 && p < 100.0 => ">99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// The states besides valid, the commonest first.
fn otherwise(states: &States, words: &Words) -> String {
    let mut others: Vec<(ReadingState, f64)> = ReadingState::ALL[1..]
        .iter()
        .map(|&state| (state, states.share(state)))
        .filter(|(_, share)| *share > 0.0)
        .collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    let text = |(state, share): &(ReadingState, f64)| {
        format!("{} {}", words.get(&format!("state-{}", state.word())), percent(*share))
    };
    others.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn to_json(check: &Check) -> Value {
    let shares = |states: &States| -> Value {
        ReadingState::ALL
            .iter()
            .map(|&state| (state.word().to_owned(), json!(states.share(state))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let source = |source: &SourceCheck| {
        json!({
            "source": source.origin, "states": shares(&source.states), "raw": source.raw, "value": source.value,
            "min": source.range.map(|r| r.0), "max": source.range.map(|r| r.1),
        })
    };
    let channel = |(channel, found): (Channel, &ChannelCheck)| {
        let text = json!({
            "unit": channel.unit(), "states": shares(&found.states), "in_use": found.in_use().map(|s| &s.origin),
            "min": found.range.map(|r| r.0), "max": found.range.map(|r| r.1),
            "sources": found.sources.iter().map(source).collect::<Vec<_>>(),
        });
        (channel.name().to_owned(), text)
    };
    let (frames, known) = check.frames();
    let unknown: serde_json::Map<_, _> = check.unknown().iter().map(|(id, n)| (id.to_string(), json!(n))).collect();
    json!({
        "frames": frames, "known": known, "unknown": unknown, "frames_of_further_ids": check.beyond(), "broken_messages": check.broken_messages(), "doubts": table::inconsistencies_json(check.inconsistencies()),
        "channels": check.channels().map(channel).collect::<serde_json::Map<_, _>>(),
    })
}
