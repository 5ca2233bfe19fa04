//! What the service and its screens say to each other: the service publishes a [`snapshot::Snapshot`] ten times a
//! second, a screen sends operator commands and gets a reply to each.

pub mod command;
pub mod open_symptom;
pub mod prices;
pub mod session_charts;
pub mod snapshot;
pub mod status;
pub mod symptom_word;
pub mod test_cut;
