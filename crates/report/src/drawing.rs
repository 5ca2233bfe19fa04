//! Charts as lists of shapes, drawn alike into SVG and PDF. Own, because both need it: the chart crates write one of
//! them only, and 200 lines are less than a second chart library.

/// A chart, in points; the origin is at the upper left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Which chart it is.
    pub id: &'static str,
    /// What it shows, with units.
    pub caption: String,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What it is made of, from the back to the front.
    pub shapes: Vec<Shape>,
}

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);

/// Black enough.
pub const INK: Colour = (34, 34, 34);
/// Axes and their marks.
pub const GREY: Colour = (150, 150, 150);
/// A quiet area.
pub const PALE: Colour = (198, 219, 239);
/// What is measured.
pub const BLUE: Colour = (31, 96, 160);
/// A limit.
pub const RED: Colour = (192, 32, 32);
/// Well below a limit.
pub const GREEN: Colour = (44, 140, 60);
/// About at a limit.
pub const AMBER: Colour = (224, 150, 20);

/// Where a text stands to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line through points.
    Line {
        /// The points.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: Colour,
        /// Its width.
        width: f64,
        /// Broken.
        dashed: bool,
    },
    /// A closed, filled area.
    Area {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: Colour,
    },
    /// A filled dot.
    Dot {
        /// Its middle.
        at: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Its colour.
        colour: Colour,
    },
    /// A text on one line.
    Text {
        /// Where it stands, on its base line.
        at: (f64, f64),
        /// What it says.
        text: String,
        /// How large.
        size: f64,
        /// Where it stands to its point.
        anchor: Anchor,
        /// Its colour.
        colour: Colour,
    },
}

impl Drawing {
    /// An empty one.
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

/// A scale from values to points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The lowest and the highest value.
    pub values: (f64, f64),
    /// Where they stand.
    pub points: (f64, f64),
}

impl Scale {
    /// Where a value stands; outside, at the edge.
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

/// A little more than the highest value, so that nothing touches the edge.
pub fn top(values: impl Iterator<Item = f64>) -> f64 {
    let highest = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    if highest > 0.0 { highest * 1.08 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let scale = Scale { values: (0.0, 2.3), points: (0.0, 100.0) };
        let ticks: Vec<String> = scale.ticks().iter().map(|t| format!("{t:.1}")).collect();
        assert_eq!(ticks, ["0.0", "0.5", "1.0", "1.5", "2.0"]);
        assert!((scale.at(1.15) - 50.0).abs() < 1e-9);
        assert!((scale.at(9.0) - 100.0).abs() < 1e-9, "outside is at the edge");
    }
}
