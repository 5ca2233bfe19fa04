//! A script of controls: when which one is pressed, and how often.
//!
//! ```text
//! # seconds  control  times
//! 2          engage
//! 5          faster   14
//! 176.5      lift
//! ```

use std::fmt::Write as _;

use grainloss_knowledge::Words;
use grainloss_simulator::Lever;

/// Most presses on one line.
const MOST_TIMES: u32 = 100;

/// Presses of a control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Press {
    /// From the start of the lesson, s.
    pub at_s: f64,
    /// Which control.
    pub lever: Lever,
    /// How often.
    pub times: u32,
}

/// Reads a script; the error names file, line, field and what is expected there.
pub(super) fn read(file: &str, text: &str, words: &Words) -> Result<Vec<Press>, String> {
    let mut presses: Vec<Press> = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let fields: Vec<&str> = line.split_whitespace().collect();
        let number = (nth + 1).to_string();
        let refused = |key: &str, value: &str| {
            let known = Lever::all().map(Lever::word).collect::<Vec<_>>().join(", ");
            let values = [("file", file), ("line", &number), ("value", value), ("known", &known)];
            Err(words.with(key, &values))
        };
        let (at, lever, times) = match *fields {
            [] => continue,
            [at, lever] => (at, lever, "1"),
            [at, lever, times] => (at, lever, times),
            _ => return refused("train-script-form", line.trim()),
        };
        let Some(at_s) = at.parse::<f64>().ok().filter(|at_s| (0.0..=1e7).contains(at_s)) else {
            return refused("train-script-time", at);
        };
        if presses.last().is_some_and(|last| last.at_s > at_s) {
            return refused("train-script-order", at);
        }
        let Some(lever) = Lever::named(lever) else { return refused("train-script-control", lever) };
        let Some(times) = times.parse::<u32>().ok().filter(|times| (1..=MOST_TIMES).contains(times)) else {
            return refused("train-script-times", times);
        };
        presses.push(Press { at_s, lever, times });
    }
    Ok(presses)
}

/// A script as text, which [`read`] reads.
pub(super) fn written(presses: &[Press]) -> String {
    presses.iter().fold("# seconds control times\n".to_owned(), |mut text, press| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:.2} {} {}", press.at_s, press.lever.word(), press.times);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_knowledge::Lang;

    #[test]
    fn what_is_written_is_read_again_and_a_slip_is_named_by_its_line() {
        let words = Words::new(Lang::En);
        let text = "# a lesson\n2 engage\n\n5.25 faster 14  # to work speed\n";
        let presses = read("k", text, &words).unwrap();
        let expected = [
            Press { at_s: 2.0, lever: Lever::Engage, times: 1 },
            Press { at_s: 5.25, lever: Lever::Faster, times: 14 },
        ];
        assert_eq!(presses, expected);
        assert_eq!(read("k", &written(&presses), &words).unwrap(), presses);
    }
}
