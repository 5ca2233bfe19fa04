//! What happened in a session, a row each: alarms, notices, changed settings; and all of them in the order of time.

use super::columns::{heads, rows};
use super::content::{Cell, Table};
use super::sentence::decimals;
#[cfg(feature = "xlsx")]
use crate::model::ChangedSetting;
use crate::model::{ReportedAlarm, SessionReport};
use crate::text::ReportText;
use grainloss_core::advice::Excess;
use grainloss_core::record::EventRecord;
use grainloss_journal::StoredSetting;
use grainloss_knowledge::peoples_value;

/// The name of a stream, a setting or a channel in words; a name that is none of them stays as it is.
fn name_of(name: &str, text: &ReportText) -> String {
    let key = name.replace('.', "-");
    let found = ["stream-", "report-setting-", "channel-"].map(|prefix| text.word(prefix, &key));
    found.into_iter().find(|found| *found != key).unwrap_or_else(|| name.to_owned())
}

/// The name of an alarm.
fn alarm_name(alarm: &ReportedAlarm, text: &ReportText) -> String {
    alarm.excess.map_or_else(
        || text.word("report-alarm-", &alarm.stored.alarm),
        |excess| text.word("report-alarm-loss-level-", excess.word()),
    )
}

/// Its level in words.
fn alarm_level(alarm: &ReportedAlarm, text: &ReportText) -> Option<String> {
    match (alarm.excess, alarm.stored.level) {
        (Some(Excess::Probable), _) | (_, Some(0)) => Some(text.get("alarm-notice")),
        (_, level) => level.map(|level| text.word("alarm-level-", &level.to_string())),
    }
}

/// The alarms.
pub fn alarms(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["raised", "alarm", "stream", "level", "alarm-loss", "cleared", "seen", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.alarms.as_slice(),
        |alarm| {
            let a = &alarm.stored;
            let (name, level) = (alarm_name(alarm, text), alarm_level(alarm, text));
            vec![
                Cell::Time(a.raised_us),
                Cell::Text(name),
                Cell::text(a.stream.as_ref().map(|stream| name_of(stream, text)).as_deref()),
                Cell::text(level.as_deref()),
                Cell::number(a.loss_pct, 2),
                Cell::time(a.cleared_us),
                Cell::time(a.acknowledged_us),
                Cell::text(a.acknowledged_by.as_deref()),
            ]
        },
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// What a notice is about, in words.
fn notice(event: &EventRecord, text: &ReportText) -> String {
    let what = match &*event.kind {
        "notice" => return text.word("report-notice-", &event.id),
        "trouble" | "trouble-over" => trouble(event, text),
        kind if kind.starts_with("symptom-") => text.symptom(&event.id),
        _ => text.word("doubt-", &event.id),
    };
    format!("{}: {what}", text.word("event-", &event.kind))
}

/// A trouble code in words, the controller that reported it, and the gravest lamp that it had on.
fn trouble(event: &EventRecord, text: &ReportText) -> String {
    let mut what = text.trouble(&event.id);
    if let Some(address) = &event.stream {
        what = format!("{what} ({})", text.with("trouble-from", &[("address", address)]));
    }
    // As the journal numbers them; nothing for a number that it does not.
    let lamp = event.value.and_then(|value| ["malfunction", "protect", "amber", "red"].get((value - 1.0) as usize));
    if let Some(lamp) = lamp.filter(|_| event.kind == "trouble" && event.value.is_some_and(|value| value >= 1.0)) {
        what = format!("{what}, {}", text.get(&format!("lamp-{lamp}")));
    }
    what
}

/// The notices: operator faults, trouble codes and readings that contradict each other, one row each.
pub fn notices(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["time", "fault", "count"];
    let rows = rows(
        sessions,
        |s| s.notices.as_slice(),
        |n| vec![Cell::Time(n.t_us), Cell::Text(notice(n, text)), Cell::number(n.count.map(|n| n as f64), 0)],
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// The settings that a person changed, in the units that people read.
pub fn settings(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["time", "setting", "setting-from", "setting-to", "unit", "origin", "seen-by"];
    let rows = rows(
        sessions,
        |s| s.settings.as_slice(),
        |change| {
            let unit = change.unit.as_deref().unwrap_or_default();
            let read = change.from_to.map(|value| value.map(|value| as_read(value, unit, &change.setting)));
            let cell = |read: Option<(f64, usize, String)>| {
                read.map_or(Cell::Empty, |(value, decimals, _)| Cell::Number(value, decimals))
            };
            let unit = read.iter().flatten().map(|(.., unit)| unit.clone()).next();
            let [from, to] = read.map(cell);
            vec![
                Cell::Time(change.t_us),
                Cell::Text(name_of(&change.setting, text)),
                from,
                to,
                Cell::text(unit.as_deref()),
                Cell::Text(text.word("report-origin-", &change.origin)),
                Cell::text(change.who.as_deref()),
            ]
        },
    );
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: rows.collect() }
}

/// A setting's value as people read it: value, decimals, unit.
fn as_read(value: f64, unit: &str, setting: &str) -> (f64, usize, String) {
    peoples_value(value, unit, setting).map_or_else(
        || (value, decimals(value), unit.to_owned()),
        |read| (read.value, read.decimals, read.unit.to_owned()),
    )
}

/// The settings that stayed as they were, in words; `None` when none is known.
pub fn kept(s: &SessionReport, text: &ReportText) -> Option<String> {
    let one = |setting: &StoredSetting| {
        let (value, decimals, unit) = as_read(setting.value?, setting.unit.as_deref()?, &setting.setting);
        Some(format!("{} {value:.decimals$} {unit}", name_of(&setting.setting, text)))
    };
    let all: Vec<String> = s.kept.iter().filter_map(one).collect();
    (!all.is_empty()).then(|| text.with("report-kept", &[("settings", &all.join(", "))]))
}

/// Alarms, notices and changed settings in one list, in the order of time, for a sheet that is filtered.
#[cfg(feature = "xlsx")]
pub fn log(sessions: &[SessionReport], text: &ReportText) -> Table {
    let keys = ["time", "kind", "what", "stream", "level", "value", "unit", "until", "seen", "seen-by"];
    let mut all = Vec::new();
    for s in sessions {
        let mut rows: Vec<(i64, Vec<Cell>)> = Vec::new();
        rows.extend(s.alarms.iter().map(|alarm| (alarm.stored.raised_us, alarm_row(alarm, text))));
        rows.extend(s.notices.iter().map(|event| (event.t_us, notice_row(event, text))));
        rows.extend(s.settings.iter().map(|change| (change.t_us, setting_row(change, text))));
        rows.sort_by_key(|(t_us, _)| *t_us);
        let number = (sessions.len() > 1).then_some(Cell::Number(s.id as f64, 0));
        all.extend(rows.into_iter().map(|(t_us, row)| {
            number.iter().cloned().chain(std::iter::once(Cell::Time(t_us))).chain(row).collect::<Vec<_>>()
        }));
    }
    Table { heads: heads(text, sessions.len() > 1, &keys), rows: all }
}

#[cfg(feature = "xlsx")]
fn alarm_row(alarm: &ReportedAlarm, text: &ReportText) -> Vec<Cell> {
    let a = &alarm.stored;
    vec![
        Cell::Text(text.get("report-log-alarm")),
        Cell::Text(alarm_name(alarm, text)),
        Cell::text(a.stream.as_ref().map(|stream| name_of(stream, text)).as_deref()),
        Cell::text(alarm_level(alarm, text).as_deref()),
        Cell::number(a.loss_pct, 2),
        Cell::text(a.loss_pct.map(|_| "%")),
        Cell::time(a.cleared_us),
        Cell::time(a.acknowledged_us),
        Cell::text(a.acknowledged_by.as_deref()),
    ]
}

#[cfg(feature = "xlsx")]
fn notice_row(event: &EventRecord, text: &ReportText) -> Vec<Cell> {
    let times = event.count.map(|_| text.get("report-unit-times"));
    let mut row =
        vec![Cell::Text(text.get("report-log-fault")), Cell::Text(notice(event, text)), Cell::Empty, Cell::Empty];
    row.extend([Cell::number(event.count.map(|n| n as f64), 0), Cell::text(times.as_deref())]);
    row.extend([Cell::Empty, Cell::Empty, Cell::Empty]);
    row
}

#[cfg(feature = "xlsx")]
fn setting_row(change: &ChangedSetting, text: &ReportText) -> Vec<Cell> {
    let unit = change.unit.as_deref().unwrap_or_default();
    let [from, to] = change.from_to.map(|value| value.map(|value| as_read(value, unit, &change.setting)));
    let name = name_of(&change.setting, text);
    let what = match &from {
        Some((value, decimals, unit)) => format!("{name} ({value:.decimals$} {unit} →)"),
        None => name,
    };
    let mut row = vec![Cell::Text(text.get("report-log-setting")), Cell::Text(what)];
    row.extend([Cell::Text(text.word("report-origin-", &change.origin)), Cell::Empty]);
    row.push(to.as_ref().map_or(Cell::Empty, |(value, decimals, _)| Cell::Number(*value, *decimals)));
    row.push(to.map_or(Cell::Empty, |(.., unit)| Cell::Text(unit)));
    row.extend([Cell::Empty, Cell::Empty, Cell::text(change.who.as_deref())]);
    row
}
