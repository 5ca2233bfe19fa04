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
    Map,
    Conditions,
    Symptoms,
    Prepare,
    TestCut,
    Emergency,
    Habits,
    Settings,
    /// At the controls of a simulated machine; there where somebody learns only.
    Cab,
}

impl ScreenId {
    /// The screens of the menu line, in its order: crop, symptoms and habits have no room there, the main screen names their keys.
    pub const MENU: [Self; 9] = [
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
            // No key of its own: it is the main screen of who drives.
            Self::Main | Self::Cab => Action::Main,
            Self::Budget => Action::Budget,
            Self::Advice => Action::Advice,
            Self::Speed => Action::Speed,
            Self::Pans => Action::Pans,
            Self::Machine => Action::Machine,
            Self::Alarms => Action::Alarms,
            Self::History => Action::History,
            Self::Map => Action::Map,
            Self::Conditions => Action::Conditions,
            Self::Symptoms => Action::Symptoms,
            Self::Prepare => Action::Prepare,
            Self::TestCut => Action::TestCut,
            Self::Emergency => Action::Emergency,
            Self::Habits => Action::Habits,
            Self::Settings => Action::Settings,
        }
    }
}
