//! How the bus was, at the end of a run: for people and as JSON.

use serde_json::{Map, Value, json};

use super::super::error::CliError;
use super::super::table::say;
use grainloss_bus::{BusEventKind, BusHealth, FrameSource};
use grainloss_knowledge::Words;

/// What happened, and how often; what never happened is left out.
fn happened(health: &BusHealth) -> impl Iterator<Item = (BusEventKind, u64)> {
    BusEventKind::ALL.into_iter().map(|what| (what, health.times(what))).filter(|(_, times)| *times > 0)
}

/// A line for each interface.
pub(super) fn report(words: &Words, source: &impl FrameSource) -> Result<(), CliError> {
    for (name, health) in source.interfaces().iter().zip(source.health()) {
        let word = |word: &str| words.get(&format!("bus-{word}"));
        let (frames, state) = (health.frames().to_string(), word(health.state().word()));
        let mut line = words.with("cli-bus", &[("iface", name), ("state", &state), ("frames", &frames)]);
        let counted = [("cli-bus-errors", health.error_frames()), ("cli-bad-frames", health.odd())];
        let counted = counted.into_iter().filter(|(_, count)| *count > 0);
        let counted = counted.map(|(key, count)| words.with(key, &[("bad", &count.to_string())]));
        let happened = happened(health).map(|(what, times)| format!("{} {times}", word(what.word())));
        for part in counted.chain(happened) {
            line = line + ", " + &part;
        }
        say(&line)?;
    }
    Ok(())
}

/// An object for each interface, by name.
pub(super) fn json(source: &impl FrameSource) -> Value {
    let interfaces = source.interfaces().iter().zip(source.health()).map(|(name, health)| {
        let counts: Map<String, Value> =
            BusEventKind::ALL.into_iter().map(|what| (what.word().to_owned(), json!(health.times(what)))).collect();
        let object = json!({
            "state": health.state().word(),
            "since_unix": health.since_us().map(|t_us| t_us as f64 / 1e6),
            "frames": health.frames(),
            "error_frames": health.error_frames(),
            "bad": health.odd(),
            "tx_error_counter": health.error_counters().map(|(tx, _)| tx),
            "rx_error_counter": health.error_counters().map(|(_, rx)| rx),
            "counts": counts,
        });
        (name.clone(), object)
    });
    Value::Object(interfaces.collect())
}
