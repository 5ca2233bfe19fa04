//! Which screens there are.

use super::keys::Action;

/// A screen. The help is not one: it lies over the open screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ScreenId {
    #[default]
    Main,
    Budget,
    Advice,
    Speed,
    Pans,
    Machine,
    Alarms,
    History,
    Settings,
}

impl ScreenId {
    /// Every screen, in the order of the menu line.
    pub const ALL: [Self; 9] = [
        Self::Main,
        Self::Budget,
        Self::Advice,
        Self::Speed,
        Self::Pans,
        Self::Machine,
        Self::Alarms,
        Self::History,
        Self::Settings,
    ];

    /// The action that opens it.
    pub const fn action(self) -> Action {
        match self {
            Self::Main => Action::Main,
            Self::Budget => Action::Budget,
            Self::Advice => Action::Advice,
            Self::Speed => Action::Speed,
            Self::Pans => Action::Pans,
            Self::Machine => Action::Machine,
            Self::Alarms => Action::Alarms,
            Self::History => Action::History,
            Self::Settings => Action::Settings,
        }
    }
}
