//! How the technician's screens look on this terminal: theme, ASCII, and the colours of what has just changed.

use ratatui::style::{Color, Modifier, Style};

use super::traffic::Glow;
use crate::app::preferences::Remembered;
use crate::term::capabilities::{Capabilities, Colours};
use crate::theme::{Role, RoleStyles, rgb, themes};
use grainloss_knowledge::{Lang, Words};

/// Grounds of a glow from little to bright, in the palette of 256: on a dark theme, on a light one; with the text on it.
/// Yellow that fades into the ground, so that it differs in lightness too.
const DARK: [(u8, u8); 3] = [(58, 231), (136, 16), (226, 16)];
const LIGHT: [(u8, u8); 3] = [(230, 16), (228, 16), (214, 16)];

/// Words and styles of a screen.
#[derive(Debug)]
pub struct Look {
    pub(crate) words: Words,
    pub(crate) styles: RoleStyles,
    pub(crate) is_ascii: bool,
    glow: Option<[(u8, u8); 3]>,
}

impl Look {
    /// As the dashboard looks: the theme that was chosen there, else the first one that the terminal can show. Language:
    /// the one given; English on a terminal without Chinese.
    pub fn new(words: Words, remembered: &Remembered, capabilities: Capabilities) -> Self {
        let screen = &remembered.preferences.screen;
        let lang = if capabilities.ascii { Lang::En } else { words.lang };
        let words = if words.lang == lang { words } else { Words::new(lang) };
        let can_show = |theme: &crate::theme::Theme| capabilities.colours == Colours::Many || theme.is_of_sixteen();
        let all: Vec<_> = themes().0.into_iter().filter(can_show).collect();
        let chosen = all.iter().find(|theme| Some(&theme.id) == screen.theme.as_ref()).or_else(|| all.first());
        let theme = chosen.filter(|_| capabilities.colours != Colours::None).cloned();
        let is_light = theme.as_ref().is_some_and(|theme| rgb(theme.colours(Role::Text).1)[1] > 128);
        let glow = (capabilities.colours == Colours::Many).then_some(if is_light { LIGHT } else { DARK });
        Self { words, styles: RoleStyles::of(theme), is_ascii: screen.ascii.unwrap_or(capabilities.ascii), glow }
    }

    /// The text under this key.
    pub fn word(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// The style of a byte or bit that glows so much; `usual` when it does not.
    pub(crate) fn glow(&self, glow: Glow, usual: Role) -> Style {
        match (glow, self.glow) {
            (0, _) => self.styles.style(usual),
            (1..=3, Some(ramp)) => {
                let (ground, text) = ramp[usize::from(glow) - 1];
                let style = Style::new().bg(Color::Indexed(ground)).fg(Color::Indexed(text));
                if glow == 3 { style.add_modifier(Modifier::BOLD) } else { style }
            }
            (1, None) => self.styles.style(Role::Value),
            (2, None) => self.styles.style(Role::Value).add_modifier(Modifier::UNDERLINED),
            _ => self.styles.style(Role::Chosen),
        }
    }
}
