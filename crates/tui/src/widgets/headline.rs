//! The headline: the loss of now or of the last pass in big digits, and beside it interval, basis, limit and activity.

use super::big_digits::{DigitSize, big_digits};
use super::canvas::Canvas;
use super::loss_shown::LossShown;
use super::numbers::{DASH, band, interval, with_interval};
use super::tap::Tap;
use super::verdict;
use super::wrap::fitting;
use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;
use grainloss_core::harvest::{Activity, Basis, OutsidePans, PanEntry, PanKind, PanOutcome};
use grainloss_knowledge::calibration_day;
use unicode_width::UnicodeWidthStr;

/// Columns of the texts beside the digits.
const LABELS_X: u16 = 31;
const VALUES_X: u16 = 46;
/// Columns for the basis at 80 columns.
const BASIS_ROOM: usize = 33;

/// The rows of the digits.
pub(crate) const fn digit_rows(large: bool) -> u16 {
    if large { 8 } else { 4 }
}

/// The rows of the headline: its label, the digits, the flags.
pub(crate) const fn rows(large: bool) -> u16 {
    digit_rows(large) + 2
}

/// Draws the headline from row `y` on.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, large: bool, view: &View<'_>) {
    let loss = LossShown::of(view);
    canvas.put(1, y, 29, &loss.label(view), Role::Label);
    digits(canvas, y + 1, large, &loss, view);
    let labels_x = labels_x(canvas, large);
    facts_beside(canvas, (labels_x, y), 5, &loss, view);
    canvas.rest(labels_x, y + rows(large) - 1, &flags(&loss, view), view.role(Role::Value));
}

/// Where the facts stand beside the digits.
pub(crate) fn labels_x(canvas: &Canvas<'_>, large: bool) -> u16 {
    if large { canvas.at(LABELS_X).max(48) } else { LABELS_X }
}

/// Draws the first so many facts, with their labels, one below the other.
pub(crate) fn facts_beside(
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    count: usize,
    loss: &LossShown<'_>,
    view: &View<'_>,
) {
    let values_x = x + VALUES_X - LABELS_X;
    for (row, fact) in facts(loss, view).into_iter().take(count).enumerate() {
        let y = y + row as u16;
        canvas.put(x, y, values_x - x - 1, &fact.label, fact.role);
        let room = usize::from(canvas.width().saturating_sub(values_x));
        canvas.rest(values_x, y, &fitting(&fact.values, room), view.role(Role::Value));
        if fact.tap == Some(Action::Budget) {
            canvas.tap_part(x, y, canvas.width() - x, Tap::Act(Action::Budget));
        }
    }
}

/// The loss as share of the grain in big digits, red when it is surely above the limit: the word for it is beside them.
pub(crate) fn digits(canvas: &mut Canvas<'_>, y: u16, large: bool, loss: &LossShown<'_>, view: &View<'_>) {
    let figure = loss.verdict(view).map_or(Role::Value, |verdict| verdict::look(verdict, view).figure);
    let role = view.role(figure);
    let text = loss.percent().map_or_else(|| "--".to_owned(), |percent| percent_digits(percent.value));
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
        canvas.tap_part(1, y + row, columns as u16, Tap::Act(Action::Budget));
    }
}

/// A fact about the loss.
#[derive(Debug)]
pub(crate) struct Fact {
    pub label: String,
    pub role: Role,
    /// The longest first.
    pub values: Vec<String>,
    /// What a tap on it opens.
    pub tap: Option<Action>,
}

/// Interval, loss per area, basis, limit with the verdict, and activity.
pub(crate) fn facts(loss: &LossShown<'_>, view: &View<'_>) -> [Fact; 5] {
    let dash = || DASH.to_owned();
    let percent = loss.percent().map_or_else(dash, |percent| format!("{} %", interval(percent)));
    let area = loss.kg_m2().map_or_else(dash, |loss| {
        let loss = band(loss.band(), |kg_m2| view.units.per_area(kg_m2));
        format!("{} {}", with_interval(loss), view.units.per_area_name())
    });
    let plain = |label: &str, value: String| Fact {
        label: view.word(label),
        role: Role::Label,
        values: vec![value],
        tap: Some(Action::Budget),
    };
    let limit = view.snapshot.session.limit.as_ref();
    let look = loss.verdict(view).map(|verdict| verdict::look(verdict, view));
    let (label, role) = look.map_or_else(|| (view.word("screen-limit"), Role::Label), |look| (look.text, look.role));
    let limits = limit.map_or_else(
        || vec![view.word("screen-no-limit")],
        |limit| vec![limit.name.get(view.words.lang).to_owned(), format!("{} %", limit.percent)],
    );
    let verdict = Fact { label, role: view.role(role), values: limits, tap: Some(Action::Advice) };
    [
        plain("screen-interval", percent),
        plain("screen-per-area", area),
        Fact { values: bases(loss, view), tap: Some(Action::Pans), ..plain("screen-basis", String::new()) },
        verdict,
        Fact { tap: None, ..plain("screen-activity", activity(view)) },
    ]
}

/// The basis in words, the longest first.
fn bases(loss: &LossShown<'_>, view: &View<'_>) -> Vec<String> {
    let Some((header, rear)) = loss.bases() else { return vec![DASH.to_owned()] };
    let short = |basis: Basis| view.word(&format!("budget-{}", basis.word()));
    let parts = [("rear", &*short(rear)), ("header", &short(header))];
    let text = if header == rear { short(rear) } else { view.words.with("basis-parts", &parts) };
    vec![basis(header, rear, view), text, short(rear)]
}

/// The basis of rear and header; with the number of pans behind a calibrated rear, where there is room.
fn basis(header: Basis, rear: Basis, view: &View<'_>) -> String {
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

/// What the machine does beside its activity: cutting in a turn, lugging, unloading; and how the last pass compares.
pub(crate) fn flags(loss: &LossShown<'_>, view: &View<'_>) -> String {
    let machine = view.snapshot.estimate.as_ref().map(|estimate| estimate.doing).unwrap_or_default();
    let flags = [
        (machine.turning_cut, "mark-turning-cut"),
        (machine.lugging, "mark-lugging"),
        (machine.unloading, "mark-unloading"),
    ];
    let set = flags.into_iter().filter(|(set, _)| *set == Some(true)).map(|(_, key)| view.word(key));
    let set = set.collect::<Vec<_>>().join(" + ");
    let parts = [loss.trend(view), set];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("   ")
}
