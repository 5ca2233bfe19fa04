//! `grainloss.toml`: everything that can be configured, in one file.
//!
//! A value comes from the command line, else from the user's file, else from the system's file, else it is the default of
//! this module. `--config FILE` takes the place of both files. The JSON schema that [`schema`] derives from [`Config`] is the
//! one description of what may stand in a file: the module `document` reads it, and so do the reference and the sample's tests.

mod check;
mod document;
mod flags;
mod meaning;
mod old_files;
mod origin;
mod places;
mod sending;

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use grainloss_knowledge::EconomyEntry;
use grainloss_tui::{Screen, Sounds};

pub use document::Document;
pub use flags::Flags;
pub use origin::{Configuration, Origin, Refused, Value};
pub use places::{NAME, SYSTEM_FILE, expand_home, state_folder, user_file};
pub use sending::{BUDGET_BYTES_MIN, Packets, Uplink};

/// Hours without work after which a session is closed; assumed: longer than a meal, shorter than a night.
pub const IDLE_HOURS: f64 = 4.0;
/// The shortest idle time that can be set, hours.
pub const IDLE_HOURS_MIN: f64 = 0.001;
/// The longest, hours: a year.
pub const IDLE_HOURS_MAX: f64 = 8760.0;
/// What the captures of a journal may take together, MB; assumed: some hundred hours of a full bus.
pub const CAPTURE_BUDGET_MB: u64 = 4096;
/// The largest budget that can be set, MB.
pub const CAPTURE_BUDGET_MB_MAX: u64 = 1 << 30;

/// Settings of grainloss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "grainloss.toml")]
pub struct Config {
    /// The service on the machine's bus: `grainloss run`.
    pub service: Service,
    /// Where sessions are stored.
    pub journal: Journal,
    /// The raw frames beside the journal.
    pub capture: Capture,
    /// The socket between the service and its screens.
    pub socket: Socket,
    /// The page for a phone or tablet: off without an address.
    pub web: Web,
    /// Packets that the service writes by itself: off without a folder.
    pub packets: Packets,
    /// The way out of the cab: off without a store and a broker.
    pub uplink: Uplink,
    /// What alarms compare with.
    pub alarms: Alarms,
    /// How the dashboard looks. What is chosen on the screen itself goes before this.
    pub screen: Screen,
    /// Which sounds the dashboard makes, and with what.
    pub sounds: Sounds,
    /// What grain and time are worth, by crop. Without a price the screen shows kilograms only.
    pub prices: BTreeMap<String, EconomyEntry>,
}

/// The service on the machine's bus: `grainloss run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// The CAN interfaces to listen to. `run` needs at least one, here or on the command line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1, max = 15)), extend("uniqueItems" = true, "x-flag" = "--iface"), example = &["can0"])]
    pub interfaces: Vec<String>,
    /// Take every frame in, also those that the machine's database does not know.
    #[schemars(extend("x-flag" = "--all-frames"))]
    pub all_frames: bool,
    /// The machine: the name of a profile, or the path of a .toml file. `run` needs one, here or on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), extend("x-flag" = "--machine"), example = &"combine-demo")]
    pub machine: Option<String>,
    /// The crop of the very first session. Later sessions go on with the crop that was used last, unless --crop names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"wheat")]
    pub first_crop: Option<String>,
    /// A session without work for so many hours is closed; one that was interrupted less long ago is continued.
    #[schemars(range(min = IDLE_HOURS_MIN, max = IDLE_HOURS_MAX), extend("x-flag" = "--idle-hours"))]
    pub idle_hours: f64,
}

impl Service {
    /// The machine as profiles are looked for, with `~/` replaced.
    pub fn machine(&self) -> Option<String> {
        self.machine.as_deref().map(|machine| expand_home(machine).to_string_lossy().into_owned())
    }
}

impl Default for Service {
    fn default() -> Self {
        Self { interfaces: Vec::new(), all_frames: false, machine: None, first_crop: None, idle_hours: IDLE_HOURS }
    }
}

/// Where sessions are stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// The journal's file, an absolute path or one below ~/. Without it: journal.sqlite in the service's state folder, or
    /// in ~/.local/state/grainloss.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), extend("x-flag" = "--db"), example = &"~/harvest/journal.sqlite")]
    pub file: Option<String>,
    /// Store ten rows a second beside the seconds.
    #[schemars(extend("x-flag" = "--tenths"))]
    pub tenths: bool,
}

impl Journal {
    /// The file, with `~/` replaced; `None` when the default is meant.
    pub fn path(&self) -> Option<PathBuf> {
        self.file.as_deref().map(expand_home)
    }
}

/// The raw frames beside the journal, as compressed candump logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Capture {
    /// Keep every frame. Without it, `run` keeps them and `demo` does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", extend("x-flag" = "--capture, --no-capture"), example = true)]
    pub enabled: Option<bool>,
    /// What all captures of the journal may take together, MB; the oldest of exported sessions are deleted to make room.
    #[schemars(range(min = 1, max = CAPTURE_BUDGET_MB_MAX), extend("x-flag" = "--capture-budget"))]
    pub budget_mb: u64,
}

impl Default for Capture {
    fn default() -> Self {
        Self { enabled: None, budget_mb: CAPTURE_BUDGET_MB }
    }
}

impl Capture {
    /// The budget in bytes; `None` when no frames are kept. `by_default` is what the command does when nothing is set.
    pub fn budget_bytes(&self, by_default: bool) -> Option<u64> {
        self.enabled.unwrap_or(by_default).then_some(self.budget_mb * 1_000_000)
    }
}

/// The socket between the service and its screens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Socket {
    /// Let screens attach to the service.
    #[schemars(extend("x-flag" = "--no-socket"))]
    pub enabled: bool,
    /// Where the socket is, an absolute path or one below ~/. Without it: grainloss.sock in the service's runtime folder,
    /// or in $XDG_RUNTIME_DIR/grainloss.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        with = "String",
        length(min = 1),
        extend("x-flag" = "--socket"),
        example = &"/run/grainloss/grainloss.sock"
    )]
    pub path: Option<String>,
    /// The group whose members may watch and mark, besides the service's own user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = 32), extend("x-flag" = "--socket-group"), example = &"grainloss")]
    pub group: Option<String>,
}

impl Socket {
    /// The socket's path, with `~/` replaced; `None` when the default is meant.
    pub fn path(&self) -> Option<PathBuf> {
        self.path.as_deref().map(expand_home)
    }
}

impl Default for Socket {
    fn default() -> Self {
        Self { enabled: true, path: None, group: None }
    }
}

/// The page for a phone or tablet: off without an address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Where the page listens: an IP address, a port, or both; a port alone is of this computer only. Without it there is no
    /// page. What other devices can reach is not encrypted: see docs/web.md.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), extend("x-flag" = "--web"), example = &"127.0.0.1:8460")]
    pub address: Option<String>,
    /// Names of this computer by which the page may be opened, besides its addresses and its own name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1)), example = &["cab.local"])]
    pub names: Vec<String>,
    /// The token that opens the page, 16 to 64 characters of A-Z, a-z, 0-9, - and _. Without it one is made and kept in the
    /// state folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 16, max = 64), example = &"write-a-long-word-of-your-own")]
    pub token: Option<String>,
}

/// What alarms compare with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alarms {
    /// The loss limit of each crop, in place of the crop's usual one: a name from limits.toml, or per cent in quotes.
    #[schemars(inner(length(min = 1)), extend("x-flag" = "--limit"), example = example_limits())]
    pub limits: BTreeMap<String, String>,
}

fn example_limits() -> BTreeMap<String, String> {
    BTreeMap::from([("wheat".to_owned(), "cn.wheat.guidance_1p2".to_owned())])
}

/// The form of `grainloss.toml` as a JSON schema: with it an editor completes keys and marks mistakes.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}

/// The commented sample; the package installs the same file in /etc/grainloss.
pub const SAMPLE: &str = include_str!("../packaging/grainloss.toml");

/// Every key that can be set, but for those whose names are free: limits, keys of the screen, prices.
pub fn keys() -> Vec<String> {
    let root = schema();
    let form = check::Form { root: &root, node: &root };
    let sections = form.names().into_iter().filter_map(|name| Some((name, form.member(name)?)));
    let keys = sections.flat_map(|(section, form)| {
        let settings = form.names().into_iter().filter(move |name| form.member(name).is_some_and(|f| !f.is_section()));
        settings.map(move |name| format!("{section}.{name}"))
    });
    keys.collect()
}
