//! A drawing as a picture of a workbook: its areas, lines and dots; texts stand in cells.
//!
//! The picture is a BMP file, which needs no library; the workbook, a zip file, compresses it.

use rust_xlsxwriter::{Image, XlsxError};

use crate::document::Drawing;
use crate::document::drawing::{Colour, Shape};

/// Pixels a point.
const PIXELS: f64 = 2.0;

/// The picture of a drawing, scaled by `scale` where it is shown.
pub(super) fn picture(drawing: &Drawing, scale: f64) -> Result<Image, XlsxError> {
    let mut canvas = Pixels::new(drawing.width * PIXELS, drawing.height * PIXELS);
    for shape in &drawing.shapes {
        match shape {
            Shape::Area { points, colour } => canvas.fill(points, *colour),
            Shape::Line { points, colour, width, .. } => {
                for ends in points.windows(2) {
                    canvas.fill(&thick(ends[0], ends[1], width.max(0.6)), *colour);
                }
            }
            Shape::Dot { at, radius, colour } => canvas.fill(&crate::document::drawing::circle(*at, *radius), *colour),
            Shape::Text { .. } => {}
        }
    }
    let image = Image::new_from_buffer(&canvas.bmp())?.set_alt_text(&drawing.caption);
    Ok(image.set_scale_width(scale / PIXELS).set_scale_height(scale / PIXELS))
}

/// A line between two points as an area.
fn thick((x0, y0): (f64, f64), (x1, y1): (f64, f64), width: f64) -> Vec<(f64, f64)> {
    let length = (x1 - x0).hypot(y1 - y0).max(1e-9);
    let (dx, dy) = ((y1 - y0) / length * width / 2.0, (x0 - x1) / length * width / 2.0);
    vec![(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)]
}

/// Pixels, row by row from the top.
struct Pixels {
    width: usize,
    height: usize,
    colours: Vec<Colour>,
}

impl Pixels {
    /// White.
    fn new(width: f64, height: f64) -> Self {
        let (width, height) = (width.ceil().clamp(1.0, 4000.0) as usize, height.ceil().clamp(1.0, 4000.0) as usize);
        Self { width, height, colours: vec![(255, 255, 255); width * height] }
    }

    /// Fills an area: the pixels whose middle is in it (even-odd rule).
    fn fill(&mut self, points: &[(f64, f64)], colour: Colour) {
        let points: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x * PIXELS, y * PIXELS)).collect();
        let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (_, y)| (low.min(*y), high.max(*y)));
        let rows = low.floor().max(0.0) as usize..(high.ceil().max(0.0) as usize).min(self.height);
        let mut crossings: Vec<f64> = Vec::new();
        for row in rows {
            let y = row as f64 + 0.5;
            crossings.clear();
            for (at, (x0, y0)) in points.iter().enumerate() {
                let (x1, y1) = points[(at + 1) % points.len()];
                if (*y0 <= y) != (y1 <= y) {
                    crossings.push(x0 + (y - y0) / (y1 - y0) * (x1 - x0));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let from = (pair[0] - 0.5).ceil().max(0.0) as usize;
                let to = ((pair[1] - 0.5).ceil().max(0.0) as usize).min(self.width);
                if from < to {
                    self.colours[row * self.width + from..row * self.width + to].fill(colour);
                }
            }
        }
    }

    /// The bytes of a BMP file: 24 bits a pixel, rows from the bottom, each filled up to four bytes.
    fn bmp(&self) -> Vec<u8> {
        let stride = (self.width * 3).div_ceil(4) * 4;
        let size = stride * self.height;
        let mut bytes = Vec::with_capacity(54 + size);
        bytes.extend(b"BM");
        for number in [54 + size as u32, 0, 54, 40, self.width as u32, self.height as u32] {
            bytes.extend(number.to_le_bytes());
        }
        // One plane, 24 bits; no compression; 96 dots an inch are 3780 a metre.
        bytes.extend([1, 0, 24, 0]);
        for number in [0, size as u32, 3780, 3780, 0, 0] {
            bytes.extend(number.to_le_bytes());
        }
        for row in self.colours.chunks(self.width).rev() {
            let before = bytes.len();
            bytes.extend(row.iter().flat_map(|(r, g, b)| [*b, *g, *r]));
            bytes.resize(before + stride, 0);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_fills_the_pixels_whose_middle_is_in_it() {
        // Two pixels a point: the square from 1 to 2 points are pixels 2 and 3 in both directions.
        let mut canvas = Pixels::new(8.0, 6.0);
        canvas.fill(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)], (1, 2, 3));
        let filled: Vec<usize> = (0..48).filter(|at| canvas.colours[*at] == (1, 2, 3)).collect();
        assert_eq!(filled, [18, 19, 26, 27]);
        let bmp = canvas.bmp();
        // 54 bytes of head, six rows of 8 × 3 bytes; the third row from the bottom is the second of the square.
        assert_eq!(bmp.len(), 54 + 6 * 24);
        assert_eq!(&bmp[54 + 2 * 24 + 6..54 + 2 * 24 + 9], &[3, 2, 1]);
    }
}
