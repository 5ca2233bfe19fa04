//! Numbers in digits of several rows.

/// How a big digit is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DigitSize {
    /// Four rows of four columns: a cell shows four pixels as a quadrant block.
    Quadrant,
    /// Eight rows of eight columns: a cell shows one pixel.
    Full,
    /// Five rows of four columns, made of `#`.
    Ascii,
}

/// A number as the rows of its big digits. A character other than a digit and `. % < > ? -` is blank.
pub(crate) fn big_digits(text: &str, size: DigitSize) -> Vec<String> {
    match size {
        DigitSize::Quadrant => (0..4).map(|row| text.chars().flat_map(|c| quadrants(c, row)).collect()).collect(),
        DigitSize::Full => (0..8).map(|row| text.chars().flat_map(|c| pixels(c, row)).collect()).collect(),
        DigitSize::Ascii => (0..5).map(|row| text.chars().flat_map(|c| hashes(c, row)).collect()).collect(),
    }
}

/// One row of a glyph, a cell for each two by two pixels.
fn quadrants(glyph: char, row: usize) -> [char; 4] {
    /// The quadrant blocks by their pixels: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
    const BLOCKS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];
    let rows = bitmap_8x8(glyph);
    let (upper, lower) = (rows[2 * row], rows[2 * row + 1]);
    std::array::from_fn(|column| {
        let pair = |bits: u8| usize::from(bits >> (2 * column) & 0b11);
        BLOCKS[pair(upper) | pair(lower) << 2]
    })
}

/// One row of a glyph, a cell for each pixel.
fn pixels(glyph: char, row: usize) -> [char; 8] {
    let bits = bitmap_8x8(glyph)[row];
    std::array::from_fn(|column| if bits >> column & 1 == 1 { '█' } else { ' ' })
}

/// One row of an ASCII glyph and the blank column after it.
fn hashes(glyph: char, row: usize) -> [char; 4] {
    let bits = bitmap_3x5(glyph)[row];
    std::array::from_fn(|column| if column < 3 && bits & (0b100 >> column) != 0 { '#' } else { ' ' })
}

/// A glyph in eight rows of eight pixels; the lowest bit is the left pixel. From `font8x8_basic.h` of Daniel Hepper's
/// font8x8 (public domain), which follows the IBM VGA font.
const fn bitmap_8x8(glyph: char) -> [u8; 8] {
    match glyph {
        '0' => [0x3E, 0x63, 0x73, 0x7B, 0x6F, 0x67, 0x3E, 0x00],
        '1' => [0x0C, 0x0E, 0x0C, 0x0C, 0x0C, 0x0C, 0x3F, 0x00],
        '2' => [0x1E, 0x33, 0x30, 0x1C, 0x06, 0x33, 0x3F, 0x00],
        '3' => [0x1E, 0x33, 0x30, 0x1C, 0x30, 0x33, 0x1E, 0x00],
        '4' => [0x38, 0x3C, 0x36, 0x33, 0x7F, 0x30, 0x78, 0x00],
        '5' => [0x3F, 0x03, 0x1F, 0x30, 0x30, 0x33, 0x1E, 0x00],
        '6' => [0x1C, 0x06, 0x03, 0x1F, 0x33, 0x33, 0x1E, 0x00],
        '7' => [0x3F, 0x33, 0x30, 0x18, 0x0C, 0x0C, 0x0C, 0x00],
        '8' => [0x1E, 0x33, 0x33, 0x1E, 0x33, 0x33, 0x1E, 0x00],
        '9' => [0x1E, 0x33, 0x33, 0x3E, 0x30, 0x18, 0x0E, 0x00],
        '.' => [0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C, 0x00],
        '-' => [0x00, 0x00, 0x00, 0x3F, 0x00, 0x00, 0x00, 0x00],
        '<' => [0x18, 0x0C, 0x06, 0x03, 0x06, 0x0C, 0x18, 0x00],
        '>' => [0x06, 0x0C, 0x18, 0x30, 0x18, 0x0C, 0x06, 0x00],
        '?' => [0x1E, 0x33, 0x30, 0x18, 0x0C, 0x00, 0x0C, 0x00],
        '%' => [0x00, 0x63, 0x33, 0x18, 0x0C, 0x66, 0x63, 0x00],
        _ => [0; 8],
    }
}

/// A glyph in five rows of three pixels; the highest of the three bits is the left pixel.
const fn bitmap_3x5(glyph: char) -> [u8; 5] {
    match glyph {
        '0' => [0b111, 0b101, 0b101, 0b101, 0b111],
        '1' => [0b010, 0b110, 0b010, 0b010, 0b111],
        '2' => [0b111, 0b001, 0b111, 0b100, 0b111],
        '3' => [0b111, 0b001, 0b111, 0b001, 0b111],
        '4' => [0b101, 0b101, 0b111, 0b001, 0b001],
        '5' => [0b111, 0b100, 0b111, 0b001, 0b111],
        '6' => [0b111, 0b100, 0b111, 0b101, 0b111],
        '7' => [0b111, 0b001, 0b010, 0b010, 0b010],
        '8' => [0b111, 0b101, 0b111, 0b101, 0b111],
        '9' => [0b111, 0b101, 0b111, 0b001, 0b111],
        '.' => [0, 0, 0, 0, 0b010],
        '-' => [0, 0, 0b111, 0, 0],
        '<' => [0b001, 0b010, 0b100, 0b010, 0b001],
        '>' => [0b100, 0b010, 0b001, 0b010, 0b100],
        '?' => [0b111, 0b001, 0b011, 0, 0b010],
        '%' => [0b101, 0b001, 0b010, 0b100, 0b101],
        _ => [0; 5],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const GLYPHS: &str = "0123456789.-<>?%";

    #[test]
    fn every_glyph_has_its_own_shape_in_every_size() {
        for size in [DigitSize::Quadrant, DigitSize::Full, DigitSize::Ascii] {
            let shapes: BTreeSet<_> = GLYPHS.chars().map(|glyph| big_digits(&glyph.to_string(), size)).collect();
            assert_eq!(shapes.len(), GLYPHS.len(), "{size:?}");
            assert!(
                shapes
                    .iter()
                    .flatten()
                    .all(|row| row.chars().count() == shapes.iter().flatten().next().unwrap().chars().count())
            );
        }
    }

    #[test]
    fn one_is_drawn_as_in_the_font() {
        assert_eq!(big_digits("1", DigitSize::Ascii), [" #  ", "##  ", " #  ", " #  ", "### "]);
        assert_eq!(
            big_digits("1", DigitSize::Full),
            ["  ██    ", " ███    ", "  ██    ", "  ██    ", "  ██    ", "  ██    ", "██████  ", "        "]
        );
        assert_eq!(big_digits("1", DigitSize::Quadrant), ["▗█  ", " █  ", " █  ", "▀▀▀ "]);
    }
}
