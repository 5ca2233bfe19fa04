//! Charts as lists of shapes, drawn alike into SVG and PDF. Written here because the chart libraries write one of the
//! two only.

/// A chart, in points; the origin is at the upper left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Identifier of the chart, the same in every language.
    pub id: &'static str,
    /// Caption, with units.
    pub caption: String,
    /// Width, points.
    pub width: f64,
    /// Height, points.
    pub height: f64,
    /// Its shapes, from back to front.
    pub shapes: Vec<Shape>,
}

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);

/// Text.
pub const INK: Colour = (34, 34, 34);
/// Axes and their marks.
pub const GREY: Colour = (150, 150, 150);
/// Areas in the background.
pub const PALE: Colour = (198, 219, 239);
/// Estimates and measurements.
pub const BLUE: Colour = (31, 96, 160);
/// Limits, and losses above them.
pub const RED: Colour = (192, 32, 32);
/// Alarms of a low level.
pub const AMBER: Colour = (224, 150, 20);

/// Position of a text relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at the point.
    Start,
    /// The middle of the text is at the point.
    Middle,
    /// The text ends at the point.
    End,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line through points.
    Line {
        /// The points.
        points: Vec<(f64, f64)>,
        /// Colour.
        colour: Colour,
        /// Width, points.
        width: f64,
        /// True for a dashed line.
        dashed: bool,
    },
    /// A closed, filled area.
    Area {
        /// The corners.
        points: Vec<(f64, f64)>,
        /// Colour.
        colour: Colour,
    },
    /// A filled dot.
    Dot {
        /// The centre.
        at: (f64, f64),
        /// Radius, points.
        radius: f64,
        /// Colour.
        colour: Colour,
    },
    /// A text on one line.
    Text {
        /// Its point, on the base line.
        at: (f64, f64),
        /// The text.
        text: String,
        /// Font size, points.
        size: f64,
        /// Position relative to the point.
        anchor: Anchor,
        /// Colour.
        colour: Colour,
    },
}

impl Drawing {
    /// An empty drawing.
    pub fn new(id: &'static str, caption: String, width: f64, height: f64) -> Self {
        Self { id, caption, width, height, shapes: Vec::new() }
    }

    /// Adds a line.
    pub fn line(&mut self, points: Vec<(f64, f64)>, colour: Colour, width: f64, dashed: bool) {
        self.shapes.push(Shape::Line { points, colour, width, dashed });
    }

    /// Adds a rectangle.
    pub fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: Colour) {
        let points = vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        self.shapes.push(Shape::Area { points, colour });
    }

    /// Adds a text.
    pub fn text(&mut self, at: (f64, f64), text: impl Into<String>, anchor: Anchor, colour: Colour) {
        self.shapes.push(Shape::Text { at, text: text.into(), size: 9.0, anchor, colour });
    }

    /// Adds a dot.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, colour: Colour) {
        self.shapes.push(Shape::Dot { at, radius, colour });
    }
}

/// A linear scale from values to points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The lowest and the highest value.
    pub values: (f64, f64),
    /// Their positions, points.
    pub points: (f64, f64),
}

impl Scale {
    /// Position of a value, points; of a value outside the scale, the edge.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.points.0 + share.clamp(0.0, 1.0) * (self.points.1 - self.points.0)
    }

    /// Four to eight round values between its ends.
    pub fn ticks(&self) -> Vec<f64> {
        let span = self.values.1 - self.values.0;
        let rough = 10f64.powf((span / 8.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * rough).find(|s| span / s <= 8.0).unwrap_or(span);
        let first = (self.values.0 / step).ceil() as i64;
        let last = (self.values.1 / step + 1e-9).floor() as i64;
        (first..=last).map(|n| n as f64 * step).collect()
    }
}

/// A circle as a polygon with sixteen corners, enough for dots of a few points.
#[cfg(any(feature = "pdf", feature = "xlsx"))]
pub fn circle((x, y): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
    let corner = |n: i32| std::f64::consts::TAU * f64::from(n) / 16.0;
    (0..16).map(|n| (x + radius * corner(n).cos(), y + radius * corner(n).sin())).collect()
}

/// About how wide a text is, points: a Chinese character is as wide as it is high, others half of that (our choice, a little
/// more than in most fonts).
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c.is_ascii() || c == '\u{2013}' { 0.58 } else { 1.0 }).sum::<f64>() * size
}

/// Upper end of a scale: a little above the highest finite value, so that nothing touches the edge; 1 without one above 0.
pub fn top(values: impl Iterator<Item = f64>) -> f64 {
    let highest = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    if highest > 0.0 { highest * 1.08 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_values_and_outside_values_are_at_the_edge() {
        let scale = Scale { values: (0.0, 2.3), points: (0.0, 100.0) };
        let ticks: Vec<String> = scale.ticks().iter().map(|t| format!("{t:.1}")).collect();
        assert_eq!(ticks, ["0.0", "0.5", "1.0", "1.5", "2.0"]);
        assert!((scale.at(1.15) - 50.0).abs() < 1e-9);
        assert!((scale.at(9.0) - 100.0).abs() < 1e-9, "above the scale");
    }
}
