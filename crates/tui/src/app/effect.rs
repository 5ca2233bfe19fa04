//! What the dashboard asks its caller to do.

use super::sound::{Device, Sound};
use grainloss_protocol::command::OperatorCommand;

/// Something that the caller does for the dashboard: [`App`](super::App) itself has no I/O.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave the dashboard.
    Quit,
    /// Give the terminal back and stand still until the shell goes on with the program.
    Suspend,
    /// Send a command to the service.
    Send(OperatorCommand),
    /// Make a sound; with `Device::Auto` on the device in use, with another one to test it.
    Sound(Device, Sound),
    /// Read the forecast beside `grainloss.toml`: [`App::forecast`](super::App::forecast) takes it.
    ReadForecast,
    /// Save the preferences: they have changed, perhaps the sound device too.
    Save,
}
