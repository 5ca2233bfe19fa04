//! The dashboard in the cab, to be read within two seconds: is the loss too high, where, and what to do next?
//!
//! [`App`] is the dashboard without a terminal: snapshots, keys, replies and time go in; pictures and effects come out.
//! [`show`] runs it on the terminal of this process. It draws a [`Snapshot`](grainloss_protocol::snapshot::Snapshot) and
//! sends operator commands; the service does not depend on it.
//!
//! - `cab`: the controls of a machine that a learner drives, beside the dashboard;
//! - `app`: state, keys, effects, menus;
//! - `view`: the data that one picture is drawn from;
//! - `screens`: one screen a file, each a function that draws a view;
//! - `widgets`: parts that screens share;
//! - `page`: the texts of the screens for the page beside the terminal;
//! - `technician`: the guide `machine learn` and the bus view `machine watch`;
//! - `term`: the terminal, what it can show, and the devices that make sounds.

mod app;
mod cab;
mod page;
mod run;
mod screens;
mod technician;
mod term;
mod theme;
mod units;
mod user_file;
mod view;
mod widgets;

pub use app::App;
pub use app::effect::Effect;
pub use app::keys::{Action, KeyMap, KeyProblem};
pub use app::preferences::{Language, PanMeasures, Preferences, Remembered, Screen, Sounds, state_file};
pub use app::sound::{Device, Sound, SoundState};
pub use cab::Cab;
pub use page::{AlarmText, Freshness, Line, PageForm, PageReply, PageTexts, PlaceText, ReadingLine, WaitingPan};
pub use run::{SessionPlace, show, show_with};
pub use technician::learn::{Choice, Draft, Learn, LearnEffect, MarkLine, Offer, Ranked};
pub use technician::look::Look;
pub use technician::run::{Tool, show_tool};
pub use technician::steps::{Step, steps};
pub use technician::tape::Tape;
pub use technician::watch::{Meaning, Watch};
pub use term::capabilities::{Capabilities, Colours};
pub use theme::{Role, Theme, rgb, themes};
pub use units::UnitBook;
