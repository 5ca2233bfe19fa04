//! The best speed of those that were driven, and the prices that it rests on.

use crate::app::effect::Effect;
use crate::app::price_form::{PriceForm, PriceItem, PriceKey};
use crate::app::state::State;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::feed_chart;
use crate::widgets::numbers::{DASH, band, interval, signed_interval, two_digits};
use crossterm::event::KeyEvent;
use grainloss_core::advice::{BestSpeed, NoBestSpeed, SpeedAim, SpeedEnd, best_speed};
use grainloss_protocol::command::OperatorCommand;
use grainloss_protocol::prices::PriceEntry;
use grainloss_protocol::snapshot::Snapshot;

/// Area units in a hectare are asked of the units with this area, m².
const M2_PER_HA: f64 = 1e4;

fn entry(snapshot: &Snapshot) -> PriceEntry {
    snapshot.session.prices.entry(snapshot.readings.t_us, snapshot.totals.area_ha().unwrap_or(0.0))
}

pub(crate) fn key(state: &mut State, key: &KeyEvent) -> bool {
    let (now, areas_per_ha) = (entry(state.snapshot()), state.units().area(M2_PER_HA));
    match PriceForm::key(&mut state.price_form, key, now, areas_per_ha) {
        PriceKey::NotForIt => false,
        PriceKey::Changed => true,
        PriceKey::Entered(entry) => {
            state.ask(Effect::Send(OperatorCommand::Prices(entry)));
            true
        }
    }
}

/// Draws six lines: two best speeds, two of prices, and the number that is typed or how to read the chart.
pub(crate) fn draw(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    for (row, aim) in [SpeedAim::Area, SpeedAim::Hour].into_iter().enumerate() {
        canvas.line(y + row as u16, &best(aim, view), Role::Value);
    }
    let [grain, hour, drying, rain, area] = numbers(view);
    let figures = [("grain", &*grain), ("hour", &*hour), ("drying", &*drying), ("currency", &*currency(view))];
    canvas.line(y + 2, &view.words.with("prices-money", &figures), Role::Text);
    let figures = [("rain", &*rain), ("area", &*area), ("unit", view.units.area_name())];
    let rain = format!("{}   {}", view.words.with("prices-rain", &figures), left(view));
    canvas.line(y + 3, rain.trim_end(), Role::Text);
    if let Some(form) = &view.state.price_form {
        let what = view.word(&format!("price-{}", form.item.word()));
        let text = view.words.with("prices-enter", &[("what", &what), ("text", &form.text)]);
        canvas.fill_line(y + 4, Role::Chosen);
        canvas.line(y + 4, &text, Role::Chosen);
    } else {
        let about = if feed_chart::is_there(view) { "feed-about" } else { "speed-about" };
        canvas.paragraph(1, y + 4, 2, &view.word(about), Role::Label);
    }
}

fn currency(view: &View<'_>) -> String {
    view.currency(&view.snapshot.session.prices.currency)
}

/// The numbers as they are shown, in the order of [`PriceItem::ALL`].
fn numbers(view: &View<'_>) -> [String; PriceItem::ALL.len()] {
    let PriceEntry { economy, rain } = entry(view.snapshot);
    let shown = |value: Option<f64>, decimals: usize| {
        value.map_or_else(|| DASH.to_owned(), |value| format!("{value:.decimals$}"))
    };
    [
        shown(economy.price_per_kg, 2),
        shown(economy.cost_per_h, 0),
        shown(economy.drying_per_kg, 2),
        shown(rain.hours_left, 1),
        shown(rain.area_left_ha.map(|ha| view.units.area(ha * M2_PER_HA)), 1),
    ]
}

/// The best speed for an aim, or why there is none.
fn best(aim: SpeedAim, view: &View<'_>) -> String {
    let name = view.word(&format!("best-{}", aim.word()));
    let Some(basis) = &view.snapshot.advice.speed_basis else {
        return format!("{name}: {}", view.word("best-no-data"));
    };
    let PriceEntry { economy, rain } = entry(view.snapshot);
    let unit = view.units.speed_name();
    let speed = |m_s: f64| two_digits(view.units.speed(m_s));
    let text = match best_speed(basis, economy, rain, aim) {
        Ok(best) => told(&best, view),
        Err(NoBestSpeed::NoPrice) => view.word("best-no-price"),
        Err(NoBestSpeed::TooShort(minutes)) => {
            view.words.with("best-too-short", &[("minutes", &format!("{:.0}", minutes.ceil()))])
        }
        Err(NoBestSpeed::NarrowRange([slow, fast], minutes)) => {
            let (slow, fast, minutes) = (speed(slow), speed(fast), format!("{minutes:.0}"));
            let figures = [("slow", &*slow), ("fast", &fast), ("unit", unit), ("minutes", &minutes)];
            view.words.with("best-narrow", &figures)
        }
    };
    format!("{name}: {text}")
}

fn told(best: &BestSpeed, view: &View<'_>) -> String {
    let unit = view.units.speed_name();
    let speed = band(best.speed_m_s, |m_s| view.units.speed(m_s));
    let end = match best.end {
        SpeedEnd::Inside => String::new(),
        SpeedEnd::Slowest => view.word("best-slowest"),
        SpeedEnd::Fastest => view.word("best-fastest"),
        SpeedEnd::FullLoad => view.word("best-full-load"),
    };
    let areas = view.units.area(M2_PER_HA);
    let (gain, gain_unit) = match best.aim {
        SpeedAim::Area => {
            let gain = band(best.gain, |money| money / areas);
            (signed_interval(gain), format!("{}/{}", currency(view), view.units.area_name()))
        }
        SpeedAim::Hour => {
            let gain = band(best.gain, |kg| view.units.mass(kg));
            (signed_interval(gain), format!("{}/h", view.units.mass_name()))
        }
    };
    let (value, range) = (two_digits(speed.value), interval(speed));
    let figures = [
        ("speed", &*value),
        ("range", &range),
        ("unit", unit),
        ("gain", &gain),
        ("gain-unit", &gain_unit),
        ("end", &end),
    ];
    view.words.with("best-told", &figures)
}

/// What cannot be cut before the rain at the speed of least cost, or at the present one; empty where nothing stays.
fn left(view: &View<'_>) -> String {
    let PriceEntry { economy, rain } = entry(view.snapshot);
    let basis = view.snapshot.advice.speed_basis.as_ref();
    let best = basis.and_then(|basis| best_speed(basis, economy, rain, SpeedAim::Area).ok());
    let left = best.and_then(|best| best.left_ha).filter(|left| *left > 0.0).map(|ha| view.units.area(ha * M2_PER_HA));
    left.map_or_else(String::new, |left| {
        view.words.with("best-left", &[("area", &two_digits(left)), ("unit", view.units.area_name())])
    })
}
