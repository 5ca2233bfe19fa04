//! The computer's clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock, microseconds since 1970-01-01 UTC.
#[allow(clippy::disallowed_methods, reason = "an edge: what is made is dated here")]
pub(crate) fn wall_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as i64
}
