//! PDF: the document on pages, with the used part of a Chinese font embedded.

mod fonts;
mod pages;

use std::sync::Arc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla::{Document as Pdf, SerializeSettings};

use self::fonts::TextWidths;
use self::pages::pages;
use crate::document::Document;
use crate::document::drawing::{Anchor, Colour, Drawing, Shape, circle};
use crate::error::ReportError;

/// The bytes of the PDF.
///
/// # Errors
///
/// No font with Chinese characters is installed, it cannot be read, or the PDF cannot be made.
pub fn pdf(document: &Document) -> Result<Vec<u8>, ReportError> {
    let failed = |what: &str| ReportError::Pdf(what.to_owned());
    let found = fonts::find()?;
    let widths = TextWidths::new(&found)?;
    let font =
        Font::new(Arc::clone(&found.data).into(), found.index).ok_or_else(|| failed("the font cannot be read"))?;
    let mut pdf = Pdf::new_with(SerializeSettings { enable_tagging: false, ..SerializeSettings::default() });
    for drawing in pages(document, &widths) {
        let size = PageSettings::from_wh(drawing.width as f32, drawing.height as f32);
        let size = size.ok_or_else(|| failed("the page"))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        draw(&drawing, &mut surface, &font, &widths);
        surface.finish();
        page.finish();
    }
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|error| ReportError::Pdf(format!("{error:?}")))
}

fn metadata(document: &Document) -> Metadata {
    let metadata = Metadata::new()
        .title(document.title.clone())
        .language(document.language.to_owned())
        .creator(concat!("grainloss ", env!("CARGO_PKG_VERSION")).to_owned())
        .document_id(format!("grainloss {} {}", document.title, document.dated_us));
    let Ok(dated) = jiff::Timestamp::from_second(document.dated_us.div_euclid(1_000_000)) else { return metadata };
    let dated = dated.to_zoned(jiff::tz::TimeZone::UTC);
    let date = DateTime::new(dated.year().unsigned_abs()).month(dated.month() as u8).day(dated.day() as u8);
    let date = date.hour(dated.hour() as u8).minute(dated.minute() as u8).second(dated.second() as u8);
    metadata.creation_date(date.utc_offset_hour(0).utc_offset_minute(0))
}

fn paint((r, g, b): Colour) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), ..Fill::default() }
}

fn path(points: &[(f64, f64)], closed: bool) -> Option<krilla::geom::Path> {
    let mut path = PathBuilder::new();
    for (n, (x, y)) in points.iter().enumerate() {
        let (x, y) = (*x as f32, *y as f32);
        if n == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn draw(drawing: &Drawing, surface: &mut Surface<'_>, font: &Font, widths: &TextWidths<'_>) {
    for shape in &drawing.shapes {
        match shape {
            Shape::Line { points, colour: (r, g, b), width, dashed } => {
                let dash = dashed.then(|| StrokeDash { array: vec![6.0, 4.0], offset: 0.0 });
                let stroke = Stroke {
                    paint: rgb::Color::new(*r, *g, *b).into(),
                    width: *width as f32,
                    dash,
                    ..Stroke::default()
                };
                surface.set_fill(None);
                surface.set_stroke(Some(stroke));
                if let Some(path) = &path(points, false) {
                    surface.draw_path(path);
                }
            }
            Shape::Area { points, colour } => area(surface, points, *colour),
            Shape::Dot { at, radius, colour } => area(surface, &circle(*at, *radius), *colour),
            Shape::Text { at: (x, y), text, size, anchor, colour } => {
                let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
                let width = widths.text(&text, *size);
                let x = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - width / 2.0,
                    Anchor::End => x - width,
                };
                surface.set_stroke(None);
                surface.set_fill(Some(paint(*colour)));
                let at = Point::from_xy(x as f32, *y as f32);
                surface.draw_text(at, font.clone(), *size as f32, &text, false, TextDirection::LeftToRight);
            }
        }
    }
}

fn area(surface: &mut Surface<'_>, points: &[(f64, f64)], colour: Colour) {
    surface.set_stroke(None);
    surface.set_fill(Some(paint(colour)));
    if let Some(path) = &path(points, true) {
        surface.draw_path(path);
    }
}
