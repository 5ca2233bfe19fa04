//! The screens of a technician who fits the product to a machine: the guide that finds what is where on a bus, and the
//! bus alone. Both are pure: frames, keys and time go in, pictures and effects come out; [`run`] puts them on a terminal.

mod channels;
mod deck;
mod form;
pub(crate) mod learn;
pub(crate) mod look;
mod place;
mod rows;
pub(crate) mod run;
mod slider;
pub(crate) mod steps;
pub(crate) mod tape;
mod text;
mod traffic;
pub(crate) mod watch;
