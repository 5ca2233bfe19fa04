//! The advisor's events in the journal's words.

use super::status;
use super::summary::alarm_stream;
use grainloss_core::advice::{Event, EventKind, SettingChange};
use grainloss_core::machine::Channel;
use grainloss_core::record::EventRecord;
use grainloss_journal::{Entry, Origin, SettingRecord};
use grainloss_protocol::command::UNNAMED_SETTING;

/// A change of a setting for the timeline: as the machine shows it, or as the operator marked it.
pub(super) fn setting_entry(t_us: i64, change: &SettingChange) -> Entry {
    match (change.setting, change.from_to) {
        (Some(channel), Some((_, to))) => status::setting(t_us, channel, Some(to)),
        (setting, _) => Entry::Setting(SettingRecord {
            t_us,
            setting: setting.map_or(UNNAMED_SETTING, Channel::name).to_owned(),
            value: None,
            unit: None,
            origin: Origin::Operator,
            who: None,
        }),
    }
}

/// An event of the advisor as the journal stores it.
pub fn event_record(event: &Event) -> EventRecord {
    match event.kind {
        EventKind::Raised(alarm)
        | EventKind::Cleared(alarm)
        | EventKind::Shelved(alarm)
        | EventKind::ExcessChanged(alarm)
        | EventKind::Acknowledged(alarm) => {
            let kind = match event.kind {
                EventKind::Raised(_) => "alarm-raised",
                EventKind::Acknowledged(_) => "alarm-acknowledged",
                EventKind::ExcessChanged(_) => "alarm-changed",
                EventKind::Shelved(_) => "alarm-lowered",
                _ => "alarm-cleared",
            };
            EventRecord {
                level: Some(alarm.level),
                stream: alarm_stream(&alarm).map(Into::into),
                count: alarm.excess.map(|excess| i64::from(excess.number())),
                value: alarm.share.map(|share| share * 100.0),
                ..EventRecord::new(event.t_us, kind, alarm.id.word())
            }
        }
        EventKind::Noticed(notice, count) => {
            EventRecord { count: Some(i64::from(count)), ..EventRecord::new(event.t_us, "notice", notice.word()) }
        }
        // Adjustments count from 1, as on the screen.
        EventKind::Advised(step, at) => {
            EventRecord { count: Some(at as i64 + 1), ..EventRecord::new(event.t_us, "advice", step.word()) }
        }
        EventKind::Changed(comparison) => {
            let setting = comparison.change.setting.map_or(UNNAMED_SETTING, Channel::name);
            let to = comparison.change.from_to.map(|(_, to)| to);
            EventRecord { value: to, ..EventRecord::new(event.t_us, "setting", setting) }
        }
        EventKind::Judged(comparison) => EventRecord {
            stream: comparison.change.setting.map(|setting| setting.name().into()),
            value: comparison.ratio.map(|ratio| ratio.value),
            ..EventRecord::new(event.t_us, "setting-judged", comparison.verdict.word())
        },
        EventKind::Trouble(news) => EventRecord {
            id: news.trouble.word().into(),
            stream: Some(news.trouble.source.to_string().into()),
            count: news.count.map(i64::from),
            // From 1 for the malfunction indicator to 4 for the red stop lamp.
            value: news.lamp.map(|lamp| f64::from(lamp as u8 + 1)),
            ..EventRecord::new(event.t_us, if news.came { "trouble" } else { "trouble-over" }, "")
        },
        EventKind::Doubted(what, began) => {
            EventRecord::new(event.t_us, if began { "doubt" } else { "doubt-over" }, what.word())
        }
    }
}
