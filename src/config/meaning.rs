//! What the schema cannot say: names must be known, paths must be possible, keys must not be taken twice.

use std::path::Path;

use super::check::near;
use super::origin::{Configuration, Origin};
use super::places::expand_home;
use grainloss_core::data_file::FileError;
use grainloss_knowledge::{self as knowledge, Words};
use grainloss_tui::{Device, KeyMap, KeyProblem, UnitBook, themes};

/// A socket's path has room for so many bytes (`sun_path` of Linux, less the end mark).
const SOCKET_PATH_BYTES: usize = 107;

/// Everything in the files that means nothing.
pub(super) fn problems(configuration: &Configuration, words: &Words) -> Vec<FileError> {
    let mut check = Check { configuration, words, found: Vec::new() };
    check.service();
    check.paths();
    #[cfg(feature = "web")]
    check.web();
    check.sending();
    check.crops();
    check.screen();
    check.found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    check.found
}

struct Check<'a> {
    configuration: &'a Configuration,
    words: &'a Words,
    found: Vec<FileError>,
}

impl Check<'_> {
    /// A problem with the value under this key, if a file has set it.
    fn say(&mut self, key: &str, text: &str, values: &[(&str, &str)]) {
        let problem = self.words.with(text, values);
        self.say_plain(key, &problem);
    }

    fn say_plain(&mut self, key: &str, problem: &str) {
        self.say_at(key, key, problem);
    }

    /// The same, where the place is that of another key.
    fn say_at(&mut self, place: &str, key: &str, problem: &str) {
        let place = match self.configuration.origin(place) {
            Some(Origin::File { file, line }) => Some((file.clone(), *line)),
            _ => None,
        };
        if let Some((file, line)) = place {
            self.found.push(FileError { file, line: Some(line), problem: format!("{key}: {problem}") });
        }
    }

    /// A name that must be one of these.
    fn known(&mut self, key: &str, name: Option<&str>, names: &[&str]) {
        self.known_at(key, key, name, names);
    }

    fn known_at(&mut self, place: &str, key: &str, name: Option<&str>, names: &[&str]) {
        let Some(name) = name.filter(|name| !names.contains(name)) else { return };
        let all = names.join(", ");
        let mut problem = self.words.with("config-unknown-name", &[("name", name), ("all", &all)]);
        if let Some(near) = near(name, names) {
            problem = problem + " " + &self.words.with("config-did-you-mean", &[("near", near)]);
        }
        self.say_at(place, key, &problem);
    }

    fn service(&mut self) {
        let config = &self.configuration.config;
        for name in &config.service.interfaces {
            // The kernel's own rule, `dev_valid_name`.
            if matches!(&**name, "." | "..") || name.contains(|c: char| c == '/' || c == ':' || c.is_whitespace()) {
                self.say("service.interfaces", "config-interface", &[("name", name)]);
            }
        }
        if let Some(machine) = &config.service.machine
            && (machine.contains('/') || Path::new(machine).extension().is_some_and(|ending| ending == "toml"))
        {
            self.absolute("service.machine", machine);
        }
    }

    fn absolute(&mut self, key: &str, path: &str) -> bool {
        let absolute = expand_home(path).is_absolute() && !path.contains('\0');
        if !absolute {
            self.say(key, "config-path", &[("path", path)]);
        }
        absolute
    }

    fn paths(&mut self) {
        let config = &self.configuration.config;
        for (key, path) in [("journal.file", &config.journal.file), ("socket.path", &config.socket.path)] {
            let Some(path) = path else { continue };
            if !self.absolute(key, path) {
                continue;
            }
            let found = expand_home(path);
            if found.is_dir() || path.ends_with('/') {
                self.say(key, "config-path-is-folder", &[("path", path)]);
            } else if key == "socket.path" && found.as_os_str().len() > SOCKET_PATH_BYTES {
                self.say(key, "config-socket-path", &[("most", &SOCKET_PATH_BYTES.to_string())]);
            } else if let Some(file) = above_is_file(&found) {
                self.say(key, "config-path-below-file", &[("file", &file)]);
            }
        }
    }

    #[cfg(feature = "web")]
    fn web(&mut self) {
        let web = &self.configuration.config.web;
        if let Some(address) = web.address.as_deref().filter(|text| text.parse::<grainloss_web::Address>().is_err()) {
            self.say("web.address", "config-web-address", &[("address", address)]);
        }
        if web.token.as_deref().is_some_and(|text| grainloss_web::Token::chosen(text).is_err()) {
            self.say("web.token", "config-web-token", &[]);
        }
    }

    fn sending(&mut self) {
        let (packets, uplink) = (&self.configuration.config.packets, &self.configuration.config.uplink);
        let folder = [("packets.folder", packets.folder.as_deref())];
        for (key, path) in folder.into_iter().chain(uplink.paths()) {
            if let Some(path) = path {
                self.absolute(key, path);
            }
        }
        for (key, there, other) in [
            ("uplink.s3", &uplink.s3, (&uplink.endpoint, "uplink.endpoint")),
            ("uplink.cert", &uplink.cert, (&uplink.key, "uplink.key")),
            ("uplink.key", &uplink.key, (&uplink.cert, "uplink.cert")),
        ] {
            if there.is_some() && other.0.is_none() {
                self.say(key, "config-needs-other", &[("other", other.1)]);
            }
        }
        #[cfg(feature = "uplink")]
        {
            let wrong = |text: &Option<String>, check: fn(&str) -> bool| text.clone().filter(|text| !check(text));
            let is_bucket = |text: &str| text.parse::<grainloss_uplink::BucketAddress>().is_ok();
            let is_broker = |text: &str| text.parse::<grainloss_uplink::MqttConfig>().is_ok();
            for (key, text, kind) in [
                ("uplink.s3", wrong(&uplink.s3, is_bucket), "config-uplink-s3"),
                (
                    "uplink.endpoint",
                    wrong(&uplink.endpoint, |text| grainloss_uplink::check_endpoint(text).is_ok()),
                    "config-uplink-endpoint",
                ),
                ("uplink.mqtt", wrong(&uplink.mqtt, is_broker), "config-uplink-mqtt"),
            ] {
                if let Some(text) = text {
                    self.say(key, kind, &[("address", &text)]);
                }
            }
        }
    }

    fn crops(&mut self) {
        // Crops that cannot be read are told by whatever needs them.
        let Ok(crops) = knowledge::crops() else { return };
        let crops: Vec<&str> = crops.iter().map(|(name, _)| name.as_str()).collect();
        let config = &self.configuration.config;
        self.known("service.first_crop", config.service.first_crop.as_deref(), &crops);
        for crop in config.prices.keys() {
            self.known_at(&format!("prices.{crop}.currency"), &format!("prices.{crop}"), Some(crop), &crops);
        }
        for (crop, limit) in &config.alarms.limits {
            let key = format!("alarms.limits.{crop}");
            let Ok(entry) = knowledge::crop(crop) else {
                self.known(&key, Some(crop), &crops);
                continue;
            };
            if knowledge::limit(Some(limit), crop, &entry).is_err() {
                let ids = knowledge::limits(crop).unwrap_or_default();
                let ids = ids.into_iter().map(|limit| limit.id).collect::<Vec<_>>().join(", ");
                self.say(&key, "config-limit", &[("limit", limit), ("crop", crop), ("all", &ids)]);
            }
        }
    }

    fn screen(&mut self) {
        let config = &self.configuration.config;
        let screen = &config.screen;
        if screen.theme.is_some() {
            let (all, _) = themes();
            self.known("screen.theme", screen.theme.as_deref(), &all.iter().map(|t| &*t.id).collect::<Vec<_>>());
        }
        if screen.units.is_some() || screen.speed.is_some() {
            let (book, _) = UnitBook::load();
            self.known("screen.units", screen.units.as_deref(), &book.sets().collect::<Vec<_>>());
            self.known("screen.speed", screen.speed.as_deref(), &book.speeds().collect::<Vec<_>>());
        }
        if let Err(problem) = KeyMap::with(&screen.keys) {
            self.key(&problem);
        }
        if config.sounds.device == Device::Command && config.sounds.command.is_empty() {
            self.say("sounds.device", "config-needs-command", &[]);
        }
    }

    fn key(&mut self, problem: &KeyProblem) {
        let place = |action: &str| format!("screen.keys.{action}");
        match problem {
            KeyProblem::UnknownAction { name, known } => self.known(&place(name), Some(name), known),
            KeyProblem::Reserved { action, key } => self.say(&place(action), "config-key-reserved", &[("key", key)]),
            KeyProblem::NoKey { action, key } => self.say(&place(action), "config-key-unknown", &[("key", key)]),
            KeyProblem::Twice { actions: [first, second], key } => {
                let values = [("key", &**key), ("first", *first), ("second", *second)];
                // One of the two is of a file; the other may be the usual one.
                let of_file = self.configuration.origin(&place(second)).is_some();
                self.say(&place(if of_file { second } else { first }), "config-key-twice", &values);
            }
        }
    }
}

/// The part of a path that would have to be a folder, and is a file.
fn above_is_file(path: &Path) -> Option<String> {
    path.ancestors()
        .skip(1)
        .find(|above| above.exists())
        .filter(|above| !above.is_dir())
        .map(|p| p.display().to_string())
}
