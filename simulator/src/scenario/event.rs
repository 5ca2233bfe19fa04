//! What goes wrong, and when: the scenario's timeline, and faults asked for on the command line.

use serde::Deserialize;

use super::error::ScenarioError;
use super::kind::{Argument, KINDS, Kind};
use super::source::Source;

/// An `[[event]]` as the file writes it.
#[derive(Deserialize)]
pub(super) struct EventEntry {
    kind: String,
    start_s: f64,
    /// `inf` for good.
    duration_s: f64,
    repeat_s: Option<f64>,
    /// The kind's argument, under the key that the kind gives it.
    #[serde(flatten)]
    argument: toml::Table,
}

/// Something that goes on for a while.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub kind: Kind,
    pub start_s: f64,
    pub duration_s: f64,
    repeat_s: Option<f64>,
    /// Place in the list of choices.
    pub choice: usize,
    pub number: f64,
    /// As the truth names it.
    pub label: String,
}

impl Event {
    /// True when it is going on, `t_s` seconds after the start of the scenario.
    pub fn is_on(&self, t_s: f64) -> bool {
        let since = t_s - self.start_s;
        let since = self.repeat_s.filter(|_| since >= 0.0).map_or(since, |repeat| since % repeat);
        (0.0..self.duration_s).contains(&since)
    }

    /// From first to last it lasts from here to there, s.
    fn span(&self) -> (f64, f64) {
        let end_s = if self.repeat_s.is_some() { f64::INFINITY } else { self.start_s + self.duration_s };
        (self.start_s, end_s)
    }

    /// Why these two cannot be in one timeline.
    fn contradicts(&self, other: &Self) -> bool {
        let same = self.kind == other.kind && (self.kind.is_single() || self.choice == other.choice);
        let against = self.kind != other.kind && self.kind.contradicts(other.kind) && self.choice == other.choice;
        let ((from, to), (other_from, other_to)) = (self.span(), other.span());
        let repeats = self.repeat_s.is_some() || other.repeat_s.is_some();
        // Repeated ones may take turns; that is for who wrote them to see.
        (same || against) && from < other_to && other_from < to && !repeats
    }

    fn new(kind: Kind, start_s: f64, duration_s: f64, repeat_s: Option<f64>, argument: &Given) -> Self {
        let name = kind.entry().name;
        let label = match argument {
            Given::Choice(_, word) => format!("{name}:{word}"),
            Given::Number(_) | Given::Nothing => name.to_owned(),
        };
        let (choice, number) = match argument {
            Given::Choice(choice, _) => (*choice, 0.0),
            Given::Number(number) => (0, *number),
            Given::Nothing => (0, 0.0),
        };
        Self { kind, start_s, duration_s, repeat_s, choice, number, label }
    }
}

/// An argument that was checked.
enum Given {
    Nothing,
    Choice(usize, String),
    Number(f64),
}

/// The argument of a kind from a word, or what is meant when there is none. `Err` holds the key and what is expected.
fn given(argument: Argument, word: Option<&str>, operators: &[&str]) -> Result<Given, (&'static str, String)> {
    let choice = |key, names: &[&str], word: Option<&str>| {
        let Some(word) = word else { return Err((key, format!("one of: {}", names.join(", ")))) };
        let at = names.iter().position(|name| *name == word);
        at.map(|at| Given::Choice(at, word.to_owned())).ok_or((key, format!("one of: {}", names.join(", "))))
    };
    match argument {
        Argument::None => match word {
            None => Ok(Given::Nothing),
            Some(_) => Err(("argument", "none".to_owned())),
        },
        Argument::Operator => choice("operator", operators, word),
        Argument::Choice(key, names) => choice(key, names, word),
        Argument::Number(key, low, high, _) => match word.map(str::parse::<f64>) {
            Some(Ok(number)) if (low..=high).contains(&number) => Ok(Given::Number(number)),
            _ => Err((key, format!("{low} to {high}"))),
        },
    }
}

impl Argument {
    /// The key under which a file gives it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::Operator => "operator",
            Self::Choice(key, _) | Self::Number(key, ..) => key,
        }
    }

    /// What is meant when the command line does not say.
    fn usual(&self) -> Option<String> {
        match self {
            Self::None | Self::Operator => None,
            Self::Choice(_, names) => names.first().map(|name| (*name).to_owned()),
            Self::Number(.., usual) => Some(usual.to_string()),
        }
    }
}

fn kind_names() -> Vec<&'static str> {
    KINDS.iter().map(|entry| entry.name).collect()
}

impl EventEntry {
    /// Refuses values that cannot be, and keys that the kind does not have.
    pub(super) fn checked(self, source: Source, nth: usize, operators: &[&str]) -> Result<Event, ScenarioError> {
        let error = |key: &str, found: &str, expected: &str| {
            Err(source.value("[[event]]", nth, key, found, expected.to_owned()))
        };
        let Some(entry) = KINDS.iter().find(|entry| entry.name == self.kind) else {
            return error("kind", &self.kind, &format!("one of: {}", kind_names().join(", ")));
        };
        if !(0.0..1e9).contains(&self.start_s) {
            return error("start_s", &self.start_s.to_string(), "seconds from 0");
        }
        if self.duration_s.is_nan() || self.duration_s <= 0.0 {
            return error("duration_s", &self.duration_s.to_string(), "seconds over 0, or inf");
        }
        if let Some(repeat) = self.repeat_s
            && !(repeat > self.duration_s && repeat.is_finite())
        {
            return error("repeat_s", &repeat.to_string(), "more than duration_s");
        }
        let key = entry.argument.key();
        if let Some(other) = self.argument.keys().find(|other| *other != key) {
            return error(other, "there", &format!("no such key in an event of kind {}", entry.name));
        }
        if entry.kind == Kind::CounterWrap && self.start_s > 0.0 {
            return error("start_s", &self.start_s.to_string(), "0: counters begin near their end");
        }
        let word = self.argument.get(key).map(|value| match value {
            toml::Value::String(word) => word.clone(),
            other => other.to_string(),
        });
        match given(entry.argument, word.as_deref(), operators) {
            Ok(argument) => Ok(Event::new(entry.kind, self.start_s, self.duration_s, self.repeat_s, &argument)),
            Err((key, expected)) => error(key, word.as_deref().unwrap_or("missing"), &expected),
        }
    }
}

/// Refuses a timeline that wants two things at once that cannot be.
pub(super) fn check_together(events: &[Event]) -> Result<(), (usize, String)> {
    for (nth, event) in events.iter().enumerate() {
        if let Some(other) = events[..nth].iter().find(|other| event.contradicts(other)) {
            let (from, to) = other.span();
            let until = if to.is_finite() { format!("to {to} s") } else { "to the end".to_owned() };
            let (event, other) = (&event.label, &other.label);
            return Err((nth, format!("'{event}' apart from '{other}', which goes on from {from} {until}")));
        }
    }
    Ok(())
}

/// Reads a fault as the command line writes it: `NAME[:ARGUMENT][@START[-END]]`, times in seconds of harvest.
pub(super) fn fault(text: &str, operators: &[&str]) -> Result<Event, ScenarioError> {
    let wrong = |key: &str, found: &str, expected: String| ScenarioError::Fault {
        fault: text.to_owned(),
        key: key.to_owned(),
        found: found.to_owned(),
        expected,
    };
    let (what, when) = text.split_once('@').map_or((text, None), |(what, when)| (what, Some(when)));
    let (name, word) = what.split_once(':').map_or((what, None), |(name, word)| (name, Some(word)));
    let Some(entry) = KINDS.iter().find(|entry| entry.name == name) else {
        return Err(wrong("name", name, format!("one of: {}", kind_names().join(", "))));
    };
    let (start, end) = match when {
        None => (None, None),
        Some(when) => when.split_once('-').map_or((Some(when), None), |(start, end)| (Some(start), Some(end))),
    };
    let seconds = |key, text: Option<&str>, usual: f64| match text.map(str::parse::<f64>) {
        None => Ok(usual),
        Some(Ok(seconds)) if (0.0..1e9).contains(&seconds) => Ok(seconds),
        Some(_) => Err(wrong(key, text.unwrap_or_default(), "seconds from 0, as in NAME@300-420".to_owned())),
    };
    let start_s = seconds("start", start, 0.0)?;
    let end_s = seconds("end", end, f64::INFINITY)?;
    if end_s <= start_s {
        return Err(wrong("end", &end_s.to_string(), format!("more than the start, {start_s}")));
    }
    if entry.kind == Kind::CounterWrap && start_s > 0.0 {
        return Err(wrong("start", &start_s.to_string(), "0: counters begin near their end".to_owned()));
    }
    let usual = entry.argument.usual();
    let argument = given(entry.argument, word.or(usual.as_deref()), operators)
        .map_err(|(key, expected)| wrong(key, word.unwrap_or("missing"), expected))?;
    Ok(Event::new(entry.kind, start_s, end_s - start_s, None, &argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_repeats() {
        let event = Event::new(Kind::CutWhileTurning, 10.0, 5.0, Some(100.0), &Given::Nothing);
        let on: Vec<f64> = (0..250).map(f64::from).filter(|&t| event.is_on(t)).collect();
        assert_eq!(on, [10., 11., 12., 13., 14., 110., 111., 112., 113., 114., 210., 211., 212., 213., 214.]);
    }

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (at, entry) in KINDS.iter().enumerate() {
            assert_eq!(entry.kind as usize, at, "{}", entry.name);
        }
    }
}
