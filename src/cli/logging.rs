//! The log on standard error.

/// Logs on standard error, unless a dashboard will own the terminal. To be called before anything can be logged.
pub(super) fn log(dashboard: bool, level: tracing::Level) {
    if dashboard {
        return;
    }
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .log_internal_errors(false)
        .try_init();
}
