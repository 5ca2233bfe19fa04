//! The pans: the drops that wait, the form for counting, its result before and after it is entered, and the palm rule.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::effect::Effect;
use crate::app::keys::Action;
use crate::app::pan_form::FormField;
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::next_pan;
use crate::widgets::numbers::{DASH, interval, two_digits};
use crate::widgets::tap::Tap;
use grainloss_core::harvest::{Pan, PanEntry, PanOutcome};
use grainloss_knowledge::calibration_text;
use grainloss_protocol::command::{CommandError, OperatorCommand, PanAnswer, PanEffect};

/// A pan of this weight or more is said to be used in full (our choice).
const USED_IN_FULL: f64 = 0.75;
/// A pan of this weight or more is said to be used half, a lighter one hardly (our choice).
const USED_HALF: f64 = 0.3;

/// Numbers of drops and of evaluated pans listed.
const DROPS: usize = 4;
const EVALUATED: usize = 3;
/// Area of a palm, m²: the extension service's rule of four kernels at 450 kg/mu, 45 g per 1000 kernels and 1.2 % means
/// 180 kernels/m², so 4 / 180 m².
const PALM_M2: f64 = 4.0 / 180.0;

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    drops(canvas, 3, view);
    canvas.rule(8, &view.word("pans-count"));
    fields(canvas, 9, view);
    preview(canvas, 11, view);
    result(canvas, 13, view);
    most_useful_pan(canvas, 15, view);
    canvas.rule(16, &view.word("pans-judged"));
    evaluated(canvas, 17, view);
    canvas.line(20, &palm(view), Role::Text);
    canvas.foot(&view.word("pans-keys"), Role::Label);
}

/// Draws the drops that wait to be counted.
fn drops(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let keys = view.state.keys();
    let text = [("rear", keys.key(Action::DropRear)), ("front", keys.key(Action::DropFront))];
    canvas.line(y, &view.words.with("pans-drop-keys", &text), Role::Label);
    let drops = &view.snapshot.drops;
    if drops.is_empty() {
        canvas.line(y + 1, &view.word("pans-none"), Role::Text);
    }
    let chosen = drops.iter().position(|drop| Some(drop.id) == view.state.form.drop).unwrap_or(0);
    let first = chosen.saturating_sub(DROPS - 1);
    for (row, drop) in drops.iter().skip(first).take(DROPS).enumerate() {
        let is_chosen = Some(drop.id) == view.state.form.drop;
        let kind = view.word(&format!("pan-{}", drop.kind.word()));
        let figures = [("number", &*drop.id.to_string()), ("kind", &kind), ("age", &view.since(drop.t_us))];
        let mark = if is_chosen { "▶" } else { " " };
        let text = format!("{mark} {}", view.words.with("pans-waiting", &figures));
        canvas.line(y + 1 + row as u16, &text, if is_chosen { Role::Value } else { Role::Text });
        canvas.tap_row(y + 1 + row as u16, Tap::Drop(drop.id));
    }
    let hidden = drops.len().saturating_sub(DROPS);
    if hidden > 0 {
        canvas.put_right(y + 4, &format!("+{hidden} "), Role::Text);
    }
}

/// Draws the fields of the form, in two lines.
fn fields(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let form = &view.state.form;
    let machine = view.snapshot.session.measures.discharge_width_m;
    let unit = view.word(if form.weighed { "pans-grams" } else { "pans-kernels" });
    let width = if machine > 0.0 { two_digits(machine) } else { DASH.to_owned() };
    let places = [
        (FormField::Amount, 1, 0, unit, String::new()),
        (FormField::Area, 40, 0, view.word("pans-area"), String::new()),
        (FormField::Width, 1, 1, view.word("pans-width"), width),
        (FormField::Shed, 40, 1, view.word("pans-shed"), DASH.to_owned()),
    ];
    for (field, x, row, label, default) in places {
        let (x, value_x) = (canvas.at(x), canvas.at(x) + 26);
        let active = form.field == field;
        canvas.put(x, y + row, 25, &label, if active { Role::Value } else { Role::Label });
        let typed = form.typed(field);
        let text = match typed {
            "" if active => "_".to_owned(),
            "" => default,
            typed if active => format!("{typed}_"),
            typed => typed.to_owned(),
        };
        canvas.tap_part(x, y + row, 25, Tap::Field(field));
        canvas.put(value_x, y + row, 10, &format!(" {text:<8}"), if active { Role::Chosen } else { Role::Value });
        canvas.tap_part(value_x, y + row, 10, Tap::Field(field));
        if active {
            canvas.focus(y + row);
        }
    }
}

/// Draws the loss that the pan means, before it is entered; or why it cannot be entered.
fn preview(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let form = &view.state.form;
    let measures = &view.snapshot.session.measures;
    match form.pan(&view.snapshot.drops, view.snapshot.readings.t_us, measures) {
        Err(why) => {
            canvas.fill_line(y, Role::Low);
            canvas.line(y, &view.state.refused(why), Role::Low);
        }
        Ok(None) => canvas.line(y, &view.word("pans-type"), Role::Label),
        Ok(Some((_, pan))) => {
            let (text, per_ha) = preview_texts(&pan, view);
            canvas.line(y, &text, Role::Value);
            if let Some(per_ha) = per_ha {
                canvas.line(y + 1, &per_ha, Role::Text);
            }
        }
    }
}

/// The loss that a pan means, and the same in kg/ha where that is not the unit.
pub(crate) fn preview_texts(pan: &Pan, view: &View<'_>) -> (String, Option<String>) {
    let found = pan.sample().mass_per_area_kg_m2();
    let percent = view.yield_kg_m2().map(|kg_m2| 100.0 * found / kg_m2);
    let percent = percent.map_or_else(|| DASH.to_owned(), two_digits);
    let area = two_digits(view.units.per_area(found));
    let figures = [("area", &*area), ("unit", view.units.per_area_name()), ("percent", &percent)];
    let per_ha = (view.units.per_area_name() != "kg/ha")
        .then(|| view.words.with("pans-preview-ha", &[("area", &two_digits(found * 1e4))]));
    (view.words.with("pans-preview", &figures), per_ha)
}

/// Draws what the newest pan changed.
fn result(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let Some(answer) = view.state.last_pan else { return };
    for (row, (text, role)) in (0..).zip(result_texts(&answer, view)) {
        canvas.line(y + row, &text, role);
    }
}

/// What a pan changed.
pub(crate) fn result_texts(answer: &PanAnswer, view: &View<'_>) -> Vec<(String, Role)> {
    let PanAnswer { entry, before, after, found_kg_m2 } = answer;
    let found = two_digits(view.units.per_area(*found_kg_m2));
    match entry.outcome {
        PanOutcome::Rejected(why) => {
            let why = view.word(&format!("pan-{}", why.word()));
            vec![(view.words.with("pans-rejected", &[("why", &why)]), Role::Low)]
        }
        PanOutcome::Doubtful { residual, .. } => {
            let factor = two_digits(residual.exp());
            let text = view.words.with("pans-doubtful", &[("factor", &factor)]);
            vec![(text, Role::Low), (view.word("pans-doubtful-next"), Role::Low)]
        }
        PanOutcome::Used { residual, weight } => {
            // The residual is a natural logarithm: 0.69 means twice the expected loss.
            let factor = two_digits(residual.exp());
            let unit = view.units.per_area_name();
            let used = view.word(if weight >= USED_IN_FULL {
                "pans-used-in-full"
            } else if weight >= USED_HALF {
                "pans-used-half"
            } else {
                "pans-used-little"
            });
            let figures = [("found", &*found), ("unit", unit), ("factor", &factor), ("use", &used)];
            let used = view.words.with("pans-used", &figures);
            let percent = |effect: &PanEffect| {
                effect
                    .total_pct
                    .map_or_else(|| DASH.to_owned(), |pct| format!("{} % ({})", two_digits(pct.value), interval(pct)))
            };
            let figures = [("before", &*percent(before)), ("after", &percent(after))];
            vec![(used, Role::Value), (view.words.with("pans-changed", &figures), Role::Value)]
        }
    }
}

/// Draws which pan would reduce the uncertainty most.
fn most_useful_pan(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    if let Some(text) = next_pan::texts(view).first() {
        canvas.line(y, text, view.role(Role::Label));
    }
}

/// Draws the newest evaluated pans.
fn evaluated(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let pans = view.snapshot.pans.len();
    match &view.snapshot.session.calibration {
        // Below this session's own, where there are two rows for it.
        Some(origin) if pans + 1 < EVALUATED => {
            let text = calibration_text(view.words, origin, view.snapshot.readings.t_us);
            canvas.paragraph(1, y + pans as u16, (EVALUATED - pans) as u16, &text, Role::Text);
        }
        None if pans == 0 => canvas.line(y, &view.word("pans-none-judged"), Role::Text),
        _ => {}
    }
    for (row, entry) in view.snapshot.pans.iter().rev().take(EVALUATED).enumerate() {
        canvas.line(y + row as u16, &entry_text(entry, view), Role::Text);
    }
}

pub(crate) fn entry_text(entry: &PanEntry, view: &View<'_>) -> String {
    let kind = view.word(&format!("pan-{}", entry.pan.kind.word()));
    let found = two_digits(view.units.per_area(entry.pan.sample().mass_per_area_kg_m2()));
    let outcome = match entry.outcome {
        PanOutcome::Used { residual, .. } => view.words.with("pans-factor", &[("factor", &two_digits(residual.exp()))]),
        PanOutcome::Doubtful { residual, .. } => {
            view.words.with("pans-doubtful-short", &[("factor", &two_digits(residual.exp()))])
        }
        PanOutcome::Rejected(why) => view.word(&format!("pan-{}", why.word())),
    };
    let figures = [
        ("age", &*view.since(entry.pan.t_us)),
        ("kind", &kind),
        ("found", &found),
        ("unit", view.units.per_area_name()),
        ("what", &outcome),
    ];
    view.words.with("pans-entry", &figures)
}

/// Kernels under a palm at the limit, when the loss is spread evenly over the field.
pub(crate) fn kernels_per_palm(limit_pct: f64, yield_kg_m2: f64, kernel_mass_kg: f64) -> f64 {
    limit_pct / 100.0 * yield_kg_m2 / kernel_mass_kg * PALM_M2
}

fn palm(view: &View<'_>) -> String {
    let kernel_kg = view.snapshot.session.measures.kernel_mass_kg;
    let known = view.yield_kg_m2().filter(|_| kernel_kg > 0.0);
    let Some((yield_kg_m2, limit)) = known.zip(view.snapshot.session.limit.as_ref()) else {
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

/// Digits and the other keys of the form; Enter enters the pan, x discards the drop.
pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let drops = state.snapshot().drops.clone();
    match key.code {
        KeyCode::Enter => {
            let snapshot = state.snapshot();
            match state.form.pan(&drops, snapshot.readings.t_us, &snapshot.session.measures) {
                Ok(Some((count, _))) => {
                    if let Some(drop) = state.form.drop {
                        state.ask(Effect::Send(OperatorCommand::Count { drop, count }));
                    }
                }
                Ok(None) => {
                    let key = if drops.is_empty() { "pans-none" } else { "pans-type" };
                    let text = state.words().get(key);
                    state.say(text);
                }
                Err(why) => {
                    let text = state.refused(why);
                    state.say(text);
                    // Moves to the field with the error.
                    state.form.field = match why {
                        CommandError::ImpossibleArea => FormField::Area,
                        CommandError::ImpossibleWidth => FormField::Width,
                        CommandError::ImpossibleShed | CommandError::ShedMissing => FormField::Shed,
                        _ => FormField::Amount,
                    };
                }
            }
            true
        }
        KeyCode::Char('x' | 'X') => {
            if let Some(drop) = state.form.drop {
                state.ask(Effect::Send(OperatorCommand::Discard { drop }));
            }
            true
        }
        _ => state.form.key(key, &drops),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn palm_rule_is_that_of_the_extension_service() {
        // 450 kg/mu = 0.675 kg/m², 45 g for 1000 kernels, 1.2 %: 8.1 g/m² = 180 kernels/m², 4 below a palm.
        assert!((kernels_per_palm(1.2, 0.675, 45e-6) - 4.0).abs() < 1e-9);
    }
}
