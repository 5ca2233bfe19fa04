//! The session in two lines: operator faults, and what was harvested and lost.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::numbers::{band, two_digits, with_interval};
use crate::app::keys::Action;
use crate::theme::Role;
use crate::view::View;

/// Draws both lines.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let counts = view.snapshot.totals.counts();
    let (turns, cuts, luggings) =
        (counts.turns.to_string(), counts.turning_cuts.to_string(), counts.luggings.to_string());
    let faults = view.words.with("screen-faults", &[("turns", &turns), ("cuts", &cuts), ("luggings", &luggings)]);
    let active = view.snapshot.advice.notices.iter().any(|notice| notice.active);
    if active {
        canvas.fill_line(y, Role::Low);
    }
    canvas.line(y, &faults, if active { Role::Low } else { Role::Text });
    let room = usize::from(canvas.width()).saturating_sub(faults.width() + 3);
    let hint = format!("{} ", keys_hint(view));
    if hint.width() <= room {
        canvas.put_right(y, &hint, if active { Role::Low } else { Role::Label });
    }
    canvas.line(y + 1, &totals_text(view), Role::Text);
}

/// The keys for crop and symptoms, which the menu line has no room for, and what is said of the crop.
fn keys_hint(view: &View<'_>) -> String {
    let (keys, said) = (view.state.keys(), view.state.crop_said());
    let crop = view.words.crop_said(&said);
    let figures =
        [("crop-key", keys.key(Action::Conditions)), ("crop", &*crop), ("symptom-key", keys.key(Action::Symptoms))];
    view.words.with("conditions-hint", &figures)
}

/// Area, grain and loss of the session, in kilograms and money.
pub(crate) fn totals_text(view: &View<'_>) -> String {
    let totals = &view.snapshot.totals;
    let (Some(area_ha), Some(grain)) = (totals.area_ha(), totals.grain_kg()) else {
        return view.word("screen-nothing-cut");
    };
    let area = view.units.area(area_ha * 1e4);
    let area = if area < 100.0 { format!("{area:.2}") } else { format!("{area:.0}") };
    let grain = format!("{:.0}", view.units.mass(grain.value));
    let lost = totals.total_loss_kg();
    let loss = lost.map_or_else(|| view.word("unknown"), |kg| with_interval(band(kg, |kg| view.units.mass(kg))));
    let prices = &view.snapshot.session.prices;
    let money = prices.economy.price_per_kg.map(|price| (price, &prices.currency));
    let money = money.zip(lost).map_or_else(String::new, |((price, currency), lost)| {
        format!(" = {} {}", two_digits(lost.value * price), view.currency(currency))
    });
    let (area_unit, mass_unit) = (view.units.area_name(), view.units.mass_name());
    let figures = [
        ("area", &*area),
        ("area-unit", area_unit),
        ("grain", &grain),
        ("unit", mass_unit),
        ("loss", &loss),
        ("money", &money),
    ];
    view.words.with("screen-so-far", &figures)
}
