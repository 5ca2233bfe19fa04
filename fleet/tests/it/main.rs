//! The office's program through its command line, its store, its page and its questions: one executable, so that it is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "a deadline is the wall clock's")]

mod ask;
// The uplink's own tests have the same broker and the same cab.
#[path = "../../../crates/uplink/tests/uplink/broker.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod broker;
mod county;
mod followup;
mod gather;
mod listen;
mod page;
mod page_script;
mod postgres;
mod questions;
#[path = "../../../crates/uplink/tests/uplink/simulated.rs"]
#[allow(dead_code, reason = "each test takes what it needs")]
mod simulated;
mod support;
