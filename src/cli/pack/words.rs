//! What is wrong with a packet, in the user's language.

use grainloss_knowledge::Words;
use grainloss_packet::PacketError;

/// The error in words.
pub(in crate::cli) fn problem(words: &Words, error: &PacketError) -> String {
    let path = |path: &std::path::Path| path.display().to_string();
    match error {
        PacketError::File { path: file, source } => format!("{}: {source}", path(file)),
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
        PacketError::Column { path: file, column, problem } => words.with(
            "packet-column",
            &[
                ("file", &path(file)),
                ("column", column),
                ("problem", &words.get(&format!("packet-column-{}", problem.word()))),
            ],
        ),
        PacketError::Value { session, column, text } => {
            words.with("packet-value", &[("id", &session.to_string()), ("column", column), ("text", text)])
        }
        PacketError::Empty { session } => words.with("pack-empty", &[("id", &session.to_string())]),
        PacketError::NoSeal => words.get("packet-no-seal"),
        PacketError::Write(problem) => words.with("packet-write", &[("problem", problem)]),
        PacketError::Journal(error) => error.to_string(),
    }
}
