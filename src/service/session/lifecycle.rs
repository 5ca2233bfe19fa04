//! How sessions follow each other: begun, ended, closed after hours without work, begun again by work; and how profile
//! and settings are read again while the frames go on.
//!
//! ```text
//! commands, HUP, idle hours, work ──► loop ──► SessionThread: SessionFactory (reads files, opens the journal)
//!                                     loop ◄────────── OpenedSession ◄──────────┘
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use grainloss_core::record::EventRecord;

use super::thread::SessionThread;

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
    /// What is to be said at the first session's start; `None` when all is as it should be.
    pub notice: Option<EventRecord>,
}

impl std::fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lifecycle").field("idle_us", &self.idle_us).finish_non_exhaustive()
    }
}
