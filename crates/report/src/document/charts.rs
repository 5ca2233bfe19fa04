//! The charts of a session.

use super::drawing::{AMBER, Anchor, BLUE, Colour, Drawing, GREEN, GREY, INK, PALE, RED, Scale, Shape, top};
use crate::model::{MU_PER_HA, SessionReport, scaled};
use crate::rounding::{losses_that_add, parts_that_add};
use crate::text::ReportText;
use grainloss_core::harvest::Interval90;
use grainloss_knowledge::local_time::{date_and_time, zone_at};

const WIDTH: f64 = 680.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 18.0;
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
    drawing.text((x.points.0 - 40.0, y.points.1 - 6.0), up, Anchor::Start, INK);
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
    // A minute with little grain has a wide interval: the scale follows the values and the limit, not the edges.
    let highest = top(known.iter().map(|(_, loss)| loss.value * 1.1).chain(limit.map(|limit| limit.percent * 2.0)));
    let y = Scale { values: (0.0, highest), points: (HEIGHT - BOTTOM, TOP) };
    for stretch in known.chunk_by(|a, b| b.0 - a.0 < BREAK_US) {
        let at = |t: i64| x.at(minutes(t) + 0.5);
        let edge = |of: fn(&Interval90) -> f64| stretch.iter().map(move |(t, loss)| (at(*t), y.at(of(loss))));
        let mut points: Vec<(f64, f64)> = edge(|b| b.hi).collect();
        points.extend(edge(|b| b.lo).collect::<Vec<_>>().into_iter().rev());
        drawing.shapes.push(Shape::Area { points, colour: PALE });
    }
    let start = known.first().map_or_else(String::new, |(t, _)| format!("{} {}", date_and_time(*t), zone_at(*t)));
    let across = text.with("report-axis-minutes", &[("start", &start)]);
    axes(&mut drawing, &x, &y, &across, &text.get("report-axis-loss"), minute_label);
    for stretch in known.chunk_by(|a, b| b.0 - a.0 < BREAK_US) {
        let points = stretch.iter().map(|(t, loss)| (x.at(minutes(*t) + 0.5), y.at(loss.value))).collect();
        drawing.line(points, BLUE, 1.6, false);
    }
    if let Some(limit) = limit {
        let at = y.at(limit.percent);
        drawing.line(vec![(LEFT, at), (WIDTH - RIGHT, at)], RED, 1.0, true);
        drawing.text((WIDTH - RIGHT, at - 4.0), text.bilingual(&limit.name), Anchor::End, RED);
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

/// Loss behind the machine over feed rate, with the curve through the samples; `None` without a sample.
pub fn loss_over_feed(session: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let samples = &session.feed.samples;
    if samples.is_empty() {
        return None;
    }
    let mut drawing = Drawing::new("loss-over-feed", text.get("report-chart-loss-feed"), WIDTH, HEIGHT);
    let x = Scale { values: (0.0, top(samples.iter().map(|s| s.feed_kg_s))), points: (LEFT, WIDTH - RIGHT) };
    let y = Scale { values: (0.0, top(samples.iter().map(|s| s.loss_pct))), points: (HEIGHT - BOTTOM, TOP) };
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

/// The colour of a loss compared with the limit: near the limit from 80 % of it (assumed).
fn colour_of(loss_pct: Option<f64>, limit_pct: f64) -> Colour {
    match loss_pct {
        None => (205, 205, 205),
        Some(loss) if loss <= 0.8 * limit_pct => GREEN,
        Some(loss) if loss <= limit_pct => AMBER,
        Some(_) => RED,
    }
}

/// The track of the machine, coloured by the loss of the crop that stood there; `None` without a limit or a track.
pub fn map(session: &SessionReport, text: &ReportText) -> Option<Drawing> {
    let places = || session.track.iter().map(|point| point.east_north_m);
    let limit_pct = session.limit.as_ref()?.limit.percent;
    let span = |of: fn((f64, f64)) -> f64| {
        places().map(of).fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (east, north) = (span(|p| p.0), span(|p| p.1));
    if session.track.len() < 2 {
        return None;
    }
    let height = 380.0;
    let metres_a_point = ((east.1 - east.0) / (WIDTH - 40.0)).max((north.1 - north.0) / (height - 60.0)).max(0.05);
    let at = |(e, n): (f64, f64)| {
        let middle = (f64::midpoint(east.0, east.1), f64::midpoint(north.0, north.1));
        (WIDTH / 2.0 + (e - middle.0) / metres_a_point, (height - 30.0) / 2.0 - (n - middle.1) / metres_a_point)
    };
    let mut drawing = Drawing::new("map", text.get("report-chart-map"), WIDTH, height);
    let colours: Vec<Colour> = session.track.iter().map(|point| colour_of(point.loss_pct, limit_pct)).collect();
    let mut from = 0;
    while from + 1 < session.track.len() {
        // One line for each run of a colour; it reaches to the first point of the next.
        let same = colours[from..].iter().take_while(|colour| **colour == colours[from]).count();
        let to = (from + same).min(session.track.len() - 1);
        let points = session.track[from..=to].iter().map(|point| at(point.east_north_m)).collect();
        drawing.line(points, colours[from], 2.2, false);
        from = to;
    }
    // The scale bar has a round length.
    let metres = [1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0];
    let metres = metres.into_iter().find(|m| m / metres_a_point < 160.0).unwrap_or(5.0);
    let y = height - 10.0;
    drawing.line(vec![(20.0, y), (20.0 + metres / metres_a_point, y)], INK, 2.0, false);
    drawing.text((20.0, y - 5.0), format!("{metres:.0} m"), Anchor::Start, INK);
    let mut x = 220.0;
    for (colour, key) in [(GREEN, "below"), (AMBER, "near"), (RED, "above"), (colour_of(None, 1.0), "none")] {
        drawing.rectangle((x, y - 8.0), (10.0, 10.0), colour);
        drawing.text((x + 14.0, y), text.get(&format!("report-map-{key}")), Anchor::Start, INK);
        x += 118.0;
    }
    Some(drawing)
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
    let left = 190.0;
    let x = Scale { values: (0.0, highest), points: (left, WIDTH - 70.0) };
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
