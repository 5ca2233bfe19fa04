//! The operator's preferences: `[screen]` and `[sounds]` of `grainloss.toml`, overridden by choices made on the screen.
//! The choices are saved in `screen.toml` in the folder of the program's state; `grainloss.toml` is never written to. A
//! file of choices that cannot be used is reported, and renamed when a new one is written.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::KeyMap;
use super::sound::Device;
use grainloss_core::data_file;
use grainloss_knowledge::{Lang, files};

/// The file of the choices made on the screen, in the folder of the program's state.
pub fn state_file(state_folder: &Path) -> PathBuf {
    state_folder.join("screen.toml")
}

/// The preferences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preferences {
    /// How the screen looks.
    pub screen: Screen,
    /// Which sounds are made, and by what.
    pub sounds: Sounds,
    /// The pan that was used last.
    pub pan: PanMeasures,
}

/// How the dashboard looks. What is chosen on the screen itself goes before this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    /// The language. Without it, that of the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Language", example = &"zh")]
    pub language: Option<Language>,
    /// A set of units of units.toml: kg-mu, jin-mu, kg-ha, bu-ac. Without it, the language's usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"kg-mu")]
    pub units: Option<String>,
    /// A unit of speed of units.toml: km-h, mph. Without it, km-h.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"km-h")]
    pub speed: Option<String>,
    /// A theme of themes.toml: day, night, sixteen. Without it, the first that the terminal can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1), example = &"day")]
    pub theme: Option<String>,
    /// True for ASCII only. Without it, what the terminal can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", example = false)]
    pub ascii: Option<bool>,
    /// False where taps and the wheel are to stay the terminal's own, as for marking text. Without it, the screen takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", example = true)]
    pub mouse: Option<bool>,
    /// Keys that are not the usual ones: the action, then its key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(example = BTreeMap::from([("acknowledge", "f1")]))]
    pub keys: BTreeMap<String, String>,
}

/// A language by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

/// Which sounds the dashboard makes, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sounds {
    /// What makes them: auto takes the command if there is one, else the sound card if there is one here, else the bell.
    pub device: Device,
    /// Program and arguments that drive a horn or buzzer; it gets high, medium or drop as its last argument.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1)), example = &["/usr/local/bin/horn"])]
    pub command: Vec<String>,
    /// An alarm of the middle level makes a sound.
    pub medium: bool,
    /// An alarm of the highest level makes a sound.
    pub high: bool,
    /// A pan that is dropped makes a sound.
    pub drop: bool,
}

impl Default for Sounds {
    fn default() -> Self {
        Self { device: Device::Auto, command: Vec::new(), medium: true, high: true, drop: true }
    }
}

/// The measures of the pan used last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PanMeasures {
    /// Its area, m².
    pub area_m2: f64,
    /// Width over which the loss behind the machine falls, m; `None`: the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discharge_width_m: Option<f64>,
    /// Natural shed, kernels/m²; `None`: unknown, and a front sample needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shed_kernels_m2: Option<f64>,
    /// True when the content is weighed in grams, false when kernels are counted.
    pub weighed: bool,
}

impl Default for PanMeasures {
    fn default() -> Self {
        // The instruction sheets of drop pans use 0.3 m²; the operator can change it.
        Self { area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None, weighed: false }
    }
}

/// The preferences and the file in which choices made on the screen are saved.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// The preferences in use.
    pub preferences: Preferences,
    /// The keys in use.
    pub keys: KeyMap,
    /// What is wrong with the file of choices, which is then ignored as a whole; `None` when it is valid or missing.
    pub complaint: Option<String>,
    /// A message to show once at the start.
    pub notice: Option<String>,
    /// Where the page for a phone is found, with its token; empty without one.
    pub page: Vec<String>,
    /// The preferences according to the configuration; the file has only what differs from them.
    configured: Preferences,
    path: Option<PathBuf>,
}

impl Remembered {
    /// The configured preferences, overridden by the choices in the file. The file need not exist; with `None` choices are
    /// not saved.
    pub fn load(screen: Screen, sounds: Sounds, path: Option<PathBuf>) -> Self {
        let configured = Preferences { screen, sounds, pan: PanMeasures::default() };
        let read = |path: &Path| -> Result<(Preferences, KeyMap), String> {
            let file = path.display().to_string();
            let text = files::read(path).map_err(|error| error.to_string())?;
            // Parsed alone first: only then does an error name its line.
            data_file::parse::<Preferences>(&file, &text).map_err(|error| error.to_string())?;
            let with_file = |problem: String| format!("{file}: {problem}");
            let chosen: toml::Table = data_file::parse(&file, &text).map_err(|error| error.to_string())?;
            let mut both = table(&configured);
            override_with(&mut both, chosen);
            let preferences = Preferences::deserialize(both).map_err(|error| with_file(error.to_string()))?;
            preferences.check().map_err(with_file)?;
            let keys =
                KeyMap::with(&preferences.screen.keys).map_err(|problem| with_file(format!("keys: {problem}")))?;
            Ok((preferences, keys))
        };
        let configured_keys = || KeyMap::with(&configured.screen.keys).unwrap_or_default();
        let (preferences, keys, complaint) = match path.as_deref().filter(|path| path.exists()).map(read) {
            None => (configured.clone(), configured_keys(), None),
            Some(Ok((preferences, keys))) => (preferences, keys, None),
            Some(Err(complaint)) => (configured.clone(), configured_keys(), Some(complaint)),
        };
        Self { preferences, keys, complaint, notice: None, page: Vec::new(), configured, path }
    }

    /// Preferences without configuration: the defaults, overridden by this file.
    pub fn from_file(path: PathBuf) -> Self {
        Self::load(Screen::default(), Sounds::default(), Some(path))
    }

    /// Saves the choices, that is what differs from the configuration. A file that could not be used is renamed to
    /// `screen.toml.refused`.
    ///
    /// # Errors
    /// When the file cannot be written; the text says why.
    pub fn save(&mut self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let configured_keys = KeyMap::with(&self.configured.screen.keys).unwrap_or_default();
        self.preferences.screen.keys = self.keys.differing_from(&KeyMap::default());
        let mut chosen = self.preferences.clone();
        chosen.screen.keys = self.keys.differing_from(&configured_keys);
        let configured = Preferences {
            screen: Screen { keys: BTreeMap::new(), ..self.configured.screen.clone() },
            ..self.configured.clone()
        };
        let text =
            toml::to_string(&difference(table(&chosen), &table(&configured))).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        if self.complaint.is_some() && path.exists() {
            std::fs::rename(path, path.with_extension("toml.refused")).map_err(failed)?;
        }
        // Written under another name first: after a power failure the file is complete or the old one.
        let new = path.with_extension(format!("toml.{}", std::process::id()));
        let mut file = std::fs::File::create(&new).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&new, path).map_err(failed)?;
        self.complaint = None;
        Ok(())
    }
}

fn table(preferences: &Preferences) -> toml::Table {
    // Numbers, texts and flags can always be written as TOML.
    toml::Table::try_from(preferences).unwrap_or_default()
}

/// Replaces the values of a table by those of another.
fn override_with(under: &mut toml::Table, over: toml::Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => override_with(under, over),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

/// The values of a table that differ from those of the other.
fn difference(table: toml::Table, other: &toml::Table) -> toml::Table {
    let differs = |(name, value): (String, toml::Value)| match (value, other.get(&name)) {
        (toml::Value::Table(table), Some(toml::Value::Table(other))) => {
            let differing = difference(table, other);
            (!differing.is_empty()).then(|| (name, differing.into()))
        }
        (value, other) => (Some(&value) != other).then_some((name, value)),
    };
    table.into_iter().filter_map(differs).collect()
}

impl Preferences {
    /// Checks that the numbers are in range and the sound device has what it needs.
    fn check(&self) -> Result<(), String> {
        let within = |name: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("pan: {name} = {value}; expected {low} to {high}"))
            }
        };
        within("area_m2", self.pan.area_m2, 0.01, 100.0)?;
        within("discharge_width_m", self.pan.discharge_width_m.unwrap_or(1.0), 0.3, 20.0)?;
        within("shed_kernels_m2", self.pan.shed_kernels_m2.unwrap_or(0.0), 0.0, 100_000.0)?;
        if self.sounds.device == Device::Command && self.sounds.command.is_empty() {
            return Err("sounds: device = \"command\" needs a command, such as [\"/usr/local/bin/horn\"]".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, Remembered) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub").join("screen.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        (folder, Remembered::from_file(path))
    }

    #[test]
    fn saved_preferences_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("screen.toml");
        let mut remembered = Remembered::from_file(path.clone());
        assert_eq!((remembered.preferences.clone(), remembered.complaint.clone()), (Preferences::default(), None));
        remembered.preferences.screen.language = Some(Language::En);
        remembered.preferences.screen.theme = Some("night".to_owned());
        remembered.preferences.pan.area_m2 = 0.25;
        remembered.preferences.sounds.command = vec!["/bin/true".to_owned(), "a b".to_owned()];
        remembered.keys.rebind(super::super::keys::Action::Acknowledge, "f1").unwrap();
        remembered.save().unwrap();
        let again = Remembered::from_file(path);
        assert_eq!(again.complaint, None);
        assert_eq!(again.preferences, remembered.preferences);
        assert_eq!(again.keys, remembered.keys);
    }

    #[test]
    fn bad_file_is_reported_ignored_and_renamed() {
        for (text, expected) in [
            ("[screen]\ntheme = 7\n", "screen.toml:2: "),
            ("[screen]\ncolour = \"red\"\n", "screen.toml:2: unknown field `colour`"),
            ("[pan]\narea_m2 = -1.0\n", "area_m2 = -1; expected 0.01 to 100"),
            ("[sounds]\ndevice = \"command\"\n", "needs a command"),
            ("[screen.keys]\nacknowledge = \"q\"\n", "both \"q\""),
            ("[sounds", "screen.toml:1: "),
        ] {
            let (folder, mut remembered) = written(text);
            let complaint = remembered.complaint.clone().unwrap_or_default();
            assert!(complaint.contains(expected), "{complaint}");
            assert_eq!(remembered.preferences, Preferences::default(), "the whole file is ignored");
            remembered.save().unwrap();
            let renamed = folder.path().join("sub").join("screen.toml.refused");
            assert_eq!(std::fs::read_to_string(renamed).unwrap(), text);
            assert_eq!(remembered.complaint, None);
        }
    }

    #[test]
    fn only_differences_from_the_configuration_are_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screen.toml");
        let screen = Screen {
            theme: Some("night".to_owned()),
            keys: BTreeMap::from([("acknowledge".to_owned(), "f1".to_owned())]),
            ..Screen::default()
        };
        let load = |screen: &Screen| Remembered::load(screen.clone(), Sounds::default(), Some(path.clone()));
        let mut remembered = load(&screen);
        remembered.preferences.screen.units = Some("jin-mu".to_owned());
        remembered.save().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[screen]\nunits = \"jin-mu\"\n");
        // Back to the default key: that is a choice too, because the configuration has another.
        remembered.keys.rebind(super::super::keys::Action::Acknowledge, "space").unwrap();
        remembered.save().unwrap();
        assert_eq!(load(&screen).keys, KeyMap::default());
        // The configuration changes: what was not chosen follows it, what was chosen stays.
        let again =
            load(&Screen { theme: Some("day".to_owned()), units: Some("kg-ha".to_owned()), ..Screen::default() });
        let Screen { theme, units, .. } = again.preferences.screen;
        assert_eq!((theme.as_deref(), units.as_deref()), (Some("day"), Some("jin-mu")));
    }
}
