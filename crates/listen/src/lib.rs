//! What every page of grainloss has in common: where it listens, what opens it, which hosts it answers, and the headers that
//! keep it to itself. The cab's page and the office's page use it.

mod address;
mod own;
mod token;

pub use address::{Address, AddressError, DEFAULT_ADDRESS};
pub use own::{HEADERS, has_cookie, is_ours, only};
pub use token::{Token, TokenError};
