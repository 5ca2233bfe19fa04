//! Gathering through the command line: packets and journals of the cab in, the tables of the store out.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod crash;
mod keys;
mod laws;
mod support;
mod tables;
