//! The uplink beside a store that fails in every way, and a real broker.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "a deadline is the wall clock's")]

mod alarms;
mod broker;
mod drain;
mod messages;
mod mqtt;
mod simulated;
mod store_server;
