//! The lines of the menus on the alarm and settings screens.

use super::keys::Action;
use super::sound::{Device, Sound};

/// A line that can be changed or activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MenuItem {
    Language,
    Units,
    Speed,
    Theme,
    Glyphs,
    /// The screen takes taps and the wheel.
    Mouse,
    /// Give an action another key.
    Key(Action),
    /// Switch a sound on or off.
    Switch(Sound),
    /// Choose the device that makes the sounds.
    Device,
    /// Test a device.
    Try(Device),
    /// Record that a setting of the machine was changed.
    MarkSetting,
    /// Name the new operator: typed, or one of the recent names.
    Operator,
    /// The crop of the next session.
    Crop,
    /// The field of the next session.
    Field,
    /// The loss limit of the next session: one of the crop's, or a number of per cent.
    Limit,
    /// Start a session; needs a second press.
    Begin,
    /// End the session; needs a second press.
    EndSession,
    /// Show the code of the page for a phone.
    Page,
}
