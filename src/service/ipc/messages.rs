//! What service and screens say to each other over the socket. The serialised names must stay: both sides may be of
//! different builds.

use serde::{Deserialize, Serialize};

use grainloss_protocol::command::{CommandReply, OperatorCommand};
use grainloss_protocol::session_charts::SessionCharts;
use grainloss_protocol::snapshot::Snapshot;

/// The version of the protocol: raised with any change that the other side would misunderstand.
pub const PROTOCOL: u16 = 1;

/// Who is speaking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol.
    pub protocol: u16,
    /// Name and version of the program.
    pub software: String,
    /// Its process.
    pub pid: u32,
    /// A screen that asks for map and charts; a service of another version may have none.
    #[serde(default)]
    pub charts: bool,
}

impl Hello {
    /// This program's.
    pub fn ours() -> Self {
        Self {
            protocol: PROTOCOL,
            software: concat!("grainloss ", env!("CARGO_PKG_VERSION")).to_owned(),
            pid: std::process::id(),
            charts: false,
        }
    }

    /// This program's, of a screen that may ask for map and charts.
    pub fn of_screen(charts: bool) -> Self {
        Self { charts, ..Self::ours() }
    }
}

/// What the service says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToScreen {
    /// First of all.
    Hello(Hello),
    /// The newest of everything.
    Snapshot(Box<Snapshot>),
    /// Map and charts: to a screen that asks for them, before its first snapshot and when they have changed.
    Charts(Box<SessionCharts>),
    /// What became of the command of this number.
    #[serde(rename = "answer")]
    CommandReply(u64, CommandReply),
    /// The connection ends, and why.
    Bye(String),
}

/// What a screen says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToService {
    /// First of all.
    Hello(Hello),
    /// A command, with a number of the screen's own.
    #[serde(rename = "mark")]
    OperatorCommand(u64, OperatorCommand),
}
