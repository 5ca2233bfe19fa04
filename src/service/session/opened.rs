//! What prepares sessions, and what it gives.

use super::error::SessionError;
use crate::service::charts::ChartBook;
use grainloss_core::advice::{AdjustmentOrder, Economy};
use grainloss_core::habits::DriverBooks;
use grainloss_core::harvest::Pan;
use grainloss_core::machine::ChannelBank;
use grainloss_core::pipeline::Pipeline;
use grainloss_core::record::EventRecord;
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

    /// Other prices hold, for the crop of the session.
    fn prices(&mut self, economy: Economy);
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
    /// What is to be said at its start; `None` when all is as it should be.
    pub notice: Option<EventRecord>,
    /// What screens show of the past of a session that goes on; `None` in a new one.
    pub past: Option<SessionPast>,
}

/// What screens show of the past of a session that was interrupted.
#[derive(Debug)]
pub struct SessionPast {
    /// The books of habits; `None` when they could not be read.
    pub habits: Option<DriverBooks>,
    /// Map and charts; `None` when they could not be read.
    pub charts: Option<Box<ChartBook>>,
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
