//! Errors and refusals in the user's language.

use grainloss_journal::Altered;
use grainloss_knowledge::Words;
use grainloss_packet::PacketError;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::StoreError;
use crate::intake::Refusal;

/// An error in words.
pub fn error(words: &Words, error: &StoreError) -> String {
    let path = |path: &std::path::Path| path.display().to_string();
    match error {
        StoreError::File { .. } | StoreError::Place { .. } | StoreError::Register { .. } | StoreError::Journal(_) => {
            error.to_string()
        }
        StoreError::NoStore(folder) => words.with("fleet-error-no-store", &[("folder", &path(folder))]),
        StoreError::Later { path: file, found, known } => {
            words.with("fleet-error-later", &[("file", &path(file)), ("found", found), ("known", &known.to_string())])
        }
        StoreError::Busy(folder) => words.with("fleet-error-busy", &[("folder", &path(folder))]),
        StoreError::Zone(zone) => words.with("fleet-error-zone", &[("zone", zone)]),
        StoreError::KeptAltered(file) => words.with("fleet-error-kept", &[("file", &path(file))]),
        StoreError::Packet(error) => packet(words, error),
        StoreError::Parquet { path: file, problem } => {
            words.with("fleet-error-parquet", &[("file", &path(file)), ("problem", problem)])
        }
        StoreError::Row { .. } | StoreError::Stopped(_) => error.to_string(),
        StoreError::Bucket { url, problem } => words.with("fleet-error-bucket", &[("url", url), ("problem", problem)]),
        StoreError::Address(url) => words.with("fleet-error-address", &[("url", url)]),
        StoreError::NoKey(text) => words.with("fleet-error-no-key", &[("text", text)]),
        StoreError::Region(region) => words.with("fleet-error-region", &[("region", region)]),
        StoreError::Line { path: file, line, field, problem } => words.with(
            "fleet-error-line",
            &[("file", &path(file)), ("line", &line.to_string()), ("field", field), ("problem", problem)],
        ),
    }
}

/// Why a packet was not taken, in words; `name` is its file.
pub fn refusal(words: &Words, zone: &TimeZone, name: &str, refusal: &Refusal) -> String {
    let minute = |end_us: i64| {
        let end = Timestamp::from_microsecond(end_us).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone());
        end.strftime("%Y-%m-%d %H:%M").to_string()
    };
    match refusal {
        Refusal::Unreadable(error) => packet(words, error),
        Refusal::Altered(Altered::Minute(nth, end_us)) => words
            .with("fleet-refused-minute", &[("file", name), ("nth", &nth.to_string()), ("minute", &minute(*end_us))]),
        Refusal::Altered(_) => words.with("fleet-refused-seal", &[("file", name)]),
        Refusal::Distrusted(key) => words.with("fleet-refused-key", &[("file", name), ("key", key)]),
        Refusal::Conflict(end_us) => {
            words.with("fleet-refused-conflict", &[("file", name), ("minute", &minute(*end_us))])
        }
        Refusal::OtherMachine(known, other) => {
            words.with("fleet-refused-machine", &[("file", name), ("known", known), ("other", other)])
        }
        Refusal::Points => words.with("fleet-refused-points", &[("file", name)]),
        Refusal::Session(id) => words.with("fleet-refused-session", &[("file", name), ("id", &id.to_string())]),
    }
}

/// What is wrong with a packet: the words of the cab.
fn packet(words: &Words, error: &PacketError) -> String {
    let path = |path: &std::path::Path| path.display().to_string();
    match error {
        PacketError::TooLarge { path: file, bytes, most } => words.with(
            "packet-too-large",
            &[("file", &path(file)), ("bytes", &bytes.to_string()), ("most", &most.to_string())],
        ),
        PacketError::Unpacked { path: file, bytes, most } => words.with(
            "packet-unpacked",
            &[("file", &path(file)), ("bytes", &bytes.to_string()), ("most", &most.to_string())],
        ),
        PacketError::Damaged { path: file, problem } => {
            words.with("packet-damaged", &[("file", &path(file)), ("problem", problem)])
        }
        PacketError::NotAPacket { path: file, key } => {
            words.with("packet-foreign", &[("file", &path(file)), ("key", key)])
        }
        PacketError::Head { path: file, field, problem } => {
            words.with("packet-head", &[("file", &path(file)), ("field", field), ("problem", problem)])
        }
        PacketError::Later { path: file, found, known } => words.with(
            "packet-later",
            &[("file", &path(file)), ("found", &found.to_string()), ("known", &known.to_string())],
        ),
        PacketError::Column { path: file, column, problem } => {
            let problem = words.get(&format!("packet-column-{}", problem.word()));
            words.with("packet-column", &[("file", &path(file)), ("column", column), ("problem", &problem)])
        }
        PacketError::NoSeal => words.get("packet-no-seal"),
        error => error.to_string(),
    }
}
