//! One packet: the session is proven, then sealed, with its report at its end.

use serde_json::Value;

use grainloss_journal::{Journal, Session, SigningKey};
use grainloss_packet::{PacketError, Sealed, seal};
use grainloss_report::{ReportError, write_json};

/// The packet of a session's minutes that end after `after_us` (`i64::MIN` for all); `None` for a session that was changed.
///
/// # Errors
/// As [`seal`].
pub fn packet(
    journal: &Journal,
    session: &Session,
    after_us: i64,
    names: bool,
    key: &SigningKey,
) -> Result<Option<Sealed>, PacketError> {
    if !journal.verify_session(session.id)?.is_untouched() {
        return Ok(None);
    }
    let report = session.end_reason.is_some().then(|| report(journal, session, names)).transpose()?;
    seal(journal, session, after_us, report, names, key).map(Some)
}

fn report(journal: &Journal, session: &Session, names: bool) -> Result<Value, PacketError> {
    let mut text = Vec::new();
    write_json(journal, session, !names, None, &mut text).map_err(|error| match error {
        ReportError::Journal(error) => PacketError::Journal(error),
        error => PacketError::Write(error.to_string()),
    })?;
    serde_json::from_slice(&text).map_err(|error| PacketError::Write(error.to_string()))
}
