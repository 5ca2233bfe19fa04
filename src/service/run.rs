//! The loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::watch;

use super::pace::{Pacer, Speed};
use super::pipeline::{FrameCounts, Output, Pipeline};
use super::rate::Rate;
use super::stored::{changed, stored};
use super::summary::Summary;
use super::trace::TraceWriter;
use super::vitals::Vitals;
use crate::advice::EventKind;
use crate::bus::{BusClock, BusError, BusNews, ClockChange, FrameSource, News, Polled, worst};
use crate::capture::{Capture, Captured};
use crate::harvest::{Pan, PanOutcome, Totals};
use crate::journal::{Entry, JournalHealth, PanFound, PanRecord, StoredEvent, Writer};
use crate::machine::{Doubts, Ranges, Readings};
use crate::snapshot::{BusFault, Health, Snapshot};

/// Screens are told this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);

/// Why the loop could not go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// The source failed.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The loop panicked; the panic itself has been reported where it happened.
    #[error("the loop ended by a fault in the program")]
    Panic,
}

/// Where everything goes.
#[derive(Debug)]
pub struct Outputs {
    /// The journal, if one is kept.
    pub journal: Option<Writer>,
    /// The trace, if one is written.
    pub trace: Option<TraceWriter>,
    /// The frames' own record, if one is kept.
    pub capture: Option<Capture>,
    /// The screens' copy.
    pub snapshot: watch::Sender<Snapshot>,
    /// What was typed in of the pans that the pipeline is to be told of.
    pub pans_found: Vec<(Pan, PanFound)>,
}

/// What a run leaves.
#[derive(Debug)]
pub struct RunReport<S> {
    /// The source, for what it counted.
    pub source: S,
    /// Events and totals.
    pub summary: Summary,
    /// The session's totals.
    pub totals: Totals,
    /// What became of the frames.
    pub counts: FrameCounts,
    /// Every channel at the last moment of bus time.
    pub readings: Readings,
    /// The range of each channel over the session.
    pub ranges: Ranges,
    /// Where the readings contradicted each other.
    pub doubts: Doubts,
    /// Records that the journal could not take, and why.
    pub journal_lost: Option<(u64, Option<String>)>,
    /// The trace is not complete.
    pub trace_error: Option<String>,
    /// What became of the frames' own record.
    pub captured: Option<Captured>,
}

/// The loop on its thread.
#[derive(Debug)]
pub struct Running<S> {
    thread: JoinHandle<Result<RunReport<S>, RunError>>,
}

impl<S> Running<S> {
    /// True once the loop has ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the loop's end.
    pub fn join(self) -> Result<RunReport<S>, RunError> {
        self.thread.join().unwrap_or(Err(RunError::Panic))
    }
}

/// Starts the loop: until the source ends, or `stop` becomes true.
pub fn run<S: FrameSource + Send + 'static>(
    source: S,
    pipeline: Pipeline,
    outputs: Outputs,
    speed: Speed,
    stop: Arc<AtomicBool>,
) -> std::io::Result<Running<S>> {
    let task = Loop {
        source,
        pipeline,
        sinks: Sinks {
            journal: outputs.journal,
            trace: outputs.trace,
            summary: Summary::default(),
            pans_found: outputs.pans_found,
        },
        capture: outputs.capture,
        capture_told: None,
        snapshot: outputs.snapshot,
        stop,
        rate: Rate::default(),
        vitals: Vitals::new(),
        told_us: None,
        last_frame_us: None,
        published: None,
    };
    let thread = std::thread::Builder::new().name("loop".to_owned()).spawn(move || task.run(speed))?;
    Ok(Running { thread })
}

/// What the pipeline's outputs go into.
struct Sinks {
    journal: Option<Writer>,
    trace: Option<TraceWriter>,
    summary: Summary,
    pans_found: Vec<(Pan, PanFound)>,
}

impl Sinks {
    fn take(&mut self, output: Output<'_>) {
        match output {
            Output::Second(row, totals) => {
                if let Some(trace) = &mut self.trace {
                    trace.put(row);
                }
                if let Some(journal) = &self.journal {
                    journal.put(Entry::Second(row.clone(), totals.clone()));
                }
            }
            Output::Tenth(row) => self.put(Entry::Tenth(row.clone())),
            Output::Pan(t_us, entry) => {
                self.summary.pan(&entry);
                let found = self.pans_found.iter().position(|(pan, _)| *pan == entry.pan);
                let found = found.map(|at| self.pans_found.swap_remove(at).1).unwrap_or_default();
                self.put(Entry::Pan(PanRecord { t_us, entry, found }));
                self.event(match entry.outcome {
                    PanOutcome::Used { residual, .. } => {
                        StoredEvent { value: Some(residual), ..StoredEvent::new(t_us, "pan", "used") }
                    }
                    PanOutcome::Rejected(why) => StoredEvent::new(t_us, "pan", why.word()),
                });
            }
            Output::Event(event) => {
                self.summary.event(&event);
                if let EventKind::Changed(comparison) = event.kind {
                    self.put(changed(event.t_us, &comparison.change));
                }
                self.event(stored(&event));
            }
        }
    }

    fn clock(&self, t_us: i64, change: ClockChange) {
        let (id, us) = match change {
            ClockChange::Gap(us) => ("gap", us),
            ClockChange::SetBack(us) => ("set-back", us),
        };
        self.event(StoredEvent { value: Some(us as f64 / 1e6), ..StoredEvent::new(t_us, "clock", id) });
    }

    fn news(&self, news: News, interfaces: &[String]) {
        self.event(match news {
            News::ClockSet { t_us, by_us } => {
                StoredEvent { value: Some(by_us as f64 / 1e6), ..StoredEvent::new(t_us, "clock", "set") }
            }
            News::Bus(BusNews { t_us, interface, what, count }) => StoredEvent {
                stream: interfaces.get(usize::from(interface)).map(|name| name.clone().into()),
                count: i64::try_from(count).ok(),
                ..StoredEvent::new(t_us, "bus", what.word())
            },
        });
    }

    fn event(&self, event: StoredEvent) {
        self.put(Entry::Event(event));
    }

    fn put(&self, entry: Entry) {
        if let Some(journal) = &self.journal {
            journal.put(entry);
        }
    }
}

struct Loop<S> {
    source: S,
    pipeline: Pipeline,
    sinks: Sinks,
    capture: Option<Capture>,
    /// What was last said of the capture.
    capture_told: Option<&'static str>,
    snapshot: watch::Sender<Snapshot>,
    stop: Arc<AtomicBool>,
    rate: Rate,
    vitals: Vitals,
    /// The second that the journal was last told the vitals of.
    told_us: Option<i64>,
    last_frame_us: Option<i64>,
    published: Option<Instant>,
}

impl<S: FrameSource> Loop<S> {
    fn run(mut self, speed: Speed) -> Result<RunReport<S>, RunError> {
        let mut clock = BusClock::default();
        let mut pacer = Pacer::new(speed);
        let mut frames_since_look = 0;
        let mut named = 0;
        let reason = loop {
            if self.stop.load(Ordering::Relaxed) {
                break "stopped";
            }
            match self.source.poll() {
                Ok(Polled::Frame(frame)) => {
                    if usize::from(frame.interface) >= named {
                        named = self.source.interfaces().len();
                        self.pipeline.name_interfaces(self.source.interfaces());
                    }
                    if let Some(capture) = &mut self.capture {
                        capture.put(&frame, self.source.interfaces());
                    }
                    let t_us = self.bus_time(&mut clock, &mut pacer, frame.t_us);
                    self.wait_until(&mut pacer, t_us);
                    self.pipeline.frame(&frame, t_us, &mut |output| self.sinks.take(output));
                    self.tell_vitals(t_us);
                    self.last_frame_us = Some(t_us);
                    self.rate.count(t_us, 1);
                    frames_since_look += 1;
                    // At full speed the wall clock is looked at now and then only.
                    if frames_since_look >= 64 || speed != Speed::Max {
                        frames_since_look = 0;
                        self.publish(t_us, false);
                    }
                }
                Ok(Polled::Quiet(source_us)) => {
                    let t_us = self.bus_time(&mut clock, &mut pacer, source_us);
                    self.pass_to(t_us);
                }
                Ok(Polled::News(news)) => self.sinks.news(news, self.source.interfaces()),
                Ok(Polled::End) => break "end of input",
                Err(error) => {
                    self.close("input failed", false);
                    return Err(error.into());
                }
            }
        };
        let captured = self.capture.take().map(Capture::finish);
        let (journal_lost, trace_error) = self.close(reason, true);
        Ok(RunReport {
            totals: self.pipeline.harvest().totals().clone(),
            counts: self.pipeline.counts(),
            readings: self.pipeline.readings().clone(),
            ranges: self.pipeline.ranges().clone(),
            doubts: self.pipeline.doubts().clone(),
            source: self.source,
            summary: self.sinks.summary.with_worth(self.pipeline.advisor().advice().worth),
            journal_lost,
            trace_error,
            captured,
        })
    }

    /// Waits until `t_us` is due. Time passes on the screen too while the log is silent; the steps made meanwhile are
    /// those that the next frame would have made before itself.
    fn wait_until(&mut self, pacer: &mut Pacer, t_us: i64) {
        while !pacer.wait(t_us) && !self.stop.load(Ordering::Relaxed) {
            if let Some(now_us) = pacer.now_us() {
                self.pass_to(now_us.min(t_us));
            }
        }
    }

    /// Time passes without a frame.
    fn pass_to(&mut self, t_us: i64) {
        self.pipeline.advance(t_us, &mut |output| self.sinks.take(output));
        self.tell_vitals(t_us);
        self.rate.count(t_us, 0);
        self.publish(t_us, false);
    }

    /// Once a second, tells the journal how channels and buses are.
    fn tell_vitals(&mut self, t_us: i64) {
        let second = t_us.div_euclid(1_000_000);
        if self.told_us.replace(second) == Some(second) || self.sinks.journal.is_none() {
            return;
        }
        let capture = self.capture.as_ref().and_then(Capture::problem);
        if capture != self.capture_told {
            self.capture_told = capture;
            self.sinks.event(StoredEvent::new(second * 1_000_000, "capture", capture.unwrap_or("resumed")));
        }
        let Self { vitals, sinks, source, pipeline, .. } = self;
        let tell = &mut |entry| sinks.put(entry);
        vitals.second(second * 1_000_000, pipeline.readings(), tell);
        vitals.buses(second * 1_000_000, source.interfaces(), source.health(), false, tell);
    }

    /// Bus time of what the source dates `source_us`; what its clock did is put down.
    fn bus_time(&mut self, clock: &mut BusClock, pacer: &mut Pacer, source_us: i64) -> i64 {
        let (t_us, change) = clock.on(source_us);
        if let Some(change) = change {
            tracing::info!("the clock of the source: {change:?}");
            self.sinks.clock(t_us, change);
            if matches!(change, ClockChange::Gap(_)) {
                self.pipeline.skip_to(t_us, &mut |output| self.sinks.take(output));
                pacer.restart();
            }
        }
        t_us
    }

    /// Writes everything out and tells the screens that it is over.
    /// Screens are told of an orderly end only: after a failure they close.
    fn close(&mut self, reason: &'static str, orderly: bool) -> (Option<(u64, Option<String>)>, Option<String>) {
        self.pipeline.finish(&mut |output| self.sinks.take(output));
        while let Some(news) = self.source.last_news() {
            self.sinks.news(news, self.source.interfaces());
        }
        let (t_us, sinks) = (self.pipeline.readings().t_us, &self.sinks);
        let tell = &mut |entry| sinks.put(entry);
        self.vitals.buses(t_us, self.source.interfaces(), self.source.health(), true, tell);
        let journal_lost = self.sinks.journal.take().and_then(|journal| {
            let health = Arc::clone(journal.health());
            journal.finish(reason);
            (health.lost() > 0).then(|| (health.lost(), health.last_error()))
        });
        let trace_error = self.sinks.trace.take().and_then(|trace| trace.finish().err());
        if orderly {
            self.publish(self.pipeline.readings().t_us, true);
        }
        (journal_lost, trace_error)
    }

    #[allow(clippy::disallowed_methods, reason = "an edge: screens live by the wall clock")]
    fn publish(&mut self, t_us: i64, ended: bool) {
        if self.snapshot.receiver_count() == 0 {
            return;
        }
        if !ended && self.published.is_some_and(|published| published.elapsed() < PUBLISH_EVERY) {
            return;
        }
        self.published = Some(Instant::now());
        let health = self.health(t_us);
        let pipeline = &self.pipeline;
        self.snapshot.send_modify(|snapshot| {
            snapshot.readings.clone_from(pipeline.readings());
            snapshot.estimate = pipeline.estimate().cloned();
            snapshot.advice.clone_from(pipeline.advisor().advice());
            snapshot.totals.clone_from(pipeline.harvest().totals());
            // The journal's last word stays when it has been closed.
            let journal_closed = self.sinks.journal.is_none();
            let before = std::mem::replace(&mut snapshot.health, health);
            if journal_closed {
                let Health { frames, frames_per_s, bus_age_us, bus_fault, .. } = snapshot.health.clone();
                snapshot.health = Health { frames, frames_per_s, bus_age_us, bus_fault, ..before };
            }
            snapshot.ended = ended;
        });
    }

    fn health(&self, t_us: i64) -> Health {
        let journal: Option<&JournalHealth> = self.sinks.journal.as_ref().map(|journal| &**journal.health());
        Health {
            frames: self.pipeline.counts().read,
            frames_per_s: self.rate.last,
            bus_age_us: self.last_frame_us.map(|last_us| t_us - last_us),
            bus_fault: worst(self.source.health(), t_us).map(|(at, what)| BusFault {
                interface: self.source.interfaces().get(at).cloned().unwrap_or_default(),
                word: what.word(),
            }),
            journal_stored: journal.map_or(0, JournalHealth::stored),
            journal_waiting: journal.map_or(0, JournalHealth::waiting),
            journal_lost: journal.map_or(0, JournalHealth::lost),
            journal_error: journal.and_then(JournalHealth::error),
        }
    }
}
