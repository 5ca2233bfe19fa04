//! The session in two lines: operator faults, and what was harvested and lost.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::loss_shown::LossShown;
use super::next_pan;
use super::numbers::{DASH, band, two_digits, with_interval};
use super::tap::Tap;
use super::wrap::fitting;
use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;

/// Draws both lines.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    operator_faults(canvas, y, view);
    totals(canvas, y + 1, view);
}

/// Draws the operator faults; while the machine does not cut, the pan that would tell most, if there is one.
pub(crate) fn faults(canvas: &mut Canvas<'_>, y: u16, loss: &LossShown<'_>, view: &View<'_>) {
    let room = usize::from(canvas.width().saturating_sub(2));
    let pan = match loss {
        LossShown::LastPass(_) => next_pan::texts(view),
        _ => Vec::new(),
    };
    match pan.iter().find(|text| text.width() <= room) {
        Some(text) => canvas.line(y, text, view.role(Role::Value)),
        None => operator_faults(canvas, y, view),
    }
}

fn operator_faults(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let counts = view.snapshot.totals.counts();
    let (turns, cuts, luggings) =
        (counts.turns.to_string(), counts.turning_cuts.to_string(), counts.luggings.to_string());
    let figures = [("turns", &*turns), ("cuts", &cuts), ("luggings", &luggings)];
    let room = usize::from(canvas.width().saturating_sub(1));
    let texts = ["screen-faults", "screen-faults-short"].map(|key| view.words.with(key, &figures));
    let faults = fitting(&texts, room);
    let active = view.snapshot.advice.notices.iter().any(|notice| notice.active);
    if active {
        canvas.fill_line(y, Role::Low);
    }
    canvas.line(y, &faults, if active { Role::Low } else { Role::Text });
    let room = usize::from(canvas.width()).saturating_sub(faults.width() + 3);
    let hint = format!("{} ", keys_hint(view));
    if hint.width() <= room {
        canvas.put_right(y, &hint, if active { Role::Low } else { Role::Label });
        canvas.tap_part(canvas.width() - hint.width() as u16, y, hint.width() as u16, Tap::Act(Action::Conditions));
    }
}

/// Draws what was harvested and lost.
pub(crate) fn totals(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let room = usize::from(canvas.width().saturating_sub(1));
    canvas.line(y, &fitting(&totals_texts(view), room), Role::Text);
}

/// The keys for crop and symptoms, which the menu line has no room for, and what is said of the crop.
fn keys_hint(view: &View<'_>) -> String {
    let (keys, said) = (view.state.keys(), view.state.crop_said());
    let crop = view.words.crop_said(&said);
    let figures =
        [("crop-key", keys.key(Action::Conditions)), ("crop", &*crop), ("symptom-key", keys.key(Action::Symptoms))];
    view.words.with("conditions-hint", &figures)
}

/// Area, grain and loss of the session, in kilograms, per cent and money; the longest text first.
pub(crate) fn totals_texts(view: &View<'_>) -> Vec<String> {
    let totals = &view.snapshot.totals;
    let (Some(area_ha), Some(grain)) = (totals.area_ha(), totals.grain_kg()) else {
        return vec![view.word("screen-nothing-cut")];
    };
    let area = view.units.area(area_ha * 1e4);
    let area = if area < 100.0 { format!("{area:.2}") } else { format!("{area:.0}") };
    let grain = format!("{:.0}", view.units.mass(grain.value));
    let lost = totals.total_loss_kg();
    let in_units = |kg| band(kg, |kg| view.units.mass(kg));
    let loss = lost.map_or_else(|| view.word("unknown"), |kg| with_interval(in_units(kg)));
    let only = lost.map_or_else(|| view.word("unknown"), |kg| two_digits(in_units(kg).value));
    let prices = &view.snapshot.session.prices;
    let money = prices.economy.price_per_kg.map(|price| (price, &prices.currency));
    let money = money.zip(lost).map_or_else(String::new, |((price, currency), lost)| {
        format!(" = {} {}", two_digits(lost.value * price), view.currency(currency))
    });
    let share = totals.total_loss_pct();
    let percent = share.map_or_else(String::new, |share| format!(" = {} %", two_digits(share.value)));
    let (area_unit, mass_unit) = (view.units.area_name(), view.units.mass_name());
    let text = |key: &str, loss: &str, more: &str| {
        let figures = [
            ("area", &*area),
            ("area-unit", area_unit),
            ("grain", &grain),
            ("unit", mass_unit),
            ("loss", loss),
            ("money", more),
        ];
        view.words.with(key, &figures)
    };
    let short = share.map_or_else(|| DASH.to_owned(), |share| format!("{} %", two_digits(share.value)));
    vec![
        text("screen-so-far", &loss, &format!("{percent}{money}")),
        text("screen-so-far", &loss, &money),
        text("screen-so-far", &only, &money),
        text("screen-so-far", &only, ""),
        text("screen-so-far-short", &only, &format!(" = {short}")),
        text("screen-so-far-short", &short, ""),
    ]
}
