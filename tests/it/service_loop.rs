//! The loop itself, on a source that the test writes: what a bus tells reaches journal and screen, and time passes while
//! a log is silent.
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::support::run::wait_for;
use crate::support::screen::{pipeline, session};
use grainloss::service::{self, Outputs, RunReport, Speed};
use grainloss_bus::{
    BusError, BusEventKind, BusHealth, BusNews, ErrorFrame, FrameSource, InterfaceReport, News, Polled, worst,
};
use grainloss_can::{CanId, Frame};
use grainloss_journal::{Journal, Overflow, SessionStart, Writer};
use grainloss_protocol::snapshot::Snapshot;
use tokio::sync::watch;

const S: i64 = 1_000_000;
/// The source's time at its first frame.
const START: i64 = 1_790_000_000 * S;

/// Gives what it was made of, one after the other.
struct Script {
    names: Vec<String>,
    health: Vec<BusHealth>,
    polled: std::vec::IntoIter<Polled>,
    last: Vec<News>,
}

impl FrameSource for Script {
    fn interfaces(&self) -> &[String] {
        &self.names
    }

    fn health(&self) -> &[BusHealth] {
        &self.health
    }

    fn poll(&mut self) -> Result<Polled, BusError> {
        Ok(self.polled.next().unwrap_or(Polled::End))
    }

    fn last_news(&mut self) -> Option<News> {
        self.last.pop()
    }
}

fn frame(t_us: i64) -> Polled {
    let id = CanId::extended(0x0CF0_0400).unwrap();
    Polled::Frame(Frame::new(t_us, id, &[0xF0, 0xFF, 0xFF, 0x40, 0x1F, 0xFF, 0xFF, 0xFF]).unwrap())
}

fn script(polled: Vec<Polled>) -> Script {
    let names = vec!["can0".to_owned(), "can1".to_owned()];
    Script { health: vec![BusHealth::default(); 2], names, polled: polled.into_iter(), last: Vec::new() }
}

fn run(
    source: Script,
    journal: Option<Writer>,
    speed: Speed,
) -> (service::LoopThread<Script>, watch::Receiver<Snapshot>) {
    let (snapshot, screens) = watch::channel(Snapshot::empty(session()));
    let outputs = Outputs {
        journal,
        trace: None,
        capture: None,
        snapshot,
        commands: None,
        lifecycle: service::Lifecycle::default(),
        pans_found: Vec::new(),
        past: None,
    };
    (service::start_loop(source, pipeline(), outputs, speed, Arc::new(AtomicBool::new(false))).unwrap(), screens)
}

#[test]
fn what_happens_to_a_bus_is_journaled_with_its_interface() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    let start = SessionStart {
        started_us: START,
        source: "interface can0, can1".to_owned(),
        clock: "system",
        machine: "combine-demo".to_owned(),
        profile_sha256: String::new(),
        crop: "wheat".to_owned(),
        limit: None,
        ..SessionStart::default()
    };
    let journal = Writer::start(&path, &start, Overflow::Wait).unwrap();
    let off = BusNews { t_us: START + 2 * S, interface: 1, what: BusEventKind::BusOff, count: 1 };
    let lost = BusNews { t_us: START + 3 * S, interface: 0, what: BusEventKind::Lost, count: 420 };
    let mut source = script(vec![
        frame(START),
        frame(START + S),
        Polled::News(News::Bus(off)),
        Polled::News(News::ClockSet { t_us: START + 2 * S, by_us: -3600 * S }),
        frame(START + 3 * S),
    ]);
    // What was not told before the end is told at the end.
    source.last = vec![News::Bus(lost)];
    let error = ErrorFrame { class: 0x040, data: [0; 8] };
    source.health[1].take(InterfaceReport::Error(error), START + 2 * S);
    assert_eq!(worst(&source.health, START + 3 * S), Some((1, BusEventKind::BusOff)));
    let (running, screens) = run(source, Some(journal), Speed::Max);
    let report: RunReport<Script> = running.join().unwrap();
    assert_eq!(report.counts.read, 3);
    let events = Journal::open(&path).unwrap().events(1).unwrap();
    let told: Vec<_> = events.iter().filter(|event| event.kind == "bus" || event.kind == "clock").collect();
    let told: Vec<_> =
        told.iter().map(|e| (e.t_us - START, &*e.kind, &*e.id, e.stream.as_deref(), e.count, e.value)).collect();
    assert_eq!(
        told,
        [
            (2 * S, "bus", "bus-off", Some("can1"), Some(1), None),
            (2 * S, "clock", "set", None, None, Some(-3600.0)),
            (3 * S, "bus", "lost", Some("can0"), Some(420), None),
        ]
    );
    // The clock that was set moved no second.
    let sql = "SELECT max(t_us) - min(t_us) FROM sample";
    let span: i64 = rusqlite::Connection::open(&path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(span, 3 * S);
    let shown = screens.borrow().health.bus_fault.clone().expect("a fault on the screen");
    assert_eq!((shown.interface.as_str(), &*shown.word), ("can1", "bus-off"));
}

#[test]
fn time_passes_on_the_screen_while_a_log_is_silent() {
    // A minute without a frame, at ten times real time: six seconds of waiting.
    let (running, screens) = run(script(vec![frame(START), frame(START + 59 * S)]), None, Speed::Times(10.0));
    let mut shown = Vec::new();
    wait_for("the end", || {
        let t_us = screens.borrow().readings.t_us;
        if t_us > START && shown.last() != Some(&t_us) {
            shown.push(t_us);
        }
        running.is_finished().then_some(())
    });
    let between = shown.iter().filter(|t_us| (START + S..START + 58 * S).contains(t_us)).count();
    assert!(between > 5, "{shown:?}");
    assert!(shown.is_sorted());
    let report = running.join().unwrap();
    assert_eq!(report.readings.t_us, START + 60 * S);
}
