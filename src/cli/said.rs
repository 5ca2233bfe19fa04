//! Errors of the parts in the user's language, by their variant.

use std::io;

use grainloss_bus::BusError;
use grainloss_core::clean_text::clean_line;
use grainloss_core::data_file::FileError;
use grainloss_fitting::package::PackageError;
use grainloss_journal::JournalError;
use grainloss_knowledge::{Message, spoken};
use grainloss_report::ReportError;

use crate::config::Refused;
use crate::service::{LinkError, LockError, RunError, SessionError, StartError};

/// What can be said to the user.
pub(super) trait Said {
    /// In the user's language.
    fn said(&self) -> String;
}

impl Said for String {
    fn said(&self) -> String {
        self.clone()
    }
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> String {
        (*self).said()
    }
}

impl Said for str {
    fn said(&self) -> String {
        self.to_owned()
    }
}

impl Said for Message {
    fn said(&self) -> String {
        self.text(spoken())
    }
}

/// What the system says, by its number; one that has no words keeps its number and the system's own.
impl Said for io::Error {
    fn said(&self) -> String {
        let Some(number) = self.raw_os_error() else {
            let plain = self.get_ref().is_none_or(<dyn std::error::Error + Send + Sync + 'static>::is::<io::Error>);
            let key = match self.kind() {
                io::ErrorKind::IsADirectory if plain => "system-21",
                io::ErrorKind::NotFound if plain => "system-2",
                io::ErrorKind::UnexpectedEof if plain => "system-cut",
                io::ErrorKind::WriteZero if plain => "system-28",
                _ => return self.to_string(),
            };
            return spoken().get(key);
        };
        let message = Message::new(format!("system-{number}"));
        message.or(self.to_string()).text(spoken())
    }
}

impl Said for csv::Error {
    fn said(&self) -> String {
        match self.kind() {
            csv::ErrorKind::Io(error) => error.said(),
            csv::ErrorKind::Utf8 { .. } => spoken().get("csv-not-utf8"),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let values = [("expected", &*expected_len.to_string()), ("found", &*len.to_string())];
                spoken().with("csv-fields", &values)
            }
            _ => self.to_string(),
        }
    }
}

impl Said for serde_json::Error {
    fn said(&self) -> String {
        if self.is_io() {
            return io::Error::from(self.io_error_kind().unwrap_or(io::ErrorKind::Other)).said();
        }
        let values = [("line", &*self.line().to_string()), ("why", &self.to_string())];
        spoken().with(if self.is_eof() { "json-cut" } else { "json-wrong" }, &values)
    }
}

/// Its text was made in the user's language where knowledge made it; what the reader of TOML says stays.
impl Said for FileError {
    fn said(&self) -> String {
        self.to_string()
    }
}

impl Said for Refused {
    fn said(&self) -> String {
        self.to_string()
    }
}

impl Said for grainloss_can::DbcError {
    fn said(&self) -> String {
        super::dbc::said(self, spoken())
    }
}

/// Only of a command line that the program has put together by itself.
impl Said for clap::Error {
    fn said(&self) -> String {
        self.to_string()
    }
}

/// Only where the program's own data could not be written.
impl Said for toml::ser::Error {
    fn said(&self) -> String {
        self.to_string()
    }
}

impl Said for JournalError {
    fn said(&self) -> String {
        let (key, path, values): (&str, _, Vec<(&str, String)>) = match self {
            Self::Sqlite { path, error } => {
                let code = self.sqlite_code().unwrap_or_default();
                let message = Message::new(format!("sqlite-{code}")).or(error.to_string());
                return format!("{}: {}", path.display(), message.text(spoken()));
            }
            Self::Folder { path, error } => ("folder", path, vec![("why", error.said())]),
            Self::Thread { path, error } => ("thread", path, vec![("why", error.said())]),
            Self::NotAFile(path) => ("not-a-file", path, vec![]),
            Self::Missing(path) => ("missing", path, vec![]),
            Self::NotOurs { path, found } => ("not-ours", path, vec![("found", format!("{found:#x}"))]),
            Self::TooNew { path, found } => {
                let known = grainloss_journal::SCHEMA_VERSION;
                ("too-new", path, vec![("found", found.to_string()), ("known", known.to_string())])
            }
            Self::Exists(path) => ("exists", path, vec![]),
            Self::Copy { path, error } => ("copy", path, vec![("why", error.said())]),
            Self::NotClosed { path, log } => ("not-closed", path, vec![("log", log.display().to_string())]),
            Self::NothingFound(path) => ("nothing-found", path, vec![]),
            Self::Read { path, error } => ("read", path, vec![("why", error.said())]),
            Self::Quarantine { path, problem, error } => {
                ("quarantine", path, vec![("problem", problem.clone()), ("why", error.said())])
            }
            Self::NoCalibration { path, id } => ("no-calibration", path, vec![("id", id.to_string())]),
            Self::NoPoint { path, id } => ("no-point", path, vec![("id", id.to_string())]),
            Self::PointCorrected { path, id, by } => {
                ("point-corrected", path, vec![("id", id.to_string()), ("by", by.to_string())])
            }
            Self::NoSession { path, id } => ("no-session", path, vec![("id", id.clone())]),
        };
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, &**value)).collect();
        format!("{}: {}", path.display(), spoken().with(&format!("journal-error-{key}"), &values))
    }
}

impl Said for BusError {
    fn said(&self) -> String {
        match self {
            Self::Log { path, error } => format!("{}: {}", path.display(), error.said()),
            Self::NoFrames { .. } => super::log_words::no_frames(spoken(), self).unwrap_or_default(),
            Self::NoInterface { name, there } => {
                let key = if there.is_empty() { "bus-no-interface" } else { "bus-other-interfaces" };
                spoken().with(key, &[("name", name), ("there", &there.join(", "))])
            }
            Self::Socket { name, error } => format!("--iface {name}: {}", error.said()),
        }
    }
}

impl Said for RunError {
    fn said(&self) -> String {
        match self {
            Self::Bus(error) => error.said(),
            Self::Panic => spoken().get("run-panic"),
        }
    }
}

impl Said for SessionError {
    fn said(&self) -> String {
        match self {
            Self::NoCrop => spoken().get("session-no-crop"),
            Self::File(error) => error.said(),
            Self::Journal(error) => error.said(),
            error => super::calibration::session_problem(spoken(), error).unwrap_or_else(|| error.to_string()),
        }
    }
}

impl Said for LockError {
    fn said(&self) -> String {
        let Self::Taken { journal, pid } = self;
        spoken().with("lock-taken", &[("file", &journal.display().to_string()), ("pid", pid)])
    }
}

impl Said for StartError {
    fn said(&self) -> String {
        match self {
            Self::Session(error) => error.said(),
            Self::Trace { path, error } => format!("--trace {}: {}", path.display(), error.said()),
            Self::Socket { path, error } => format!("--socket {}: {}", path.display(), error.said()),
            Self::System(error) => error.said(),
        }
    }
}

impl Said for LinkError {
    fn said(&self) -> String {
        let words = spoken();
        match self {
            Self::NoService { path, error } => {
                words.with("link-no-service", &[("path", &path.display().to_string()), ("why", &error.said())])
            }
            Self::Forbidden(path) => words.with("link-forbidden", &[("path", &path.display().to_string())]),
            Self::Version { theirs, protocol } => {
                let ours = crate::service::PROTOCOL.to_string();
                words.with(
                    "link-version",
                    &[("theirs", &*clean_line(theirs)), ("protocol", &protocol.to_string()), ("ours", &ours)],
                )
            }
            Self::Bye(why) => words.with("link-bye", &[("why", &clean_line(why))]),
            Self::TooLong(bytes, most) => {
                words.with("link-too-long", &[("bytes", &bytes.to_string()), ("most", &most.to_string())])
            }
            Self::Damaged(why) => words.with("link-damaged", &[("why", &clean_line(why))]),
            Self::Closed => words.get("link-closed"),
            Self::Io(error) => error.said(),
        }
    }
}

impl Said for ReportError {
    fn said(&self) -> String {
        let words = spoken();
        match self {
            Self::Journal(error) => error.said(),
            Self::Knowledge(error) => error.said(),
            Self::NoPositions(id) => words.with("report-no-positions", &[("id", &id.to_string())]),
            Self::InTheWay(path) => words.with("report-in-the-way", &[("path", &path.display().to_string())]),
            Self::NoFont => words.get("report-no-font"),
            Self::Pdf(why) => words.with("report-no-pdf", &[("why", why)]),
            Self::Workbook(why) => words.with("report-no-workbook", &[("why", why)]),
            Self::Write(error) => error.said(),
        }
    }
}

impl Said for PackageError {
    fn said(&self) -> String {
        let words = spoken();
        match self {
            Self::Form { file, problem } => format!("{file}: {problem}"),
            Self::Foreign(name) => words.with("package-foreign", &[("name", name)]),
            Self::Missing(name) => words.with("package-missing", &[("name", name)]),
            Self::TooLong { file, most } => {
                words.with("package-too-long", &[("name", file), ("most", &most.to_string())])
            }
            Self::Twice(name) => words.with("package-twice", &[("name", name)]),
            Self::Unpublishable(why) => words.with("package-unpublishable", &[("why", why)]),
        }
    }
}

#[cfg(feature = "simulator")]
impl Said for grainloss_simulator::ScenarioError {
    fn said(&self) -> String {
        let words = spoken();
        let value = |place: &str, key: &str, found: &str, expected: &str| {
            words.with("scenario-value", &[("place", place), ("key", key), ("found", found), ("expected", expected)])
        };
        match self {
            Self::Unknown { kind, name, allowed } => {
                let kind = words.get(&format!("scenario-kind-{kind}"));
                words.with("scenario-unknown", &[("kind", &kind), ("name", name), ("allowed", allowed)])
            }
            Self::Syntax { file, line, message } => format!("{file}:{line}: {message}"),
            Self::Fault { fault, key, found, expected } => value(&format!("--fault {fault}"), key, found, expected),
            Self::Value { file, line, key, found, expected } => value(&format!("{file}:{line}"), key, found, expected),
        }
    }
}

#[cfg(feature = "simulator")]
impl Said for grainloss_evaluation::EquipmentError {
    fn said(&self) -> String {
        match self {
            Self::File(error) => error.said(),
            error => error.to_string(),
        }
    }
}
