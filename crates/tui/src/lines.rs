//! The lines of the main screen below the headline.

use super::canvas::Canvas;
use super::numbers::{DASH, band, two_digits, with_interval};
use super::theme::Role;
use super::view::{Shown, View};
use grainloss_core::harvest::{Activity, Estimate, Stream};
use grainloss_core::machine::Channel;

/// The machine is loaded as it is meant to be between this share of its nameplate feed rate and all of it (our choice:
/// below, capacity is given away; above, loss behind the machine rises steeply).
const LEAST_LOAD: f64 = 0.8;

/// The three streams: share of the grain, kg/s with interval, basis.
pub(super) fn streams(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let [share_x, rate_x, basis_x] = [16, 30, 57].map(|x| canvas.at(x));
    canvas.put(1, y, share_x - 2, &view.word("screen-streams"), Role::Label);
    canvas.put(share_x, y, rate_x - share_x - 1, &view.word("screen-share"), Role::Label);
    canvas.put(rate_x, y, basis_x - rate_x - 1, "kg/s (90 %)", Role::Label);
    canvas.rest(basis_x, y, &view.word("screen-basis"), Role::Label);
    let estimate = view.s.estimate.as_ref();
    let losses = estimate.map(Estimate::streams);
    let shares = estimate.and_then(|estimate| estimate.stream_shares);
    let role = view.role(Role::Value);
    for (row, stream) in Stream::ALL.into_iter().enumerate() {
        let y = y + 1 + row as u16;
        let known = losses.and_then(|losses| Some((losses[row].1.loss?, losses[row].1.basis)));
        let dash = || DASH.to_owned();
        let share = shares.map_or_else(dash, |shares| format!("{} %", two_digits(100.0 * shares[row])));
        let rate = known.map_or_else(dash, |(loss, _)| with_interval(loss.band()));
        let basis = known.map_or_else(dash, |(_, basis)| view.word(&format!("basis-{}", basis.word())));
        canvas.put(1, y, share_x - 2, &view.word(&format!("stream-{}", stream.word())), Role::Text);
        canvas.put(share_x, y, rate_x - share_x - 1, &share, role);
        canvas.put(rate_x, y, basis_x - rate_x - 1, &rate, role);
        canvas.rest(basis_x, y, &basis, view.role(Role::Text));
    }
}

/// Header height, feed rate, ground speed with its target and engine, each with its age.
pub(super) fn parameters(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let speed = view.reading(Channel::GroundSpeed, |m_s| {
        let target = target_speed_m_s(view).map_or_else(String::new, |(low, high)| {
            format!(" ({}–{})", two_digits(view.units.speed(low)), two_digits(view.units.speed(high)))
        });
        format!("{:.1}{target}", view.units.speed(m_s))
    });
    let speed_label = view.words.with("screen-speed-target", &[("unit", view.units.speed_name())]);
    let cells = [
        (view.word("screen-height"), view.reading(Channel::HeaderHeight, |m| format!("{:.0} cm", m * 100.0))),
        (view.word("screen-feed"), feed(view)),
        (speed_label, speed),
        (view.word("screen-engine"), view.reading(Channel::EngineSpeed, |rpm| format!("{rpm:.0} r/min"))),
    ];
    for (column, (label, Shown { value, age, role })) in cells.into_iter().enumerate() {
        let (x, next) = (canvas.at(1 + 20 * column as u16), canvas.at(21 + 20 * column as u16));
        canvas.put(x, y, next - x - 1, &label, Role::Label);
        canvas.put(x, y + 1, next - x - 1, &value, role);
        canvas.put(x, y + 2, next - x - 1, &age, if role == Role::Old { Role::Old } else { Role::Label });
    }
}

/// The feed rate, beside the nameplate's. Without a sensor it is worked out from speed, width and yield, and says so.
fn feed(view: &View<'_>) -> Shown {
    let rated = view.s.session.measures.rated_feed_kg_s;
    let text = |kg_s: f64| {
        if rated > 0.0 { format!("{kg_s:.1} / {rated:.1} kg/s") } else { format!("{kg_s:.1} kg/s") }
    };
    let modelled = view.s.estimate.as_ref().filter(|e| !e.feed_is_measured).and_then(|e| e.feed_kg_s);
    match modelled {
        Some(kg_s) => Shown { value: text(kg_s), age: view.word("screen-modelled"), role: view.role(Role::Value) },
        None => view.reading(Channel::FeedRate, text),
    }
}

/// The speeds at which the feed rate would be 80 to 100 % of the nameplate's, as the crop has stood in the last half
/// minute: feed grows with speed. `None` when not cutting, or something is not known.
pub(super) fn target_speed_m_s(view: &View<'_>) -> Option<(f64, f64)> {
    let estimate = view.s.estimate.as_ref()?;
    let rated = view.s.session.measures.rated_feed_kg_s;
    let full = rated / view.app.crop_kg_m()?;
    (estimate.doing.activity == Some(Activity::Cutting) && rated > 0.0).then_some((LEAST_LOAD * full, full))
}

/// The operator faults and the session so far.
pub(super) fn session(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let counts = view.s.totals.counts();
    let (turns, cuts, luggings) =
        (counts.turns.to_string(), counts.turning_cuts.to_string(), counts.luggings.to_string());
    let faults = view.words.with("screen-faults", &[("turns", &turns), ("cuts", &cuts), ("luggings", &luggings)]);
    let active = view.s.advice.notices.iter().any(|notice| notice.active);
    if active {
        canvas.fill_line(y, Role::Low);
    }
    canvas.line(y, &faults, if active { Role::Low } else { Role::Text });
    canvas.line(y + 1, &so_far(view), Role::Text);
}

/// Area, grain and loss of the session, in kilograms and money.
pub(super) fn so_far(view: &View<'_>) -> String {
    let totals = &view.s.totals;
    let (Some(area_ha), Some(grain)) = (totals.area_ha(), totals.grain_kg()) else {
        return view.word("screen-nothing-cut");
    };
    let area = view.units.area(area_ha * 1e4);
    let area = if area < 100.0 { format!("{area:.2}") } else { format!("{area:.0}") };
    let grain = format!("{:.0}", view.units.mass(grain.value));
    let lost = totals.total_loss_kg();
    let loss = lost.map_or_else(|| view.word("unknown"), |kg| with_interval(band(kg, |kg| view.units.mass(kg))));
    let economy = view.s.session.guide.economy.as_ref();
    let money = economy.and_then(|economy| Some((economy.figures().price_per_kg?, &economy.currency)));
    let money = money.zip(lost).map_or_else(String::new, |((price, currency), lost)| {
        format!(" = {} {currency}", two_digits(lost.value * price))
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
