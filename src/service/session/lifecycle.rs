//! How sessions follow each other: begun, ended, closed after hours without work, begun again by work; and how profile
//! and settings are read again while the frames go on.
//!
//! ```text
//! commands, HUP, idle hours, work ──► loop ──► SessionThread: SessionFactory (reads files, opens the journal)
//!                                     loop ◄────────── OpenedSession ◄──────────┘
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::error::SessionError;
use super::thread::SessionThread;
use grainloss_core::advice::{AdjustmentOrder, Economy};
use grainloss_core::harvest::Pan;
use grainloss_core::machine::ChannelBank;
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::capture::Capture;
use grainloss_journal::{PanFound, Writer};
use grainloss_protocol::command::{CommandError, SessionChoice};
use grainloss_protocol::snapshot::SessionInfo;

/// Prepares sessions, on a thread of its own: it may wait for the disk.
pub trait SessionFactory: Send {
    /// The first session of the run: the one that was interrupted, or a new one. It is to be given these pans.
    ///
    /// # Errors
    /// When a file cannot be used, or, outside the service, the journal cannot be written.
    fn first(&mut self, now_us: i64, pans: &[(Pan, PanFound)]) -> Result<OpenedSession, SessionError>;

    /// Prepares a session that starts at `t_us`. What the choice leaves open stays as it was.
    ///
    /// # Errors
    /// When the choice is not possible or the session cannot begin; the session that runs goes on.
    fn begin(&mut self, choice: &SessionChoice, t_us: i64) -> Result<OpenedSession, CommandError>;

    /// Prepares the time between two sessions: everything is shown, nothing is stored.
    ///
    /// # Errors
    /// When profile or knowledge files cannot be read; the session that runs goes on.
    fn pause(&mut self) -> Result<OpenedSession, CommandError>;

    /// Reads profile and settings again.
    ///
    /// # Errors
    /// When one of them cannot be used; the text is for the technician, and the old ones stay.
    fn reload(&mut self) -> Result<ReloadedSettings, String>;

    /// Another operator drives.
    fn operator(&mut self, name: &str);
}

/// A session that can begin.
#[derive(Debug)]
pub struct OpenedSession {
    /// Bank, estimator and advisor, new or restored.
    pub pipeline: Pipeline,
    /// Where it is stored; `None` between two sessions.
    pub journal: Option<Writer>,
    /// The capture of its frames; `None` keeps none.
    pub capture: Option<Capture>,
    /// Its data for the screens.
    pub info: SessionInfo,
}

/// What a reload changes of the session that runs.
#[derive(Debug)]
pub struct ReloadedSettings {
    /// The profile's mapping.
    pub bank: ChannelBank,
    /// The loss limit, share of the grain; `None` without one.
    pub limit_share: Option<f64>,
    /// The order of the advice.
    pub plan: AdjustmentOrder,
    /// What grain and time are worth.
    pub economy: Economy,
    /// Its data for the screens.
    pub info: SessionInfo,
}

/// The rules by which sessions follow each other.
#[derive(Default)]
pub struct Lifecycle {
    /// Prepares them; `None` when there is one session only.
    pub sessions: Option<SessionThread>,
    /// The first session has been asked for and is not there yet: the loop begins without it.
    pub first_is_awaited: bool,
    /// The source is not bound to real time: the loop waits for a session that it has asked for.
    pub unpaced: bool,
    /// Grows as long as the loop is alive.
    pub heartbeat: Arc<AtomicU64>,
    /// A session without work for so long is closed, µs of bus time; `None` closes none.
    pub idle_us: Option<i64>,
    /// Becomes true when profile and settings are to be read again.
    pub reload: Arc<AtomicBool>,
}

impl std::fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lifecycle").field("idle_us", &self.idle_us).finish_non_exhaustive()
    }
}
