//! Invented machines, and what nobody would wish to find. One executable.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod harvest;
mod invented;
mod machine;
mod robust;
