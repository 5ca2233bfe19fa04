//! The loss budget: everything that lies on the ground, by where it came from. What nobody measures is said to be so.

use super::canvas::Canvas;
use super::numbers::{DASH, band, coarse_interval, two_digits};
use super::theme::Role;
use super::view::View;
use crate::harvest::{Band, Basis, Estimate, PanKind, Stream};

const SHARE_X: u16 = 17;
const AREA_X: u16 = 26;
const SESSION_X: u16 = 46;
const BASIS_X: u16 = 66;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let area = view.words.with("budget-area", &[("unit", view.units.per_area_name())]);
    let session = view.words.with("budget-session", &[("unit", view.units.mass_name())]);
    let heads = [
        (1, view.word("budget-where")),
        (SHARE_X, view.word("budget-share")),
        (AREA_X, area),
        (SESSION_X, session),
        (BASIS_X, view.word("screen-basis")),
    ];
    for (at, (x, head)) in heads.iter().enumerate() {
        let next = heads.get(at + 1).map_or(canvas.width(), |(next, _)| canvas.at(*next));
        let x = canvas.at(*x);
        canvas.put(x, 3, next - x, head, Role::Label);
    }
    let mut fronts = view.s.pans.iter().rev().filter(|entry| entry.pan.kind == PanKind::Front);
    let shed_kg_m2 = fronts.find_map(|entry| entry.pan.shed_kg_m2);
    let certain = |value: f64| Band { value, lo: value, hi: value };
    let shed_basis = view.word(if shed_kg_m2.is_some() { "budget-counted" } else { "budget-not-measured" });
    row(canvas, 5, "budget-shed", [None, shed_kg_m2.map(certain), None], &shed_basis, Role::Text, view);

    let estimate = view.s.estimate.as_ref();
    let shares = estimate.and_then(|estimate| estimate.stream_shares);
    let yield_kg_m2 = view.yield_kg_m2();
    let totals = &view.s.totals;
    for (at, stream) in Stream::ALL.into_iter().enumerate() {
        let loss = estimate.map(|estimate| estimate.streams()[at].1);
        let (band_now, basis) =
            (loss.and_then(|loss| loss.loss), loss.filter(|loss| loss.loss.is_some()).map(|loss| loss.basis));
        let share = shares.map(|shares| shares[at]);
        // The interval of the rate is that of the share: the grain is known much better.
        let spread = band_now.filter(|now| now.median > 0.0).map(|now| (now.band(), now.median));
        let share_band = share.zip(spread).map(|(share, (now, median))| band(now, |v| v / median * share));
        let area_band = share_band.zip(yield_kg_m2).map(|(share, kg_m2)| band(share, |v| v * kg_m2));
        let session_kg = (stream == Stream::Header).then(|| totals.header_loss_kg()).flatten();
        let key = format!("stream-{}", stream.word());
        let y = 6 + at as u16;
        row(canvas, y, &key, [share_band, area_band, session_kg], &basis_text(basis, view), Role::Text, view);
    }
    let rear = estimate.map(|estimate| estimate.rear).filter(|rear| rear.loss.is_some());
    let rear_share = shares.map(|shares| shares[1] + shares[2]);
    let spread = rear.and_then(|rear| rear.loss).filter(|loss| loss.median > 0.0);
    let rear_band = rear_share.zip(spread).map(|(share, now)| band(now.band(), |v| v / now.median * share));
    let rear_area = rear_band.zip(yield_kg_m2).map(|(share, kg_m2)| band(share, |v| v * kg_m2));
    let basis = basis_text(rear.map(|rear| rear.basis), view);
    row(canvas, 9, "budget-rear", [rear_band, rear_area, totals.rear_loss_kg()], &basis, Role::Value, view);

    let total = estimate.and_then(|estimate| Some((estimate.total_share?, estimate.loss_kg_m2)));
    let basis = basis_text(estimate.filter(|e| e.total.loss.is_some()).map(|e| e.total.basis), view);
    let figures = [
        total.map(|(share, _)| share.band()),
        total.and_then(|(_, loss)| loss).map(crate::harvest::LogNormal::band),
        totals.total_loss_kg(),
    ];
    row(canvas, 10, "budget-total", figures, &basis, Role::Value, view);
    let not_measured = view.word("budget-not-measured");
    row(canvas, 11, "budget-leaks", [None; 3], &not_measured, Role::Text, view);
    canvas.rule(12, "");
    canvas.line(13, &super::lines::so_far(view), Role::Text);
    canvas.line(14, &limits(view), Role::Text);
    canvas.rule(15, "");
    let mut y = 16;
    for key in ["budget-about-shed", "budget-about-rear", "budget-about-leaks"] {
        y += canvas.paragraph(1, y, canvas.height().saturating_sub(y + 2), &view.word(key), Role::Text);
    }
    if let (Some(estimate), true) = (estimate, rear.is_some()) {
        worst(canvas, y, estimate, view);
    }
}

/// A line of the budget: share, per area, session; a dash where it is not known.
fn row(
    canvas: &mut Canvas<'_>,
    y: u16,
    key: &str,
    [share, area, session]: [Option<Band>; 3],
    basis: &str,
    role: Role,
    view: &View<'_>,
) {
    let [share_x, area_x, session_x, basis_x] = [SHARE_X, AREA_X, SESSION_X, BASIS_X].map(|x| canvas.at(x));
    let dash = || DASH.to_owned();
    let value = view.role(Role::Value);
    canvas.put(1, y, share_x - 2, &view.word(key), role);
    let share = share.map_or_else(dash, |share| format!("{}%", two_digits(100.0 * share.value)));
    canvas.put(share_x, y, area_x - share_x - 1, &share, value);
    let area = area.map_or_else(dash, |area| coarse_interval(band(area, |kg_m2| view.units.per_area(kg_m2))));
    canvas.put(area_x, y, session_x - area_x - 1, &area, value);
    let session = session.map_or_else(dash, |kg| coarse_interval(band(kg, |kg| view.units.mass(kg))));
    canvas.put(session_x, y, basis_x - session_x - 1, &session, Role::Value);
    canvas.rest(basis_x, y, basis, view.role(Role::Text));
}

fn basis_text(basis: Option<Basis>, view: &View<'_>) -> String {
    basis.map_or_else(|| DASH.to_owned(), |basis| view.word(&format!("budget-{}", basis.word())))
}

/// The part that loses most now.
fn worst(canvas: &mut Canvas<'_>, y: u16, estimate: &Estimate, view: &View<'_>) {
    if let Some(stream) = estimate.largest_stream() {
        let stream = view.word(&format!("stream-{}", stream.word()));
        canvas.line(y, &view.words.with("budget-worst", &[("stream", &stream)]), view.role(Role::Value));
    }
}

/// How the session stands against every limit in use for the crop.
pub(super) fn limits(view: &View<'_>) -> String {
    use crate::knowledge::{LimitEntry, Standing};
    let (guide, loss) = (&view.s.session.guide, view.s.totals.total_loss_pct());
    let one = |limit: &LimitEntry| {
        let sign = loss.map_or(DASH, |loss| match limit.standing(loss) {
            Standing::Under => "<",
            Standing::Over => ">",
            Standing::Undecided => "?",
        });
        format!("{sign} {}", limit.name.get(view.words.lang))
    };
    if guide.limits.is_empty() {
        return view.word("screen-no-limit");
    }
    let limits = guide.limits.iter().map(one).collect::<Vec<_>>().join("  ");
    view.words.with("limits-line", &[("limits", &limits)])
}
