//! The headline: total loss in block digits, and beside it what it is worth.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::Widget;
use tui_big_text::{BigText, PixelSize};

use super::canvas::Canvas;
use super::numbers::{interval, per_area, with_interval};
use crate::harvest::{Activity, Estimate};
use crate::knowledge::Words;
use crate::snapshot::Snapshot;

/// Rows of a block digit.
const DIGIT_ROWS: u16 = 4;
/// Where the words beside the digits begin.
const LABELS_X: u16 = 31;
const VALUES_X: u16 = 46;

/// Draws six rows from `y` on.
pub(super) fn draw(canvas: &mut Canvas<'_>, y: u16, snapshot: &Snapshot, words: &Words) {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let estimate = snapshot.estimate.as_ref();
    let share = estimate.and_then(|estimate| estimate.total_share);
    canvas.put(1, y, 28, &words.get("screen-total"), bold);

    let digits = share.map_or_else(|| "--".to_owned(), |share| percent_digits(share.median * 100.0));
    let place = Rect { x: canvas.area.x + 1, y: canvas.area.y + y + 1, width: 29, height: DIGIT_ROWS };
    let digits = BigText::builder().pixel_size(PixelSize::Quadrant).style(bold).lines([digits.into()]).build();
    digits.render(place.intersection(canvas.area), canvas.buffer);

    let dash = "—".to_owned();
    let percent = share.map_or_else(|| dash.clone(), |share| format!("{} %", interval(share.scaled(100.0).band())));
    let loss = estimate.and_then(|estimate| estimate.loss_kg_m2);
    let area = loss.map_or_else(
        || dash.clone(),
        |loss| format!("{} {}", with_interval(per_area(loss, words.lang)), words.get("unit-per-area")),
    );
    let basis = estimate
        .filter(|estimate| estimate.total.loss.is_some())
        .map_or_else(|| dash, |estimate| words.get(&format!("basis-{}", estimate.total.basis.word())));
    let limit = snapshot.session.limit.as_ref();
    let limit = limit.map_or_else(|| words.get("screen-no-limit"), |limit| limit.name.get(words.lang).to_owned());
    let facts = [
        ("screen-interval", percent),
        ("screen-per-area", area),
        ("screen-basis", basis),
        ("screen-limit", limit),
        ("screen-activity", words.get(&format!("activity-{}", activity(estimate)))),
    ];
    for (row, (label, value)) in facts.into_iter().enumerate() {
        let y = y + row as u16;
        canvas.put(LABELS_X, y, VALUES_X - LABELS_X - 1, &words.get(label), Style::new());
        canvas.put(VALUES_X, y, canvas.area.width.saturating_sub(VALUES_X), &value, bold);
    }
    canvas.put(LABELS_X, y + 5, canvas.area.width.saturating_sub(LABELS_X), &marks(estimate, words), bold);
}

/// One decimal; something that would round to nothing is still something.
fn percent_digits(percent: f64) -> String {
    if percent > 0.0 && percent < 0.05 { "<0.1%".to_owned() } else { format!("{percent:.1}%") }
}

/// The activity's word.
fn activity(estimate: Option<&Estimate>) -> &'static str {
    estimate.and_then(|estimate| estimate.doing.activity).map_or("unknown", Activity::word)
}

/// The marks beside the activity.
fn marks(estimate: Option<&Estimate>, words: &Words) -> String {
    let doing = estimate.map(|estimate| estimate.doing).unwrap_or_default();
    let marks =
        [(doing.turning_cut, "mark-turning-cut"), (doing.lugging, "mark-lugging"), (doing.unloading, "mark-unloading")];
    let set = marks.into_iter().filter(|(set, _)| *set == Some(true)).map(|(_, key)| words.get(key));
    set.collect::<Vec<_>>().join(" + ")
}
