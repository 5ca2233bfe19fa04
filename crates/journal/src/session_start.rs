//! What a session begins with.

/// What a session begins with.
#[derive(Clone, Debug, Default)]
pub struct SessionStart {
    /// Bus time of its start, microseconds.
    pub started_us: i64,
    /// Where the frames come from.
    pub source: String,
    /// Clock source: `log`, `system` or `simulator`.
    pub clock: &'static str,
    /// The machine profile's name.
    pub machine: String,
    /// The profile's SHA-256, hexadecimal.
    pub profile_sha256: String,
    /// The profile's text, stored once per hash; `None` stores the hash only.
    pub profile: Option<ProfileText>,
    /// The crop's name.
    pub crop: String,
    /// The loss limit's identifier, per cent and source; `None` when no limit holds.
    pub limit: Option<(String, f64, String)>,
    /// Expected yield as asked for, kg/ha; `None` is the crop's usual one.
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight as asked for, g; `None` is the crop's usual one.
    pub tkw_g: Option<f64>,
    /// Who drives, where and which machine.
    pub entered: Entered,
    /// The session that this one is a revision of, and how it was made, as JSON.
    pub revision: Option<(i64, String)>,
    /// Wall clock when the session is begun, microseconds since 1970; `None` is unknown.
    pub made_us: Option<i64>,
}

/// A machine profile and its DBC file, as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileText {
    /// The profile's TOML.
    pub text: String,
    /// The DBC file's name as the profile has it, and its bytes; `None` for a profile without one.
    pub dbc: Option<(String, Vec<u8>)>,
}

/// Who drives, where and which machine, as entered; `None` was not entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Entered {
    /// The operator who drives.
    pub operator: Option<String>,
    /// The field's name.
    pub field: Option<String>,
    /// Village or place.
    pub place: Option<String>,
    /// Township: county summaries group by it.
    pub township: Option<String>,
    /// The owner's name for the machine.
    pub machine_name: Option<String>,
    /// Licence plate.
    pub plate: Option<String>,
}

impl Entered {
    /// The field that an [`Item`](super::Item)'s word names; `None` for a note and for an unknown word.
    pub(super) fn field_mut(&mut self, item: &str) -> Option<&mut Option<String>> {
        match item {
            "operator" => Some(&mut self.operator),
            "field" => Some(&mut self.field),
            "place" => Some(&mut self.place),
            "township" => Some(&mut self.township),
            "machine_name" => Some(&mut self.machine_name),
            "plate" => Some(&mut self.plate),
            _ => None,
        }
    }
}
