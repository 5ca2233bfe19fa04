//! What commands print for people.

use std::io::{ErrorKind, Write};
use std::path::Path;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::error::{CliError, complain_plain};
use crate::cli::said::Said as _;
use grainloss_bus::LogTotals;
use grainloss_can::Transfers;
use grainloss_core::clean_text::{clean, clean_line};
use grainloss_core::harvest::{Basis, CalibrationOrigin, Interval90, Totals};
use grainloss_core::machine::{Channel, Inconsistency, Ranges, ReadingState, Readings};
use grainloss_core::pipeline::FrameCounts;
use grainloss_knowledge::spoken;
use grainloss_knowledge::{Words, calibration_text};

/// Prints a text for people, or JSON, as one or several lines; what a terminal would obey is spelled out. A reader that has closed the pipe, as `| head` does, is no error; a full disk is one.
pub(super) fn say(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match writeln!(out, "{}", clean(text)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::failed(format!("{}: {}", spoken().get("cli-stdout"), error.said())))
        }
        _ => Ok(()),
    }
}

/// Says on standard error what was written, where, and how long it is; of a pipe, a device or standard output nothing.
pub(super) fn wrote(path: &Path) {
    let Ok(found) = std::fs::metadata(path) else { return };
    let (key, size) = match found.len() {
        _ if found.is_dir() => ("cli-wrote-folder", String::new()),
        _ if !found.is_file() => return,
        bytes @ ..1000 => ("cli-wrote-bytes", bytes.to_string()),
        bytes @ ..1_000_000 => ("cli-wrote-kb", format!("{:.1}", bytes as f64 / 1e3)),
        bytes => ("cli-wrote-mb", format!("{:.1}", bytes as f64 / 1e6)),
    };
    complain_plain(&spoken().with(key, &[("file", &path.display().to_string()), ("size", &size)]));
}

/// As [`wrote`], with the rows or frames that are in it.
pub(super) fn wrote_rows(path: &Path, key: &str, count: u64) {
    if std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        let values = [("file", &*path.display().to_string()), ("count", &count.to_string())];
        complain_plain(&spoken().with(key, &values));
    }
}

/// Prints rows in aligned columns; a Chinese character takes two places. A row stays one line, whatever its cells hold. The
/// last column is not padded.
pub(super) fn columns(rows: &[Vec<String>]) -> Result<(), CliError> {
    let line = |row: &Vec<String>| row.iter().map(|cell| clean_line(cell).into_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(line).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let text = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    if rows.is_empty() {
        return Ok(());
    }
    say(&rows.iter().map(text).collect::<Vec<_>>().join("\n"))
}

/// The calibration of an earlier field that a session began with.
pub(super) fn calibration(
    words: &Words,
    origin: Option<&CalibrationOrigin>,
    readings: &Readings,
) -> Result<(), CliError> {
    let Some(origin) = origin else { return Ok(()) };
    let text = calibration_text(words, origin, readings.t_us);
    say(&words.with("cli-calibration", &[("text", &text)]))
}

/// What became of the frames.
pub(super) fn frames(words: &Words, counts: FrameCounts) -> Result<(), CliError> {
    let number = |n: u64| n.to_string();
    let (read, decoded, unknown) = (number(counts.read), number(counts.decoded), number(counts.unknown));
    say(&words.with("cli-frames", &[("read", &read), ("decoded", &decoded), ("unknown", &unknown)]))
}

/// Messages of several frames that broke or were not followed, by their reasons, and bad messages of trouble codes;
/// nothing when there were none.
pub(super) fn transfers(words: &Words, transfers: &Transfers, bad_dm1: u64) -> Result<(), CliError> {
    for line in transfers_text(words, transfers, bad_dm1) {
        say(&line)?;
    }
    Ok(())
}

/// The lines of [`transfers`].
pub(super) fn transfers_text(words: &Words, transfers: &Transfers, bad_dm1: u64) -> Vec<String> {
    let reasons = |counts: &[(&str, u64)]| {
        let some = counts.iter().filter(|(_, count)| *count > 0);
        let some = some.map(|(key, count)| words.with(&format!("transfer-{key}"), &[("count", &count.to_string())]));
        some.collect::<Vec<_>>().join(&words.get("transfer-and"))
    };
    let t = transfers;
    let broken = [
        ("lost", t.lost),
        ("doubled", t.doubled),
        ("aborted", t.aborted),
        ("silent", t.silent),
        ("replaced", t.replaced),
        ("crowded", t.crowded),
    ];
    let mut lines = Vec::new();
    if t.broken() > 0 {
        let values = [("count", &*t.broken().to_string()), ("why", &reasons(&broken))];
        lines.push(words.with("transfers-broken", &values));
    }
    let others = reasons(&[("cut", t.cut), ("too-long", t.too_long)]);
    if !others.is_empty() {
        lines.push(words.with("transfers-others", &[("why", &others)]));
    }
    if bad_dm1 > 0 {
        lines.push(words.with("transfers-bad-dm1", &[("count", &bad_dm1.to_string())]));
    }
    lines
}

/// What became of the messages of several frames, by kind and reason.
pub(super) fn transfers_json(t: &Transfers) -> Value {
    json!({
        "whole": {"bam": t.broadcasts, "rts_cts": t.addressed, "etp": t.extended, "fast_packet": t.fast_packets},
        "broken": {
            "lost": t.lost, "doubled": t.doubled, "aborted": t.aborted, "silent": t.silent, "replaced": t.replaced,
            "crowded": t.crowded,
        },
        "cut": t.cut, "too_long": t.too_long,
    })
}

/// What the logs held besides.
pub(super) fn log(words: &Words, log: &LogTotals) -> Result<(), CliError> {
    let c = &log.counts;
    if c.bad_lines + c.remote + c.bus_errors + c.dropped > 0 {
        let [bad, remote, errors, dropped] = [c.bad_lines, c.remote, c.bus_errors, c.dropped].map(|n| n.to_string());
        let values = [("bad", &*bad), ("remote", &*remote), ("errors", &*errors), ("dropped", &*dropped)];
        say(&words.with("cli-not-frames", &values))?;
    }
    if let Some(first) = &log.first_bad {
        say(&words.with("cli-first-bad", &[("what", first)]))?;
    }
    if let Some(damaged) = &log.damaged {
        say(&words.with("cli-damaged", &[("what", damaged)]))?;
    }
    Ok(())
}

/// Which channels have what state at the end, grouped, with the range that each has had.
pub(super) fn channels(words: &Words, readings: &Readings, ranges: &Ranges) -> Result<(), CliError> {
    for state in ReadingState::ALL {
        let with_state = Channel::ALL.iter().filter(|&&channel| readings.get(channel).state == state);
        let named = with_state.map(|&channel| match ranges.get(channel) {
            Some((low, high)) if channel.unit() != "flag" => {
                let unit = if channel.unit() == "1" { String::new() } else { format!(" {}", channel.unit()) };
                format!("{} {}..{}{unit}", channel.name(), short(low), short(high))
            }
            _ => channel.name().to_owned(),
        });
        let names = named.collect::<Vec<_>>().join(", ");
        if !names.is_empty() {
            say(&format!("{}: {names}", words.get(&format!("state-{}", state.word()))))?;
        }
    }
    Ok(())
}

/// A number with as many decimals as it needs, three at most.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Readings that contradict each other: a mapping is probably wrong, or a sensor stuck.
pub(super) fn inconsistencies(
    words: &Words,
    found: impl Iterator<Item = (Inconsistency, f64)>,
) -> Result<(), CliError> {
    for (inconsistency, seconds) in found {
        let channels = inconsistency.channels().iter().map(|channel| channel.name()).collect::<Vec<_>>().join(", ");
        let what = words.get(&format!("doubt-{}", inconsistency.word()));
        let values = [("what", &*what), ("channels", &channels), ("seconds", &format!("{seconds:.0}"))];
        say(&words.with("cli-doubt", &values))?;
    }
    Ok(())
}

/// The same for programs.
pub(super) fn inconsistencies_json(found: impl Iterator<Item = (Inconsistency, f64)>) -> Value {
    let json = |(inconsistency, seconds): (Inconsistency, f64)| {
        let channels: Vec<_> = inconsistency.channels().iter().map(|channel| channel.name()).collect();
        json!({"id": inconsistency.word(), "seconds": seconds, "channels": channels})
    };
    found.map(json).collect()
}

/// Mu of a hectare.
const MU_PER_HA: f64 = 15.0;

/// The session in a few lines.
pub(super) fn totals(words: &Words, totals: &Totals) -> Result<(), CliError> {
    let minutes = |s: f64| format!("{:.1}", s / 60.0);
    let times = [("minutes", &*minutes(totals.duration_s())), ("cutting", &*minutes(totals.cutting_s()))];
    say(&words.with("cli-times", &times))?;
    let (Some(area), Some(grain)) = (totals.area_ha(), totals.grain_kg()) else {
        return say(&words.get("cli-no-loss"));
    };
    let (ha, mu, grain) = (format!("{area:.2}"), format!("{:.1}", area * MU_PER_HA), format!("{:.0}", grain.value));
    say(&words.with("cli-area", &[("ha", &ha), ("mu", &mu), ("grain", &grain)]))?;
    let losses = [totals.header_loss_kg(), totals.rear_loss_kg(), totals.total_loss_kg()];
    let [header, rear, total] = grainloss_core::rounding::losses_that_add(losses, 0);
    let lines = [
        ("cli-header-loss", header, 0),
        ("cli-rear-loss", rear, 0),
        ("cli-total-loss", total, 0),
        ("cli-total-pct", totals.total_loss_pct(), 2),
    ];
    for (key, band, decimals) in lines {
        let text = band.map_or_else(|| words.get("unknown"), |band| interval(band, decimals));
        say(&words.with(key, &[("band", &text)]))?;
    }
    if let Some(basis) = totals.basis() {
        let word = |basis: Basis| words.get(&format!("basis-{}", basis.word()));
        let text = match totals.stream_bases() {
            [Some(header), Some(rear)] if header != rear => {
                words.with("report-basis-parts", &[("header", &word(header)), ("rear", &word(rear))])
            }
            _ => word(basis),
        };
        say(&words.with("cli-basis", &[("basis", &text)]))?;
    }
    let c = totals.counts();
    let (turns, cuts, luggings) = (c.turns.to_string(), c.turning_cuts.to_string(), c.luggings.to_string());
    say(&words.with("cli-faults", &[("turns", &turns), ("cuts", &cuts), ("luggings", &luggings)]))
}

fn interval(band: Interval90, decimals: usize) -> String {
    format!("{:.decimals$} ({:.decimals$}-{:.decimals$})", band.value, band.lo, band.hi)
}

/// Where the session is stored.
pub(super) fn stored(words: &Words, session: Option<i64>, db: &Path) -> Result<(), CliError> {
    let Some(session) = session else { return Ok(()) };
    let (id, file) = (session.to_string(), db.display().to_string());
    say(&words.with("cli-stored", &[("id", &id), ("file", &file)]))
}
