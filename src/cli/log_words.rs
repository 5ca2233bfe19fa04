//! What is wrong with a log, in the user's language.

use grainloss_bus::BusError;
use grainloss_can::log::{Foreign, LogProblem, Place};
use grainloss_knowledge::Words;

/// `line 12: expected …`
pub(super) fn place_and_problem(words: &Words, place: Place, problem: LogProblem) -> String {
    let (key, number) = match place {
        Place::Line(number) => ("log-place-line", number),
        Place::Byte(number) => ("log-place-byte", number),
    };
    let place = words.with(key, &[("number", &number.to_string())]);
    format!("{place}: {}", self::problem(words, problem))
}

fn problem(words: &Words, problem: LogProblem) -> String {
    let key = match problem {
        LogProblem::Time => "time",
        LogProblem::TimeRange => "time-range",
        LogProblem::Interface => "interface",
        LogProblem::Identifier => "identifier",
        LogProblem::Data => "data",
        LogProblem::Tail => "tail",
        LogProblem::ScreenFormat => "screen",
        LogProblem::TooLong => "too-long",
        LogProblem::TooManyInterfaces => "interfaces",
        LogProblem::Expected(what) => return words.with("log-expected", &[("what", &named(words, what))]),
        LogProblem::CutShort(what) => return words.with("log-cut-short", &[("what", &named(words, what))]),
    };
    words.get(&format!("log-problem-{key}"))
}

/// The key of a part of a log: the letters and digits of its English name.
fn key(what: &str) -> String {
    let parts = what.to_ascii_lowercase();
    let parts = parts.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    format!("log-what-{}", parts.collect::<Vec<_>>().join("-"))
}

/// The name of a part of a log.
fn named(words: &Words, what: &str) -> String {
    words.get(&key(what))
}

/// What a file is that is no log. Of a text, what was wrong with its first line is told, too: it may be a damaged log.
pub(super) fn foreign(words: &Words, log: &str, foreign: Foreign, first: Option<(Place, LogProblem)>) -> String {
    let what = words.get(&format!("log-foreign-{}", foreign.key()));
    let first =
        first.filter(|_| foreign == Foreign::Text).map_or_else(String::new, |first| first_problem(words, first));
    let readable = words.get("log-readable");
    words.with("log-is", &[("log", log), ("first", &first), ("foreign", &what), ("readable", &readable)])
}

/// ` (line 12: expected …)`
pub(super) fn first_problem(words: &Words, (place, problem): (Place, LogProblem)) -> String {
    format!(" ({})", place_and_problem(words, place, problem))
}

/// Of a log without a frame, what it is; `None` of another error.
pub(super) fn no_frames(words: &Words, error: &BusError) -> Option<String> {
    match error {
        BusError::NoFrames { file, foreign: Some(found), problem, .. } => Some(foreign(words, file, *found, *problem)),
        BusError::NoFrames { file, first, problem, .. } => {
            let first = problem.map_or_else(|| first.clone(), |problem| first_problem(words, problem));
            let readable = words.get("log-readable");
            Some(words.with("log-no-frames", &[("log", file), ("first", &first), ("readable", &readable)]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use grainloss_knowledge::Lang;

    use super::*;

    #[test]
    fn every_part_of_a_log_has_a_name_in_both_languages() {
        fn sources(folder: &Path, texts: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    sources(&entry, texts);
                } else {
                    let text = std::fs::read_to_string(&entry).unwrap();
                    texts.push_str(text.split("#[cfg(test)]").next().unwrap());
                }
            }
        }
        let mut texts = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("can-dbc/src");
        sources(&root.join("log"), &mut texts);
        sources(&root.join("candump"), &mut texts);
        let starts = texts.split("Expected(").skip(1).chain(texts.split("CutShort(").skip(1));
        let names: Vec<_> = starts.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).collect();
        assert!(names.len() > 70, "{}", names.len());
        let words = [Lang::Zh, Lang::En].map(Words::new);
        for name in names {
            let [zh, en] = words.each_ref().map(|words| named(words, name));
            assert_eq!(en, name);
            assert!(zh != key(name) && !zh.is_ascii(), "{name}: {zh}");
        }
        for found in Foreign::ALL {
            let [zh, en] = words.each_ref().map(|words| foreign(words, "x", found, None));
            assert!(en.contains(&found.to_string()), "{en}");
            assert!(zh.contains("x:里面没有 CAN 帧:这是") && zh.contains("MF4"), "{zh}");
        }
        // One list, wherever it is shown.
        assert!(words[1].get("log-readable").contains(grainloss_can::log::READABLE));
    }
}
