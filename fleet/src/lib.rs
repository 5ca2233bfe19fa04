//! One store for many combines: gathers signed packets, keeps each second once, and answers questions in SQL.
//!
//! ```text
//! packets, journals ──gather──► verified ──► store: Parquet in folders by season, region, day and crop
//!                                  │                    │
//!                     register: keys, machines          ├─► queries/*.sql here (DataFusion), in Spark, in ClickHouse
//!                                  ▲                    └─► report and page of the office
//! messages (MQTT) ──listen──► checked, the newest of each machine
//! ```

pub mod answers;
pub mod cells;
pub mod county;
pub mod engine;
pub mod error;
pub mod folders;
pub mod form;
pub mod heard;
mod hex;
pub mod intake;
mod journals;
pub mod machines_file;
pub mod page;
mod points;
pub mod register;
pub mod said;
pub mod schema;
pub mod serve;
mod session_rows;
pub mod sources;
pub mod store;
pub mod table_file;
pub mod trainings;
mod trust;
pub mod words;
