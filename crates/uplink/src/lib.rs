//! The way out of the cab: signed blocks to an S3 store, state and alarms to an MQTT broker.
//!
//! Nothing waits for it: it reads a folder that the service fills, and snapshots from the same `watch` channel as a screen, of
//! which the newest is kept. Each side has a thread of its own; what cannot be sent waits on the disk, over days and restarts.
//!
//! ```text
//! outbox folder ──► drain ──► PUT ──► the store has it ──► removed from the outbox
//! Snapshot (watch) ──► alarms (on the disk until the broker has them) ──► MQTT 5, QoS 1
//!                 └──► state, once a minute, retained
//! ```
//!
//! - `address`: where store and broker are;
//! - `outbox`: the folder of blocks; `drain`: from there to a `store`; `s3`: a bucket;
//! - `alarms`: what waits for the broker; `messages`: topics and payloads; `mqtt`: the connection;
//! - `budget`: bytes an hour; `backoff`: waits after failures;
//! - `tls`, `credentials`: whom to trust, and who we are;
//! - `status`: how it does, as a file.

mod address;
mod alarms;
mod backoff;
mod budget;
mod credentials;
mod drain;
mod messages;
mod mqtt;
mod outbox;
mod s3;
mod start;
mod status;
mod store;
mod tls;
mod whole_file;

pub use address::{AddressError, BucketAddress, check_endpoint};
pub use alarms::{Alarms, MOST as MOST_ALARMS, Taken};
pub use backoff::Backoff;
pub use budget::{Budget, Kept};
pub use credentials::{Credentials, CredentialsError, MqttCredentials, S3Credentials};
pub use drain::Drain;
pub use messages::{News, Topic, VERSION, Waiting, online, state};
pub use mqtt::MqttConfig;
pub use outbox::{Block, Outbox};
pub use s3::{S3Config, S3Store};
pub use start::{Uplink, UplinkConfig, UplinkError, start};
pub use status::{Line, STATUS_FILE, Status, StatusFile};
pub use store::{Store, StoreError};
pub use tls::{Tls, TlsError, TlsFiles};
