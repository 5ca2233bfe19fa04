//! A text as a QR code (ISO/IEC 18004), for the screen of a terminal.

use qrcode::types::Color;

/// Light modules around the code, as the standard asks for.
const QUIET: usize = 4;

/// The modules of a code with the light ones around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QrCode {
    side: usize,
    dark: Vec<bool>,
}

impl QrCode {
    /// The smallest code of a text, with the lowest of the four levels of correction: a screen has no dirt. `None` where the
    /// text is too long for any.
    pub fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text.as_bytes(), qrcode::EcLevel::L).ok()?;
        let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Some(Self { side: code.width(), dark })
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.side);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.dark[y * self.side + x])
    }

    /// Rows of half blocks, two modules above each other in a sign. A terminal draws signs in the colour of its text: on a
    /// dark ground the light modules are drawn, on a light one the dark ones.
    pub fn half_blocks(&self, dark_ground: bool) -> Vec<String> {
        let side = self.side + 2 * QUIET;
        // Beyond the last row there is only ground.
        let drawn = |x, y| if y < side { self.is_dark(x, y) != dark_ground } else { false };
        let sign = |x, y| match (drawn(x, y), drawn(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..side).step_by(2).map(|y| (0..side).map(|x| sign(x, y)).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_its_token_fits_on_a_small_screen() {
        let url = format!("http://192.168.100.100:8460/?t={}", "A".repeat(22));
        let code = QrCode::of(&url).unwrap();
        // 53 bytes are the most of version 3-L: 29 modules, and 4 light ones on each side.
        assert_eq!((url.len(), code.side), (53, 29));
        let rows = code.half_blocks(true);
        assert_eq!((rows.len(), rows[0].chars().count()), (19, 37));
        // The ground around is drawn on a dark screen, and the corner of the finder pattern is not.
        assert!(rows[0].chars().all(|sign| sign == '█'));
        assert_eq!(rows[2].chars().nth(4), Some(' '), "{rows:#?}");
        let light = code.half_blocks(false);
        assert!(light[0].chars().all(|sign| sign == ' '));
        assert_eq!(light[2].chars().nth(4), Some('█'));
    }
}
