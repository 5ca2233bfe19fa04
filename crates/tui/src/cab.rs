//! The place at the controls, beside the dashboard: where a learner drives a simulated machine. The dashboard gives it the
//! keys that are its own and shows its lines; it knows no simulator.

use std::fmt::Debug;

use crossterm::event::KeyEvent;

use grainloss_knowledge::Words;

/// The controls of a machine that somebody drives by keys.
pub trait Cab: Debug + Send {
    /// A key of the open driving screen. False when it is none of the controls': then it does what it does elsewhere.
    fn key(&mut self, key: &KeyEvent) -> bool;

    /// What is to be done now, and how everything is set: the first line is a message, six lines at most, 78 columns each.
    fn lines(&self, words: &Words) -> Vec<String>;
}
