//! What the tests of the product share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "tests")]
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod db;
pub mod frames;
pub mod run;
pub mod screen;
pub mod table;
