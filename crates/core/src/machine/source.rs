//! One source of a channel: what the profile says of it ([`SourceSpec`]), and the newest that it has sent ([`Slot`]).

mod filter;
mod slot;
pub(super) mod spec;

pub(super) use slot::Slot;
pub(super) use spec::{Rhythm, SourceSpec, value_table};
