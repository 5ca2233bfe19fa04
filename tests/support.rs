//! What the tests of the product share. Cargo takes this file for a test of its own as well: one without tests, for
//! which the paths are said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::missing_panics_doc, reason = "tests")]
#![allow(missing_docs, clippy::new_without_default, reason = "nobody reads these as documentation")]
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[path = "support/db.rs"]
pub mod db;
#[path = "support/disk.rs"]
pub mod disk;
#[path = "support/frames.rs"]
pub mod frames;
#[path = "support/hash.rs"]
pub mod hash;
#[path = "support/replays.rs"]
pub mod replays;
#[path = "support/run.rs"]
pub mod run;
#[path = "support/screen.rs"]
pub mod screen;
#[path = "support/table.rs"]
pub mod table;
