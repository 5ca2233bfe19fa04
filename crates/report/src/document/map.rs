//! The field from above: each swath to scale in the colour of its loss, the limit on the scale, pans and alarms.

use super::colours::colour_of_share;
use super::drawing::{Anchor, Colour, Drawing, GREY, INK, RED, Scale, Shape};
use crate::model::{SessionReport, TrackPoint};
use crate::text::ReportText;

/// Steps of the colour scale in the track: points of one step are one line.
const STEPS: f64 = 24.0;
/// Points further apart in time are not joined, µs.
const BREAK_US: i64 = 30_000_000;
/// Background of the field, against which the lightest colour can be seen.
const FIELD: Colour = (232, 232, 232);
/// Room for the colour scale at the right, points.
const LEGEND: f64 = 74.0;
/// Room for the scale bar and the signs below, points.
const FOOT: f64 = 34.0;

/// The upper end of the colour scale, per cent: twice the limit, or where nineteen of twenty points are below.
pub fn top_of(track: &[TrackPoint], limit_pct: Option<f64>) -> f64 {
    let mut losses: Vec<f64> = track.iter().filter_map(|point| point.loss_pct).collect();
    losses.sort_by(f64::total_cmp);
    let most = losses.get(losses.len() * 19 / 20).copied().unwrap_or(0.0);
    let top = limit_pct.map_or(most, |limit| (2.0 * limit).max(most));
    if top > 0.0 { (top * 2.0).ceil() / 2.0 } else { 1.0 }
}

/// Where the machine was at a time, m east and north; `None` when no point of the track is near in time.
fn place_at(track: &[TrackPoint], t_us: i64) -> Option<(f64, f64)> {
    let nearest = track.iter().min_by_key(|point| (point.t_us - t_us).abs())?;
    ((nearest.t_us - t_us).abs() <= BREAK_US).then_some(nearest.east_north_m)
}

/// The map, so wide and high in points; `None` without a track.
pub fn map(s: &SessionReport, id: &'static str, (width, height): (f64, f64), text: &ReportText) -> Option<Drawing> {
    if s.track.len() < 2 {
        return None;
    }
    let span = |of: fn((f64, f64)) -> f64| {
        let values = s.track.iter().map(|point| of(point.east_north_m));
        values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (east, north) = (span(|p| p.0), span(|p| p.1));
    let swath_m = s.working_width_m.unwrap_or(0.0);
    let (room_x, room_y) = (width - LEGEND - 24.0, height - FOOT - 24.0);
    let metres = ((east.1 - east.0 + swath_m) / room_x).max((north.1 - north.0 + swath_m) / room_y).max(0.02);
    let middle = (f64::midpoint(east.0, east.1), f64::midpoint(north.0, north.1));
    let at = |(e, n): (f64, f64)| {
        ((width - LEGEND) / 2.0 + (e - middle.0) / metres, (height - FOOT) / 2.0 - (n - middle.1) / metres)
    };
    let mut drawing = Drawing::new(id, text.get("report-chart-map"), width, height);
    drawing.rectangle((0.0, 0.0), (width - LEGEND, height - FOOT), FIELD);
    let limit_pct = s.limit.as_ref().map(|judged| judged.limit.percent);
    let top = top_of(&s.track, limit_pct);
    track(&mut drawing, &s.track, (swath_m / metres).max(1.5), top, at);
    marks(&mut drawing, s, at);
    colour_scale(&mut drawing, (width, height - FOOT), top, limit_pct, text);
    // North is up.
    let (x, y) = (width - LEGEND - 14.0, 10.0);
    drawing.shapes.push(Shape::Area { points: vec![(x, y), (x - 5.0, y + 14.0), (x + 5.0, y + 14.0)], colour: INK });
    drawing.text((x, y + 24.0), text.get("report-map-north"), Anchor::Middle, INK);
    foot(&mut drawing, s, metres, text);
    Some(drawing)
}

/// The ways of the machine: thin where it did not cut, or the loss is not known; the cut swaths above them.
fn track(drawing: &mut Drawing, track: &[TrackPoint], swath: f64, top: f64, at: impl Fn((f64, f64)) -> (f64, f64)) {
    let step = |point: &TrackPoint| point.loss_pct.map(|loss| (loss / top * STEPS).clamp(0.0, STEPS).round() as i64);
    let mut lines = Vec::new();
    for stretch in track.chunk_by(|a, b| b.t_us - a.t_us < BREAK_US) {
        let mut from = 0;
        while from + 1 < stretch.len() {
            // One line for each run of a step; it reaches to the first point of the next.
            let of = step(&stretch[from]);
            let same = stretch[from..].iter().take_while(|point| step(point) == of).count();
            let to = (from + same).min(stretch.len() - 1);
            let points: Vec<(f64, f64)> = stretch[from..=to].iter().map(|point| at(point.east_north_m)).collect();
            lines.push((of, points));
            from = to;
        }
    }
    for (_, points) in lines.iter().filter(|(of, _)| of.is_none()) {
        drawing.line(points.clone(), GREY, 0.7, false);
    }
    for (of, points) in lines {
        if let Some(of) = of {
            drawing.line(points, colour_of_share(of as f64 / STEPS), swath, false);
        }
    }
}

/// Pans as white dots, alarms as red triangles.
fn marks(drawing: &mut Drawing, s: &SessionReport, at: impl Fn((f64, f64)) -> (f64, f64)) {
    for pan in &s.pans {
        if let Some(place) = place_at(&s.track, pan.dropped_us) {
            pan_sign(drawing, at(place));
        }
    }
    for alarm in &s.alarms {
        if let Some(place) = place_at(&s.track, alarm.stored.raised_us) {
            alarm_sign(drawing, at(place));
        }
    }
}

fn pan_sign(drawing: &mut Drawing, at: (f64, f64)) {
    drawing.dot(at, 4.2, INK);
    drawing.dot(at, 3.0, (255, 255, 255));
}

fn alarm_sign(drawing: &mut Drawing, (x, y): (f64, f64)) {
    let triangle = |size: f64| vec![(x, y - 1.2 * size), (x - size, y + 0.8 * size), (x + size, y + 0.8 * size)];
    drawing.shapes.push(Shape::Area { points: triangle(5.4), colour: (255, 255, 255) });
    drawing.shapes.push(Shape::Area { points: triangle(4.0), colour: RED });
}

/// The colours with their values; the limit as a line across.
fn colour_scale(
    drawing: &mut Drawing,
    (right, bottom): (f64, f64),
    top: f64,
    limit_pct: Option<f64>,
    text: &ReportText,
) {
    let x = right - LEGEND + 10.0;
    let scale = Scale { values: (0.0, top), points: (bottom - 6.0, 22.0) };
    let steps = STEPS as i32;
    for step in 0..steps {
        let [low, high] = [step, step + 1].map(|n| scale.at(top * f64::from(n) / STEPS));
        let colour = colour_of_share((f64::from(step) + 0.5) / STEPS);
        // A little higher, so that no light line is between two colours.
        drawing.rectangle((x, high - 0.3), (12.0, low - high + 0.3), colour);
    }
    drawing.text((x, 12.0), text.get("report-map-loss"), Anchor::Start, INK);
    let near = |value: f64| limit_pct.is_some_and(|limit| (scale.at(value) - scale.at(limit)).abs() < 10.0);
    let ticks = scale.ticks();
    for tick in ticks.iter().filter(|tick| !near(**tick)) {
        let decimals = usize::from(ticks.iter().any(|tick| tick.fract() != 0.0));
        drawing.line(vec![(x + 12.0, scale.at(*tick)), (x + 15.0, scale.at(*tick))], GREY, 0.8, false);
        drawing.text((x + 17.0, scale.at(*tick) + 3.0), format!("{tick:.decimals$}"), Anchor::Start, INK);
    }
    if let Some(limit) = limit_pct {
        let y = scale.at(limit);
        drawing.line(vec![(x - 4.0, y), (x + 16.0, y)], RED, 1.6, false);
        let limit = text.with("report-map-limit", &[("limit", &format!("{limit}"))]);
        drawing.text((x + 17.0, y + 3.0), limit, Anchor::Start, RED);
    }
}

/// Scale bar, and what the signs mean.
fn foot(drawing: &mut Drawing, s: &SessionReport, metres: f64, text: &ReportText) {
    let y = drawing.height - 16.0;
    // The scale bar has a round length.
    let lengths = [1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0];
    let length = lengths.into_iter().find(|length| length / metres < 90.0).unwrap_or(5.0);
    let end = 4.0 + length / metres;
    for line in [vec![(4.0, y), (end, y)], vec![(4.0, y - 3.0), (4.0, y + 3.0)], vec![(end, y - 3.0), (end, y + 3.0)]] {
        drawing.line(line, INK, 1.4, false);
    }
    drawing.text((4.0, y + 12.0), format!("{length:.0} m"), Anchor::Start, INK);
    let mut x = 112.0;
    let mut sign = |drawing: &mut Drawing, draw: &dyn Fn(&mut Drawing, (f64, f64)), words: String| {
        draw(drawing, (x, y - 1.0));
        x += 9.0;
        let wide = super::drawing::text_width(&words, 9.0);
        drawing.text((x, y + 2.0), words, Anchor::Start, INK);
        x += wide + 16.0;
    };
    if !s.pans.is_empty() {
        sign(drawing, &pan_sign, text.get("report-map-pan"));
    }
    if !s.alarms.is_empty() {
        sign(drawing, &alarm_sign, text.get("report-map-alarm"));
    }
    let thin =
        |drawing: &mut Drawing, (x, y): (f64, f64)| drawing.line(vec![(x - 5.0, y), (x + 5.0, y)], GREY, 0.8, false);
    sign(drawing, &thin, text.get("report-map-none"));
    if let Some(width) = s.working_width_m {
        drawing.text(
            (112.0 - 5.0, y + 13.0),
            text.with("report-map-swath", &[("width", &format!("{width:.1}"))]),
            Anchor::Start,
            GREY,
        );
    }
}
