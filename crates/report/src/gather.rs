//! From journal to model: reads the sessions' records and sums them up.

mod correction;
pub(crate) mod crop_shift;
mod drivers;
mod head;
mod minutes;
mod point;
mod power_law;
mod prices;
mod selection;
mod settings;

pub(crate) use self::correction::Correction;
pub use self::drivers::{drivers, habit_books};
pub use self::head::{Options, head};
pub use self::point::measured_point;
pub use self::power_law::fit;
pub use self::prices::prices;
pub use self::selection::Selection;
pub use grainloss_core::like_work::{SAMPLE_S, SETTLE_S};

use self::crop_shift::CropShift;
use self::drivers::DriverSplit;
use self::minutes::SessionSums;
use super::code::session_code;
use super::error::ReportError;
use super::model::{MAX_DETAILED_SESSIONS, Report, SessionReport};
use super::redact;
use grainloss_journal::{Journal, Session};

/// Most points of the track on a chart.
const MAX_TRACK_POINTS: i64 = 3000;

/// Reads everything about these sessions. `asked` is the selection in words of the command line.
///
/// # Errors
///
/// The journal or a file of knowledge cannot be read, or there is no limit such as `options` asks for.
pub fn gather(
    journal: &Journal,
    sessions: &[Session],
    asked: Vec<(&'static str, String)>,
    options: &Options,
) -> Result<Report, ReportError> {
    // A report of many sessions shows no maps, and the positions of a season would not fit in memory.
    let points = (sessions.len() <= MAX_DETAILED_SESSIONS).then_some(MAX_TRACK_POINTS);
    let sessions: Result<Vec<_>, _> =
        sessions.iter().map(|session| gather_session(journal, session, options, points)).collect();
    let mut report = Report { sessions: sessions?, asked, redacted: false };
    if options.redact {
        redact::report(&mut report);
    }
    Ok(report)
}

fn gather_session(
    journal: &Journal,
    session: &Session,
    options: &Options,
    points: Option<i64>,
) -> Result<SessionReport, ReportError> {
    let mut report = head(journal, session, options)?;
    for stored in journal.points_of(session.id)? {
        report.points.extend(measured_point(journal, &stored)?);
    }
    let mut sums = SessionSums::default();
    let every_s = points.map(|most| (session.seconds / most + 1).max(1));
    let correction = Correction::of_session(journal, session)?;
    let mut shift = CropShift::default();
    let limit_pct = report.limit.as_ref().map(|judged| judged.limit.percent);
    let mut drivers = DriverSplit::new(journal, session, limit_pct)?;
    let done = journal.each_row(session.id, |second| {
        let second = correction.apply(second);
        sums.add(&second);
        drivers.second(&second);
        if let Some(shifted) = shift.push(&second) {
            sums.add_shifted(&shifted, every_s);
        }
        Ok::<(), std::convert::Infallible>(())
    })?;
    match done {
        Ok(()) => {}
        Err(never) => match never {},
    }
    while let Some(shifted) = shift.pop() {
        sums.add_shifted(&shifted, every_s);
    }
    sums.finish(&mut report);
    (report.settings, report.kept) =
        settings::changed(&journal.all(session.id)?, &journal.events(session.id)?, &report.minutes);
    report.drivers = drivers.finish();
    report.code = Some(session_code(&report, options.key.as_ref()));
    Ok(report)
}
