//! What the tests of the product share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "tests")]
#![allow(missing_docs, clippy::new_without_default, reason = "nobody reads these as documentation")]

pub mod allocator;
pub mod db;
pub mod disk;
pub mod frames;
pub mod hash;
pub mod page;
pub mod replays;
pub mod run;
pub mod screen;
pub mod session_loop;
pub mod table;
