//! What the advisor tells, in the journal's words.

use super::summary::alarm_stream;
use super::vitals;
use grainloss_core::advice::{Event, EventKind, SettingChange};
use grainloss_core::machine::Channel;
use grainloss_journal::{Entry, Origin, SettingRecord, StoredEvent};

/// A change of a setting for the timeline: as the machine shows it, or as the operator marked it.
pub(super) fn changed(t_us: i64, change: &SettingChange) -> Entry {
    match change.setting {
        Some(channel) => vitals::setting(t_us, channel, change.from_to.map(|(_, to)| to)),
        None => Entry::Setting(SettingRecord {
            t_us,
            setting: "marked".to_owned(),
            value: None,
            unit: None,
            origin: Origin::Operator,
            who: None,
        }),
    }
}

/// An event of the advisor as the journal puts it down.
pub fn stored(event: &Event) -> StoredEvent {
    match event.kind {
        EventKind::Raised(alarm)
        | EventKind::Cleared(alarm)
        | EventKind::Shelved(alarm)
        | EventKind::Acknowledged(alarm) => {
            let kind = match event.kind {
                EventKind::Raised(_) => "alarm-raised",
                EventKind::Acknowledged(_) => "alarm-acknowledged",
                EventKind::Shelved(_) => "alarm-lowered",
                _ => "alarm-cleared",
            };
            StoredEvent {
                level: Some(alarm.level),
                stream: alarm_stream(&alarm).map(Into::into),
                value: alarm.share.map(|share| share * 100.0),
                ..StoredEvent::new(event.t_us, kind, alarm.id.word())
            }
        }
        EventKind::Noticed(notice, count) => {
            StoredEvent { count: Some(i64::from(count)), ..StoredEvent::new(event.t_us, "notice", notice.word()) }
        }
        // Adjustments count from 1, as on the screen.
        EventKind::Advised(step, at) => {
            StoredEvent { count: Some(at as i64 + 1), ..StoredEvent::new(event.t_us, "advice", step.word()) }
        }
        EventKind::Changed(comparison) => {
            let setting = comparison.change.setting.map_or("marked", Channel::name);
            let to = comparison.change.from_to.map(|(_, to)| to);
            StoredEvent { value: to, ..StoredEvent::new(event.t_us, "setting", setting) }
        }
        EventKind::Judged(comparison) => StoredEvent {
            stream: comparison.change.setting.map(|setting| setting.name().into()),
            value: comparison.ratio.map(|ratio| ratio.value),
            ..StoredEvent::new(event.t_us, "setting-judged", comparison.verdict.word())
        },
    }
}
