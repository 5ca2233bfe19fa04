//! Alarms that wait, over days and restarts.

use grainloss_protocol::snapshot::MAX_TIMELINE_EVENTS;
use grainloss_uplink::{Alarms, MOST_ALARMS};

use super::simulated::{raised, snapshot};

#[test]
fn each_alarm_is_taken_once_over_a_restart_and_in_a_new_session() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = snapshot();
    let mut alarms = Alarms::open(folder.path());
    seen.timeline.push(raised(10, "bus-silent"));
    for _ in 0..3 {
        let taken = alarms.look(&seen);
        alarms.keep(taken);
    }
    seen.timeline.push(grainloss_core::record::EventRecord::new(20, "pan", "used"));
    seen.timeline.push(raised(30, "loss-level"));
    let taken = alarms.look(&seen);
    alarms.keep(taken);
    assert_eq!(alarms.waiting(), 2);
    // A power cut: what waits is there, and nothing comes twice.
    let mut alarms = Alarms::open(folder.path());
    let taken = alarms.look(&seen);
    alarms.keep(taken);
    let (first, old) = alarms.first().map(|(news, old)| (news.clone(), old)).unwrap();
    assert_eq!((&*first.event.id, old, alarms.waiting()), ("bus-silent", true, 2));
    alarms.arrived(&first);
    // The clock was set back between two sessions: its alarms count all the same.
    seen.session.id = Some(13);
    seen.timeline = vec![raised(5, "plugged")];
    let taken = alarms.look(&seen);
    alarms.keep(taken);
    assert_eq!((alarms.waiting(), alarms.lost()), (2, 0));
}

#[test]
fn what_is_too_much_costs_the_oldest_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut alarms = Alarms::open(folder.path());
    let mut seen = snapshot();
    let more = 5;
    let mut t_us = 0;
    while t_us < (MOST_ALARMS + more) as i64 {
        let first = t_us + 1;
        t_us += 50;
        // Fifty new ones each time, so that none is missed.
        seen.timeline.extend((first..=t_us).map(|t_us| raised(t_us, "loss-step")));
        let from = seen.timeline.len().saturating_sub(MAX_TIMELINE_EVENTS);
        seen.timeline.drain(..from);
        let taken = alarms.look(&seen);
        alarms.keep(taken);
    }
    let taken = t_us as u64;
    assert_eq!((alarms.waiting(), alarms.lost()), (MOST_ALARMS, taken - MOST_ALARMS as u64));
    let oldest = alarms.first().unwrap().0.event.t_us;
    assert_eq!(oldest, t_us - MOST_ALARMS as i64 + 1);
}

#[test]
fn a_snapshot_that_came_too_late_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut alarms = Alarms::open(folder.path());
    let mut seen = snapshot();
    seen.timeline.push(raised(1, "loss-step"));
    let taken = alarms.look(&seen);
    alarms.keep(taken);
    seen.timeline = (1000..1000 + MAX_TIMELINE_EVENTS as i64).map(|t_us| raised(t_us, "loss-step")).collect();
    for _ in 0..2 {
        let taken = alarms.look(&seen);
        alarms.keep(taken);
    }
    assert_eq!((alarms.waiting(), alarms.lost()), (1 + MAX_TIMELINE_EVENTS, 1));
}
