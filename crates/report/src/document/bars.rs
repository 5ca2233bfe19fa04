//! Bars with their intervals: the streams of a session, and sessions, drivers, machines or fields beside each other.

use super::drawing::{Anchor, BLUE, Drawing, GREY, INK, PALE, RED, Scale, text_width, top};
use crate::model::{MU_PER_HA, SessionReport, scaled};
use crate::text::ReportText;
use grainloss_core::harvest::Interval90;
use grainloss_core::rounding::{losses_that_add, parts_that_add};

/// Width of the chart of a session's streams, points.
const WIDTH: f64 = 400.0;
/// Width of a chart of loss rates, points.
const RATES_WIDTH: f64 = 400.0;
/// Height of a bar of one, with the room to the next, points.
const RATE_HEIGHT: f64 = 18.0;
/// Longest name beside a bar, characters; a longer one is cut.
const LONGEST_NAME: usize = 16;

/// The loss rates of drivers, sessions and so on, per cent, with their intervals and the limit as a line; `None` without one
/// that is known.
pub fn rates(
    id: &'static str,
    caption: String,
    rows: &[(String, Option<Interval90>)],
    limit_pct: Option<f64>,
    text: &ReportText,
) -> Option<Drawing> {
    let known = || rows.iter().filter_map(|(_, loss)| *loss);
    known().next()?;
    let name = |name: &str| {
        if name.chars().count() <= LONGEST_NAME {
            return name.to_owned();
        }
        name.chars().take(LONGEST_NAME - 1).chain(['\u{2026}']).collect()
    };
    let left = rows.iter().map(|(of, _)| text_width(&name(of), 9.0)).fold(30.0, f64::max) + 8.0;
    let bottom = 16.0 + RATE_HEIGHT * rows.len() as f64;
    let mut drawing = Drawing::new(id, caption, RATES_WIDTH, bottom + 18.0);
    // A few wide intervals do not press the bars of all others down: what goes beyond ends in its number.
    let values = known().map(|loss| loss.hi.min(loss.value * 4.0)).chain(limit_pct.map(|limit| limit * 1.5));
    let x = Scale { values: (0.0, top(values)), points: (left, RATES_WIDTH - 104.0) };
    for tick in x.ticks() {
        let decimals = usize::from(x.ticks().iter().any(|tick| (tick - tick.round()).abs() > 1e-6));
        drawing.line(vec![(x.at(tick), 14.0), (x.at(tick), bottom)], (228, 228, 228), 0.6, false);
        drawing.text((x.at(tick), bottom + 11.0), format!("{tick:.decimals$}"), Anchor::Middle, GREY);
    }
    drawing.text((RATES_WIDTH - 98.0, bottom + 11.0), text.get("report-axis-loss"), Anchor::Start, GREY);
    for (row, (of, loss)) in rows.iter().enumerate() {
        let y = 16.0 + RATE_HEIGHT * row as f64;
        let base = y + 10.0;
        drawing.text((left - 6.0, base), name(of), Anchor::End, INK);
        let Some(loss) = loss else {
            drawing.text((RATES_WIDTH - 98.0, base), text.unknown(), Anchor::Start, INK);
            continue;
        };
        drawing.rectangle((left, y + 1.0), (x.at(loss.value) - left, 12.0), PALE);
        whisker(&mut drawing, &x, *loss, y + 7.0);
        drawing.text(
            (RATES_WIDTH - 98.0, base),
            format!("{:.2} ({:.2}–{:.2})", loss.value, loss.lo, loss.hi),
            Anchor::Start,
            INK,
        );
    }
    if let Some(limit) = limit_pct {
        drawing.line(vec![(x.at(limit), 12.0), (x.at(limit), bottom)], RED, 1.2, true);
        drawing.text(
            (x.at(limit), 9.0),
            text.with("report-map-limit", &[("limit", &format!("{limit}"))]),
            Anchor::Middle,
            RED,
        );
    }
    Some(drawing)
}

/// An interval as a line with its value as a dot; an open end where it goes beyond the scale.
fn whisker(drawing: &mut Drawing, x: &Scale, loss: Interval90, y: f64) {
    drawing.line(vec![(x.at(loss.lo), y), (x.at(loss.hi), y)], INK, 1.1, false);
    for edge in [loss.lo, loss.hi] {
        if edge <= x.values.1 {
            drawing.line(vec![(x.at(edge), y - 4.0), (x.at(edge), y + 4.0)], INK, 1.1, false);
        } else {
            let at = x.at(edge);
            drawing.line(vec![(at - 4.0, y - 3.0), (at, y), (at - 4.0, y + 3.0)], INK, 1.1, false);
        }
    }
    drawing.dot((x.at(loss.value), y), 2.6, BLUE);
}

/// A bar of the chart of losses, kg/mu.
struct Bar {
    /// Key of its label.
    key: &'static str,
    /// Loss with its interval; `None` where it is unknown or has no interval.
    interval: Option<Interval90>,
    /// Loss; `None` is unknown.
    value: Option<f64>,
}

/// The losses of each stream as bars with their intervals, kg/mu; `None` without a loss or an area.
pub fn budget(session: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let totals = &session.totals;
    let mu = totals.area_ha.filter(|area| *area > 0.0)? * MU_PER_HA;
    totals.loss_kg?;
    // As they are printed: parts add up.
    let kg = [totals.header_kg, totals.rear_kg, totals.loss_kg];
    let [header, rear, total] = losses_that_add(kg.map(|loss| loss.map(|loss| scaled(loss, 1.0 / mu))), 2);
    // The journal has intervals for the header and the rear, not for the two parts of the rear.
    let parts = rear.zip(totals.separation_share);
    let parts = parts.map(|(rear, share)| parts_that_add([rear.value * share, rear.value * (1.0 - share)], 2));
    let stream = |key, interval: Option<Interval90>| Bar { key, interval, value: interval.map(|loss| loss.value) };
    let part = |key, at: usize| Bar { key, interval: None, value: parts.map(|parts| parts[at]) };
    let bars = [
        stream("stream-header", header),
        stream("report-rear", rear),
        part("report-of-it-separation", 0),
        part("report-of-it-cleaning", 1),
        stream("report-total", total),
    ];
    let mut drawing = Drawing::new("budget", text.get("report-chart-budget"), WIDTH, 180.0);
    let highest = top(bars.iter().filter_map(|bar| bar.interval.map(|loss| loss.hi).or(bar.value)));
    let left = 104.0;
    let x = Scale { values: (0.0, highest), points: (left, WIDTH - 46.0) };
    for (row, bar) in bars.iter().enumerate() {
        let y = 12.0 + 28.0 * row as f64;
        drawing.text((left - 6.0, y + 13.0), text.get(bar.key), Anchor::End, INK);
        let Some(value) = bar.value else {
            drawing.text((left + 4.0, y + 13.0), text.unknown(), Anchor::Start, INK);
            continue;
        };
        drawing.rectangle((left, y), (x.at(value) - left, 18.0), if bar.interval.is_some() { BLUE } else { PALE });
        let mut end = x.at(value);
        if let Some(Interval90 { lo, hi, .. }) = bar.interval {
            let middle = y + 9.0;
            drawing.line(vec![(x.at(lo), middle), (x.at(hi), middle)], INK, 1.2, false);
            for edge in [lo, hi] {
                drawing.line(vec![(x.at(edge), middle - 5.0), (x.at(edge), middle + 5.0)], INK, 1.2, false);
            }
            end = x.at(hi);
        }
        drawing.text((end + 5.0, y + 13.0), format!("{value:.2}"), Anchor::Start, INK);
    }
    drawing.text((left, 168.0), text.get("report-unit-kg-mu"), Anchor::Start, INK);
    Some(drawing)
}
