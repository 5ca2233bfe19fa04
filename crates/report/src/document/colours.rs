//! The colours of a loss: a continuous scale that people who see red and green alike can read, and that stays in order on a
//! grey copy.

use super::drawing::Colour;

/// Every seventeenth of the 256 colours of viridis (Smith and van der Walt 2015, the table of matplotlib, CC0), from dark to
/// light; between them the scale is linear.
const VIRIDIS: [Colour; 16] = [
    (68, 1, 84),
    (72, 26, 108),
    (71, 47, 125),
    (65, 68, 135),
    (57, 86, 140),
    (49, 104, 142),
    (42, 120, 142),
    (35, 136, 142),
    (31, 152, 139),
    (34, 168, 132),
    (53, 183, 121),
    (84, 197, 104),
    (122, 209, 81),
    (165, 219, 54),
    (210, 226, 27),
    (253, 231, 37),
];

/// The colour of a share of the scale, 0 to 1: the darker, the more. Paper is light, so that the losses stand out.
pub fn colour_of_share(share: f64) -> Colour {
    let last = VIRIDIS.len() - 1;
    let share = if share.is_nan() { 1.0 } else { share.clamp(0.0, 1.0) };
    let at = (1.0 - share) * last as f64;
    let below = (at.floor() as usize).min(last - 1);
    let part = at - below as f64;
    let (dark, light) = (VIRIDIS[below], VIRIDIS[below + 1]);
    let between = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    (between(dark.0, light.0), between(dark.1, light.1), between(dark.2, light.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_loss_is_always_darker() {
        // Relative luminance of sRGB without its gamma is enough to compare.
        let grey = |(r, g, b): Colour| 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
        let greys: Vec<f64> = (0..=100).map(|n| grey(colour_of_share(f64::from(n) / 100.0))).collect();
        assert!(greys.windows(2).all(|pair| pair[1] < pair[0]), "{greys:?}");
        assert_eq!((colour_of_share(0.0), colour_of_share(1.0)), ((253, 231, 37), (68, 1, 84)));
        assert_eq!(colour_of_share(f64::NAN), (68, 1, 84), "what is no number is not shown as little");
    }
}
