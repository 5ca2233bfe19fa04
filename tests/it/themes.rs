//! Themes: can everybody read them?

use grainloss_tui::{Role, Theme, rgb, themes};

fn all() -> Vec<Theme> {
    let (themes, complaint) = themes();
    assert_eq!(complaint, None);
    themes
}

/// Linear light of a channel of sRGB, 0..1 (IEC 61966-2-1, as WCAG 2.1 has it).
fn linear(value: u8) -> f64 {
    let v = f64::from(value) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Relative luminance, WCAG 2.1.
fn luminance(index: u8) -> f64 {
    let [r, g, b] = rgb(index).map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Contrast ratio, WCAG 2.1.
fn contrast(a: u8, b: u8) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_ratio_is_that_of_wcag() {
    // Black on white is 21:1; #767676 on white is the well-known grey of 4.54:1, and 243 (#767676) is it.
    assert!((contrast(16, 231) - 21.0).abs() < 1e-9);
    assert_eq!(rgb(243), [0x76; 3]);
    assert!((contrast(243, 231) - 4.54).abs() < 0.01);
    // The cube as every terminal has it: 214 is #ffaf00, 88 is #870000.
    assert_eq!((rgb(214), rgb(88)), ([255, 175, 0], [0x87, 0, 0]));
}

#[test]
fn every_theme_has_enough_contrast() {
    let themes = all();
    assert_eq!(themes.iter().map(|theme| &*theme.id).collect::<Vec<_>>(), ["day", "night", "sixteen"]);
    for theme in &themes {
        for role in Role::ALL {
            let (fg, bg) = theme.colours(role);
            let ratio = contrast(fg, bg);
            // WCAG AA is 4.5; what an operator reads at a glance has AAA, 7.
            let least = match role {
                Role::Text | Role::Value | Role::High => 7.0,
                _ => 4.5,
            };
            assert!(ratio >= least, "{} {role:?}: {ratio:.2}:1, expected {least}", theme.id);
        }
    }
    // In the sun: nothing but black, or as good as black, on white.
    let (fg, bg) = themes[0].colours(Role::Value);
    assert!(contrast(fg, bg) > 20.0);
}

#[test]
fn one_theme_needs_only_sixteen_colours_and_eight_backgrounds() {
    let sixteen: Vec<bool> = all().iter().map(Theme::is_of_sixteen).collect();
    assert_eq!(sixteen, [false, false, true]);
}

/// What eyes without red or green receptors make of a colour: Viénot, Brettel and Mollon 1999, in linear light.
fn seen(index: u8, protan: bool) -> [f64; 3] {
    let [r, g, b] = rgb(index).map(linear);
    if protan {
        let mixed = 0.11238 * r + 0.88762 * g;
        [mixed, mixed, 0.00401 * r - 0.00401 * g + b]
    } else {
        let mixed = 0.29275 * r + 0.70725 * g;
        [mixed, mixed, -0.02234 * r + 0.02234 * g + b]
    }
}

/// CIE L*a*b* of linear sRGB, D65.
#[allow(clippy::many_single_char_names, reason = "the names that everybody uses")]
fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    [116.0 * f(y) - 16.0, 500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z))]
}

#[test]
fn alarm_levels_differ_for_colour_blind_people() {
    for theme in all() {
        let grounds = [Role::Text, Role::Low, Role::Medium, Role::High].map(|role| (role, theme.colours(role).1));
        for (at, (role, a)) in grounds.iter().enumerate() {
            for (other, b) in &grounds[..at] {
                for protan in [true, false] {
                    let (a, b) = (lab(seen(*a, protan)), lab(seen(*b, protan)));
                    let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    // A just noticeable difference is about 2.3; ten times that is told at a glance.
                    assert!(apart > 23.0, "{}: {role:?} and {other:?} are {apart:.0} apart", theme.id);
                }
            }
        }
    }
}
