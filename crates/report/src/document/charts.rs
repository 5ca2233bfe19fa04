//! The charts of a session.

use super::drawing::{AMBER, Anchor, BLUE, Drawing, GREY, INK, PALE, RED, Scale, Shape, text_width, top};
use crate::model::SessionReport;
use crate::text::ReportText;
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::local_time::date_time_zone;

const WIDTH: f64 = 680.0;
const HEIGHT: f64 = 250.0;
/// Size of the chart of loss over feed rate.
const FEED: (f64, f64) = (400.0, 180.0);
const LEFT: f64 = 48.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 34.0;
/// Minutes further apart than this are not joined by a line, µs.
const BREAK_US: i64 = 120_000_000;

/// Axes with their ticks and labels: `across` for the horizontal axis, `up` for the vertical one.
fn axes(drawing: &mut Drawing, x: &Scale, y: &Scale, across: &str, up: &str, x_label: impl Fn(f64) -> String) {
    let bottom = y.points.0;
    for tick in y.ticks() {
        let at = y.at(tick);
        drawing.line(vec![(x.points.0, at), (x.points.1, at)], (228, 228, 228), 0.6, false);
        let decimals = usize::from(y.values.1 < 8.0) + usize::from(y.values.1 < 0.8);
        drawing.text((x.points.0 - 5.0, at + 3.0), format!("{tick:.decimals$}"), Anchor::End, INK);
    }
    for tick in x.ticks() {
        let at = x.at(tick);
        drawing.line(vec![(at, bottom), (at, bottom + 4.0)], GREY, 0.8, false);
        drawing.text((at, bottom + 14.0), x_label(tick), Anchor::Middle, INK);
    }
    drawing.line(vec![(x.points.0, y.points.1), (x.points.0, bottom), (x.points.1, bottom)], GREY, 0.8, false);
    drawing.text((f64::midpoint(x.points.0, x.points.1), bottom + 28.0), across, Anchor::Middle, INK);
    drawing.text((x.points.0 - 40.0, y.points.1 - 10.0), up, Anchor::Start, INK);
}

fn minute_label(minutes: f64) -> String {
    format!("{minutes:.0}")
}

/// Loss over time with its interval, the limit and the alarms; `None` without a minute of known loss.
pub fn loss_over_time(session: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let known: Vec<_> = session.minutes.iter().filter_map(|m| Some((m.start_us, m.loss_pct?))).collect();
    let (first, last) = (known.first()?.0, known.last()?.0 + 60_000_000);
    let limit = session.limit.as_ref().map(|judged| &judged.limit);
    let mut drawing = Drawing::new("loss-over-time", text.get("report-chart-loss-time"), WIDTH, HEIGHT);
    let minutes = |t_us: i64| (t_us - first) as f64 / 60e6;
    let x = Scale { values: (0.0, minutes(last)), points: (LEFT, WIDTH - RIGHT) };
    let highest = top_of_band(&known, limit.map(|limit| limit.percent));
    let y = Scale { values: (0.0, highest), points: (HEIGHT - BOTTOM, TOP) };
    for stretch in known.chunk_by(|a, b| b.0 - a.0 < BREAK_US) {
        let at = |t: i64| x.at(minutes(t) + 0.5);
        let edge = |of: fn(&Interval90) -> f64| stretch.iter().map(move |(t, loss)| (at(*t), y.at(of(loss))));
        let mut points: Vec<(f64, f64)> = edge(|b| b.hi).collect();
        points.extend(edge(|b| b.lo).collect::<Vec<_>>().into_iter().rev());
        drawing.shapes.push(Shape::Area { points, colour: PALE });
    }
    let start = known.first().map_or_else(String::new, |(t, _)| date_time_zone(*t));
    let across = text.with("report-axis-minutes", &[("start", &start)]);
    axes(&mut drawing, &x, &y, &across, &text.get("report-axis-loss"), minute_label);
    for stretch in known.chunk_by(|a, b| b.0 - a.0 < BREAK_US) {
        let points = stretch.iter().map(|(t, loss)| (x.at(minutes(*t) + 0.5), y.at(loss.value))).collect();
        drawing.line(points, BLUE, 1.6, false);
    }
    if let Some(limit) = limit {
        let at = y.at(limit.percent);
        drawing.line(vec![(LEFT, at), (WIDTH - RIGHT, at)], RED, 1.0, true);
        // Its name stands above the chart, off every line.
        let name = text.bilingual(&limit.name);
        let x = WIDTH - RIGHT - text_width(&name, 9.0) - 8.0;
        drawing.line(vec![(x - 30.0, TOP - 9.0), (x, TOP - 9.0)], RED, 1.0, true);
        drawing.text((WIDTH - RIGHT, TOP - 6.0), name, Anchor::End, RED);
    }
    for (t_us, hi) in beyond(&known, highest) {
        let (at, top) = (x.at(minutes(t_us) + 0.5), y.at(highest));
        let arrow = vec![(at, top - 1.0), (at - 3.5, top + 6.0), (at + 3.5, top + 6.0)];
        drawing.shapes.push(Shape::Area { points: arrow, colour: BLUE });
        drawing.text((at + 6.0, top + 8.0), format!("{hi:.1}"), Anchor::Start, BLUE);
    }
    for alarm in &session.alarms {
        if (first..last).contains(&alarm.stored.raised_us) {
            let colour = if alarm.stored.level.unwrap_or(1) >= 2 { RED } else { AMBER };
            let at = x.at(minutes(alarm.stored.raised_us));
            let base = HEIGHT - BOTTOM;
            let points = vec![(at - 4.0, base), (at + 4.0, base), (at, base - 8.0)];
            drawing.shapes.push(Shape::Area { points, colour });
        }
    }
    Some(drawing)
}

/// Upper end of the axis, per cent: above the values, twice the limit and nine in ten of the intervals; a minute with little
/// grain, whose interval is wide, does not press the others down.
fn top_of_band(known: &[(i64, Interval90)], limit_pct: Option<f64>) -> f64 {
    let mut edges: Vec<f64> = known.iter().map(|(_, loss)| loss.hi).collect();
    edges.sort_by(f64::total_cmp);
    let most = edges.get(edges.len() * 9 / 10).copied();
    let values = known.iter().map(|(_, loss)| loss.value * 1.1);
    top(values.chain(limit_pct.map(|limit| limit * 2.0)).chain(most))
}

/// The intervals that go beyond the axis: of minutes near each other the one that goes farthest.
fn beyond(known: &[(i64, Interval90)], highest: f64) -> Vec<(i64, f64)> {
    let mut found: Vec<(i64, f64)> = Vec::new();
    let span_us = known.last().map_or(0, |last| last.0) - known.first().map_or(0, |first| first.0);
    for (t_us, loss) in known.iter().filter(|(_, loss)| loss.hi > highest) {
        match found.last_mut() {
            // Numbers need room: one in a twentieth of the axis.
            Some(last) if t_us - last.0 < span_us / 20 => {
                if loss.hi > last.1 {
                    *last = (*t_us, loss.hi);
                }
            }
            _ => found.push((*t_us, loss.hi)),
        }
    }
    found
}

/// Loss behind the machine over feed rate, with the curve through the samples; `None` without a sample.
pub fn loss_over_feed(session: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let samples = &session.feed.samples;
    if samples.is_empty() {
        return None;
    }
    let mut drawing = Drawing::new("loss-over-feed", text.get("report-chart-loss-feed"), FEED.0, FEED.1);
    let x = Scale { values: (0.0, top(samples.iter().map(|s| s.feed_kg_s))), points: (LEFT, FEED.0 - RIGHT) };
    let y = Scale { values: (0.0, top(samples.iter().map(|s| s.loss_pct))), points: (FEED.1 - BOTTOM, TOP) };
    let feed_label = |feed: f64| format!("{feed:.1}").trim_end_matches(".0").to_owned();
    axes(&mut drawing, &x, &y, &text.get("report-axis-feed"), &text.get("report-axis-rear"), feed_label);
    for sample in samples {
        drawing.dot((x.at(sample.feed_kg_s), y.at(sample.loss_pct)), 2.0, BLUE);
    }
    if let Some(law) = session.feed.law {
        let (low, high) = samples.iter().fold((f64::MAX, 0.0f64), |(l, h), s| (l.min(s.feed_kg_s), h.max(s.feed_kg_s)));
        let curve = (0..=60)
            .map(|i| low + (high - low) * f64::from(i) / 60.0)
            .map(|feed| (x.at(feed), y.at(law.at_mean_pct * (feed / law.mean_feed_kg_s).powf(law.exponent.value))));
        drawing.line(curve.collect(), RED, 1.4, false);
    }
    Some(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_the_axis_has_its_number() {
        let at = |minute: i64, hi| (minute * 60_000_000, Interval90 { value: 1.0, lo: 0.5, hi });
        // Forty minutes up to 2 %, of which two neighbours go far beyond: nine in ten are at 2, the limit of 1.2 doubled is 2.4.
        let known: Vec<_> = (0..40)
            .map(|n| {
                at(
                    n,
                    if n == 10 {
                        30.0
                    } else if n == 11 {
                        50.0
                    } else {
                        2.0
                    },
                )
            })
            .collect();
        let highest = top_of_band(&known, Some(1.2));
        assert!((highest - 2.4 * 1.08).abs() < 1e-9, "{highest}");
        assert_eq!(beyond(&known, highest), [(11 * 60_000_000, 50.0)]);
        assert_eq!(beyond(&known, 60.0), []);
    }
}
