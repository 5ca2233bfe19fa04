//! The loop itself: frames, time, commands, and the change from one session to the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::command_handler::CommandHandler;
use super::lifecycle::{Lifecycle, OpenedSession, ReloadedSettings};
use super::pace::{Pacer, Speed};
use super::publish::{Screens, View};
use super::rate::Rate;
use super::run::{Outputs, RunError, RunReport};
use super::sinks::Sinks;
use super::vitals::Vitals;
use grainloss_bus::{FrameSource, Polled};
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::harvest::Activity;
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::capture::{Capture, Captured};
use grainloss_journal::{StoredEvent, Writer};
use grainloss_protocol::command::{CommandError, CommandReceiver, CommandReply, OperatorCommand, Sent, SessionChoice};
use grainloss_protocol::snapshot::Reload;

/// What has been learned is stored so often, s of bus time, and with every pan.
const LEARNED_EVERY_S: i64 = 60;

/// What the journal lost, and why.
type Lost = Option<(u64, Option<String>)>;

/// What the capture lost, and why.
type Kept = Option<Captured>;

pub(super) struct Loop<S> {
    source: S,
    pipeline: Pipeline,
    sinks: Sinks,
    capture: Option<Capture>,
    /// What was last said of the capture.
    capture_told: Option<&'static str>,
    desk: CommandHandler,
    screens: Screens,
    commands: Option<CommandReceiver>,
    flow: Lifecycle,
    stop: Arc<AtomicBool>,
    rate: Rate,
    vitals: Vitals,
    /// The second that the journal was last told the vitals of.
    told_us: Option<i64>,
    last_frame_us: Option<i64>,
    /// Bus time of the newest work, or of the session's start.
    worked_us: Option<i64>,
    /// Interfaces whose names the pipeline knows.
    named: usize,
    /// Records of sessions that have ended, being written out.
    closing: Vec<JoinHandle<(Lost, Kept)>>,
}

impl<S: FrameSource> Loop<S> {
    pub fn new(source: S, mut pipeline: Pipeline, outputs: Outputs, stop: Arc<AtomicBool>) -> Self {
        let (desk, clock) = {
            let shown = outputs.snapshot.borrow();
            (CommandHandler::new(&shown.session, pipeline.take_drops()), shown.clock.clone())
        };
        Self {
            source,
            pipeline,
            sinks: Sinks::new(outputs.journal, outputs.trace, clock, outputs.pans_found),
            capture: outputs.capture,
            capture_told: None,
            desk,
            screens: Screens::new(outputs.snapshot),
            commands: outputs.commands,
            flow: outputs.flow,
            stop,
            rate: Rate::default(),
            vitals: Vitals::new(),
            told_us: None,
            last_frame_us: None,
            worked_us: None,
            named: 0,
            closing: Vec::new(),
        }
    }

    pub fn run(mut self, speed: Speed) -> Result<RunReport<S>, RunError> {
        let mut clock = BusClock::default();
        let mut pacer = Pacer::new(speed);
        let mut frames_since_look = 0;
        let reason = loop {
            if self.stop.load(Ordering::Relaxed) {
                break "stopped";
            }
            match self.source.poll() {
                Ok(Polled::Frame(frame)) => {
                    if usize::from(frame.interface) >= self.named {
                        self.named = self.source.interfaces().len();
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
        let (journal_lost, trace_error, captured) = self.close(reason, true);
        Ok(RunReport {
            session: self.screens.snapshot.borrow().session.id,
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
        self.look_up(t_us);
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
        if second % LEARNED_EVERY_S == 0 {
            self.keep_learned();
        }
        let Self { vitals, sinks, source, pipeline, .. } = self;
        let tell = &mut |entry| sinks.put(entry);
        vitals.second(second * 1_000_000, pipeline.readings(), tell);
        vitals.buses(second * 1_000_000, source.interfaces(), source.health(), false, tell);
    }

    /// Hands what has been learned to the journal, so that an interruption does not cost it.
    fn keep_learned(&self) {
        if self.flow.host.is_some() && self.sinks.journal.is_some() {
            self.sinks.put(self.desk.learned(&self.pipeline));
        }
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
    fn close(&mut self, reason: &'static str, orderly: bool) -> (Lost, Option<String>, Kept) {
        self.end_rows();
        let journal = self.sinks.journal.as_ref().map(|journal| Arc::clone(journal.health()));
        let last = finish(self.sinks.journal.take(), self.capture.take(), reason);
        if let Some(journal) = journal {
            // Another one than was begun, if a damaged file was set aside meanwhile.
            self.screens.snapshot.send_modify(|snapshot| snapshot.session.id = Some(journal.session()));
        }
        let ended: Vec<_> = self.closing.drain(..).filter_map(|closing| closing.join().ok()).chain([last]).collect();
        let (lost, kept): (Vec<Lost>, Vec<Kept>) = ended.into_iter().unzip();
        let lost = lost.into_iter().flatten().reduce(|one, other| (one.0 + other.0, one.1.or(other.1)));
        let kept = kept.into_iter().flatten().reduce(|one, other| Captured {
            frames: one.frames + other.frames,
            lost: one.lost + other.lost,
            error: one.error.or(other.error),
        });
        let trace_error = self.sinks.trace.take().and_then(|trace| trace.finish().err());
        if orderly && self.screens.snapshot.receiver_count() > 0 {
            self.publish(self.pipeline.readings().t_us, true);
        }
        (lost, trace_error, kept)
    }

    /// The last second and the last news of a session.
    fn end_rows(&mut self) {
        self.pipeline.finish(&mut |output| self.sinks.take(output));
        self.keep_learned();
        while let Some(news) = self.source.last_news() {
            self.sinks.news(news, self.source.interfaces());
        }
        let (t_us, sinks) = (self.pipeline.readings().t_us, &self.sinks);
        let tell = &mut |entry| sinks.put(entry);
        self.vitals.buses(t_us, self.source.interfaces(), self.source.health(), true, tell);
    }

    /// What the operator tells is dealt with, sessions end and begin, and the screens are told, when it is time again.
    fn look_up(&mut self, t_us: i64) {
        self.desk.started_us = self.desk.started_us.or(self.pipeline.now_us());
        while let Some(sent) = self.commands.as_ref().and_then(CommandReceiver::take) {
            self.mark(sent);
        }
        if self.flow.host.is_some() {
            self.follow(t_us);
        }
        if self.screens.are_due() {
            self.publish(t_us, false);
        }
    }

    fn mark(&mut self, sent: Sent) {
        let answer = match &sent.mark {
            OperatorCommand::StartSession(choice) => self.begin(choice, "new session"),
            OperatorCommand::EndSession if self.flow.host.is_some() => self.pause("closed"),
            _ => {
                let measures = self.screens.snapshot.borrow().session.measures;
                self.desk.take(&sent.mark, &sent.from, &measures, &mut self.pipeline, &mut self.sinks)
            }
        };
        if let (OperatorCommand::Operator(name), CommandReply::Taken, Some(host)) =
            (&sent.mark, &answer, &mut self.flow.host)
        {
            host.operator(name.trim());
        }
        sent.answer(answer);
    }

    /// A session without work for hours ends; work without a session begins one; a reload that was asked for is made.
    fn follow(&mut self, t_us: i64) {
        let activity = self.pipeline.estimate().and_then(|estimate| estimate.doing.activity);
        let works = matches!(activity, Some(Activity::Cutting | Activity::Turning));
        if works || self.worked_us.is_none() {
            self.worked_us = Some(t_us);
        }
        let stored = self.sinks.journal.is_some();
        if activity == Some(Activity::Cutting) && !stored {
            // Should the journal be out of order, the next second tries again: nothing is waited for.
            let due = self.desk.tried_us.is_none_or(|tried_us| t_us - tried_us >= 1_000_000);
            self.desk.tried_us = Some(if due { t_us } else { self.desk.tried_us.unwrap_or(t_us) });
            if due {
                self.begin(&SessionChoice::default(), "new session");
            }
        }
        if let (true, Some(idle_us), Some(worked_us)) = (stored, self.flow.idle_us, self.worked_us)
            && t_us - worked_us >= idle_us
        {
            tracing::info!("no work for {:.1} h: the session is closed", idle_us as f64 / 3.6e9);
            self.pause("idle");
        }
        if self.flow.reload.swap(false, Ordering::Relaxed) {
            self.reload(t_us);
        }
    }

    fn begin(&mut self, choice: &SessionChoice, reason: &'static str) -> CommandReply {
        let now_us = self.pipeline.now_us();
        let (Some(host), Some(t_us)) = (&mut self.flow.host, now_us) else {
            return CommandReply::Refused(if now_us.is_none() { CommandError::NoTime } else { CommandError::NotHere });
        };
        let begun = host.begin(choice, t_us);
        self.change(begun, reason)
    }

    fn pause(&mut self, reason: &'static str) -> CommandReply {
        if self.sinks.journal.is_none() {
            return CommandReply::Refused(CommandError::NoSession);
        }
        let begun = self.flow.host.as_mut().map_or(Err(CommandError::NotHere), |host| host.pause());
        self.change(begun, reason)
    }

    /// Ends the session that runs, and goes on with another.
    fn change(&mut self, begun: Result<OpenedSession, CommandError>, reason: &'static str) -> CommandReply {
        let OpenedSession { pipeline, journal, capture, info } = match begun {
            Ok(begun) => begun,
            Err(why) => return CommandReply::Refused(why),
        };
        let t_us = self.pipeline.now_us().unwrap_or(0);
        self.end_rows();
        let old_capture = std::mem::replace(&mut self.capture, capture);
        if let Some(old) = std::mem::replace(&mut self.sinks.journal, journal) {
            // The disk is not waited for.
            let closing = std::thread::Builder::new().name("closing".to_owned());
            self.closing.retain(|closing| !closing.is_finished());
            self.closing.extend(closing.spawn(move || finish(Some(old), old_capture, reason)));
        }
        self.capture_told = None;
        self.pipeline = pipeline;
        self.pipeline.begin_at(t_us);
        self.sinks.begin();
        self.desk = CommandHandler::new(&info, self.pipeline.take_drops());
        (self.vitals, self.told_us, self.named, self.worked_us) = (Vitals::new(), None, 0, None);
        self.screens.begin(info);
        self.publish(t_us, false);
        CommandReply::Taken
    }

    fn reload(&mut self, t_us: i64) {
        let Some(host) = &mut self.flow.host else { return };
        let refused = match host.reload() {
            Ok(reloaded) => {
                tracing::warn!("profile and settings were read again");
                let ReloadedSettings { bank, limit_share, plan, economy, info } = reloaded;
                self.pipeline.reload(bank, limit_share, plan, economy);
                self.named = 0;
                self.screens.reload(info);
                None
            }
            Err(why) => {
                tracing::warn!("profile and settings were read again, refused, and the old ones stay: {why}");
                Some(why)
            }
        };
        self.sinks.event(StoredEvent::new(t_us, "reload", if refused.is_none() { "taken" } else { "refused" }));
        self.screens.reloaded(Reload { t_us, refused });
    }

    fn publish(&mut self, t_us: i64, ended: bool) {
        let Self { source, pipeline, sinks, desk, screens, .. } = self;
        let (frames_per_s, last_frame_us) = (self.rate.last, self.last_frame_us);
        screens.publish(&View { source, pipeline, sinks, desk, t_us, frames_per_s, last_frame_us }, ended);
    }
}

/// Closes a session's records, the frames' own first, since the journal signs their hash; what they lost.
fn finish(journal: Option<Writer>, capture: Option<Capture>, reason: &'static str) -> (Lost, Kept) {
    let kept = capture.map(Capture::finish);
    let lost = journal.and_then(|journal| {
        let health = Arc::clone(journal.health());
        journal.finish(reason);
        (health.lost() > 0).then(|| (health.lost(), health.last_error()))
    });
    (lost, kept)
}
