//! The scale of losses as colours that colour-blind eyes tell apart too, from blue to yellow on a dark ground and from blue to
//! brown on a light one, so that more loss is always farther from the ground; as signs of rising density where there are
//! sixteen colours or none.

use ratatui::style::{Color, Style};

use super::raster::Ink;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::numbers::two_digits;

/// Steps of the scale; the limit is between the fourth and the fifth.
const STEPS: usize = 8;
/// Palette colours on a dark ground, of rising lightness.
const DARK: [u8; STEPS] = [25, 31, 67, 109, 144, 179, 214, 226];
/// On a light ground, of falling lightness.
const LIGHT: [u8; STEPS] = [111, 110, 68, 67, 130, 94, 88, 52];
/// Signs of rising density.
const SIGNS: [char; STEPS] = ['.', ':', '-', '=', '+', '*', '%', '#'];
/// The middle of the scale where no limit is known, per cent (our choice).
const USUAL_PCT: f64 = 1.5;

/// A scale from 0 to twice the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LossScale {
    /// The middle, per cent.
    middle_pct: f64,
    /// It is the limit.
    has_limit: bool,
    has_colours: bool,
    is_dark: bool,
    plain: Style,
}

impl LossScale {
    pub fn of(view: &View<'_>) -> Self {
        let limit = view.snapshot.session.limit.as_ref().map(|limit| limit.percent).filter(|limit| *limit > 0.0);
        Self {
            middle_pct: limit.unwrap_or(USUAL_PCT),
            has_limit: limit.is_some(),
            has_colours: view.state.has_many_colours(),
            is_dark: view.state.styles().is_dark(),
            plain: view.state.styles().style(Role::Value),
        }
    }

    /// Where braille dots can be told apart by colour.
    pub const fn has_colours(&self) -> bool {
        self.has_colours
    }

    /// What the last step begins below, per cent: twice the limit.
    pub const fn most_pct(&self) -> f64 {
        2.0 * self.middle_pct
    }

    /// The step of a loss: the last one is everything beyond.
    fn step(&self, loss_pct: f64) -> usize {
        let step = loss_pct / (2.0 * self.middle_pct) * STEPS as f64;
        (step.max(0.0) as usize).min(STEPS - 1)
    }

    /// How a loss is drawn.
    pub fn ink(&self, loss_pct: f64) -> Ink {
        let step = self.step(loss_pct);
        Ink { style: self.style(step), rank: loss_pct, sign: SIGNS[step] }
    }

    fn style(&self, step: usize) -> Style {
        if !self.has_colours {
            return self.plain;
        }
        self.plain.fg(Color::Indexed(if self.is_dark { DARK[step] } else { LIGHT[step] }))
    }

    /// The legend: texts with their styles, from the left.
    pub fn legend(&self, view: &View<'_>) -> Vec<(String, Style)> {
        let label = view.state.styles().style(Role::Label);
        let mut parts = vec![("0 ".to_owned(), label)];
        for (step, sign) in SIGNS.into_iter().enumerate() {
            if step == STEPS / 2 {
                parts.push(("│".to_owned(), view.state.styles().style(Role::Value)));
            }
            let sign = if self.has_colours { '█' } else { sign };
            parts.push((sign.to_string(), self.style(step)));
        }
        parts.push((format!(" ≥{} %", two_digits(2.0 * self.middle_pct)), label));
        let key = if self.has_limit { "map-limit" } else { "map-no-limit" };
        let text = view.words.with(key, &[("percent", &two_digits(self.middle_pct))]);
        parts.push((format!(" {text}"), view.state.styles().style(Role::Value)));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::rgb;

    fn lightness(index: u8) -> f64 {
        let [r, g, b] = rgb(index).map(|part| (f64::from(part) / 255.0).powf(2.2));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn the_limit_is_in_the_middle_and_lightness_alone_tells_more_from_less() {
        let plain = Style::new();
        let scale = LossScale { middle_pct: 1.2, has_limit: true, has_colours: false, is_dark: true, plain };
        // 1.2 of 2.4 %: just below is the fourth of eight steps, the limit the fifth, and beyond 2.4 the last.
        let signs = [0.0, 1.19, 1.2, 2.39, 9.0].map(|loss| scale.ink(loss).sign);
        assert_eq!(signs, ['.', '=', '+', '#', '#']);
        assert!(DARK.windows(2).all(|pair| lightness(pair[0]) < lightness(pair[1])), "dark");
        assert!(LIGHT.windows(2).all(|pair| lightness(pair[0]) > lightness(pair[1])), "light");
    }
}
