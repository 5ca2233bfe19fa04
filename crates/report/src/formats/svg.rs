//! Drawings as SVG.

use std::fmt::Write as _;

use crate::document::drawing::{Anchor, Colour, Drawing, Shape};
use crate::xml::escaped;

fn hex((r, g, b): Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn list(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// The drawing as an SVG element.
pub fn svg(drawing: &Drawing) -> String {
    let Drawing { id, caption, width, height, shapes } = drawing;
    let label = escaped(caption);
    // A point is a little more than a pixel; a small chart is not blown up.
    let most = 1.2 * width;
    let mut out = format!(
        "<svg id=\"{id}\" class=\"chart\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         style=\"max-width:{most:.0}px\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    );
    for shape in shapes {
        // Writing to a String cannot fail.
        let _ = match shape {
            Shape::Line { points, colour, width, dashed } => {
                let dash = if *dashed { " stroke-dasharray=\"6 4\"" } else { "" };
                let (points, colour) = (list(points), hex(*colour));
                writeln!(
                    out,
                    "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>"
                )
            }
            Shape::Area { points, colour } => {
                writeln!(out, "<polygon points=\"{}\" fill=\"{}\"/>", list(points), hex(*colour))
            }
            Shape::Dot { at: (x, y), radius, colour } => {
                writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{}\"/>", hex(*colour))
            }
            Shape::Text { at: (x, y), text, size, anchor, colour } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let (colour, text) = (hex(*colour), escaped(text));
                writeln!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
                )
            }
        };
    }
    out.push_str("</svg>\n");
    out
}
