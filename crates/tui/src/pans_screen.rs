//! Pans: those that lie on the ground, the one that is being counted, what it says before it is entered and what it changed
//! afterwards, and the palm rule.

use crossterm::event::{KeyCode, KeyEvent};

use super::app::{App, Effect};
use super::canvas::Canvas;
use super::keys::Action;
use super::numbers::{DASH, interval, two_digits};
use super::pan_form::Field;
use super::theme::Role;
use super::view::View;
use grainloss_core::harvest::{PanEntry, PanOutcome};
use grainloss_protocol::command::{self, OperatorCommand, PanAnswer, PanEffect};

/// Drops that are listed, and judged pans.
const DROPS: usize = 4;
const JUDGED: usize = 3;
/// A palm: the county extension service's four kernels at 450 kg/mu, 45 g and 1.2 % make 180 kernels/m², so 0.022 m².
const PALM_M2: f64 = 4.0 / 180.0;

pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    waiting(canvas, 3, view);
    canvas.rule(8, &view.word("pans-count"));
    fields(canvas, 9, view);
    preview(canvas, 11, view);
    learned(canvas, 13, view);
    worth(canvas, 15, view);
    canvas.rule(16, &view.word("pans-judged"));
    judged(canvas, 17, view);
    canvas.line(20, &palm(view), Role::Text);
    canvas.line(21, &view.word("pans-keys"), Role::Label);
}

/// The pans that wait to be counted.
fn waiting(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let keys = view.app.keys();
    let text = [("rear", keys.key(Action::DropRear)), ("front", keys.key(Action::DropFront))];
    canvas.line(y, &view.words.with("pans-drop-keys", &text), Role::Label);
    let drops = &view.s.drops;
    if drops.is_empty() {
        canvas.line(y + 1, &view.word("pans-none"), Role::Text);
    }
    let chosen = drops.iter().position(|drop| Some(drop.id) == view.app.form.drop).unwrap_or(0);
    let first = chosen.saturating_sub(DROPS - 1);
    for (row, drop) in drops.iter().skip(first).take(DROPS).enumerate() {
        let is_chosen = Some(drop.id) == view.app.form.drop;
        let kind = view.word(&format!("pan-{}", drop.kind.word()));
        let figures = [("number", &*drop.id.to_string()), ("kind", &kind), ("age", &view.since(drop.t_us))];
        let mark = if is_chosen { "▶" } else { " " };
        let text = format!("{mark} {}", view.words.with("pans-waiting", &figures));
        canvas.line(y + 1 + row as u16, &text, if is_chosen { Role::Value } else { Role::Text });
    }
    let hidden = drops.len().saturating_sub(DROPS);
    if hidden > 0 {
        canvas.put_right(y + 4, &format!("+{hidden} "), Role::Text);
    }
}

/// The fields of the form, in two lines.
fn fields(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let form = &view.app.form;
    let machine = view.s.session.measures.discharge_width_m;
    let unit = view.word(if form.weighed { "pans-grams" } else { "pans-kernels" });
    let width = if machine > 0.0 { two_digits(machine) } else { DASH.to_owned() };
    let places = [
        (Field::Amount, 1, 0, unit, String::new()),
        (Field::Area, 40, 0, view.word("pans-area"), String::new()),
        (Field::Width, 1, 1, view.word("pans-width"), width),
        (Field::Shed, 40, 1, view.word("pans-shed"), DASH.to_owned()),
    ];
    for (field, x, row, label, usual) in places {
        let (x, value_x) = (canvas.at(x), canvas.at(x) + 26);
        let active = form.field == field;
        canvas.put(x, y + row, 25, &label, if active { Role::Value } else { Role::Label });
        let typed = form.typed(field);
        let text = match typed {
            "" if active => "_".to_owned(),
            "" => usual,
            typed if active => format!("{typed}_"),
            typed => typed.to_owned(),
        };
        canvas.put(value_x, y + row, 10, &format!(" {text:<8}"), if active { Role::Chosen } else { Role::Value });
    }
}

/// What the pan says, before it is entered; or why it cannot be.
fn preview(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let form = &view.app.form;
    let measures = &view.s.session.measures;
    match form.pan(&view.s.drops, view.s.readings.t_us, measures) {
        Err(why) => {
            canvas.fill_line(y, Role::Low);
            canvas.line(y, &view.app.refused(why), Role::Low);
        }
        Ok(None) => canvas.line(y, &view.word("pans-type"), Role::Label),
        Ok(Some((_, pan))) => {
            let found = pan.sample().mass_per_area_kg_m2();
            let percent = view.yield_kg_m2().map(|kg_m2| 100.0 * found / kg_m2);
            let percent = percent.map_or_else(|| DASH.to_owned(), two_digits);
            let area = two_digits(view.units.per_area(found));
            let figures = [("area", &*area), ("unit", view.units.per_area_name()), ("percent", &percent)];
            canvas.line(y, &view.words.with("pans-preview", &figures), Role::Value);
            if view.units.per_area_name() != "kg/ha" {
                let kg_ha = two_digits(found * 1e4);
                canvas.line(y + 1, &view.words.with("pans-preview-ha", &[("area", &kg_ha)]), Role::Text);
            }
        }
    }
}

/// What the newest pan changed.
fn learned(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let Some(PanAnswer { entry, before, after, found_kg_m2 }) = view.app.last_pan else { return };
    let found = two_digits(view.units.per_area(found_kg_m2));
    match entry.outcome {
        PanOutcome::Rejected(why) => {
            let why = view.word(&format!("pan-{}", why.word()));
            canvas.line(y, &view.words.with("pans-rejected", &[("why", &why)]), Role::Low);
        }
        PanOutcome::Used { residual, weight } => {
            // The residual is a logarithm: e^0.69 is twice what was expected.
            let (factor, residual, weight) =
                (two_digits(residual.exp()), format!("{residual:+.2}"), format!("{weight:.1}"));
            let unit = view.units.per_area_name();
            let figures =
                [("found", &*found), ("unit", unit), ("factor", &factor), ("residual", &residual), ("weight", &weight)];
            canvas.line(y, &view.words.with("pans-used", &figures), Role::Value);
            let percent = |effect: PanEffect| {
                effect
                    .total_pct
                    .map_or_else(|| DASH.to_owned(), |pct| format!("{} % ({})", two_digits(pct.value), interval(pct)))
            };
            let figures = [("before", &*percent(before)), ("after", &percent(after))];
            canvas.line(y + 1, &view.words.with("pans-changed", &figures), Role::Value);
        }
    }
}

/// Where the next pan would teach most: information, no instruction.
fn worth(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let Some(worth) = view.s.pan_worth else { return };
    let (kind, stream) =
        (view.word(&format!("pan-{}", worth.kind.word())), view.word(&format!("stream-{}", worth.stream.word())));
    let load = worth.load.map(|load| format!("{:.0}", 100.0 * load));
    let (now, after) = (two_digits(worth.factor_now), two_digits(worth.factor_after));
    let key = if load.is_some() { "pans-worth" } else { "pans-worth-any-load" };
    let load = load.unwrap_or_default();
    let figures = [("kind", &*kind), ("stream", &stream), ("load", &load), ("now", &now), ("after", &after)];
    canvas.line(y, &view.words.with(key, &figures), view.role(Role::Label));
}

/// The newest of those that have been judged.
fn judged(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    if view.s.pans.is_empty() {
        canvas.line(y, &view.word("pans-none-judged"), Role::Text);
    }
    for (row, entry) in view.s.pans.iter().rev().take(JUDGED).enumerate() {
        canvas.line(y + row as u16, &entry_text(entry, view), Role::Text);
    }
}

fn entry_text(entry: &PanEntry, view: &View<'_>) -> String {
    let kind = view.word(&format!("pan-{}", entry.pan.kind.word()));
    let found = two_digits(view.units.per_area(entry.pan.sample().mass_per_area_kg_m2()));
    let what = match entry.outcome {
        PanOutcome::Used { residual, .. } => view.words.with("pans-factor", &[("factor", &two_digits(residual.exp()))]),
        PanOutcome::Rejected(why) => view.word(&format!("pan-{}", why.word())),
    };
    let figures = [
        ("age", &*view.since(entry.pan.t_us)),
        ("kind", &kind),
        ("found", &found),
        ("unit", view.units.per_area_name()),
        ("what", &what),
    ];
    view.words.with("pans-entry", &figures)
}

/// Kernels that may lie below a palm, for the limit, the yield and the weight of a kernel; spread evenly over the field.
pub(super) fn kernels_per_palm(limit_pct: f64, yield_kg_m2: f64, kernel_mass_kg: f64) -> f64 {
    limit_pct / 100.0 * yield_kg_m2 / kernel_mass_kg * PALM_M2
}

fn palm(view: &View<'_>) -> String {
    let kernel_kg = view.s.session.measures.kernel_mass_kg;
    let known = view.yield_kg_m2().filter(|_| kernel_kg > 0.0);
    let Some((yield_kg_m2, limit)) = known.zip(view.s.session.limit.as_ref()) else {
        return view.word("palm-unknown");
    };
    let kernels = two_digits(kernels_per_palm(limit.percent, yield_kg_m2, kernel_kg));
    let figures = [
        ("kernels", &*kernels),
        ("limit", &two_digits(limit.percent)),
        ("yield", &two_digits(view.units.per_area(yield_kg_m2))),
        ("unit", view.units.per_area_name()),
        ("weight", &format!("{:.1}", kernel_kg * 1e6)),
    ];
    view.words.with("palm-rule", &figures)
}

/// Digits and what goes with them; enter enters, x discards.
pub(super) fn key(app: &mut App, key: &KeyEvent) -> bool {
    let drops = app.snapshot().drops.clone();
    match key.code {
        KeyCode::Enter => {
            let snapshot = app.snapshot();
            match app.form.pan(&drops, snapshot.readings.t_us, &snapshot.session.measures) {
                Ok(Some((count, _))) => {
                    if let Some(drop) = app.form.drop {
                        app.ask(Effect::Send(OperatorCommand::Count { drop, count }));
                    }
                }
                Ok(None) => {
                    let key = if drops.is_empty() { "pans-none" } else { "pans-type" };
                    let text = app.words().get(key);
                    app.say(text);
                }
                Err(why) => {
                    let text = app.refused(why);
                    app.say(text);
                    // To where the slip is.
                    app.form.field = match why {
                        command::CommandError::ImpossibleArea => Field::Area,
                        command::CommandError::ImpossibleWidth => Field::Width,
                        command::CommandError::ImpossibleShed | command::CommandError::ShedMissing => Field::Shed,
                        _ => Field::Amount,
                    };
                }
            }
            true
        }
        KeyCode::Char('x' | 'X') => {
            if let Some(drop) = app.form.drop {
                app.ask(Effect::Send(OperatorCommand::Discard { drop }));
            }
            true
        }
        _ => app.form.key(key, &drops),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palm_rule_is_that_of_the_extension_service() {
        // 450 kg/mu = 0.675 kg/m², 45 g for 1000 kernels, 1.2 %: 8.1 g/m² = 180 kernels/m², 4 below a palm.
        assert!((kernels_per_palm(1.2, 0.675, 45e-6) - 4.0).abs() < 1e-9);
    }
}
