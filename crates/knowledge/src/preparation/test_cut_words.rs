//! Test cuts of the journal, in words.

use crate::words::Words;
use grainloss_core::record::EventRecord;
use grainloss_core::test_cut::{Concern, TestCutRecord};

/// What was found in a test cut beside its limits, and the first adjustment; `None` for an event of another kind.
pub fn test_cut_text(event: &EventRecord, words: &Words) -> Option<String> {
    let record = TestCutRecord::of(event)?;
    let unknown = || words.get("unknown");
    let driven = record.driven_m.map_or_else(unknown, |m| format!("{m:.0}"));
    let figure = |concern: Concern, value: f64| match concern {
        Concern::Stubble => format!("{:.0} cm", value * 100.0),
        _ => format!("{value:.2} %"),
    };
    let found = Concern::ALL.into_iter().filter_map(|concern| {
        let value = record.found.get(concern)?;
        let limit = record.limits.get(concern).map_or_else(unknown, |limit| figure(concern, limit));
        let word = match record.found.is_over(&record.limits, concern) {
            Some(true) => "over",
            Some(false) => "under",
            None => "no-limit",
        };
        let (name, standing) = (format!("test-cut-{}", concern.word()), words.get(&format!("test-cut-{word}")));
        let (name, found) = (words.get(&name), figure(concern, value));
        let values = [("name", &*name), ("found", &found), ("limit", &limit), ("standing", &standing)];
        Some(words.with("test-cut-verdict", &values))
    });
    let mut parts: Vec<String> = found.collect();
    parts.extend(record.advised.as_deref().map(|advised| {
        let key = format!("test-cut-{advised}");
        let known = words.has(&key).then(|| words.get(&key));
        let what = known.unwrap_or_else(|| crate::symptom_name(advised, "", words.lang));
        words.with("report-test-cut-advised", &[("what", &what)])
    }));
    let (frames, found) = (record.samples.len().to_string(), parts.join("; "));
    Some(words.with("report-test-cut", &[("driven", &driven), ("frames", &frames), ("found", &found)]))
}
