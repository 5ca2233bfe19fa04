//! The loss budget: the grain on the ground by its origin. What is not measured is named as such.

use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::loss_shown::LossShown;
use crate::widgets::numbers::{DASH, band, coarse_interval, two_digits, two_digits_that_add};
use crate::widgets::{limits, session_lines};
use grainloss_core::harvest::{
    Amount, Basis, Estimate, Grounds, Interval90, LogNormal, LossBudget, LossCategory, PassLoss, RecentLoss, Stream,
    StreamLoss,
};

const SHARE_X: u16 = 17;
const AREA_X: u16 = 26;
const SESSION_X: u16 = 46;
const BASIS_X: u16 = 66;

/// One line of the budget; `None` is shown as a dash. Share and loss per area are of the same time.
#[derive(Default)]
struct BudgetLine {
    /// Of the grain, per cent.
    percent: Option<f64>,
    /// Loss per area, kg/m², until [`in_units`].
    area: Option<Interval90>,
    /// Loss of the session, kg, until then.
    session: Option<Interval90>,
    /// What the figures are based on.
    basis: String,
}

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    let loss = LossShown::of(view);
    let [share, area] = match loss {
        LossShown::LastPass(_) => ["budget-share-pass", "budget-area-pass"],
        _ => ["budget-share", "budget-area"],
    };
    let area = view.words.with(area, &[("unit", view.units.per_area_name())]);
    let session = view.words.with("budget-session", &[("unit", view.units.mass_name())]);
    let heads = [
        (1, view.word("budget-where")),
        (SHARE_X, view.word(share)),
        (AREA_X, area),
        (SESSION_X, session),
        (BASIS_X, view.word("screen-basis")),
    ];
    for (at, (x, head)) in heads.iter().enumerate() {
        let next = heads.get(at + 1).map_or(canvas.width(), |(next, _)| canvas.at(*next));
        let x = canvas.at(*x);
        canvas.put(x, 3, next - x, head, Role::Label);
    }
    let mut lines = LossCategory::ALL.map(|part| in_units(of_part(part, &loss, view), view));
    let mut rear = in_units(rear(&loss, view), view);
    let mut total = in_units(total(&loss, view), view);
    let [_, header, _, separation, cleaning] = &mut lines;
    make_add([header, separation, cleaning], &mut rear, &mut total);
    for (y, (part, line)) in (4..).zip(LossCategory::ALL.into_iter().zip(&lines)) {
        let key = if part == LossCategory::NaturalShed {
            "budget-shed".to_owned()
        } else {
            format!("stream-{}", part.word())
        };
        row(canvas, y, &key, line, Role::Text, view);
    }
    row(canvas, 9, "budget-rear", &rear, Role::Value, view);
    row(canvas, 10, "budget-total", &total, Role::Value, view);
    let leaks = BudgetLine { basis: view.word("budget-not-measured"), ..BudgetLine::default() };
    row(canvas, 11, "budget-leaks", &leaks, Role::Text, view);
    canvas.rule(12, "");
    session_lines::totals(canvas, 13, view);
    let mut y = 14 + canvas.paragraph(1, 14, 2, &limits::limits_line(view), Role::Text);
    canvas.rule(y, "");
    y += 1;
    for key in ["budget-about-shed", "budget-about-rear", "budget-about-leaks"] {
        y += canvas.paragraph(1, y, 3, &view.word(key), Role::Text);
    }
    worst(canvas, y, &loss, view);
}

/// The same in the units of the screen.
fn in_units(line: BudgetLine, view: &View<'_>) -> BudgetLine {
    BudgetLine {
        area: line.area.map(|area| band(area, |kg_m2| view.units.per_area(kg_m2))),
        session: line.session.map(|session| band(session, |kg| view.units.mass(kg))),
        ..line
    }
}

/// Rounds each column so that its figures add up as they are shown: the parts to both behind the machine, and to all. Columns
/// that are not known, or do not add up before, stay as they are.
fn make_add(parts: [&mut BudgetLine; 3], rear: &mut BudgetLine, total: &mut BudgetLine) {
    const SAME: f64 = 1e-3;
    type Column = fn(&mut BudgetLine) -> Option<&mut f64>;
    let columns: [Column; 3] = [
        |line| line.percent.as_mut(),
        |line| line.area.as_mut().map(|area| &mut area.value),
        |line| line.session.as_mut().map(|session| &mut session.value),
    ];
    let [header, separation, cleaning] = parts;
    for column in columns {
        let lines = [&mut *header, &mut *separation, &mut *cleaning, &mut *rear, &mut *total].map(column);
        let [Some(header), Some(separation), Some(cleaning), Some(rear), Some(total)] = lines else { continue };
        let behind = *separation + *cleaning;
        let adds = |sum: f64, parts: f64| (sum - parts).abs() <= SAME * sum.abs();
        if !adds(*rear, behind) || !adds(*total, *header + behind) {
            continue;
        }
        let [of_header, of_rear] = two_digits_that_add([*header, *rear], *total);
        [*separation, *cleaning] = two_digits_that_add([*separation, *cleaning], of_rear);
        (*header, *rear) = (of_header, of_rear);
    }
}

/// One origin of loss, now or in the last pass, and in the session.
fn of_part(part: LossCategory, loss: &LossShown<'_>, view: &View<'_>) -> BudgetLine {
    let amount_of = |budget: Option<&LossBudget>| budget.map(|budget| budget.line(part).amount);
    let (now, session) = (amount_of(view.snapshot.budget.as_ref()), amount_of(view.snapshot.session_budget.as_ref()));
    let amount = |result: Option<Result<Amount, _>>| result.and_then(Result::ok);
    let area = amount(now).and_then(|now| now.kg_ha).map(|kg_ha| band(kg_ha, |kg_ha| kg_ha * 1e-4));
    let recent = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.recent);
    let stream = match part {
        LossCategory::Header => Some(Stream::Header),
        LossCategory::Separation => Some(Stream::Separation),
        LossCategory::Cleaning => Some(Stream::Cleaning),
        LossCategory::NaturalShed | LossCategory::Threshing => None,
    };
    let (percent, area) = match (loss, stream) {
        (LossShown::LastPass(pass), Some(stream)) => {
            let lost = pass.streams[stream as usize];
            (Some(pass.share(lost).percent_band().value), pass.kg_m2(lost).map(LogNormal::band))
        }
        (_, Some(stream)) => {
            let recent = recent.filter(|_| matches!(now, Some(Ok(_))));
            (recent.map(|recent| recent.percent(recent.streams[stream as usize])), area)
        }
        (_, None) => (area.zip(view.yield_kg_m2()).map(|(area, kg_m2)| 100.0 * area.value / kg_m2), area),
    };
    // Without a current amount, as while the machine does not cut, the basis is that of the session.
    let known = match (now, session) {
        (Some(Ok(now)), _) => Some(Ok(now)),
        (_, Some(Ok(session))) => Some(Ok(session)),
        (now, session) => now.or(session),
    };
    let basis = match known {
        Some(Ok(Amount { grounds: Grounds::Estimate(basis), .. })) => basis_word(basis, view),
        Some(Ok(Amount { grounds: Grounds::Samples(n), .. })) => {
            view.words.with("budget-samples", &[("n", &n.to_string())])
        }
        Some(Err(why)) => view.word(&format!("budget-{}", why.word())),
        None => DASH.to_owned(),
    };
    BudgetLine { percent, area, session: amount(session).and_then(|session| session.kg), basis }
}

/// Separation and cleaning together: more certain than either, because pans measure the sum.
fn rear(loss: &LossShown<'_>, view: &View<'_>) -> BudgetLine {
    let of_pass = |pass: &PassLoss| (pass.rear, pass.rear_basis);
    together((|estimate| estimate.rear, |recent| recent.rear, of_pass), loss, view.snapshot.totals.rear_loss_kg(), view)
}

/// The machine's total loss.
fn total(loss: &LossShown<'_>, view: &View<'_>) -> BudgetLine {
    // A fault stands for the whole, otherwise the weaker of both.
    let of_pass = |pass: &PassLoss| {
        let rear = pass.rear_basis;
        (pass.total, if rear == Basis::Fault { rear } else { pass.header_basis.min(rear) })
    };
    together(
        (|estimate| estimate.total, |recent| recent.total, of_pass),
        loss,
        view.snapshot.totals.total_loss_kg(),
        view,
    )
}

/// How the loss of several streams is taken of an estimate, of ten seconds, of a pass with its basis.
type Parts = (fn(&Estimate) -> StreamLoss, fn(&RecentLoss) -> LogNormal, fn(&PassLoss) -> (LogNormal, Basis));

/// The line of several streams together.
fn together(
    (now, recent_loss, of_pass): Parts,
    loss: &LossShown<'_>,
    session: Option<Interval90>,
    view: &View<'_>,
) -> BudgetLine {
    let (percent, area, basis) = if let LossShown::LastPass(pass) = loss {
        let (lost, basis) = of_pass(pass);
        (Some(pass.share(lost).percent_band().value), pass.kg_m2(lost), Some(basis))
    } else {
        let estimate = view.snapshot.estimate.as_ref();
        let recent = estimate.and_then(|estimate| estimate.recent);
        let basis = estimate.map(now).filter(|now| now.loss.is_some()).map(|now| now.basis);
        let percent = recent.map(|recent| recent.percent(recent_loss(&recent)));
        (percent, recent.and_then(|recent| recent.kg_m2(recent_loss(&recent))), basis)
    };
    let basis = basis.map_or_else(|| DASH.to_owned(), |basis| basis_word(basis, view));
    BudgetLine { percent, area: area.map(LogNormal::band), session, basis }
}

/// Draws a line of the budget.
fn row(canvas: &mut Canvas<'_>, y: u16, key: &str, line: &BudgetLine, role: Role, view: &View<'_>) {
    let [share_x, area_x, session_x, basis_x] = [SHARE_X, AREA_X, SESSION_X, BASIS_X].map(|x| canvas.at(x));
    let dash = || DASH.to_owned();
    let value = view.role(Role::Value);
    canvas.put(1, y, share_x - 2, &view.word(key), role);
    let share = line.percent.map_or_else(dash, |percent| format!("{}%", two_digits(percent)));
    canvas.put(share_x, y, area_x - share_x - 1, &share, value);
    let area = line.area.map_or_else(dash, coarse_interval);
    canvas.put(area_x, y, session_x - area_x - 1, &area, value);
    let session = line.session.map_or_else(dash, coarse_interval);
    canvas.put(session_x, y, basis_x - session_x - 1, &session, Role::Value);
    canvas.rest(basis_x, y, &line.basis, view.role(Role::Text));
}

fn basis_word(basis: Basis, view: &View<'_>) -> String {
    view.word(&format!("budget-{}", basis.word()))
}

/// Draws which stream has lost most in the last ten seconds or in the last pass.
fn worst(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let lost = |stream: &Stream| loss.stream(*stream).map_or(0.0, |(percent, _)| percent);
    let key = if matches!(loss, LossShown::LastPass(_)) { "budget-worst-pass" } else { "budget-worst" };
    let largest = Stream::ALL.into_iter().filter(|stream| lost(stream) > 0.0);
    if let Some(stream) = largest.max_by(|a, b| lost(a).total_cmp(&lost(b))) {
        let stream = view.word(&format!("stream-{}", stream.word()));
        canvas.line(y, &view.words.with(key, &[("stream", &stream)]), view.role(Role::Value));
    }
}
