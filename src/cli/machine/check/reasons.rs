//! Marks and reasons in words.

use crate::cli::table::short;
use grainloss_core::machine::Channel;
use grainloss_fitting::{Enough, Finding, Level, Mark};
use grainloss_knowledge::Words;

/// The mark's word.
pub(super) fn mark_text(mark: Mark, words: &Words) -> String {
    words.get(&format!("judge-mark-{}", mark.word()))
}

/// Why, in words.
pub(super) fn reason_text(channel: Channel, finding: &Finding, words: &Words) -> String {
    let number = |value: Option<f64>| value.map_or_else(String::new, short);
    let share = finding.figure.map_or_else(String::new, |share| format!("{:.0}", share * 100.0));
    let unit = match channel.unit() {
        "1" | "flag" => "",
        unit => unit,
    };
    let other = finding.other.map_or("", Channel::name);
    let (figure, low, high) = (number(finding.figure), number(finding.low), number(finding.high));
    let values =
        [("figure", &*figure), ("share", &*share), ("low", &*low), ("high", &*high), ("unit", unit), ("other", other)];
    let word = finding.what.word();
    // Where the figure that a sentence speaks of is missing, there is a sentence without it.
    let key = if finding.high.is_none() && words.has(&format!("judge-{word}-open")) {
        format!("judge-{word}-open")
    } else {
        format!("judge-{word}")
    };
    words.with(&key, &values)
}

/// What the channels are enough for, and what is missing for more.
pub(in super::super) fn enough_text(enough: &Enough, words: &Words) -> String {
    let level = words.get(&format!("judge-level-{}", enough.level.word()));
    let mut text = words.with("judge-enough", &[("level", &level)]);
    if enough.bars_only {
        text += &words.get("judge-bars-only");
    }
    let next = Level::ALL.into_iter().find(|level| *level > enough.level);
    if let Some(next) = next.filter(|_| !enough.missing.is_empty()) {
        let any = |any: &Vec<Channel>| {
            let names: Vec<&str> = any.iter().map(|channel| channel.name()).collect();
            names.join(&words.get("judge-or"))
        };
        let missing = enough.missing.iter().map(any).collect::<Vec<_>>().join(&words.get("judge-and"));
        let next = words.get(&format!("judge-level-{}", next.word()));
        text += &words.with("judge-missing", &[("next", &next), ("channels", &missing)]);
    }
    text
}
