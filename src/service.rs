//! The service: a source of frames at one end; journal, trace and screens at the other.
//!
//! ```text
//! FrameSource ──► BusClock ──► Pipeline ──► SecondRow ──► journal queue, trace file, summary
//!                                  └──────► Snapshot ──► watch channel ──► dashboard, socket
//! ```
//!
//! The loop has its own thread; it hands over to disk, screens and network and does not wait for them. Sessions are prepared,
//! and profile and settings read again, on a thread of their own.
//!
//! A command fills a [`RunConfig`], makes a [`FileSessionFactory`] of it, and calls [`run`]. [`start_loop`] is the loop alone.

mod calibration_choice;
mod charts;
mod event_loop;
mod ipc;
mod pacer;
mod price_events;
mod run;
mod run_config;
mod session;
mod systemd;
mod waiting_checks;

pub use calibration_choice::CalibrationChoice;
pub use charts::{ChartBook, ChartSecond, charts_so_far};
pub use event_loop::{Outputs, RunError, RunReport, Summary, SummaryAlarm, TraceWriter, event_record};
pub use ipc::{
    LinkError, PROTOCOL, SocketConfig, SocketServer, WatchThread, default_socket, latest_snapshot, send_command, serve,
    snapshot_before_contact, socket_to_watch, watch_service,
};
pub use pacer::{Pacer, Speed};
pub use run::{LoopThread, Running, StartError, run, start_loop};
pub use run_config::{AlarmsAndPrices, CropSettings, LoadProfile, LoadSettings, RunConfig, Sessions};
pub use session::{
    FileSessionFactory, JournalLock, Lifecycle, LockError, OpenedSession, ReloadedSettings, SessionAnswer,
    SessionError, SessionFactory, SessionPast, SessionRequest, SessionSetup, SessionThread, SessionThreadEnded,
};
pub use systemd::{notify_systemd, stop_on_signals};
pub use waiting_checks::keep_check;
