//! Which settings a person changed. The journal has every movement of a setting's value; the reel follows the ground speed,
//! fan and drum follow the engine, and no hand was on them.

use crate::model::{ChangedSetting, Minute};
use grainloss_core::record::EventRecord;
use grainloss_journal::StoredSetting;

/// A setting whose ratio to what drives it changes by less than this share follows it (our choice: the watch of the settings
/// takes 5 % for noise, a minute's mean of the speed is a little less sure).
const FOLLOWS_SHARE: f64 = 0.08;
/// A value that is within this share of the one before is the same (our choice, as the journal's noise of a setting).
const SAME_SHARE: f64 = 0.02;

/// What moves a setting without a hand; `None` for what stays where it was put.
fn driver(setting: &str) -> Option<fn(&Minute) -> Option<f64>> {
    match setting {
        "reel.speed" => Some(|minute| minute.ground_speed_m_s),
        "fan.speed" | "thresher.speed" => Some(|minute| minute.engine_rpm),
        _ => None,
    }
}

/// The changes by a person, and the settings that stayed: of all that the journal has, with the events of the session and
/// its minutes.
pub fn changed(
    stored: &[StoredSetting],
    events: &[EventRecord],
    minutes: &[Minute],
) -> (Vec<ChangedSetting>, Vec<StoredSetting>) {
    let mut changes: Vec<ChangedSetting> = Vec::new();
    let mut kept = Vec::new();
    for (at, row) in stored.iter().enumerate() {
        let before = stored[..at].iter().rev().find(|other| other.setting == row.setting && other.value.is_some());
        let by_hand = row.origin == "operator";
        if by_hand && is_withdrawn(row, stored, events) {
            continue;
        }
        if before.is_none() && !by_hand {
            let alone = !stored[at + 1..].iter().any(|other| other.setting == row.setting);
            if alone && driver(&row.setting).is_none() && row.value.is_some() {
                kept.push(row.clone());
            }
            continue;
        }
        // A settled change that the watch of the settings found.
        let seen =
            events.iter().any(|event| event.kind == "setting" && event.t_us == row.t_us && event.id == row.setting);
        let from = before.and_then(|before| before.value);
        let moved = match (driver(&row.setting), before) {
            _ if by_hand => true,
            (Some(driven_by), Some(before)) => seen && !follows(before, row, minutes, driven_by),
            _ => !is_same(from, row.value),
        };
        // The watch and the journal's own record may hold the same change.
        let known = changes.iter().rev().find(|change| change.setting == row.setting);
        let twice = known.is_some_and(|known| !by_hand && is_same(known.from_to[1], row.value));
        if moved && !twice {
            changes.push(ChangedSetting {
                t_us: row.t_us,
                setting: row.setting.clone(),
                from_to: [from.filter(|_| row.value.is_some()), row.value],
                unit: row.unit.clone(),
                origin: row.origin.clone(),
                who: row.who.clone(),
            });
        }
    }
    (changes, kept)
}

/// True for a mark that was taken back: the withdrawal comes after it, and no other mark between them.
fn is_withdrawn(row: &StoredSetting, stored: &[StoredSetting], events: &[EventRecord]) -> bool {
    let next =
        stored.iter().filter(|other| other.origin == row.origin && other.seq > row.seq).map(|other| other.t_us).min();
    let before_next = |t_us: i64| next.is_none_or(|next| t_us < next);
    events.iter().any(|event| event.kind == "setting-withdrawn" && event.t_us >= row.t_us && before_next(event.t_us))
}

fn is_same(before: Option<f64>, after: Option<f64>) -> bool {
    let near = |(before, after): (f64, f64)| (after - before).abs() <= SAME_SHARE * before.abs();
    before.zip(after).map_or(before == after, near)
}

/// True when the setting moved as what drives it did.
fn follows(
    before: &StoredSetting,
    after: &StoredSetting,
    minutes: &[Minute],
    driven_by: fn(&Minute) -> Option<f64>,
) -> bool {
    let ratio = |row: &StoredSetting| {
        let minute = minutes.iter().rev().find(|minute| minute.start_us <= row.t_us)?;
        row.value.zip(driven_by(minute).filter(|speed| *speed > 0.0)).map(|(value, speed)| value / speed)
    };
    let ratios = ratio(before).zip(ratio(after));
    ratios.is_some_and(|(before, after)| (after / before - 1.0).abs() <= FOLLOWS_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(minute: i64, setting: &str, value: f64) -> StoredSetting {
        StoredSetting {
            seq: minute,
            t_us: minute * 60_000_000 + 30_000_000,
            setting: setting.to_owned(),
            value: Some(value),
            unit: None,
            origin: "bus".to_owned(),
            who: None,
        }
    }

    #[test]
    fn a_mark_that_was_taken_back_is_no_change() {
        let mark = |minute, value| StoredSetting { origin: "operator".to_owned(), ..row(minute, "sieve", value) };
        let stored = [mark(1, 10.0), mark(3, 12.0), mark(5, 14.0)];
        let withdrawn = EventRecord::new(stored[1].t_us + 20_000_000, "setting-withdrawn", "marked");
        let (changes, _) = changed(&stored, &[withdrawn], &[]);
        let values: Vec<_> = changes.iter().map(|change| change.from_to[1]).collect();
        assert_eq!(values, [Some(10.0), Some(14.0)]);
    }

    #[test]
    fn what_follows_speed_or_throttle_is_no_change() {
        // The engine falls from 2000 to 1600 r/min, and with it the fan from 1000 to 800: it follows. At 1600 r/min
        // the fan goes to 900: a hand did it. The concave goes from 16 to 20 mm.
        let minutes: Vec<Minute> = [2000.0, 1600.0, 1600.0]
            .iter()
            .enumerate()
            .map(|(at, rpm)| Minute { start_us: at as i64 * 60_000_000, engine_rpm: Some(*rpm), ..Minute::default() })
            .collect();
        let stored = [
            row(0, "fan.speed", 1000.0),
            row(0, "concave.clearance", 0.016),
            row(0, "sieve.upper", 0.014),
            row(1, "fan.speed", 800.0),
            row(2, "fan.speed", 900.0),
            row(2, "concave.clearance", 0.020),
        ];
        let seen = |row: &StoredSetting| EventRecord {
            id: row.setting.clone().into(),
            ..EventRecord::new(row.t_us, "setting", "")
        };
        let events = [seen(&stored[3]), seen(&stored[4])];
        let (changes, kept) = changed(&stored, &events, &minutes);
        let found: Vec<_> = changes.iter().map(|change| (change.setting.as_str(), change.from_to)).collect();
        assert_eq!(
            found,
            [("fan.speed", [Some(800.0), Some(900.0)]), ("concave.clearance", [Some(0.016), Some(0.020)])]
        );
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].setting, "sieve.upper");
        // Without the watch's word a movement of a driven setting is no change.
        assert_eq!(changed(&stored[..5], &[], &minutes).0, []);
    }
}
