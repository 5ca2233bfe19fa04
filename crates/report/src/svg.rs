//! Markup: escaping, and drawings as SVG.

use std::fmt::Write as _;

use super::drawing::{Anchor, Colour, Drawing, Shape};

/// A text as it may stand in HTML and XML, inside an element or an attribute in double quotes. Control characters, which
/// neither can hold, become a replacement character.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

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
    let mut out = format!(
        "<svg id=\"{id}\" class=\"chart\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n"
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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_gets_out_of_its_place() {
        let hostile = "\"><script>alert('1')</script>&\u{0}\u{ffff}";
        let told = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{fffd}\u{fffd}";
        assert_eq!(escaped(hostile), told);
    }
}
