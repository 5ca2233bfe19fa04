//! The page beside the terminal: what the main screen says, for a phone or tablet in the cab.
//!
//! The server is one more screen: it takes snapshots from the same `watch` channel, of which the newest is kept, and sends
//! commands on the same bounded queue. Nothing in the service waits for it. It opens no connection of its own, and everything
//! that it serves is embedded here.
//!
//! ```text
//! Snapshot (watch) ──► live ──► texts of the screens, status document ──► /events ──► browser
//! OperatorCommand ◄── post ◄── /acknowledge, /pans/… ◄───────────────────────────────┘
//! ```
//!
//! - `cookie`: what keeps it in a browser;
//! - `guard`: who may ask: token, host, origin;
//! - `live`: the newest state as events; `events`: one browser's stream of them;
//! - `post`: the few things that can be done on the page;
//! - `page`: HTML, styles and script;
//! - `shared`: what the routes have in common;
//! - `server`: the socket, its limits and its times.

mod cookie;
mod events;
mod guard;
mod live;
mod page;
mod post;
mod server;
mod shared;

pub use grainloss_listen::{Address, AddressError, DEFAULT_ADDRESS, Token, TokenError};
pub use server::{Server, ServerError, WebConfig, serve};
