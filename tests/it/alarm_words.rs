//! How far above the limit a loss was, in the journal's events, the summary and the report.

use crate::support::run::Sandbox;
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

#[test]
fn the_report_says_the_highest_word_of_each_alarm() {
    let sandbox = Sandbox::new();
    let log = ["simulate", "--scenario", "wheat-hurried", "--seed", "3", "--seconds", "1500", "--out", "h.log"];
    sandbox.ok(&log);
    sandbox.ok(&["replay", "h.log", "--machine", "combine-demo", "--crop", "wheat", "--db", "j.sqlite"]);
    let journal = rusqlite::Connection::open(sandbox.path("j.sqlite")).unwrap();
    let mut all = journal
        .prepare(
            "SELECT max(e.count) FROM alarm a JOIN event e ON e.session = a.session AND e.id = a.alarm AND e.kind IN \
             ('alarm-raised', 'alarm-changed') AND e.t_us >= a.raised_us AND e.t_us < ifnull(a.cleared_us, 1e18) \
             WHERE a.alarm = 'loss-level' GROUP BY a.seq ORDER BY a.seq",
        )
        .unwrap();
    let peaks: Vec<i64> = all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(!peaks.is_empty());
    sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "html", "--lang", "zh", "--out", "r.html"]);
    let page = std::fs::read_to_string(sandbox.path("r.html")).unwrap();
    for (number, word) in [(1, "损失可能超限"), (2, "损失超限"), (3, "损失严重超限")] {
        let expected = peaks.iter().filter(|peak| **peak == number).count();
        assert_eq!(page.matches(&format!(">{word}<")).count(), expected, "{word} {peaks:?}");
    }
    // A notice has no level.
    assert_eq!(page.matches(">提示<").count(), peaks.iter().filter(|peak| **peak == 1).count());
}
