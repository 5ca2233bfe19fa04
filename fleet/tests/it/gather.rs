//! Gathering through the command line: packets and journals of the cab in, the tables of the store out.

mod crash;
mod keys;
mod laws;
pub mod support;
mod tables;
mod thousand;
