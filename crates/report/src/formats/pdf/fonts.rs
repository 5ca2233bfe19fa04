//! Finds a font with Simplified Chinese on the system, and measures texts in it.

use std::path::Path;
use std::sync::Arc;

use fontdb::{Database, Family, Query, Source};
use ttf_parser::Face;

use crate::error::ReportError;

/// Faces of Simplified Chinese, best first. One file often contains the faces of several languages, whose characters
/// differ: the face is chosen by its name, not by its index in the file.
const FAMILIES: [&str; 11] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimSun",
];

/// A font file and a face in it.
pub(super) struct FoundFont {
    /// The bytes of the file, some twenty million: kept once.
    pub data: Arc<Vec<u8>>,
    /// Index of the face in the file.
    pub index: u32,
}

/// The first of the faces that is installed. `GRAINLOSS_FONTS` names a folder to look in instead of the system's.
pub(super) fn find() -> Result<FoundFont, ReportError> {
    let mut fonts = Database::new();
    match std::env::var_os("GRAINLOSS_FONTS") {
        Some(folder) => fonts.load_fonts_dir(Path::new(&folder)),
        None => fonts.load_system_fonts(),
    }
    let found = FAMILIES.iter().find_map(|family| {
        fonts.query(&Query { families: &[Family::Name(family)], ..Query::default() }).and_then(|id| fonts.face(id))
    });
    let face = found.ok_or(ReportError::NoFont)?;
    let data = match &face.source {
        Source::Binary(data) => data.as_ref().as_ref().to_vec(),
        Source::File(path) | Source::SharedFile(path, _) => std::fs::read(path)?,
    };
    Ok(FoundFont { data: Arc::new(data), index: face.index })
}

/// Measures how wide texts are in a font.
pub(super) struct TextWidths<'a> {
    face: Face<'a>,
    /// Units of the font in the font size.
    em: f64,
}

impl<'a> TextWidths<'a> {
    /// Widths in this font.
    pub fn new(font: &'a FoundFont) -> Result<Self, ReportError> {
        let face =
            Face::parse(&font.data, font.index).map_err(|error| ReportError::Pdf(format!("the font: {error}")))?;
        let em = f64::from(face.units_per_em());
        Ok(Self { face, em })
    }

    /// The width of a character at font size 1.
    fn character(&self, c: char) -> f64 {
        let glyph = self.face.glyph_index(c);
        glyph.and_then(|glyph| self.face.glyph_hor_advance(glyph)).map_or(1.0, |units| f64::from(units) / self.em)
    }

    /// The width of a text at a font size, in the unit of the size.
    pub fn text(&self, text: &str, size: f64) -> f64 {
        text.chars().map(|c| self.character(c)).sum::<f64>() * size
    }

    /// Breaks a text into lines no wider than `width`: between words, and between Chinese characters but not before closing
    /// or after opening punctuation. A word that is longer than a line is broken anywhere.
    pub fn lines(&self, text: &str, size: f64, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut used) = (String::new(), 0.0);
        for piece in pieces(text) {
            let wide = self.text(piece.trim_end(), size);
            if used > 0.0 && used + wide > width {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0.0;
            }
            if wide <= width {
                line.push_str(piece);
                used += self.text(piece, size);
                continue;
            }
            for c in piece.chars() {
                let wide = self.character(c) * size;
                if used > 0.0 && used + wide > width {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += wide;
            }
        }
        lines.push(line.trim_end().to_owned());
        lines
    }
}

/// Characters that must not begin a line.
const CLOSING: &str = "、,。;:!?)》」』】”’…%)],.;:!?";
/// Characters that must not end a line.
const OPENING: &str = "(《「『【“‘([";

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// The text in pieces between which a line may be broken.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_break = before.is_some_and(|before| {
            !CLOSING.contains(c)
                && !OPENING.contains(before)
                && (before == ' ' || is_wide(before) || is_wide(c))
                && c != ' '
        });
        if may_break {
            pieces.push(&text[from..at]);
            from = at;
        }
        before = Some(c);
    }
    pieces.push(&text[from..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_between_words_and_chinese_characters_but_not_at_punctuation() {
        assert_eq!(pieces("损失率(%),见下"), ["损", "失", "率", "(%),", "见", "下"]);
        assert_eq!(pieces("loss of yield"), ["loss ", "of ", "yield"]);
        assert_eq!(pieces("收割 cutting"), ["收", "割 ", "cutting"]);
    }
}
