//! Themes: which colour a role has. Data, in `knowledge/themes.toml`.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use grainloss_core::data_file::FileError;
use grainloss_knowledge::Bilingual;

/// The purpose of a text on the screen; a theme gives each role its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Plain text.
    Text,
    /// The name of a quantity.
    Label,
    /// A quantity.
    Value,
    /// A quantity that is out of date; the word for it is always beside it.
    Old,
    /// A quantity within its limit.
    Good,
    /// A quantity beyond its limit.
    Over,
    /// An alarm of low priority, or a warning.
    Low,
    /// An alarm of medium priority.
    Medium,
    /// An alarm of high priority.
    High,
    /// What the next key acts on.
    Chosen,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Label,
        Self::Value,
        Self::Old,
        Self::Good,
        Self::Over,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Chosen,
    ];

    /// The role of an alarm's level: 1 low, 2 medium, 3 high.
    pub(crate) const fn of_level(level: u8) -> Self {
        match level {
            0 => Self::Text,
            1 => Self::Low,
            2 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// Colours of a role, by their numbers in the terminal's palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paint {
    fg: u8,
    bg: Option<u8>,
    #[serde(default)]
    bold: bool,
}

/// A theme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its word in the preferences.
    pub id: String,
    /// Its name on the screen.
    pub name: Bilingual,
    ground: u8,
    text: Paint,
    label: Paint,
    value: Paint,
    old: Paint,
    good: Paint,
    over: Paint,
    low: Paint,
    medium: Paint,
    high: Paint,
    chosen: Paint,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    theme: Vec<Theme>,
}

/// Every theme, and what is wrong with the user's own file; `None` when there is none or it is valid.
pub fn themes() -> (Vec<Theme>, Option<FileError>) {
    const EMBEDDED: &str = include_str!("../../../knowledge/themes.toml");
    crate::user_file::user_or_embedded("themes.toml", EMBEDDED, |file: ThemeFile| file.theme)
}

impl Theme {
    const fn paint(&self, role: Role) -> Paint {
        match role {
            Role::Text => self.text,
            Role::Label => self.label,
            Role::Value => self.value,
            Role::Old => self.old,
            Role::Good => self.good,
            Role::Over => self.over,
            Role::Low => self.low,
            Role::Medium => self.medium,
            Role::High => self.high,
            Role::Chosen => self.chosen,
        }
    }

    /// The palette indices of a role: text, background.
    pub fn colours(&self, role: Role) -> (u8, u8) {
        let paint = self.paint(role);
        (paint.fg, paint.bg.unwrap_or(self.ground))
    }

    /// True when a terminal with sixteen text colours and eight background colours can show it.
    pub fn is_of_sixteen(&self) -> bool {
        Role::ALL.iter().map(|&role| self.colours(role)).all(|(fg, bg)| fg < 16 && bg < 8)
    }
}

/// The style of each role: in a theme, or, when that is `None`, on a terminal without colours.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoleStyles(Option<Theme>);

impl RoleStyles {
    pub const fn of(theme: Option<Theme>) -> Self {
        Self(theme)
    }

    /// True on a dark ground, and on a terminal without colours.
    pub fn is_dark(&self) -> bool {
        self.0.as_ref().is_none_or(|theme| rgb(theme.ground).into_iter().map(u16::from).sum::<u16>() < 3 * 128)
    }

    pub fn style(&self, role: Role) -> Style {
        let weight = |bold| if bold { Modifier::BOLD } else { Modifier::empty() };
        match &self.0 {
            Some(theme) => {
                let (fg, bg) = theme.colours(role);
                let style = Style::new().fg(Color::Indexed(fg)).bg(Color::Indexed(bg));
                style.add_modifier(weight(theme.paint(role).bold))
            }
            None => Style::new().add_modifier(match role {
                Role::Text | Role::Label => Modifier::empty(),
                Role::Old => Modifier::DIM,
                Role::Value | Role::Good | Role::Over => Modifier::BOLD,
                Role::Low | Role::Medium | Role::High | Role::Chosen => Modifier::BOLD | Modifier::REVERSED,
            }),
        }
    }
}

/// Red, green and blue, 0..=255, of a palette index: the first sixteen as on the Linux console, then the colour cube and
/// the greys of xterm's 256 colours.
pub fn rgb(index: u8) -> [u8; 3] {
    const SIXTEEN: [[u8; 3]; 16] = [
        [0, 0, 0],
        [170, 0, 0],
        [0, 170, 0],
        [170, 85, 0],
        [0, 0, 170],
        [170, 0, 170],
        [0, 170, 170],
        [170, 170, 170],
        [85, 85, 85],
        [255, 85, 85],
        [85, 255, 85],
        [255, 255, 85],
        [85, 85, 255],
        [255, 85, 255],
        [85, 255, 255],
        [255, 255, 255],
    ];
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        0..=15 => SIXTEEN[usize::from(index)],
        16..=231 => {
            let cube = usize::from(index - 16);
            [cube / 36, cube / 6 % 6, cube % 6].map(|level| LEVELS[level])
        }
        232..=255 => [8 + 10 * (index - 232); 3],
    }
}
