//! The change from one session to the next: by command, after hours without work, by work, and the reload of settings.
//!
//! What needs the disk is asked of the session's thread. The loop goes on with the session that it has, and changes to the
//! next one when the answer is there.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use super::screens::Screens;
use super::session::Session;
use crate::service::session::{
    Lifecycle, Losses, OpenedSession, ReloadedSettings, SessionAnswer, SessionRequest, close_records,
};
use grainloss_bus::FrameSource;
use grainloss_core::advice::Economy;
use grainloss_core::harvest::Activity;
use grainloss_core::record::EventRecord;
use grainloss_journal::JournalHealth;
use grainloss_protocol::command::{CommandError, CommandReply, SentCommand, SessionChoice};
use grainloss_protocol::snapshot::Reload;

/// Work without a journal tries to begin a session so often, µs of bus time.
const RETRY_US: i64 = 1_000_000;
/// So many sessions may be begun by command in a minute of bus time (our choice): a wrong choice is corrected at once, and a
/// screen gone wild does not fill the journal.
const MAX_STARTS: usize = 6;
const MINUTE_US: i64 = 60_000_000;
/// So many closed sessions may wait for a disk that refuses to write (our choice: their records are held in memory).
const MAX_CLOSING: usize = 8;
/// A source that is not bound to real time waits so long for a session (assumed: longer than any lock is waited for).
const UNPACED_WAIT: Duration = Duration::from_mins(2);

/// What the session's thread was asked for and has not answered.
enum Asked {
    Nothing,
    /// A session; why the one before it ends, and whom to tell.
    Session(&'static str, Option<SentCommand>),
    Reload,
}

/// What a tick has changed.
#[derive(Default)]
pub(super) struct Changed {
    /// Another session runs now.
    pub session: bool,
    /// The reply to a command, once the change is published.
    pub reply: Option<(SentCommand, CommandReply)>,
}

pub(super) struct SessionChanges {
    lifecycle: Lifecycle,
    asked: Asked,
    /// Bus time of the newest work, or of the session's start.
    worked_us: Option<i64>,
    /// When work last tried to begin a session, successfully or not.
    tried_us: Option<i64>,
    /// When sessions were begun by command, µs of bus time, within the last minute.
    starts_us: Vec<i64>,
    /// Records of earlier sessions, being written out.
    closing: Vec<(Arc<JournalHealth>, JoinHandle<Losses>)>,
    /// What those lost that are written out.
    lost: Losses,
}

impl SessionChanges {
    pub fn new(lifecycle: Lifecycle) -> Self {
        let asked = if lifecycle.first_is_awaited { Asked::Session("not stored", None) } else { Asked::Nothing };
        Self {
            lifecycle,
            asked,
            worked_us: None,
            tried_us: None,
            starts_us: Vec::new(),
            closing: Vec::new(),
            lost: Losses::default(),
        }
    }

    pub const fn has_sessions(&self) -> bool {
        self.lifecycle.sessions.is_some()
    }

    /// The loop is alive.
    pub fn beat(&self) {
        self.lifecycle.heartbeat.fetch_add(1, Ordering::Relaxed);
    }

    /// Another operator drives.
    pub fn operator(&self, name: &str) {
        self.ask(SessionRequest::Operator(name.to_owned()));
    }

    /// Other prices hold.
    pub fn prices(&self, economy: Economy) {
        self.ask(SessionRequest::Prices(economy));
    }

    fn ask(&self, request: SessionRequest) {
        if let Some(thread) = &self.lifecycle.sessions {
            thread.ask(request);
        }
    }

    /// A session without work for hours ends; work without a session begins one; a reload that was asked for is made; a
    /// session that is ready begins.
    pub fn tick(
        &mut self,
        t_us: i64,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> Changed {
        if self.lifecycle.sessions.is_none() {
            return Changed::default();
        }
        let activity = session.pipeline.estimate().and_then(|estimate| estimate.doing.activity);
        let works = matches!(activity, Some(Activity::Cutting | Activity::Turning));
        if works || self.worked_us.is_none() {
            self.worked_us = Some(t_us);
        }
        if matches!(self.asked, Asked::Nothing) {
            self.ask_when_due(t_us, activity, session);
        }
        match self.asked {
            Asked::Nothing => Changed::default(),
            _ => self.take_answer(t_us, session, source, screens),
        }
    }

    fn ask_when_due(&mut self, t_us: i64, activity: Option<Activity>, session: &Session) {
        let stored = session.sinks.journal.is_some();
        let idle = |worked_us| self.lifecycle.idle_us.is_some_and(|idle_us| t_us - worked_us >= idle_us);
        if activity == Some(Activity::Cutting)
            && !stored
            && self.tried_us.is_none_or(|tried_us| t_us - tried_us >= RETRY_US)
        {
            self.tried_us = Some(t_us);
            if let Some(now_us) = session.pipeline.now_us() {
                self.ask(SessionRequest::Begin(SessionChoice::default(), now_us));
                self.asked = Asked::Session("new session", None);
            }
        } else if stored && self.worked_us.is_some_and(idle) {
            tracing::info!(
                "no work for {:.1} h: the session is closed",
                self.lifecycle.idle_us.unwrap_or(0) as f64 / 3.6e9
            );
            self.ask(SessionRequest::Pause);
            self.asked = Asked::Session("idle", None);
        } else if self.lifecycle.reload.swap(false, Ordering::Relaxed) {
            self.ask(SessionRequest::Reload);
            self.asked = Asked::Reload;
        }
    }

    /// The operator begins a session. The reply comes with the session.
    pub fn begin(&mut self, choice: &SessionChoice, sent: SentCommand, session: &Session) {
        let Some(t_us) = session.pipeline.now_us() else {
            return sent.reply(CommandReply::Refused(CommandError::NoTime));
        };
        self.starts_us.retain(|start_us| t_us - start_us < MINUTE_US);
        if self.starts_us.len() >= MAX_STARTS {
            tracing::warn!("{}: begins too many sessions: one more is refused", sent.from);
            return sent.reply(CommandReply::Refused(CommandError::Busy));
        }
        self.starts_us.push(t_us);
        self.command(SessionRequest::Begin(choice.clone(), t_us), "new session", sent);
    }

    /// The operator ends the session that runs; nothing is stored until the next one begins.
    pub fn end(&mut self, sent: SentCommand, session: &Session) {
        if session.sinks.journal.is_none() {
            return sent.reply(CommandReply::Refused(CommandError::NoSession));
        }
        self.command(SessionRequest::Pause, "closed", sent);
    }

    fn command(&mut self, request: SessionRequest, reason: &'static str, sent: SentCommand) {
        if !self.has_sessions() {
            return sent.reply(CommandReply::Refused(CommandError::NotHere));
        }
        if !matches!(self.asked, Asked::Nothing) {
            return sent.reply(CommandReply::Refused(CommandError::Busy));
        }
        self.ask(request);
        self.asked = Asked::Session(reason, Some(sent));
    }

    fn take_answer(
        &mut self,
        t_us: i64,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) -> Changed {
        let Some(thread) = &self.lifecycle.sessions else { return Changed::default() };
        let answered = if self.lifecycle.unpaced { thread.wait(UNPACED_WAIT) } else { thread.answer() };
        let answer = match answered {
            Ok(None) => return Changed::default(),
            Ok(Some(answer)) => answer,
            // A panic has been reported by its own hook.
            Err(_) => {
                self.lifecycle.sessions = None;
                SessionAnswer::Session(Err(CommandError::CannotBegin))
            }
        };
        let asked = std::mem::replace(&mut self.asked, Asked::Nothing);
        let (reason, sent) = match asked {
            Asked::Session(reason, sent) => (reason, sent),
            Asked::Nothing | Asked::Reload => ("new session", None),
        };
        let opened = match answer {
            SessionAnswer::Session(opened) => opened,
            SessionAnswer::First(opened) => opened.map_err(|error| {
                tracing::warn!("the session cannot begin: {error}");
                CommandError::CannotBegin
            }),
            SessionAnswer::Reload(reloaded) => {
                reload(reloaded, t_us, session, screens);
                return Changed::default();
            }
        };
        let (changed, reply) = match opened {
            Ok(opened) => {
                self.change(*opened, reason, session, source, screens);
                (true, CommandReply::Taken)
            }
            Err(why) => (false, CommandReply::Refused(why)),
        };
        Changed { session: changed, reply: sent.map(|sent| (sent, reply)) }
    }

    /// Ends the session that runs, and goes on with another.
    fn change(
        &mut self,
        opened: OpenedSession,
        reason: &'static str,
        session: &mut Session,
        source: &mut impl FrameSource,
        screens: &mut Screens,
    ) {
        let OpenedSession { pipeline, journal, capture, info, notice, past } = opened;
        let t_us = session.pipeline.now_us().unwrap_or(0);
        session.end(source);
        let (old_journal, old_capture) = session.replace((pipeline, &info, past), (journal, capture), t_us);
        if let Some(notice) = notice {
            session.sinks.event(notice);
        }
        if let Some(old) = old_journal {
            // On a thread of its own: the loop does not wait for the disk.
            let closing = std::thread::Builder::new().name("closing".to_owned());
            self.closing.retain(|(_, closing)| !closing.is_finished());
            let health = Arc::clone(old.health());
            health.set_persists(self.closing.len() < MAX_CLOSING);
            let closing = closing.spawn(move || close_records(Some(old), old_capture, reason));
            self.closing.extend(closing.map(|closing| (health, closing)));
        }
        (self.worked_us, self.tried_us) = (None, None);
        screens.begin(info);
    }

    /// Closes the records of the last session and waits for those before it; what all of them lost.
    pub fn close(&mut self, session: &mut Session, reason: &'static str) -> Losses {
        let (journal, capture) = session.take_records();
        let last = close_records(journal, capture, reason);
        for (health, _) in &self.closing {
            health.set_persists(false);
        }
        for (health, _) in &self.closing {
            health.set_persists(false);
        }
        self.join_closed(true);
        std::mem::take(&mut self.lost).and(last)
    }

    /// Takes in what earlier sessions lost, once they are written out; waits for `all` of them.
    fn join_closed(&mut self, all: bool) {
        for (_, closing) in self.closing.extract_if(.., |(_, closing)| all || closing.is_finished()) {
            // A panic has been reported by its own hook.
            if let Ok(lost) = closing.join() {
                self.lost = std::mem::take(&mut self.lost).and(lost);
            }
        }
    }
}

fn reload(reloaded: Result<Box<ReloadedSettings>, String>, t_us: i64, session: &mut Session, screens: &mut Screens) {
    let refused = match reloaded {
        Ok(reloaded) => {
            tracing::warn!("profile and settings were read again");
            let ReloadedSettings { bank, limit_share, plan, economy, info } = *reloaded;
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
