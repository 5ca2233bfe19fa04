//! The check as JSON.

use serde_json::{Value, json};

use crate::cli::table;
use grainloss_core::machine::{Channel, ReadingState};
use grainloss_fitting::{ChannelCheck, Check, Enough, Finding, Judgement, SourceCheck, States};

/// Everything of the check, the same in every language.
pub(super) fn of(check: &Check, judgement: &Judgement) -> Value {
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
        "frames": frames, "known": known, "unknown": unknown, "frames_of_further_ids": check.beyond(),
        "broken_messages": check.broken_messages(), "doubts": table::inconsistencies_json(check.inconsistencies()),
        "marks": marks(judgement), "enough": enough(&judgement.enough), "cutting_s": judgement.cutting_s,
        "channels": check.channels().map(channel).collect::<serde_json::Map<_, _>>(),
    })
}

/// The judgement alone.
pub(in super::super) fn judgement(judgement: &Judgement) -> Value {
    json!({
        "marks": marks(judgement), "enough": enough(&judgement.enough), "cutting_s": judgement.cutting_s,
    })
}

/// The marks of all channels, each with its reasons.
fn marks(judgement: &Judgement) -> Value {
    let reason = |finding: &Finding| {
        json!({
            "reason": finding.what.word(), "mark": finding.mark.word(), "other": finding.other.map(Channel::name),
            "figure": finding.figure, "low": finding.low, "high": finding.high,
        })
    };
    let of = |&channel: &Channel| {
        let reasons: Vec<Value> = judgement.findings(channel).iter().map(reason).collect();
        (channel.name().to_owned(), json!({ "mark": judgement.mark(channel).word(), "reasons": reasons }))
    };
    Channel::ALL.iter().map(of).collect::<serde_json::Map<_, _>>().into()
}

fn enough(enough: &Enough) -> Value {
    let names = |any: &Vec<Channel>| any.iter().map(|channel| channel.name()).collect::<Vec<_>>();
    let missing: Vec<_> = enough.missing.iter().map(names).collect();
    json!({ "level": enough.level.word(), "missing": missing, "bars_only": enough.bars_only })
}
