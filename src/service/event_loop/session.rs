//! The session that runs: estimator, records, frames and the operator's entries.

use super::command_handler::{CommandHandler, SessionFigures};
use super::sinks::Sinks;
use super::status::StatusRecorder;
use crate::service::session::SessionPast;
use grainloss_bus::FrameSource;
use grainloss_can::Frame;
use grainloss_core::clock::ClockChange;
use grainloss_core::pipeline::Pipeline;
use grainloss_core::record::EventRecord;
use grainloss_journal::capture::Capture;
use grainloss_journal::{Entry, Writer};
use grainloss_protocol::command::{CommandReply, OperatorCommand};
use grainloss_protocol::snapshot::SessionInfo;

/// The estimator's state is stored so often, s of bus time, and with every pan.
const CHECKPOINT_EVERY_S: i64 = 60;

pub(super) struct Session {
    pub pipeline: Pipeline,
    pub sinks: Sinks,
    pub commands: CommandHandler,
    capture: Option<Capture>,
    /// What was last recorded as wrong with the capture.
    capture_problem: Option<&'static str>,
    /// [`Capture::removals`] when it was last asked.
    capture_removals: u64,
    /// How often the journal's file had gone from its path, as far as it was recorded.
    removals: u64,
    status: StatusRecorder,
    /// Last whole second for which channel and bus status was journaled.
    last_status_s: Option<i64>,
    /// How many interfaces the pipeline knows by name.
    named_interfaces: usize,
    /// The session can be resumed: checkpoints are stored.
    resumable: bool,
    /// The field's name, for the calibration that is kept.
    field: Option<String>,
    /// How many pans had been judged when the calibration was last kept.
    kept_pans: usize,
}

impl Session {
    pub fn new(
        mut pipeline: Pipeline,
        sinks: Sinks,
        capture: Option<Capture>,
        info: &SessionInfo,
        resumable: bool,
    ) -> Self {
        let commands = CommandHandler::new(info, pipeline.take_drops());
        let (field, kept_pans) = (info.field.clone(), pipeline.harvest().pans().len());
        let mut session = Self {
            pipeline,
            sinks,
            commands,
            capture,
            capture_problem: None,
            capture_removals: 0,
            removals: 0,
            status: StatusRecorder::new(),
            last_status_s: None,
            named_interfaces: 0,
            resumable,
            field,
            kept_pans,
        };
        session.mark_drops();
        session
    }

    /// Goes on as another session from `t_us` on; journal and capture of the one before.
    pub fn replace(
        &mut self,
        (pipeline, info, past): (Pipeline, &SessionInfo, Option<SessionPast>),
        (journal, capture): (Option<Writer>, Option<Capture>),
        t_us: i64,
    ) -> (Option<Writer>, Option<Capture>) {
        let before =
            (std::mem::replace(&mut self.sinks.journal, journal), std::mem::replace(&mut self.capture, capture));
        (self.capture_problem, self.capture_removals, self.removals) = (None, 0, 0);
        self.pipeline = pipeline;
        self.pipeline.begin_at(t_us);
        self.sinks.begin(info, past);
        (self.field, self.kept_pans) = (info.field.clone(), self.pipeline.harvest().pans().len());
        self.commands = CommandHandler::new(info, self.pipeline.take_drops());
        self.mark_drops();
        (self.status, self.last_status_s, self.named_interfaces) = (StatusRecorder::new(), None, 0);
        before
    }

    /// Journal and capture, to be closed.
    pub fn take_records(&mut self) -> (Option<Writer>, Option<Capture>) {
        (self.sinks.journal.take(), self.capture.take())
    }

    /// The profile was read again: interfaces are named again.
    pub const fn name_interfaces_again(&mut self) {
        self.named_interfaces = 0;
    }

    /// Before the frame's time is due: its interface gets its name, and the raw frame is captured.
    pub fn capture(&mut self, frame: &Frame, interfaces: &[String]) {
        if usize::from(frame.interface) >= self.named_interfaces {
            self.named_interfaces = interfaces.len();
            self.pipeline.name_interfaces(interfaces);
        }
        if let Some(capture) = &mut self.capture {
            capture.put(frame, interfaces);
        }
    }

    pub fn frame(&mut self, frame: &Frame, t_us: i64) {
        self.pipeline.frame(frame, t_us, &mut |output| self.sinks.take(output));
    }

    pub fn advance(&mut self, t_us: i64) {
        self.pipeline.advance(t_us, &mut |output| self.sinks.take(output));
    }

    pub fn clock_changed(&mut self, t_us: i64, change: ClockChange) {
        self.sinks.clock(t_us, change);
        if matches!(change, ClockChange::Gap(_)) {
            self.pipeline.skip_to(t_us, &mut |output| self.sinks.take(output));
        }
    }

    /// The session starts with the first step of bus time.
    pub fn note_start(&mut self) {
        self.commands.started_us = self.commands.started_us.or(self.pipeline.now_us());
    }

    pub fn command(&mut self, command: &OperatorCommand, from: &str, figures: &SessionFigures) -> CommandReply {
        let reply = self.commands.take(command, from, figures, &mut self.pipeline, &mut self.sinks);
        self.mark_drops();
        reply
    }

    /// Pans that lie on the ground have a place on the map.
    fn mark_drops(&mut self) {
        for drop in &self.commands.drops {
            self.sinks.charts.mark(drop.t_us);
        }
    }

    /// A test cut that runs takes in how far the machine has come.
    pub fn follow_test_cut(&mut self, t_us: i64) {
        self.commands.test_cut.follow(t_us, self.pipeline.readings(), self.pipeline.estimate());
    }

    /// Once a second, journals the status of channels and buses.
    pub fn journal_status(&mut self, t_us: i64, source: &impl FrameSource) {
        let second = t_us.div_euclid(1_000_000);
        if self.last_status_s.replace(second) == Some(second) || self.sinks.journal.is_none() {
            return;
        }
        let capture_removals = self.capture.as_ref().map_or(0, Capture::removals);
        if capture_removals != self.capture_removals {
            self.capture_removals = capture_removals;
            self.sinks.event(EventRecord::new(second * 1_000_000, "capture", "removed"));
        }
        let problem = self.capture.as_ref().and_then(Capture::problem);
        if problem != self.capture_problem {
            self.capture_problem = problem;
            self.sinks.event(EventRecord::new(second * 1_000_000, "capture", problem.unwrap_or("resumed")));
        }
        let removals = self.sinks.journal.as_ref().map_or(0, |journal| journal.health().removals());
        if removals != self.removals {
            // What is told once only is told again, to the file that is written now.
            (self.removals, self.status, self.kept_pans) = (removals, StatusRecorder::new(), 0);
            self.checkpoint();
            self.sinks.event(EventRecord::new(second * 1_000_000, "journal", "removed"));
        }
        if self.pipeline.harvest().pans().len() > self.kept_pans {
            self.keep_calibration();
        }
        if second % CHECKPOINT_EVERY_S == 0 {
            self.checkpoint();
        }
        let Self { status, sinks, pipeline, .. } = self;
        let put = &mut |entry| sinks.put(entry);
        status.second(second * 1_000_000, pipeline.readings(), put);
        status.buses(second * 1_000_000, source.interfaces(), source.health(), false, put);
    }

    /// Stores the estimator's state, so that an interruption does not lose it.
    fn checkpoint(&self) {
        if self.resumable && self.sinks.journal.is_some() {
            self.sinks.put(self.commands.checkpoint(&self.pipeline));
        }
    }

    /// Stores what pans have taught, for the next field.
    fn keep_calibration(&mut self) {
        self.kept_pans = self.pipeline.harvest().pans().len();
        let t_us = self.pipeline.readings().t_us;
        if self.sinks.journal.is_some()
            && let Some(calibration) = self.pipeline.harvest().calibration(t_us, self.field.as_deref())
        {
            self.sinks.put(Entry::Calibration(Box::new(calibration)));
        }
    }

    /// The last second and the last news of the session.
    pub fn end(&mut self, source: &mut impl FrameSource) {
        self.pipeline.finish(&mut |output| self.sinks.take(output));
        self.checkpoint();
        self.keep_calibration();
        while let Some(news) = source.last_news() {
            self.sinks.news(news, source.interfaces());
        }
        let (t_us, sinks) = (self.pipeline.readings().t_us, &self.sinks);
        self.status.buses(t_us, source.interfaces(), source.health(), true, &mut |entry| sinks.put(entry));
    }
}
