//! Loss over feed rate in this session, and the economics of speed.

use ratatui::layout::Rect;

use super::best_speed;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::canvas::Canvas;
use crate::widgets::feed_chart;
use crate::widgets::numbers::{DASH, band, signed_interval, two_digits, with_interval};
use crate::widgets::trend::{percent, red, top};
use grainloss_core::advice::SpeedStep;
use grainloss_core::harvest::Activity;

/// Columns of the chart.
const COLUMNS: u16 = 66;
/// The chart ends at this multiple of the rated feed rate (our choice).
const MAX_LOAD: f64 = 1.3;
const CHART_X: u16 = 10;
/// Where the columns of the speed table start.
const COLUMN_X: [u16; 5] = [1, 10, 19, 38, 60];

pub(crate) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>) {
    // The chart takes the rows that the other parts leave.
    let rows = canvas.height() - 19;
    if !feed_chart::draw(canvas, Rect { x: 0, y: 3, width: canvas.window_columns() - 1, height: rows + 1 }, view) {
        chart(canvas, 3, rows, view);
    }
    let y = 4 + rows;
    canvas.line(y, &target(view), Role::Value);
    canvas.rule(y + 1, &view.word("speed-worth"));
    table(canvas, y + 2, view);
    best_speed::draw(canvas, y + 6, view);
}

/// Draws the mean loss by feed rate; a step of the feed rate without data has no bar.
fn chart(canvas: &mut Canvas<'_>, y: u16, rows: u16, view: &View<'_>) {
    // On a terminal of twice the width the bars are twice as wide.
    let times = (canvas.width() / 80).clamp(1, 2);
    let columns = (COLUMNS * times).min(canvas.window_columns().saturating_sub(CHART_X + 4));
    let rated = view.snapshot.session.measures.rated_feed_kg_s;
    let max_feed = if rated > 0.0 { MAX_LOAD * rated } else { 10.0 };
    let mut bins = vec![(0.0, 0.0); usize::from(columns / (2 * times))];
    for past in view.snapshot.history.iter().chain(&view.snapshot.trend) {
        let Some((feed, loss)) = past.feed_kg_s.zip(percent(past)) else { continue };
        let bin = (feed / max_feed * bins.len() as f64) as usize;
        if let Some((sum, count)) = bins.get_mut(bin) {
            *sum += loss;
            *count += 1.0;
        }
    }
    let values: Vec<Option<f64>> = bins.iter().map(|&(sum, count)| (count > 0.0).then(|| sum / count)).collect();
    let values: Vec<Option<f64>> =
        values.into_iter().flat_map(|value| std::iter::repeat_n(value, usize::from(2 * times))).collect();
    let top = top(&values, view);
    let limit = view.snapshot.session.limit.as_ref().map(|limit| limit.percent);
    canvas.put(1, y, CHART_X - 2, &format!("{} %", two_digits(top)), Role::Label);
    canvas.put(1, y + rows - 1, CHART_X - 2, "0 %", Role::Label);
    canvas.bars(Rect { x: CHART_X, y, width: columns, height: rows }, &values, top, limit);
    red(canvas, y + 1, limit, view);
    if values.iter().all(Option::is_none) {
        canvas.rest(CHART_X, y + rows / 2, &view.word("chart-nothing"), Role::Text);
    }
    // The scale, with the present and the rated feed rate.
    let place = |feed: f64| CHART_X + ((feed / max_feed).clamp(0.0, 1.0) * f64::from(columns - 1)) as u16;
    canvas.mark(CHART_X, y + rows, columns, &"─".repeat(usize::from(columns)), Role::Label);
    if let Some(feed) = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.feed_kg_s) {
        canvas.mark(place(feed), y + rows, 1, "▲", view.role(Role::Value));
    }
    if rated > 0.0 {
        canvas.mark(place(rated), y + rows, 1, "│", Role::Value);
    }
    canvas.rest(CHART_X + columns + 1, y + rows, &format!("{max_feed:.0}"), Role::Label);
    canvas.put(1, y + rows, CHART_X - 2, "0 kg/s", Role::Label);
}

fn target(view: &View<'_>) -> String {
    let name = view.units.speed_name();
    let now = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.ground_speed_m_s);
    let now = now.map_or_else(|| DASH.to_owned(), |m_s| format!("{:.1}", view.units.speed(m_s)));
    let target = view.target_speed().map_or_else(
        || DASH.to_owned(),
        |target| {
            format!(
                "{}–{}",
                two_digits(view.units.speed(target.low_m_s)),
                two_digits(view.units.speed(target.high_m_s))
            )
        },
    );
    // Why it is this goal, or why there is none while the machine cuts.
    let activity = view.snapshot.estimate.as_ref().and_then(|estimate| estimate.doing.activity);
    let why = match view.snapshot.advice.target_load {
        Some(load) => view.word(&format!("speed-basis-{}", load.basis.word())),
        None if activity == Some(Activity::Cutting) => view.word("speed-basis-none"),
        None => String::new(),
    };
    let target = view.words.with("speed-target", &[("now", &now), ("target", &target), ("unit", name)]);
    format!("{target}   {why}").trim_end().to_owned()
}

/// Draws the economics of speed, four lines.
fn table(canvas: &mut Canvas<'_>, y: u16, view: &View<'_>) {
    let prices = &view.snapshot.session.prices;
    let is_priced = prices.economy.price_per_kg.is_some() && prices.economy.cost_per_h.is_some();
    let area = view.units.area_name();
    let gain = if is_priced {
        view.words.with("worth-gain", &[("currency", &view.currency(&prices.currency)), ("area", area)])
    } else {
        view.word("worth-no-price")
    };
    let heads = [
        view.word("worth-speed"),
        view.words.with("worth-area", &[("area", area)]),
        view.word("worth-loss"),
        view.words.with("worth-more", &[("unit", view.units.per_area_name())]),
        gain,
    ];
    for (x, head) in COLUMN_X.into_iter().zip(&heads) {
        canvas.rest(canvas.at(x), y, head, Role::Label);
    }
    let Some(worth) = &view.snapshot.advice.worth else {
        canvas.line(y + 1, &view.word("worth-unknown"), Role::Text);
        return;
    };
    for (row, step) in worth.iter().enumerate() {
        table_row(canvas, y + 1 + row as u16, step, view);
    }
}

fn table_row(canvas: &mut Canvas<'_>, y: u16, step: &SpeedStep, view: &View<'_>) {
    let now = (step.factor - 1.0).abs() < 1e-9;
    let name = if now { view.word("worth-now") } else { format!("{:+.0} %", (step.factor - 1.0) * 100.0) };
    // Areas of the chosen unit per hectare of 10 000 m².
    let areas = view.units.area(1e4);
    let more = band(step.more_kg_ha, |kg_ha| view.units.per_area(kg_ha * 1e-4));
    let more = if now { String::new() } else { signed_interval(more) };
    let gain = step.gain_per_ha.filter(|_| !now).map(|gain| signed_interval(band(gain, |money| money / areas)));
    let gain = gain.unwrap_or_else(|| if now { String::new() } else { DASH.to_owned() });
    let cells = [name, two_digits(step.area_ha_h * areas), with_interval(step.loss_kg_h), more, gain];
    for (x, cell) in COLUMN_X.into_iter().zip(cells) {
        canvas.rest(canvas.at(x), y, &cell, if now { Role::Value } else { Role::Text });
    }
}
