//! Heads and rows of a table over the sessions of a report.

use super::content::Cell;
use crate::model::SessionReport;
use crate::text::ReportText;

/// The heads of a table; with more than one session, the first is the session's.
pub(super) fn heads(text: &ReportText, many: bool, keys: &[&str]) -> Vec<String> {
    let session = many.then_some("session");
    session.iter().chain(keys).map(|key| text.get(&format!("report-col-{key}"))).collect()
}

/// Rows of all sessions; with more than one session, each row begins with the session's number.
pub(super) fn rows<'a, T: 'a>(
    sessions: &'a [SessionReport],
    of: impl Fn(&'a SessionReport) -> &'a [T],
    row: impl Fn(&'a T) -> Vec<Cell>,
) -> impl Iterator<Item = Vec<Cell>> {
    let number = |id: i64| (sessions.len() > 1).then_some(Cell::Number(id as f64, 0));
    let all = sessions.iter().flat_map(move |session| of(session).iter().map(move |one| (session.id, one)));
    all.map(move |(id, one)| number(id).into_iter().chain(row(one)).collect())
}
