//! The picture of the bus.

use ratatui::Frame as Picture;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::state::Watch;
use crate::technician::rows::range;
use crate::technician::slider;
use crate::technician::text::paragraph;
use crate::theme::Role;
use crate::widgets::canvas::{Canvas, clip};
use crate::widgets::numbers::DASH;
use grainloss_core::clean_text::clean_line;

/// Below this the picture would say nothing.
const MIN_COLUMNS: u16 = 40;
const MIN_ROWS: u16 = 8;
/// Rows of the chart on a screen of 24, and what it shows, µs.
const CHART_ROWS: u16 = 5;
const CHART_US: i64 = 60_000_000;
/// Columns beside the chart for its least and greatest value.
const CHART_X: u16 = 12;

pub(super) fn draw(watch: &Watch, picture: &mut Picture<'_>) -> Vec<String> {
    let area = picture.area();
    let mut canvas = Canvas::new(picture.buffer_mut(), area, &watch.look.styles);
    if area.width < MIN_COLUMNS || area.height < MIN_ROWS {
        canvas.rest(0, 0, &watch.look.word("learn-too-small"), Role::Text);
        return Vec::new();
    }
    title(&mut canvas, watch);
    let height = canvas.height();
    // A small terminal gives up the chart first, then the bits.
    let chart = if height >= 20 { CHART_ROWS + height.saturating_sub(24) / 4 } else { 0 };
    let has_bits = height >= 14 && !watch.shows_values;
    let end = height - 2;
    let below = if chart > 0 { chart + 1 } else { 0 } + u16::from(has_bits);
    let rows = end.saturating_sub(2 + below);
    if watch.shows_values {
        values(&mut canvas, (2, rows), watch);
    } else {
        let name = |key| clean_line(&watch.message_name(key)).into_owned();
        let named = watch.database.is_some().then_some(&name as &dyn Fn(_) -> String);
        watch.rows.draw(&mut canvas, (2, rows), &watch.deck, &watch.look, named);
    }
    let mut y = 2 + rows;
    if has_bits {
        bits(&mut canvas, y, watch);
        y += 1;
    }
    if chart > 0 {
        plot(&mut canvas, (y, chart), watch);
    }
    foot(&mut canvas, watch);
    if area.width < 80 || area.height < 24 { Vec::new() } else { canvas.cut }
}

fn title(canvas: &mut Canvas<'_>, watch: &Watch) {
    let (traffic, _) = watch.deck.shown();
    let values = [("ids", &*traffic.count()), ("frames", &traffic.frames.to_string())];
    let right = watch.look.words.with("watch-counts", &values);
    let left = format!("{}  {}", watch.look.word("watch-title"), clean_line(&watch.source));
    let room = usize::from(canvas.width()).saturating_sub(right.width() + 3);
    canvas.line(0, &clip(&left, room), Role::Value);
    canvas.put_right(0, &format!("{right} "), Role::Text);
    let filter = if watch.rows.filter.is_empty() {
        String::new()
    } else {
        let values = [("filter", &*clean_line(&watch.rows.filter))];
        format!("  {}", watch.look.words.with("watch-filter", &values))
    };
    let key = match (watch.shows_values, watch.rows.by_news) {
        (true, _) => "watch-values",
        (false, true) => "learn-bus-news",
        (false, false) => "learn-bus-id",
    };
    let width = usize::from(canvas.width()).saturating_sub(4);
    canvas.rule(1, &clip(&format!("{}{filter}", watch.look.word(key)), width));
}

/// Name and value of each channel and signal.
fn values(canvas: &mut Canvas<'_>, (y, rows): (u16, u16), watch: &Watch) {
    if watch.entries.is_empty() {
        paragraph(canvas, y, rows, &watch.look.word("watch-no-entries"));
        return;
    }
    let rows = usize::from(rows);
    let first = watch.at.saturating_sub(rows / 2).min(watch.entries.len().saturating_sub(rows));
    let middle = canvas.width() / 2;
    for (line, entry) in watch.entries.iter().enumerate().skip(first).take(rows) {
        let y = y + (line - first) as u16;
        let (name, value) = watch.value(*entry);
        let is_here = line == watch.at;
        canvas.put(0, y, 1, if is_here { "▶" } else { " " }, Role::Text);
        let name = clip(&clean_line(&name), usize::from(middle) - 2);
        canvas.put(1, y, middle - 1, &name, if is_here { Role::Chosen } else { Role::Label });
        let room = usize::from(canvas.width() - middle - 2);
        canvas.put(middle + 1, y, canvas.width() - middle - 1, &clip(&clean_line(&value), room), Role::Value);
    }
}

/// The bits of eight bytes of the chosen identifier, most significant first; what has changed is lit.
fn bits(canvas: &mut Canvas<'_>, y: u16, watch: &Watch) {
    let (traffic, now_us) = watch.deck.shown();
    let Some(flow) = watch.rows.cursor().and_then(|key| traffic.get(key)) else { return };
    let from = watch.rows.byte / 8 * 8;
    for (place, byte) in flow.payload.iter().enumerate().skip(from).take(8) {
        let x = 1 + 9 * (place - from) as u16;
        for bit in 0..8u16 {
            let number = usize::from(7 - bit);
            let text = if byte >> number & 1 == 1 { "1" } else { "0" };
            let usual = if place == watch.rows.byte { Role::Value } else { Role::Label };
            let style = watch.look.glow(flow.bit_glow(place * 8 + number, now_us), usual);
            if x + bit < canvas.width() {
                canvas.put_styled(x + bit, y, text, style);
            }
        }
    }
}

/// The curve of what is chosen, over the last minute.
fn plot(canvas: &mut Canvas<'_>, (y, rows): (u16, u16), watch: &Watch) {
    let columns = canvas.width().saturating_sub(CHART_X + 1);
    let (name, values) = watch.plot(usize::from(columns), CHART_US);
    let last = values.iter().rev().flatten().next().map_or_else(|| DASH.to_owned(), |value| figure(*value));
    let title = watch.look.words.with("watch-plot", &[("name", &clean_line(&name)), ("value", &last)]);
    canvas.rule(y, &clip(&title, usize::from(canvas.width()).saturating_sub(4)));
    let Some((low, high)) = range(&values) else { return };
    let label = |value: f64| clip(&figure(value), usize::from(CHART_X) - 2);
    canvas.put(1, y + 1, CHART_X - 2, &label(high), Role::Label);
    canvas.put(1, y + rows, CHART_X - 2, &label(low), Role::Label);
    // The least value is a thin line, not nothing.
    let span = if high > low { high - low } else { 1.0 };
    let above: Vec<Option<f64>> = values.iter().map(|value| value.map(|value| value - low + span * 0.02)).collect();
    let place = Rect { x: CHART_X, y: y + 1, width: columns, height: rows };
    canvas.bars(place, &above, span * 1.02, None);
}

fn figure(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn foot(canvas: &mut Canvas<'_>, watch: &Watch) {
    let last = canvas.height() - 1;
    let width = usize::from(canvas.width()).saturating_sub(2);
    if watch.types {
        canvas.fill_line(last - 1, Role::Chosen);
        let values = [("filter", &*clean_line(&watch.rows.filter))];
        canvas.line(last - 1, &clip(&watch.look.words.with("watch-typing", &values), width), Role::Chosen);
    } else if let Some(trouble) = &watch.trouble {
        canvas.fill_line(last - 1, Role::High);
        canvas.line(last - 1, &clip(&clean_line(trouble), width), Role::High);
    } else {
        slider::draw(canvas, last - 1, &watch.deck, &watch.look);
    }
    let keys = if watch.deck.is_log() { "watch-keys-log" } else { "watch-keys-live" };
    canvas.line(last, &watch.look.word(keys), Role::Label);
}
