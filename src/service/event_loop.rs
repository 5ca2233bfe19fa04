//! The loop: takes frames from the source, passes time on, handles commands, publishes.

mod command_handler;
mod event_records;
mod frame_rate;
mod habits;
mod history;
mod outputs;
mod screens;
mod session;
mod session_changes;
mod sinks;
mod status;
mod summary;
mod test_cut;
mod trace;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use self::command_handler::SessionFigures;
use self::frame_rate::FrameRate;
use self::screens::{Screens, View};
use self::session::Session;
use self::session_changes::SessionChanges;
use super::pacer::{Pacer, Speed};
use grainloss_bus::{FrameSource, Polled};
use grainloss_can::Frame;
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::pipeline::Pipeline;
use grainloss_protocol::command::{CommandReceiver, CommandReply, OperatorCommand, SentCommand};

pub use event_records::event_record;
pub use outputs::{Outputs, RunError, RunReport};
pub use summary::{Summary, SummaryAlarm};
pub use trace::TraceWriter;

/// At full speed `service_tick` is called once for so many frames: it reads the wall clock.
const FRAMES_PER_TICK: u32 = 64;

pub(super) struct Loop<S> {
    source: S,
    clock: BusClock,
    pacer: Pacer,
    session: Session,
    changes: SessionChanges,
    screens: Screens,
    commands: Option<CommandReceiver>,
    stop: Arc<AtomicBool>,
    frame_rate: FrameRate,
    last_frame_us: Option<i64>,
}

impl<S: FrameSource> Loop<S> {
    pub fn new(source: S, pipeline: Pipeline, outputs: Outputs, speed: Speed, stop: Arc<AtomicBool>) -> Self {
        let Outputs { journal, trace, capture, snapshot, commands, mut lifecycle, pans_found, past } = outputs;
        let (info, clock) = {
            let shown = snapshot.borrow();
            (shown.session.clone(), shown.clock.clone())
        };
        let mut sinks = sinks::Sinks::new(journal, trace, clock, pans_found, (&info, past));
        if let Some(notice) = lifecycle.notice.take() {
            sinks.event(notice);
        }
        Self {
            source,
            clock: BusClock::default(),
            pacer: Pacer::new(speed),
            session: Session::new(pipeline, sinks, capture, &info, lifecycle.sessions.is_some()),
            changes: SessionChanges::new(lifecycle),
            screens: Screens::new(snapshot),
            commands,
            stop,
            frame_rate: FrameRate::default(),
            last_frame_us: None,
        }
    }

    /// Runs until the source ends or the loop is stopped.
    pub fn run(mut self) -> Result<RunReport<S>, RunError> {
        let mut frames_since_tick = 0;
        let reason = loop {
            if self.stop.load(Ordering::Relaxed) {
                break "stopped";
            }
            match self.source.poll() {
                Ok(Polled::Frame(frame)) => {
                    let t_us = self.frame(&frame);
                    frames_since_tick += 1;
                    if frames_since_tick >= FRAMES_PER_TICK || !self.pacer.is_unlimited() {
                        frames_since_tick = 0;
                        self.service_tick(t_us);
                    }
                }
                Ok(Polled::Quiet(source_us)) => {
                    let t_us = self.bus_time(source_us);
                    self.advance_to(t_us);
                }
                Ok(Polled::News(news)) => self.session.sinks.news(news, self.source.interfaces()),
                Ok(Polled::End) => break "end of input",
                Err(error) => {
                    self.close("input failed", false);
                    return Err(error.into());
                }
            }
        };
        Ok(self.finish(reason))
    }

    /// Takes a frame; its bus time.
    fn frame(&mut self, frame: &Frame) -> i64 {
        self.session.capture(frame, self.source.interfaces());
        let t_us = self.bus_time(frame.t_us);
        self.wait_until(t_us);
        self.session.frame(frame, t_us);
        self.session.journal_status(t_us, &self.source);
        self.last_frame_us = Some(t_us);
        self.frame_rate.count(t_us, 1);
        t_us
    }

    /// Waits until `t_us` is due. Time passes on the screen while the log is silent; the steps made meanwhile are those
    /// that the next frame would have made before itself.
    fn wait_until(&mut self, t_us: i64) {
        while !self.pacer.wait_for_step(t_us) && !self.stop.load(Ordering::Relaxed) {
            if let Some(now_us) = self.pacer.now_us() {
                self.advance_to(now_us.min(t_us));
            }
        }
    }

    /// Time passes without a frame.
    fn advance_to(&mut self, t_us: i64) {
        self.session.advance(t_us);
        self.session.journal_status(t_us, &self.source);
        self.frame_rate.count(t_us, 0);
        self.service_tick(t_us);
    }

    /// Bus time of what the source dates `source_us`; jumps of the source's clock are recorded.
    fn bus_time(&mut self, source_us: i64) -> i64 {
        let (t_us, change) = self.clock.on(source_us);
        if let Some(change) = change {
            tracing::info!("the clock of the source: {change:?}");
            self.session.clock_changed(t_us, change);
            if matches!(change, ClockChange::Gap(_)) {
                self.pacer.restart();
            }
        }
        t_us
    }

    /// Handles commands, begins and ends sessions, and publishes when it is time.
    fn service_tick(&mut self, t_us: i64) {
        self.changes.beat();
        self.session.note_start();
        self.session.follow_test_cut(t_us);
        while let Some(sent) = self.commands.as_ref().and_then(CommandReceiver::take) {
            self.command(sent);
        }
        let changed = self.changes.tick(t_us, &mut self.session, &mut self.source, &mut self.screens);
        if changed.session {
            self.publish(t_us, false);
        }
        if let Some((sent, reply)) = changed.reply {
            sent.reply(reply);
        }
        if self.screens.are_due() {
            self.publish(t_us, false);
        }
    }

    fn command(&mut self, sent: SentCommand) {
        let Self { changes, session, screens, .. } = self;
        match &sent.command {
            OperatorCommand::StartSession(choice) => {
                let choice = choice.clone();
                changes.begin(&choice, sent, session);
            }
            OperatorCommand::EndSession if changes.has_sessions() => changes.end(sent, session),
            command => {
                let figures = SessionFigures::of(&screens.snapshot.borrow().session);
                let reply = session.command(command, &sent.from, &figures);
                match (command, &reply) {
                    (OperatorCommand::Operator(name), CommandReply::Taken) => changes.operator(name.trim()),
                    (OperatorCommand::Prices(entry), CommandReply::Taken) => {
                        changes.prices(entry.economy);
                        screens.prices(entry, &session.pipeline);
                    }
                    (OperatorCommand::Symptom { id, step, word }, CommandReply::Taken) => {
                        screens.symptom(id, (*step, *word), session.pipeline.readings());
                    }
                    _ => {}
                }
                sent.reply(reply);
            }
        }
    }

    fn publish(&mut self, t_us: i64, ended: bool) {
        let Self { source, session, screens, .. } = self;
        let Session { pipeline, sinks, commands, .. } = session;
        let (frames_per_s, last_frame_us) = (self.frame_rate.last, self.last_frame_us);
        screens.publish(&View { source, pipeline, sinks, commands, t_us, frames_per_s, last_frame_us }, ended);
    }

    /// Writes everything out. An orderly end is published; after a failure the screens close.
    fn close(&mut self, reason: &'static str, orderly: bool) -> Closed {
        self.session.end(&mut self.source);
        let journal = self.session.sinks.journal.as_ref().map(|journal| Arc::clone(journal.health()));
        let losses = self.changes.close(&mut self.session, reason);
        if let Some(journal) = journal {
            // Another number than at the start, if a damaged journal was replaced meanwhile.
            self.screens.snapshot.send_modify(|snapshot| snapshot.session.id = journal.session());
        }
        let trace_error = self.session.sinks.trace.take().and_then(|trace| trace.finish().err());
        if orderly && self.screens.snapshot.receiver_count() > 0 {
            self.publish(self.session.pipeline.readings().t_us, true);
        }
        Closed { losses, trace_error }
    }

    fn finish(mut self, reason: &'static str) -> RunReport<S> {
        let Closed { losses, trace_error } = self.close(reason, true);
        let Session { pipeline, sinks, .. } = self.session;
        let (session, calibration) = {
            let snapshot = self.screens.snapshot.borrow();
            (snapshot.session.id, snapshot.session.calibration.clone())
        };
        let summary = sinks.summary.with_worth(pipeline.advisor().advice().worth);
        RunReport {
            session,
            summary: summary.with_calibration(calibration.as_ref()),
            calibration,
            totals: pipeline.harvest().totals().clone(),
            counts: pipeline.counts(),
            transfers: *pipeline.transfers(),
            bad_trouble_messages: pipeline.bad_trouble_messages(),
            readings: pipeline.readings().clone(),
            ranges: pipeline.ranges().clone(),
            consistency: pipeline.consistency().clone(),
            source: self.source,
            journal_lost: losses.journal,
            trace_error,
            captured: losses.capture,
        }
    }
}

/// What did not reach the disk.
struct Closed {
    losses: super::session::Losses,
    trace_error: Option<String>,
}
