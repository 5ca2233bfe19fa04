//! Map and charts: through the loop, from the journal after an interruption, and over the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::run::{Sandbox, wait_for};
use crate::support::screen::{pipeline, session};
use crate::support::session_loop;
use grainloss::service::{self, SocketConfig, Speed, charts_so_far};
use grainloss::simulated::SimulatedSource;
use grainloss_journal::Journal;
use grainloss_protocol::command;
use grainloss_protocol::session_charts::{Place, SessionCharts};
use grainloss_protocol::snapshot::Snapshot;
use grainloss_simulator::Scenario;
use tokio::sync::watch;

/// Ten minutes of harvest in a journal; what the loop showed at the end.
fn harvest(sandbox: &Sandbox) -> Snapshot {
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let (outputs, screens, _sender) = session_loop::outputs(&sandbox.path("j.sqlite"), &scenario, session());
    let stop = Arc::new(AtomicBool::new(false));
    let source = SimulatedSource::new(&scenario, 1, Some(600));
    service::start_loop(source, pipeline(), outputs, Speed::Max, stop).unwrap().join().unwrap();
    screens.borrow().clone()
}

#[test]
fn an_interrupted_session_has_its_map_and_charts_from_the_journal() {
    let sandbox = Sandbox::new();
    let live = harvest(&sandbox);
    let shown = live.charts.as_ref().unwrap();
    let journal = Journal::open(&sandbox.path("j.sqlite")).unwrap();
    let book = charts_so_far(&journal, 1, &live.pans).unwrap();
    let read = book.charts(&live.session, &[], &live.pans);
    assert_eq!((read.started_us, read.until_us), (shown.started_us, shown.until_us));
    assert!(shown.map.track.len() > 400 && shown.map.track.len() == read.map.track.len());
    let near = |a: Option<f32>, b: Option<f32>, by: f32| a.zip(b).map_or(a == b, |(a, b)| (a - b).abs() <= by);
    for (a, b) in shown.map.track.iter().zip(&read.map.track) {
        // The journal writes a ten-millionth of a degree and a ten-thousandth of a per cent.
        let at = |place: Option<Place>| [place.map(|at| at.east_m), place.map(|at| at.north_m)];
        let places = at(a.place).into_iter().zip(at(b.place)).all(|(a, b)| near(a, b, 0.11));
        assert!(a.place.is_some() && places && near(a.loss_pct, b.loss_pct, 0.0011), "{a:?} {b:?}");
        assert_eq!((a.t_s, a.is_cutting, a.is_turning), (b.t_s, b.is_cutting, b.is_turning));
    }
    assert_eq!(shown.map.alarms, read.map.alarms);
    assert_eq!(shown.session.len(), read.session.len());
    for (a, b) in shown.session.iter().zip(&read.session) {
        let mean = |spread: Option<grainloss_protocol::session_charts::Spread>| spread.map(|spread| spread.mean);
        assert!(near(mean(a.total_pct), mean(b.total_pct), 0.002), "{a:?} {b:?}");
        assert!(near(mean(a.feed_kg_s), mean(b.feed_kg_s), 0.002), "{a:?} {b:?}");
    }
    assert!(shown.session.iter().any(|bucket| bucket.separation_left_share.is_some()), "plates left and right");
    assert!(shown.feed.cells.len() == read.feed.cells.len() && !shown.feed.cells.is_empty());
}

#[test]
fn a_screen_gets_map_and_charts_over_the_socket_and_keeps_them() {
    let sandbox = Sandbox::new();
    let config = SocketConfig { path: sandbox.path("s.sock"), group: None };
    let charts = |until_us| {
        Some(Arc::new(SessionCharts { started_us: Some(0), until_us: Some(until_us), ..SessionCharts::default() }))
    };
    let (publish, snapshots) = watch::channel(Snapshot { charts: charts(5), ..Snapshot::empty(session()) });
    let (sender, _receiver) = command::channel();
    let _server = service::serve(&config, snapshots, sender).unwrap();
    let (seen, screen) = watch::channel(service::snapshot_before_contact());
    let (_, commands) = command::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let watching = service::watch_service(&config.path, seen, commands, Arc::clone(&stop)).unwrap();
    let until = || {
        // The service publishes ten times a second.
        publish.send_modify(|snapshot| snapshot.health.frames += 1);
        screen.borrow().charts.as_ref().and_then(|charts| charts.until_us)
    };
    wait_for("the charts", || (until() == Some(5)).then_some(()));
    let kept = screen.borrow().charts.clone().unwrap();
    let frames = screen.borrow().health.frames;
    wait_for("another snapshot", || (until().is_some() && screen.borrow().health.frames > frames + 3).then_some(()));
    // They were not sent again: it is the same object.
    assert!(Arc::ptr_eq(&kept, screen.borrow().charts.as_ref().unwrap()));
    publish.send_modify(|snapshot| snapshot.charts = charts(9));
    wait_for("the newer charts", || (until() == Some(9)).then_some(()));
    stop.store(true, Ordering::Relaxed);
    watching.join().unwrap();
}
