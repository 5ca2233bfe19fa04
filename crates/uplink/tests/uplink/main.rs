//! The uplink beside a store that fails in every way, and a real broker.

mod alarms;
mod broker;
mod drain;
mod messages;
mod mqtt;
mod simulated;
mod store_server;
