//! What the operator prefers on this screen, remembered in `$XDG_CONFIG_HOME/grainloss/dashboard.toml`, or below
//! `~/.config`. A file that cannot be used is told in words, and left as it is under another name when a new one is
//! written.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::keys::KeyMap;
use super::sound::Device;
use grainloss_core::data_file;
use grainloss_knowledge::Lang;

const NAME: &str = "dashboard.toml";

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preferences {
    /// `zh` or `en`; without one, that of the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// A set of `units.toml`; without one, the language's usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// A unit of speed of `units.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
    /// A theme of `themes.toml`; without one, what the terminal can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// True for ASCII only; without it, what the terminal can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ascii: Option<bool>,
    /// Which sounds are made, and by what.
    pub sounds: Sounds,
    /// Keys that are not the usual ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
    /// The pan that was used last.
    pub pan: PanMeasures,
}

/// A language by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Which sounds are made, and by what. Each has its own switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sounds {
    /// What makes them.
    pub device: Device,
    /// Program and arguments that drive a horn or buzzer; the sound's word is added as the last argument.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// An alarm of the middle level.
    pub medium: bool,
    /// An alarm of the highest level.
    pub high: bool,
    /// A pan has been stamped.
    pub drop: bool,
}

impl Default for Sounds {
    fn default() -> Self {
        Self { device: Device::Auto, command: Vec::new(), medium: true, high: true, drop: true }
    }
}

/// The pan that was used last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PanMeasures {
    /// Its area, m².
    pub area_m2: f64,
    /// Width over which the rear's loss falls, m; without one, the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discharge_width_m: Option<f64>,
    /// Natural shed, kernels/m²; without one, a front sample asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shed_kernels_m2: Option<f64>,
    /// Weighed in grams, not counted.
    pub weighed: bool,
}

impl Default for PanMeasures {
    fn default() -> Self {
        // A pan of 0.3 m² is what the drop-pan sheets use; the first thing that the screen lets one change.
        Self { area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None, weighed: false }
    }
}

/// Preferences with the place that they come from and go to.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// What is preferred.
    pub preferences: Preferences,
    /// The keys that follow from it.
    pub keys: KeyMap,
    /// What is wrong with the file, if so: nothing of it is used then.
    pub complaint: Option<String>,
    path: Option<PathBuf>,
}

impl Remembered {
    /// From the user's folder.
    pub fn load() -> Self {
        grainloss_knowledge::files::user_path("", NAME).map_or_else(Self::default, Self::from_file)
    }

    /// From this file, which need not be there.
    pub fn from_file(path: PathBuf) -> Self {
        let file = path.display().to_string();
        let read = |path: &Path| -> Result<(Preferences, KeyMap), String> {
            let text = grainloss_knowledge::files::read(path).map_err(|error| error.to_string())?;
            let preferences: Preferences = data_file::parse(&file, &text).map_err(|error| error.to_string())?;
            preferences.check().map_err(|problem| format!("{file}: {problem}"))?;
            let keys = KeyMap::with(&preferences.keys).map_err(|problem| format!("{file}: {problem}"))?;
            Ok((preferences, keys))
        };
        let (preferences, keys, complaint) = match path.exists().then(|| read(&path)) {
            None => (Preferences::default(), KeyMap::default(), None),
            Some(Ok((preferences, keys))) => (preferences, keys, None),
            Some(Err(complaint)) => (Preferences::default(), KeyMap::default(), Some(complaint)),
        };
        Self { preferences, keys, complaint, path: Some(path) }
    }

    /// Writes them down. A file that could not be used is kept beside, as `dashboard.toml.refused`.
    pub fn save(&mut self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        self.preferences.keys = self.keys.own();
        let text = toml::to_string(&self.preferences).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        if self.complaint.is_some() && path.exists() {
            std::fs::rename(path, path.with_extension("toml.refused")).map_err(failed)?;
        }
        // Whole or not at all, whenever the power goes.
        let new = path.with_extension(format!("toml.{}", std::process::id()));
        let mut file = std::fs::File::create(&new).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&new, path).map_err(failed)?;
        self.complaint = None;
        Ok(())
    }
}

impl Preferences {
    /// The figures must be possible ones.
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
        let path = folder.path().join("sub").join(NAME);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        (folder, Remembered::from_file(path))
    }

    #[test]
    fn what_is_saved_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join(NAME);
        let mut remembered = Remembered::from_file(path.clone());
        assert_eq!((remembered.preferences.clone(), remembered.complaint.clone()), (Preferences::default(), None));
        remembered.preferences.language = Some(Language::En);
        remembered.preferences.theme = Some("night".to_owned());
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
    fn a_bad_file_is_refused_in_words_and_kept() {
        for (text, said) in [
            ("theme = 7\n", "dashboard.toml:1: "),
            ("language = \"en\"\ncolour = \"red\"\n", "dashboard.toml:2: unknown field `colour`"),
            ("[pan]\narea_m2 = -1.0\n", "area_m2 = -1; expected 0.01 to 100"),
            ("[sounds]\ndevice = \"command\"\n", "needs a command"),
            ("[keys]\nacknowledge = \"q\"\n", "both \"q\""),
            ("[sounds", "dashboard.toml:1: "),
        ] {
            let (folder, mut remembered) = written(text);
            let complaint = remembered.complaint.clone().unwrap_or_default();
            assert!(complaint.contains(said), "{complaint}");
            assert_eq!(remembered.preferences, Preferences::default(), "nothing of it is used");
            remembered.save().unwrap();
            let kept = folder.path().join("sub").join("dashboard.toml.refused");
            assert_eq!(std::fs::read_to_string(kept).unwrap(), text);
            assert_eq!(remembered.complaint, None);
        }
    }
}
