//! A chart with axes, units, limit, band, legend and cursor, as large as its place and scaled to its data.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, clip};
use super::numbers::two_digits;
use super::raster::{Ink, Raster};
use crate::theme::Role;
use crate::view::View;

/// Columns of the figures of the axis.
pub(crate) const AXIS: u16 = 8;
/// Rows that are no part of the picture: heading and times.
const AROUND: u16 = 2;
/// A band that is higher than so many times what it is of is cut, and that is said (our choice: else the line is flat).
const BAND_MOST: f64 = 2.5;

/// A line of the chart.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Across and up; a point without a value interrupts the line.
    pub points: Vec<(f64, Option<f64>)>,
    pub style: Style,
    /// Its sign where there is no braille.
    pub sign: char,
    /// Single dots, not a line.
    pub is_dots: bool,
}

/// What a chart shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chart {
    /// What it is of, with its unit.
    pub title: String,
    /// From and to, across.
    pub span: (f64, f64),
    pub series: Vec<Series>,
    /// Across, lower and upper end.
    pub band: Vec<(f64, f64, f64)>,
    /// A line across, with its name.
    pub limit: Option<(f64, String)>,
    /// The top is never below this.
    pub least_top: f64,
    /// The top is this, whatever the data.
    pub fixed_top: Option<f64>,
    /// Where the cursor is, across.
    pub cursor: Option<f64>,
    /// What stands below the left end, the middle and the right end.
    pub below: [String; 3],
    /// Signs at their places: across, up.
    pub marks: Vec<(f64, f64, &'static str, Style)>,
    /// The longest time between two points that a line leads over.
    pub gap: f64,
}

/// A round number that is not below this one.
pub(crate) fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let decade = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * decade).find(|step| *step >= value * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
}

impl Chart {
    /// The value at the top, and what the band has at most when it does not fit.
    fn top(&self) -> (f64, Option<f64>) {
        let lines = self.series.iter().flat_map(|series| series.points.iter().filter_map(|point| point.1));
        let most = lines.chain(self.marks.iter().map(|mark| mark.1)).fold(0.0, f64::max);
        let limit = self.limit.as_ref().map_or(0.0, |limit| 1.1 * limit.0);
        let band = self.band.iter().map(|band| band.2).fold(0.0, f64::max);
        let shown = self.fixed_top.unwrap_or_else(|| {
            let lines = most.max(limit).max(self.least_top);
            round_up(lines.max(band.min(BAND_MOST * most)))
        });
        (shown, (most.max(band) > shown * (1.0 + 1e-9)).then(|| most.max(band)))
    }

    /// Draws it; `None` of its series has a point: says so.
    pub fn draw(&self, canvas: &mut Canvas<'_>, place: Rect, view: &View<'_>) {
        if place.height <= AROUND || place.width <= AXIS + 4 {
            return;
        }
        let (top, cut) = self.top();
        let picture =
            Rect { x: place.x + AXIS, y: place.y + 1, width: place.width - AXIS, height: place.height - AROUND };
        self.heading(canvas, place, cut, view);
        let style = |role| view.state.styles().style(role);
        let mut raster = Raster::new(picture.width, picture.height, !view.state.is_ascii());
        let (dots_x, dots_y) = (f64::from(raster.dots().0), f64::from(raster.dots().1));
        let length = (self.span.1 - self.span.0).max(1e-9);
        let x = |at: f64| (at - self.span.0) / length * (dots_x - 1.0);
        let y = |value: f64| (1.0 - (value / top).clamp(0.0, 1.0)) * (dots_y - 1.0);
        let band = Ink { style: style(Role::Old), rank: 0.0, sign: '.' };
        for &(at, lo, hi) in &self.band {
            // Every second dot, so that it is paler than a line.
            let (column, from, to) = (x(at).round() as i32, y(hi).round() as i32, y(lo).round() as i32);
            (from..=to).filter(|row| (row + column) % 2 == 0).for_each(|row| raster.dot(column, row, band));
        }
        if let Some((limit, _)) = &self.limit {
            let ink = Ink { style: style(Role::Over), rank: 1.0, sign: '-' };
            let row = y(*limit).round() as i32;
            (0..raster.dots().0).filter(|column| column % 4 < 3).for_each(|column| raster.dot(column, row, ink));
        }
        if let Some(cursor) = self.cursor {
            let ink = Ink { style: style(Role::Value), rank: 1.5, sign: '|' };
            let column = x(cursor).round() as i32;
            (0..raster.dots().1).for_each(|row| raster.dot(column, row, ink));
        }
        for (rank, series) in (2..).zip(&self.series) {
            let ink = Ink { style: series.style, rank: f64::from(rank), sign: series.sign };
            let mut before: Option<(f64, (f64, f64))> = None;
            for &(at, value) in &series.points {
                let Some(value) = value else {
                    before = None;
                    continue;
                };
                let dot = (x(at).round(), y(value).round());
                let from =
                    before.filter(|(then, _)| !series.is_dots && at - then <= self.gap).map_or(dot, |(_, dot)| dot);
                raster.line(from, dot, ink);
                before = Some((at, dot));
            }
        }
        for &(at, value, sign, style) in &self.marks {
            raster.text(x(at).round() as i32, y(value).round() as i32, sign, style);
        }
        raster.draw(canvas, picture.x, picture.y);
        self.axes(canvas, picture, top, style(Role::Label));
        if self.series.iter().all(|series| series.points.iter().all(|point| point.1.is_none())) {
            canvas.put_part(
                picture.x + 1,
                picture.y + picture.height / 2,
                &view.word("chart-nothing"),
                style(Role::Text),
            );
        }
    }

    /// What it is of, and the legend behind it.
    fn heading(&self, canvas: &mut Canvas<'_>, place: Rect, cut: Option<f64>, view: &View<'_>) {
        let mut x = place.x;
        let end = place.x + place.width;
        let mut put = |canvas: &mut Canvas<'_>, text: &str, style: Style| {
            let columns = text.width() as u16;
            let fits = x + columns <= end;
            if fits {
                canvas.put_part(x, place.y, text, style);
                x += columns;
            }
            fits
        };
        let style = |role| view.state.styles().style(role);
        let title = clip(&self.title, usize::from(place.width));
        put(canvas, &title, style(Role::Value));
        if let Some(most) = cut {
            put(
                canvas,
                &format!("  {}", view.words.with("chart-cut", &[("most", &two_digits(most))])),
                style(Role::Low),
            );
        }
        if let Some((_, name)) = &self.limit {
            put(canvas, &format!("  ╌{name}"), style(Role::Over));
        }
        let signs = !view.state.is_ascii();
        if self.series.len() > 1 {
            for series in &self.series {
                let sign = if signs { '─' } else { series.sign };
                put(canvas, &format!("  {sign}{}", series.name), series.style);
            }
        }
        if !self.band.is_empty() {
            put(canvas, &format!("  ░{}", view.word("chart-band")), style(Role::Old));
        }
    }

    fn axes(&self, canvas: &mut Canvas<'_>, picture: Rect, top: f64, style: Style) {
        let right = |text: &str| format!("{text:>width$}", width = usize::from(AXIS) - 2);
        let last = picture.height - 1;
        let mut rows = vec![(0, top), (last, 0.0)];
        if last >= 4 {
            // The row whose middle is nearest to half.
            rows.push((last / 2, top * (1.0 - (f64::from(last / 2) + 0.5) / f64::from(picture.height))));
        }
        let x = picture.x - AXIS;
        for (row, value) in rows {
            let text = if value > 0.0 { two_digits(value) } else { "0".to_owned() };
            canvas.put_part(x, picture.y + row, &right(&text), style);
        }
        for row in 0..picture.height {
            canvas.put_part(picture.x - 1, picture.y + row, "│", style);
        }
        let y = picture.y + picture.height;
        canvas.put_part(picture.x - 1, y, &"─".repeat(usize::from(picture.width + 1)), style);
        let [left, middle, end] = &self.below;
        canvas.put_part(picture.x - 1, y, left, style);
        let width = |text: &str| text.width() as u16;
        if picture.width > width(left) + width(middle) + width(end) + 6 {
            canvas.put_part(picture.x + (picture.width - width(middle)) / 2, y, middle, style);
        }
        canvas.put_part(picture.x + picture.width.saturating_sub(width(end)), y, end, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_the_data_and_a_band_that_is_cut_is_said() {
        assert_eq!([0.9, 1.21, 2.4, 7.3, 100.0, 0.0].map(round_up), [1.0, 1.5, 2.5, 8.0, 100.0, 1.0]);
        let series = |most| Series {
            name: String::new(),
            points: vec![(0.0, Some(0.5)), (1.0, Some(most))],
            style: Style::new(),
            sign: '*',
            is_dots: false,
        };
        let mut chart = Chart { series: vec![series(2.3)], span: (0.0, 1.0), ..Chart::default() };
        assert_eq!(chart.top(), (2.5, None));
        // A band up to 4 % is in the picture, one up to 40 % would make the line flat.
        chart.band = vec![(0.0, 0.1, 4.0)];
        assert_eq!(chart.top(), (4.0, None));
        chart.band = vec![(0.0, 0.1, 40.0)];
        assert_eq!(chart.top(), (6.0, Some(40.0)));
        // The limit is in it, however low the loss.
        chart = Chart { series: vec![series(0.1)], limit: Some((2.0, String::new())), ..Chart::default() };
        assert_eq!(chart.top(), (2.5, None));
    }
}
