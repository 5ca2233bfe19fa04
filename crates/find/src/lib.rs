//! Which bits of an unknown bus are which quantity: frames and a technician's marks in, ranked bit fields with their
//! reasons out. Nothing here reads a file or a clock.
//!
//! The way: [`Recording`] keeps the payloads of each identifier; `bits` looks at how bits flip and carry, and knows frame
//! counters, checksums and multiplexers; `fields` makes candidates from that; `readings` fits scale and offset to what
//! the machine's own display showed; `physics` asks of each quantity what a combine must do (a header that moves when it
//! is said to move, a flow that is nothing when nothing is cut); `rank` gives each field to one quantity.
//!
//! Scores are counted in bits of surprise: how improbable it is that a field which has nothing to do with the quantity
//! agrees as well. Ideas: Marchetti and Stabili 2018 (READ), Nolan 2018 (TANG), Verma 2018 (ACTT) and 2021 (CAN-D),
//! Pesé 2019 (LibreCAN).

#![forbid(unsafe_code)]

mod bits;
mod fields;
mod flags;
mod grid;
mod marks;
pub mod measures;
mod page;
mod physics;
mod quantity;
mod rank;
mod readings;
mod reason;
mod recording;
mod stream;

pub use fields::Field;
pub use marks::{Event, Mark, Noted, Reading};
pub use page::Page;
pub use quantity::Quantity;
pub use rank::{Candidate, Ranking, find};
pub use reason::Reason;
pub use recording::Recording;
