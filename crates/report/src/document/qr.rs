//! The square code as a drawing.

use qrcode::{Color, EcLevel, QrCode};

use super::drawing::{Drawing, Shape};

/// Points a module, in the drawing.
const MODULE: f64 = 2.0;
/// Empty modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code of a text; `None` for a text that no code can hold.
pub fn code(text: &str, caption: String) -> Option<Drawing> {
    // Paper gets dirty: a seventh of the code may be lost (level M).
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let side = (width + 2 * QUIET) as f64 * MODULE;
    let mut drawing = Drawing::new("code", caption, side, side);
    drawing.rectangle((0.0, 0.0), (side, side), (255, 255, 255));
    let black = (0, 0, 0);
    let colours = code.to_colors();
    for (y, row) in colours.chunks(width).enumerate() {
        // Modules that are next to each other are one area.
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                let [left, right] = [x, x + run].map(|x| (x + QUIET) as f64 * MODULE);
                let [top, bottom] = [y, y + 1].map(|y| (y + QUIET) as f64 * MODULE);
                let points = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
                drawing.shapes.push(Shape::Area { points, colour: black });
            }
            x += run.max(1);
        }
    }
    Some(drawing)
}
