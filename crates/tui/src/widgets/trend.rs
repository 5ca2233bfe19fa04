//! The loss of the last ten minutes: a row of bars, on a large screen a chart.

use ratatui::layout::Rect;

use super::canvas::{Canvas, NOMINAL_COLUMNS};
use super::numbers::{DASH, two_digits};
use crate::theme::Role;
use crate::view::View;
use grainloss_protocol::snapshot::HistoryPoint;

/// Number of bars: one for each ten seconds of ten minutes.
const POINTS: u16 = 60;
const X: u16 = 10;
/// Columns of the scale: `█=100 %`.
const SCALE_COLUMNS: u16 = 9;
const STEP_US: i64 = 10_000_000;

/// Draws the trend in `rows` rows from row `y` on. Where the loss is unknown there is no bar.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    canvas.put(1, y, X - 2, &view.word("screen-trend"), Role::Label);
    let scale_columns = if canvas.width() < NOMINAL_COLUMNS { SCALE_COLUMNS } else { 0 };
    let points = canvas.width().saturating_sub(X + scale_columns).min(POINTS);
    let values = values(view);
    let top = top(&values, view);
    let place = Rect { x: X, y, width: points, height: rows };
    // A narrow window shows the newest of them.
    let newest = &values[usize::from(POINTS - points)..];
    // Red has its reason beside it, where there is a row for that.
    let limit = view.snapshot.session.limit.as_ref().map(|limit| limit.percent).filter(|_| rows > 1);
    canvas.bars(place, newest, top, limit);
    red(canvas, y + 1, limit, view);
    let scale = if values.iter().any(Option::is_some) { format!("█={} %", two_digits(top)) } else { DASH.to_owned() };
    canvas.rest(X + points + 1, y, &scale, Role::Label);
}

/// Says beside a chart, in the columns of its scale, what red bars are; nothing without a limit.
pub(crate) fn red(canvas: &mut Canvas<'_>, y: u16, limit: Option<f64>, view: &View<'_>) {
    if limit.is_some() {
        canvas.put(1, y, X - 2, &view.word("chart-red"), Role::Over);
    }
}

/// The loss of each ten seconds, per cent, the newest last; `None` where it is unknown.
fn values(view: &View<'_>) -> Vec<Option<f64>> {
    let now_us = view.snapshot.readings.t_us.saturating_add(view.stale_us);
    let mut values = vec![None; usize::from(POINTS)];
    for past in &view.snapshot.trend {
        let ago = (now_us - past.t_us).div_euclid(STEP_US);
        if let Some(value) = usize::try_from(ago).ok().and_then(|ago| values.iter_mut().rev().nth(ago)) {
            *value = percent(past);
        }
    }
    values
}

/// The loss as share of the grain, per cent.
pub(crate) fn percent(past: &HistoryPoint) -> Option<f64> {
    past.total_pct.map(|band| band.value)
}

/// The top of the scale, per cent: twice the limit, or the highest value if that is more.
pub(crate) fn top(values: &[Option<f64>], view: &View<'_>) -> f64 {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let twice = view.snapshot.session.limit.as_ref().map_or(2.0, |limit| 2.0 * limit.percent);
    most.max(twice)
}
