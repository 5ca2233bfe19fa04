//! Numbers as they are sent.

/// A number as it is sent: so many parts of one.
pub(super) fn rounded(value: f64, parts: f64) -> f32 {
    ((value * parts).round() / parts) as f32
}

/// Seconds of a session as they are sent.
pub(super) fn whole(seconds: i64) -> u32 {
    u32::try_from(seconds).unwrap_or(if seconds < 0 { 0 } else { u32::MAX })
}
