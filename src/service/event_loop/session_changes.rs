//! The change from one session to the next: by command, after hours without work, by work, and the reload of settings.

use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use super::screens::Screens;
use super::session::Session;
use crate::service::session::{Lifecycle, Losses, OpenedSession, ReloadedSettings, close_records};
use grainloss_bus::FrameSource;
use grainloss_core::harvest::Activity;
use grainloss_core::record::EventRecord;
use grainloss_protocol::command::{CommandError, CommandReply, SessionChoice};
use grainloss_protocol::snapshot::Reload;

/// Work without a journal tries to begin a session so often, µs of bus time.
const RETRY_US: i64 = 1_000_000;

pub(super) struct SessionChanges {
    lifecycle: Lifecycle,
    /// Bus time of the newest work, or of the session's start.
    worked_us: Option<i64>,
    /// When work last tried to begin a session, successfully or not.
    tried_us: Option<i64>,
    /// Records of earlier sessions, being written out.
    closing: Vec<JoinHandle<Losses>>,
}

impl SessionChanges {
    pub const fn new(lifecycle: Lifecycle) -> Self {
        Self { lifecycle, worked_us: None, tried_us: None, closing: Vec::new() }
    }

    pub const fn has_factory(&self) -> bool {
        self.lifecycle.factory.is_some()
    }

    /// Another operator drives.
    pub fn operator(&mut self, name: &str) {
        if let Some(factory) = &mut self.lifecycle.factory {
            factory.operator(name);
        }
    }

    /// A session without work for hours ends; work without a session begins one; a reload that was asked for is made.
    /// True when another session runs now.
    pub fn tick(
        &mut self,
        t_us: i64,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> bool {
        if self.lifecycle.factory.is_none() {
            return false;
        }
        let mut changed = false;
        let activity = session.pipeline.estimate().and_then(|estimate| estimate.doing.activity);
        let works = matches!(activity, Some(Activity::Cutting | Activity::Turning));
        if works || self.worked_us.is_none() {
            self.worked_us = Some(t_us);
        }
        let stored = session.sinks.journal.is_some();
        if activity == Some(Activity::Cutting)
            && !stored
            && self.tried_us.is_none_or(|tried_us| t_us - tried_us >= RETRY_US)
        {
            self.tried_us = Some(t_us);
            changed |= self.begin(&SessionChoice::default(), session, source, screens) == CommandReply::Taken;
        }
        if let (true, Some(idle_us), Some(worked_us)) = (stored, self.lifecycle.idle_us, self.worked_us)
            && t_us - worked_us >= idle_us
        {
            tracing::info!("no work for {:.1} h: the session is closed", idle_us as f64 / 3.6e9);
            changed |= self.pause("idle", session, source, screens) == CommandReply::Taken;
        }
        if self.lifecycle.reload.swap(false, Ordering::Relaxed) {
            self.reload(t_us, session, screens);
        }
        changed
    }

    /// Begins a session as the operator chose it.
    pub fn begin(
        &mut self,
        choice: &SessionChoice,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> CommandReply {
        let Some(t_us) = session.pipeline.now_us() else { return CommandReply::Refused(CommandError::NoTime) };
        let Some(factory) = &mut self.lifecycle.factory else { return CommandReply::Refused(CommandError::NotHere) };
        let opened = factory.begin(choice, t_us);
        self.change(opened, "new session", session, source, screens)
    }

    /// Ends the session that runs; nothing is stored until the next one begins.
    pub fn pause(
        &mut self,
        reason: &'static str,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> CommandReply {
        if session.sinks.journal.is_none() {
            return CommandReply::Refused(CommandError::NoSession);
        }
        let opened = self.lifecycle.factory.as_mut().map_or(Err(CommandError::NotHere), |factory| factory.pause());
        self.change(opened, reason, session, source, screens)
    }

    /// Ends the session that runs, and goes on with another.
    fn change(
        &mut self,
        opened: Result<OpenedSession, CommandError>,
        reason: &'static str,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> CommandReply {
        let OpenedSession { pipeline, journal, capture, info } = match opened {
            Ok(opened) => opened,
            Err(why) => return CommandReply::Refused(why),
        };
        let t_us = session.pipeline.now_us().unwrap_or(0);
        session.end(source);
        let (old_journal, old_capture) = session.replace((pipeline, &info), (journal, capture), t_us);
        if let Some(old) = old_journal {
            // On a thread of its own: the loop does not wait for the disk.
            let closing = std::thread::Builder::new().name("closing".to_owned());
            self.closing.retain(|closing| !closing.is_finished());
            self.closing.extend(closing.spawn(move || close_records(Some(old), old_capture, reason)));
        }
        (self.worked_us, self.tried_us) = (None, None);
        screens.begin(info);
        CommandReply::Taken
    }

    fn reload(&mut self, t_us: i64, session: &mut Session, screens: &mut Screens) {
        let Some(factory) = &mut self.lifecycle.factory else { return };
        let refused = match factory.reload() {
            Ok(reloaded) => {
                tracing::warn!("profile and settings were read again");
                let ReloadedSettings { bank, limit_share, plan, economy, info } = reloaded;
                session.pipeline.reload(bank, limit_share, plan, economy);
                session.name_interfaces_again();
                screens.reload(info);
                None
            }
            Err(why) => {
                tracing::warn!("profile and settings were read again, refused, and the old ones stay: {why}");
                Some(why)
            }
        };
        session.sinks.event(EventRecord::new(t_us, "reload", if refused.is_none() { "taken" } else { "refused" }));
        screens.reloaded(Reload { t_us, refused });
    }

    /// Closes the records of the last session and waits for those before it; what all of them lost.
    pub fn close(&mut self, session: &mut Session, reason: &'static str) -> Losses {
        let (journal, capture) = session.take_records();
        let last = close_records(journal, capture, reason);
        let earlier = self.closing.drain(..).filter_map(|closing| closing.join().ok());
        earlier.chain([last]).fold(Losses::default(), Losses::and)
    }
}
