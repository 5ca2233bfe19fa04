//! The office's program through its command line, its store, its page and its questions: one executable, so that it is linked once.

#![allow(clippy::unwrap_used, reason = "tests")]

mod ask;
mod county;
mod gather;
mod page;
mod page_script;
mod questions;
mod support;
