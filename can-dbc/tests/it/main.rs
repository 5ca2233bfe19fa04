//! Frames, logs, databases and transports against independent sources. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod candump;
mod decode;
mod dm1;
mod golden;
mod loader;
mod logs;
mod oracle;
mod transfers;
mod transport;
