//! The headline: total loss in big digits, and beside it interval, basis, limit and activity.

use super::big_digits::{DigitSize, big_digits};
use super::canvas::Canvas;
use super::numbers::{DASH, band, interval, with_interval};
use crate::theme::Role;
use crate::view::View;
use grainloss_core::harvest::{Activity, Basis, Estimate, OutsidePans, PanEntry, PanKind, PanOutcome};
use grainloss_knowledge::{LimitComparison, calibration_day};
use unicode_width::UnicodeWidthStr;

/// Columns of the texts beside the digits.
const LABELS_X: u16 = 31;
const VALUES_X: u16 = 46;
/// Columns for the basis at 80 columns.
const BASIS_ROOM: usize = 33;

/// The rows of the headline.
pub(crate) const fn rows(large: bool) -> u16 {
    if large { 10 } else { 6 }
}

/// Draws the headline from row `y` on.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, large: bool, view: &View<'_>) {
    canvas.put(1, y, 28, &view.word("screen-total"), Role::Label);
    digits(canvas, y + 1, large, view);
    let labels_x = if large { canvas.at(LABELS_X).max(48) } else { LABELS_X };
    let values_x = labels_x + VALUES_X - LABELS_X;
    let estimate = view.snapshot.estimate.as_ref();
    for (row, (label, value)) in facts(view).into_iter().enumerate() {
        let y = y + row as u16;
        canvas.put(labels_x, y, values_x - labels_x - 1, &view.word(label), Role::Label);
        canvas.rest(values_x, y, &value, view.role(Role::Value));
    }
    canvas.rest(labels_x, y + 5, &flags(estimate, view), view.role(Role::Value));
}

/// The loss as share of the grain in big digits, coloured when it is above the limit.
pub(crate) fn digits(canvas: &mut Canvas<'_>, y: u16, large: bool, view: &View<'_>) {
    let role = view.role(if is_over(view) { Role::Over } else { Role::Value });
    let text = loss_digits(view);
    let (size, columns) = if view.state.is_ascii() {
        (DigitSize::Ascii, 29)
    } else if large {
        (DigitSize::Full, 46)
    } else {
        (DigitSize::Quadrant, 29)
    };
    for (row, digits) in (0..).zip(big_digits(&text, size)) {
        // Wider numbers, such as `100.0%` in eight rows, are cut at the right edge.
        let digits: String = digits.chars().take(columns).collect();
        canvas.rest(1, y + row, &digits, role);
    }
}

/// The loss as share of the grain: `1.4%`, or `--`.
pub(crate) fn loss_digits(view: &View<'_>) -> String {
    let share = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.total_share);
    share.map_or_else(|| "--".to_owned(), |share| percent_digits(share.percent_band().value))
}

/// True where it is above the limit.
pub(crate) fn is_over(view: &View<'_>) -> bool {
    let share = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.total_share);
    let limit = view.snapshot.session.limit.as_ref();
    share.zip(limit).is_some_and(|(share, limit)| share.percent_band().value > limit.percent)
}

/// Text key and value of interval, loss per area, basis, limit, and activity.
pub(crate) fn facts(view: &View<'_>) -> [(&'static str, String); 5] {
    let estimate = view.snapshot.estimate.as_ref();
    let share = estimate.and_then(|estimate| estimate.total_share);
    let dash = || DASH.to_owned();
    let percent = share.map_or_else(dash, |share| format!("{} %", interval(share.percent_band())));
    let loss = estimate.and_then(|estimate| estimate.loss_kg_m2);
    let area = loss.map_or_else(dash, |loss| {
        let loss = band(loss.band(), |kg_m2| view.units.per_area(kg_m2));
        format!("{} {}", with_interval(loss), view.units.per_area_name())
    });
    let limit = view.snapshot.session.limit.as_ref();
    // The word, not the colour of the digits alone, says whether the loss is above the limit.
    let comparison = share.zip(limit).map_or("screen-limit", |(share, limit)| {
        let band = share.percent_band();
        match (limit.compare(band), band.value > limit.percent) {
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
        (comparison, limit),
        ("screen-activity", activity(view)),
    ]
}

/// The basis of rear and header; with the number of pans behind a calibrated rear, where there is room.
pub(crate) fn basis(view: &View<'_>) -> String {
    let known = view.snapshot.estimate.as_ref().filter(|estimate| estimate.total.loss.is_some());
    let Some((header, rear)) = known.map(|estimate| (estimate.header.basis, estimate.rear.basis)) else {
        return DASH.to_owned();
    };
    let text = view.word(&format!("basis-{}", rear.word()));
    let used = |entry: &&PanEntry| matches!(entry.outcome, PanOutcome::Used { .. }) && entry.pan.kind == PanKind::Rear;
    let used: Vec<_> = view.snapshot.pans.iter().filter(used).collect();
    let pans = used.len().to_string();
    let short = |basis: Basis| view.word(&format!("budget-{}", basis.word()));
    let parts = [("rear", &*short(rear)), ("header", &short(header)), ("pans", &pans)];
    match (rear, used.last()) {
        (Basis::Calibrated, Some(newest)) if header == rear => {
            let age = view.since(newest.pan.t_us);
            view.words.with("basis-pans", &[("basis", &text), ("pans", &pans), ("age", &age)])
        }
        (Basis::Calibrated, None) if view.snapshot.session.calibration.is_some() => {
            earlier_pans(header == rear, &short(header), view)
        }
        (Basis::Sensed | Basis::ModelOnly, _) if view.snapshot.pans_outside.rear.is_some() => {
            let outside = view.snapshot.pans_outside.rear.map_or("", OutsidePans::word);
            view.words.with(&format!("basis-outside-{outside}"), &[("basis", &short(rear))])
        }
        (Basis::Sensed | Basis::ModelOnly, _) if view.snapshot.session.pans_forgotten > 0 => {
            let pans = view.snapshot.session.pans_forgotten.to_string();
            view.words.with("basis-pans-forgotten", &[("basis", &short(rear)), ("pans", &pans)])
        }
        _ if header == rear => text,
        (Basis::Calibrated, Some(_)) => {
            let with_pans = view.words.with("basis-parts-pans", &parts);
            if with_pans.width() <= BASIS_ROOM { with_pans } else { view.words.with("basis-parts", &parts) }
        }
        _ => view.words.with("basis-parts", &parts),
    }
}

/// A loss behind the machine that is calibrated by pans of an earlier field: when, and how many; the field where there is
/// room.
fn earlier_pans(whole: bool, header: &str, view: &View<'_>) -> String {
    let Some(origin) = &view.snapshot.session.calibration else { return String::new() };
    let day = calibration_day(view.words, origin, view.snapshot.readings.t_us);
    let pans = origin.rear_pans.to_string();
    let field = origin.field.as_deref().unwrap_or_default();
    let figures = [("day", &*day), ("field", field), ("pans", &pans), ("header", header)];
    if !whole {
        return view.words.with("basis-earlier-parts", &figures);
    }
    let with_field = view.words.with("basis-earlier-field", &figures);
    if !field.is_empty() && with_field.width() <= BASIS_ROOM {
        return with_field;
    }
    view.words.with("basis-earlier", &figures)
}

/// Per cent with one decimal; what would be rounded to zero is `<0.1%`.
pub(crate) fn percent_digits(percent: f64) -> String {
    if percent > 0.0 && percent < 0.05 { "<0.1%".to_owned() } else { format!("{percent:.1}%") }
}

/// The activity of the machine.
pub(crate) fn activity(view: &View<'_>) -> String {
    let activity = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.doing.activity);
    view.word(&format!("activity-{}", activity.map_or("unknown", Activity::word)))
}

/// What the machine does beside its activity: cutting in a turn, lugging, unloading.
fn flags(estimate: Option<&Estimate>, view: &View<'_>) -> String {
    let machine = estimate.map(|estimate| estimate.doing).unwrap_or_default();
    let flags = [
        (machine.turning_cut, "mark-turning-cut"),
        (machine.lugging, "mark-lugging"),
        (machine.unloading, "mark-unloading"),
    ];
    let set = flags.into_iter().filter(|(set, _)| *set == Some(true)).map(|(_, key)| view.word(key));
    set.collect::<Vec<_>>().join(" + ")
}
