//! How sessions begin, follow each other and end.
//!
//! ```text
//! RunConfig ──► FileSessionFactory (on the session's thread) ──► SessionSetup (profile, crop, estimator) ──► OpenedSession (with journal and capture)
//! ```

mod calibration;
mod choices;
mod close;
mod error;
mod factory;
mod lifecycle;
mod lock;
mod opened;
mod reading;
mod recent_choices;
mod resume;
mod setup;
mod thread;

pub use close::{Losses, close_records};
pub use error::SessionError;
pub use factory::FileSessionFactory;
pub use lifecycle::Lifecycle;
pub use lock::{JournalLock, LockError};
pub use opened::{OpenedSession, ReloadedSettings, SessionFactory, SessionPast};
pub use setup::SessionSetup;
pub use thread::{SessionAnswer, SessionRequest, SessionThread, SessionThreadEnded};
