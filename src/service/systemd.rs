//! The service manager's side: status notifications and signals.

mod notify;
mod signals;

pub use notify::notify_systemd;
pub use signals::stop_on_signals;
