//! The headline: total loss in block digits, and beside it what it is worth.

use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tui_big_text::{BigText, PixelSize};

use super::canvas::Canvas;
use super::glyphs::ascii_digits;
use super::numbers::{DASH, band, interval, with_interval};
use super::theme::Role;
use super::view::View;
use grainloss_core::harvest::{Activity, Basis, Estimate, PanEntry, PanKind, PanOutcome};
use grainloss_knowledge::LimitComparison;

/// Rows of a block digit: four, on a large screen eight.
const DIGIT_ROWS: u16 = 4;
/// Where the words beside the digits begin.
const LABELS_X: u16 = 31;
const VALUES_X: u16 = 46;

/// Rows that the headline takes.
pub(super) const fn rows(large: bool) -> u16 {
    if large { 10 } else { 6 }
}

/// Draws the headline from `y` on.
pub(super) fn draw(canvas: &mut Canvas<'_>, y: u16, large: bool, view: &View<'_>) {
    canvas.put(1, y, 28, &view.word("screen-total"), Role::Label);
    digits(canvas, y + 1, large, view);
    let labels_x = if large { canvas.at(LABELS_X).max(48) } else { LABELS_X };
    let values_x = labels_x + VALUES_X - LABELS_X;
    let estimate = view.s.estimate.as_ref();
    for (row, (label, value)) in facts(view).into_iter().enumerate() {
        let y = y + row as u16;
        canvas.put(labels_x, y, values_x - labels_x - 1, &view.word(label), Role::Label);
        canvas.rest(values_x, y, &value, view.role(Role::Value));
    }
    canvas.rest(labels_x, y + 5, &marks(estimate, view), view.role(Role::Value));
}

/// Share of the grain in block digits, and how it stands to the limit.
pub(super) fn digits(canvas: &mut Canvas<'_>, y: u16, large: bool, view: &View<'_>) {
    let share = view.s.estimate.as_ref().and_then(|estimate| estimate.total_share);
    let over = share.zip(view.s.session.limit.as_ref()).is_some_and(|(s, limit)| s.median * 100.0 > limit.percent);
    let role = view.role(if over { Role::Over } else { Role::Value });
    let text = share.map_or_else(|| "--".to_owned(), |share| percent_digits(share.median * 100.0));
    if view.app.is_ascii() {
        for (row, line) in ascii_digits(&text).into_iter().enumerate() {
            canvas.put(1, y + row as u16, 29, line.trim_end(), role);
        }
        return;
    }
    let (size, rows, columns) =
        if large { (PixelSize::Full, 2 * DIGIT_ROWS, 46) } else { (PixelSize::Quadrant, DIGIT_ROWS, 29) };
    let place = Rect { x: canvas.area.x + 1, y: canvas.area.y + y, width: columns, height: rows };
    let digits = BigText::builder().pixel_size(size).style(canvas.style(role)).lines([text.into()]).build();
    digits.render(place.intersection(canvas.area), canvas.buffer);
}

/// Interval, per area, basis, limit, activity.
pub(super) fn facts(view: &View<'_>) -> [(&'static str, String); 5] {
    let estimate = view.s.estimate.as_ref();
    let share = estimate.and_then(|estimate| estimate.total_share);
    let dash = || DASH.to_owned();
    let percent = share.map_or_else(dash, |share| format!("{} %", interval(share.percent_band())));
    let loss = estimate.and_then(|estimate| estimate.loss_kg_m2);
    let area = loss.map_or_else(dash, |loss| {
        let loss = band(loss.band(), |kg_m2| view.units.per_area(kg_m2));
        format!("{} {}", with_interval(loss), view.units.per_area_name())
    });
    let limit = view.s.session.limit.as_ref();
    // How the loss stands to it is in the word, not in the colour of the digits alone.
    let standing = share.zip(limit).map_or("screen-limit", |(share, limit)| {
        let band = share.percent_band();
        match (limit.standing(band), band.value > limit.percent) {
            (LimitComparison::Over, _) => "limit-above",
            (LimitComparison::Under, _) => "limit-below",
            (LimitComparison::Undecided, true) => "limit-perhaps-above",
            (LimitComparison::Undecided, false) => "limit-perhaps-below",
        }
    });
    let limit = limit.map_or_else(|| view.word("screen-no-limit"), |limit| limit.name.get(view.words.lang).to_owned());
    [
        ("screen-interval", percent),
        ("screen-per-area", area),
        ("screen-basis", basis(view)),
        (standing, limit),
        ("screen-activity", activity(view)),
    ]
}

/// What the total rests on; calibrated: by how many pans, the newest how long ago.
pub(super) fn basis(view: &View<'_>) -> String {
    let known = view.s.estimate.as_ref().filter(|estimate| estimate.total.loss.is_some());
    let Some(basis) = known.map(|estimate| estimate.total.basis) else { return DASH.to_owned() };
    let text = view.word(&format!("basis-{}", basis.word()));
    let used = |entry: &&PanEntry| matches!(entry.outcome, PanOutcome::Used { .. }) && entry.pan.kind == PanKind::Rear;
    let pans: Vec<_> = view.s.pans.iter().filter(used).collect();
    match (basis, pans.last()) {
        (Basis::Calibrated, Some(newest)) => {
            let age = view.since(newest.pan.t_us);
            view.words.with("basis-pans", &[("basis", &text), ("pans", &pans.len().to_string()), ("age", &age)])
        }
        (Basis::Sensed | Basis::ModelOnly, _) if view.s.session.pans_forgotten > 0 => {
            let pans = view.s.session.pans_forgotten.to_string();
            let text = view.word(&format!("budget-{}", basis.word()));
            view.words.with("basis-pans-forgotten", &[("basis", &text), ("pans", &pans)])
        }
        _ => text,
    }
}

/// One decimal; something that would round to nothing is still something.
pub(super) fn percent_digits(percent: f64) -> String {
    if percent > 0.0 && percent < 0.05 { "<0.1%".to_owned() } else { format!("{percent:.1}%") }
}

/// What the machine is doing.
pub(super) fn activity(view: &View<'_>) -> String {
    let activity = view.s.estimate.as_ref().and_then(|estimate| estimate.doing.activity);
    view.word(&format!("activity-{}", activity.map_or("unknown", Activity::word)))
}

/// The marks beside the activity.
fn marks(estimate: Option<&Estimate>, view: &View<'_>) -> String {
    let doing = estimate.map(|estimate| estimate.doing).unwrap_or_default();
    let marks =
        [(doing.turning_cut, "mark-turning-cut"), (doing.lugging, "mark-lugging"), (doing.unloading, "mark-unloading")];
    let set = marks.into_iter().filter(|(set, _)| *set == Some(true)).map(|(_, key)| view.word(key));
    set.collect::<Vec<_>>().join(" + ")
}
