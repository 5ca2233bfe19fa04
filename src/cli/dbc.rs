//! What is wrong with a DBC file, or odd in it, in words.

use grainloss_can::{Database, DbcError, DbcProblem, SignalFault};
use grainloss_knowledge::Words;

use super::error::complain;

/// An error or a warning of the loader, with its file and line.
pub(super) fn said(error: &DbcError, words: &Words) -> String {
    format!("{}:{}: {}", error.file, error.line, problem(&error.problem, words))
}

/// Everything that is odd in a file goes to standard error.
pub(super) fn warn(database: &Database, words: &Words) {
    for warning in database.warnings() {
        complain(&said(warning, words));
    }
}

/// That a file is read as one of J1939 although it does not say so goes to standard error; nothing else.
pub(super) fn warn_of_j1939(database: &Database, words: &Words) {
    let taken = database.warnings().iter().find(|w| matches!(w.problem, DbcProblem::TakenForJ1939 { .. }));
    if let Some(taken) = taken {
        complain(&said(taken, words));
    }
}

fn problem(problem: &DbcProblem, words: &Words) -> String {
    let with = |key: &str, values: &[(&str, &str)]| words.with(&format!("dbc-{key}"), values);
    match problem {
        DbcProblem::Syntax(reason) => with("syntax", &[("reason", reason)]),
        DbcProblem::NoMessage => words.get("dbc-no-message"),
        DbcProblem::IdWithoutFlag { message, id } => {
            let right = (id | 1 << 31).to_string();
            with("id-without-flag", &[("message", message), ("id", &id.to_string()), ("right", &right)])
        }
        DbcProblem::IdTooWide { message, id } => with("id-too-wide", &[("message", message), ("id", &id.to_string())]),
        DbcProblem::SameFrames { first, second } => with("same-frames", &[("message", second), ("first", first)]),
        DbcProblem::SameMessage(message) => with("same-message", &[("message", message)]),
        DbcProblem::SameSignal(signal) => with("same-signal", &[("signal", signal)]),
        DbcProblem::TakenForJ1939 { extended, any_source, known } => {
            let [extended, any, known] = [extended, any_source, known].map(ToString::to_string);
            with("taken-for-j1939", &[("extended", &extended), ("any", &any), ("known", &known)])
        }
        DbcProblem::OutsidePayload { signal, size } => {
            with("outside-payload", &[("signal", signal), ("size", &size.to_string())])
        }
        DbcProblem::Width { signal, width } => with("width", &[("signal", signal), ("width", &width.to_string())]),
        DbcProblem::Orphan { signal } => with("orphan", &[("signal", signal)]),
        DbcProblem::TooLong { message, size, longest } => {
            let (size, longest) = (size.to_string(), longest.to_string());
            with("too-long", &[("message", message), ("size", &size), ("longest", &longest)])
        }
        DbcProblem::Overlap { signal, other } => with("overlap", &[("signal", signal), ("other", other)]),
        DbcProblem::Signal { signal, fault: found } => {
            with("signal", &[("signal", signal), ("fault", &words.get(fault(*found)))])
        }
    }
}

const fn fault(fault: SignalFault) -> &'static str {
    match fault {
        SignalFault::Factor => "dbc-fault-factor",
        SignalFault::FloatWidth => "dbc-fault-float-width",
        SignalFault::NoSwitch => "dbc-fault-no-switch",
        SignalFault::WhichSwitch => "dbc-fault-which-switch",
        SignalFault::UnknownSwitch => "dbc-fault-unknown-switch",
        SignalFault::PageRange => "dbc-fault-page-range",
        SignalFault::Circle => "dbc-fault-circle",
    }
}
