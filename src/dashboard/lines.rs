//! The single lines of the main screen.

use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::numbers::{area, two_digits, with_interval};
use crate::harvest::{Estimate, Stream};
use crate::knowledge::Words;
use crate::machine::{Channel, Reading, ReadingState};
use crate::snapshot::{BusFault, Snapshot, SourceKind};

pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(super) const REVERSED: Style = Style::new().add_modifier(Modifier::BOLD).add_modifier(Modifier::REVERSED);

/// What this is: crop, machine, source, session, time.
pub(super) fn title(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let session = &snapshot.session;
    let source = words.get(match session.source {
        SourceKind::Live => "source-live",
        SourceKind::Replay => "source-replay",
        SourceKind::Demo => "source-demo",
    });
    let left = format!("grainloss  {} · {} · {source}", session.crop.get(words.lang), session.machine);
    canvas.put(1, y, 50, &left, BOLD);
    let t_s = snapshot.readings.t_us.div_euclid(1_000_000);
    let time = format!(
        "{:02}:{:02}:{:02} UTC ",
        t_s.div_euclid(3600).rem_euclid(24),
        t_s.div_euclid(60).rem_euclid(60),
        t_s.rem_euclid(60)
    );
    let id = session
        .id
        .map_or_else(|| words.get("screen-no-journal"), |id| words.with("screen-session", &[("id", &id.to_string())]));
    let time = if snapshot.estimate.is_some() { time } else { String::new() };
    canvas.put_right(y, &format!("{id}  {time}"), Style::new());
}

/// The three streams: share of the grain, kg/s with interval, basis.
pub(super) fn streams(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    const SHARE_X: u16 = 16;
    const RATE_X: u16 = 30;
    const BASIS_X: u16 = 57;
    canvas.put(1, y, SHARE_X - 2, &words.get("screen-streams"), Style::new());
    canvas.put(SHARE_X, y, RATE_X - SHARE_X - 1, &words.get("screen-share"), Style::new());
    canvas.put(RATE_X, y, BASIS_X - RATE_X - 1, "kg/s (90 %)", Style::new());
    canvas.put(BASIS_X, y, canvas.area.width - BASIS_X, &words.get("screen-basis"), Style::new());
    let estimate = snapshot.estimate.as_ref();
    let losses = estimate.map(Estimate::streams);
    let shares = estimate.and_then(|estimate| estimate.stream_shares);
    for (row, stream) in Stream::ALL.into_iter().enumerate() {
        let y = y + 1 + row as u16;
        let known = losses.and_then(|losses| Some((losses[row].1.loss?, losses[row].1.basis)));
        let dash = || "—".to_owned();
        let share = shares.map_or_else(dash, |shares| format!("{} %", two_digits(100.0 * shares[row])));
        let rate = known.map_or_else(dash, |(loss, _)| with_interval(loss.band()));
        let basis = known.map_or_else(dash, |(_, basis)| words.get(&format!("basis-{}", basis.word())));
        canvas.put(1, y, SHARE_X - 2, &words.get(&format!("stream-{}", stream.word())), BOLD);
        canvas.put(SHARE_X, y, RATE_X - SHARE_X - 1, &share, BOLD);
        canvas.put(RATE_X, y, BASIS_X - RATE_X - 1, &rate, BOLD);
        canvas.put(BASIS_X, y, canvas.area.width - BASIS_X, &basis, Style::new());
    }
}

/// Header height, feed rate, ground speed and engine, each with its age.
pub(super) fn parameters(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let reading = |channel| snapshot.readings.get(channel);
    let feed = reading(Channel::FeedRate);
    // Without a sensor the feed rate is worked out from speed, width and yield, and says so.
    let modelled = snapshot.estimate.as_ref().filter(|e| !e.feed_is_measured).and_then(|e| e.feed_kg_s);
    let cells = [
        (
            "screen-height",
            value(reading(Channel::HeaderHeight), 100.0, 0, "cm"),
            age(reading(Channel::HeaderHeight), words),
        ),
        match modelled {
            Some(kg_s) => ("screen-feed", format!("{kg_s:.1} kg/s"), words.get("screen-modelled")),
            None => ("screen-feed", value(feed, 1.0, 1, "kg/s"), age(feed, words)),
        },
        (
            "screen-speed",
            value(reading(Channel::GroundSpeed), 3.6, 1, "km/h"),
            age(reading(Channel::GroundSpeed), words),
        ),
        (
            "screen-engine",
            value(reading(Channel::EngineSpeed), 1.0, 0, "r/min"),
            age(reading(Channel::EngineSpeed), words),
        ),
    ];
    for (column, (label, value, age)) in cells.into_iter().enumerate() {
        let x = 1 + 20 * column as u16;
        canvas.put(x, y, 19, &words.get(label), Style::new());
        canvas.put(x, y + 1, 19, &value, BOLD);
        canvas.put(x, y + 2, 19, &age, Style::new());
    }
}

fn value(reading: &Reading, factor: f64, decimals: usize, unit: &str) -> String {
    reading.value.map_or_else(|| "—".to_owned(), |value| format!("{:.decimals$} {unit}", value * factor))
}

/// How old the value is; without one, why there is none.
fn age(reading: &Reading, words: &Words) -> String {
    let age = reading.age_us.map(|us| words.with("screen-age", &[("seconds", &format!("{:.1}", us as f64 / 1e6))]));
    match (reading.state, age) {
        (ReadingState::Valid, Some(age)) => age,
        (state, _) => words.get(&format!("state-{}", state.word())),
    }
}

/// The operator faults and the session so far.
pub(super) fn session(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let counts = snapshot.totals.counts();
    let (turns, cuts, luggings) =
        (counts.turns.to_string(), counts.turning_cuts.to_string(), counts.luggings.to_string());
    let faults = words.with("screen-faults", &[("turns", &turns), ("cuts", &cuts), ("luggings", &luggings)]);
    let active = snapshot.advice.notices.iter().any(|notice| notice.active);
    canvas.put(1, y, canvas.area.width - 1, &faults, if active { REVERSED } else { Style::new() });
    let totals = &snapshot.totals;
    let text = match (totals.area_ha(), totals.grain_kg()) {
        (Some(area_ha), Some(grain)) => {
            let loss = totals.total_loss_kg().map_or_else(|| words.get("unknown"), with_interval);
            let (area, grain) = (area(area_ha, words.lang), format!("{:.0}", grain.value));
            words.with("screen-area", &[("area", &area), ("grain", &grain), ("loss", &loss)])
        }
        _ => words.get("screen-nothing-cut"),
    };
    canvas.put(1, y + 1, canvas.area.width - 1, &text, Style::new());
}

/// Bus and journal, and the keys.
pub(super) fn status(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    /// Without a frame for so long the bus is silent.
    const SILENT_US: i64 = 2_000_000;
    const COLUMNS: u16 = 22;
    let health = &snapshot.health;
    let silent = health.bus_age_us.is_none_or(|age_us| age_us > SILENT_US);
    let (bus, style) = if snapshot.ended {
        (words.get("screen-ended"), Style::new())
    } else if let Some(fault) = &health.bus_fault {
        (bus_fault(fault, COLUMNS, words), REVERSED)
    } else if silent {
        (words.get("screen-bus-silent"), REVERSED)
    } else {
        (words.with("screen-bus", &[("frames", &health.frames_per_s.to_string())]), Style::new())
    };
    canvas.put(1, y, COLUMNS, &bus, style);
    let failing = health.journal_error.is_some();
    let stored = health.journal_stored.to_string();
    let journal = match snapshot.session.id {
        None => words.get("screen-no-journal"),
        Some(_) if failing => {
            let (waiting, lost) = (health.journal_waiting.to_string(), health.journal_lost.to_string());
            words.with("screen-not-stored", &[("waiting", &waiting), ("lost", &lost)])
        }
        Some(_) if health.journal_lost > 0 => {
            words.with("screen-stored-lost", &[("seconds", &stored), ("lost", &health.journal_lost.to_string())])
        }
        Some(_) => words.with("screen-stored", &[("seconds", &stored)]),
    };
    canvas.put(24, y, 40, &journal, if failing { REVERSED } else { Style::new() });
    canvas.put_right(y, &format!("{} ", words.get("screen-keys")), Style::new());
}

/// Interface and fault; the fault alone when the interface's name, which may have 15 letters, leaves no room.
fn bus_fault(fault: &BusFault, columns: u16, words: &Words) -> String {
    let word = words.get(&format!("bus-{}", fault.word));
    let named = format!("{} {word}", fault.interface);
    if named.width() > usize::from(columns) { word } else { named }
}
