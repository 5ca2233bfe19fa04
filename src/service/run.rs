//! The loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::watch;

use super::desk::Desk;
use super::pace::{Pacer, Speed};
use super::pipeline::{FrameCounts, Pipeline};
use super::publish::{Screens, View};
use super::sinks::Sinks;
use super::summary::Summary;
use super::trace::TraceWriter;
use crate::bus::{BusClock, BusError, ClockChange, FrameSource, Polled};
use crate::harvest::Totals;
use crate::journal::Writer;
use crate::machine::{Doubts, Ranges, Readings};
use crate::marks::MarkInbox;
use crate::snapshot::Snapshot;

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
    /// The screens' copy.
    pub snapshot: watch::Sender<Snapshot>,
    /// What the screens tell, if anybody can.
    pub marks: Option<MarkInbox>,
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
    let (desk, clock) = {
        let shown = outputs.snapshot.borrow();
        (Desk::new(&shown.session), shown.clock.clone())
    };
    let task = Loop {
        source,
        pipeline,
        sinks: Sinks::new(outputs.journal, outputs.trace, clock),
        desk,
        screens: Screens::new(outputs.snapshot),
        marks: outputs.marks,
        stop,
        rate: Rate::default(),
        last_frame_us: None,
    };
    let thread = std::thread::Builder::new().name("loop".to_owned()).spawn(move || task.run(speed))?;
    Ok(Running { thread })
}

/// Frames in the last whole second of bus time.
#[derive(Debug, Default)]
struct Rate {
    second: i64,
    now: u64,
    last: u64,
}

impl Rate {
    fn count(&mut self, t_us: i64, frames: u64) {
        let second = t_us.div_euclid(1_000_000);
        if second != self.second {
            self.last = if second == self.second + 1 { self.now } else { 0 };
            self.now = 0;
            self.second = second;
        }
        self.now += frames;
    }
}

struct Loop<S> {
    source: S,
    pipeline: Pipeline,
    sinks: Sinks,
    desk: Desk,
    screens: Screens,
    marks: Option<MarkInbox>,
    stop: Arc<AtomicBool>,
    rate: Rate,
    last_frame_us: Option<i64>,
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
                    let t_us = self.bus_time(&mut clock, &mut pacer, frame.t_us);
                    self.wait_until(&mut pacer, t_us);
                    self.pipeline.frame(&frame, t_us, &mut |output| self.sinks.take(output));
                    self.last_frame_us = Some(t_us);
                    self.rate.count(t_us, 1);
                    frames_since_look += 1;
                    // At full speed the wall clock is looked at now and then only.
                    if frames_since_look >= 64 || speed != Speed::Max {
                        frames_since_look = 0;
                        self.look_up(t_us);
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
        self.rate.count(t_us, 0);
        self.look_up(t_us);
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
        let journal_lost = self.sinks.journal.take().and_then(|journal| {
            let health = Arc::clone(journal.health());
            journal.finish(reason);
            (health.lost() > 0).then(|| (health.lost(), health.last_error()))
        });
        let trace_error = self.sinks.trace.take().and_then(|trace| trace.finish().err());
        if orderly && self.screens.snapshot.receiver_count() > 0 {
            self.publish(self.pipeline.readings().t_us, true);
        }
        (journal_lost, trace_error)
    }

    /// What the operator tells is dealt with, and the screens are told, when it is time again.
    fn look_up(&mut self, t_us: i64) {
        self.desk.started_us = self.desk.started_us.or(self.pipeline.now_us());
        if let Some(marks) = &self.marks {
            while let Some(sent) = marks.take() {
                let measures = self.screens.snapshot.borrow().session.measures;
                let answer = self.desk.take(&sent.mark, &sent.from, &measures, &mut self.pipeline, &mut self.sinks);
                sent.answer(answer);
            }
        }
        if self.screens.are_due() {
            self.publish(t_us, false);
        }
    }

    fn publish(&mut self, t_us: i64, ended: bool) {
        let Self { source, pipeline, sinks, desk, screens, .. } = self;
        let (frames_per_s, last_frame_us) = (self.rate.last, self.last_frame_us);
        screens.publish(&View { source, pipeline, sinks, desk, t_us, frames_per_s, last_frame_us }, ended);
    }
}
