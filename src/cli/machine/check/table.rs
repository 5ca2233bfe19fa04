//! The check as a table, with the reasons in words.

use super::reasons::{enough_text, mark_text, reason_text};
use crate::cli::error::CliError;
use crate::cli::table::{self, columns, say, short};
use grainloss_core::machine::{Channel, ReadingState};
use grainloss_fitting::{Check, Judgement, Mark, SourceCheck, States};
use grainloss_knowledge::Words;

/// Most unknown identifiers that are listed.
const LISTED_UNKNOWN: usize = 8;

/// Prints what came of every channel, what is doubtful or wrong and why, and what it is enough for.
pub(super) fn print(check: &Check, judgement: &Judgement, all: bool, words: &Words) -> Result<(), CliError> {
    let heads = ["channel", "mark", "source", "valid", "otherwise", "raw", "value", "range"];
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
            let mark = if at == 0 { mark_text(judgement.mark(channel), words) } else { String::new() };
            rows.push(vec![
                name,
                mark,
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
    reasons(judgement, words)?;
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

/// A line for each channel that is doubtful or wrong, the wrong ones first; what all of them are enough for.
fn reasons(judgement: &Judgement, words: &Words) -> Result<(), CliError> {
    for mark in [Mark::Wrong, Mark::Doubtful] {
        for channel in judgement.of_mark(mark) {
            let why = judgement.findings(channel).iter().map(|finding| reason_text(channel, finding, words));
            let (mark, why) = (mark_text(mark, words), why.collect::<Vec<_>>().join(&words.get("judge-and")));
            let values = [("mark", &*mark), ("channel", channel.name()), ("why", &*why)];
            say(&words.with("judge-line", &values))?;
        }
    }
    let minutes = format!("{:.1}", judgement.cutting_s / 60.0);
    say(&words.with("judge-cutting", &[("minutes", &minutes)]))?;
    say(&enough_text(&judgement.enough, words))
}
