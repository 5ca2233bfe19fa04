//! How far above the limit a loss was, in the journal's events, the summary and the report.

use grainloss::service::event_record;
use grainloss_core::advice::{Alarm, AlarmId, Event, EventKind, Excess};
use grainloss_core::harvest::Stream;

fn alarm(excess: Excess, level: u8) -> Alarm {
    Alarm {
        id: AlarmId::LossLevel,
        level,
        stream: Some(Stream::Cleaning),
        since_us: 5,
        share: Some(0.02),
        times: 1,
        excess: Some(excess),
    }
}

#[test]
fn the_journal_has_the_word_at_the_beginning_and_when_it_changes() {
    let events = [
        (EventKind::Raised(alarm(Excess::Probable, 1)), "alarm-raised", 1, 1),
        (EventKind::ExcessChanged(alarm(Excess::Above, 1)), "alarm-changed", 2, 1),
        (EventKind::ExcessChanged(alarm(Excess::Far, 2)), "alarm-changed", 3, 2),
    ];
    for (kind, word, count, level) in events {
        let record = event_record(&Event { t_us: 7, kind });
        assert_eq!((&*record.kind, &*record.id, record.t_us), (word, "loss-level", 7));
        assert_eq!(
            (record.count, record.level, record.stream.as_deref()),
            (Some(count), Some(level), Some("cleaning"))
        );
    }
    // Other alarms have none.
    let plain = Alarm { id: AlarmId::BusSilent, excess: None, ..alarm(Excess::Far, 1) };
    assert_eq!(event_record(&Event { t_us: 7, kind: EventKind::Raised(plain) }).count, None);
    // What is written can be read.
    assert_eq!(
        [0, 1, 2, 3, 4].map(Excess::numbered),
        [None, Some(Excess::Probable), Some(Excess::Above), Some(Excess::Far), None]
    );
}
