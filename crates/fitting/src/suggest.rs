//! Which signals of a database may be which quantity: by number, by name, by unit, and by what a log shows of them.

use grainloss_can::{Assembler, CodeRule, Database, Frame, Matching, Message, Signal, State, Taken};
use serde::Deserialize;

use grainloss_core::data_file::FileError;
use grainloss_core::machine::Channel;

/// Points for what speaks for a signal (our choice: a number of the standard outweighs a name, a name a unit).
const FOR_SPN: f64 = 50.0;
const FOR_NAME: f64 = 30.0;
const FOR_GROUP: f64 = 10.0;
const FOR_UNIT: f64 = 10.0;
const FOR_VALUES: f64 = 15.0;
const FOR_CHANGING: f64 = 5.0;
/// Points against one that the log does not have.
const UNSEEN: f64 = -15.0;
/// Fewer points are noise.
const LEAST: f64 = 25.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    channel: String,
    spn: Vec<u32>,
    pgn: Vec<u32>,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hints {
    hint: Vec<Hint>,
}

/// What speaks for or against a candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Its suspect parameter number is one of the quantity's.
    Spn(u32),
    /// These words of its name are the quantity's.
    Name(String),
    /// Its group is one in which the quantity travels.
    Group(u32),
    /// Its unit converts.
    Unit(String),
    /// The log has no frame with it.
    NotInLog,
    /// So much of what the log has is a value, 0..=1, between these two.
    Values(f64, f64, f64),
}

/// A signal that may be a quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// `MESSAGE.Signal`.
    pub signal: String,
    /// The more, the likelier; 25 and up are shown.
    pub points: f64,
    /// It is a counter, which probably starts again at this number.
    pub counter_modulus: Option<u64>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What the log shows of a signal.
#[derive(Clone, Copy, Debug, Default)]
struct Observed {
    frames: u64,
    valid: u64,
    range: Option<(f64, f64)>,
}

/// Gathers what a log shows of every signal of a database.
#[derive(Debug)]
pub struct Suggestions {
    database: Database,
    hints: Hints,
    assembler: Assembler,
    /// For each message, for each signal.
    observed: Vec<Vec<Observed>>,
}

impl Suggestions {
    /// Begins with a database and the words of `knowledge/hints.toml`.
    ///
    /// # Errors
    ///
    /// When `hints.toml` cannot be read or parsed.
    pub fn new(database: Database) -> Result<Self, FileError> {
        let hints: Hints = grainloss_knowledge::load("hints.toml", include_str!("../../../knowledge/hints.toml"))?;
        let observed = database.messages().iter().map(|m| vec![Observed::default(); m.signals.len()]).collect();
        let assembler = Assembler::new(database.fast_packets().collect());
        Ok(Self { database, hints, assembler, observed })
    }

    /// Takes one frame in.
    pub fn take(&mut self, frame: &Frame) {
        let Self { database, assembler, observed, .. } = self;
        let (id, payload) = match assembler.take(frame, |id| database.index_of(id).is_some()) {
            Taken::Alone => (frame.id, frame.into()),
            Taken::Part => return,
            Taken::Whole { id, payload } => (id, payload),
        };
        let Some(number) = database.index_of(id) else { return };
        let message = &database.messages()[number];
        for (signal, observed) in message.signals.iter().zip(&mut observed[number]) {
            if !message.holds(signal, payload) {
                continue;
            }
            let value = signal.decode(payload);
            observed.frames += 1;
            if value.state == State::Valid {
                observed.valid += 1;
                let (low, high) = observed.range.unwrap_or((value.physical, value.physical));
                observed.range = Some((low.min(value.physical), high.max(value.physical)));
            }
        }
    }

    /// The likeliest signals for a channel, the best first.
    pub fn candidates(&self, channel: Channel) -> Vec<Candidate> {
        let Some(hint) = self.hints.hint.iter().find(|hint| hint.channel == channel.name()) else { return Vec::new() };
        let mut found: Vec<Candidate> = Vec::new();
        for (message, observed) in self.database.messages().iter().zip(&self.observed) {
            for (signal, observed) in message.signals.iter().zip(observed) {
                found.extend(candidate(channel, hint, (message, signal), observed));
            }
        }
        found.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.signal.cmp(&b.signal)));
        found
    }
}

fn candidate(
    channel: Channel,
    hint: &Hint,
    (message, signal): (&Message, &Signal),
    observed: &Observed,
) -> Option<Candidate> {
    let mut reasons = Vec::new();
    let mut points = 0.0;
    if let Some(spn) = signal.spn.filter(|spn| hint.spn.contains(spn)) {
        points += FOR_SPN;
        reasons.push(Reason::Spn(spn));
    }
    if let Some(words) = matching_words(&hint.words, &message.name, &signal.name) {
        // The more words of the hint, the surer: "engine speed" says more than "speed".
        points += FOR_NAME + 2.0 * words.split(' ').count() as f64;
        reasons.push(Reason::Name(words.to_owned()));
    }
    if points == 0.0 {
        return None;
    }
    if let Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) = message.matching
        && hint.pgn.contains(&pgn.number())
    {
        points += FOR_GROUP;
        reasons.push(Reason::Group(pgn.number()));
    }
    let modulus = (signal.unit == "count" && channel.unit() == "1/s").then(|| modulus(signal));
    let factor = match modulus {
        Some(_) => 1.0,
        None if channel.unit() == "flag" && !signal.unit.is_empty() => return None,
        None => channel.factor_from(&signal.unit)?,
    };
    points += FOR_UNIT;
    if !signal.unit.is_empty() {
        reasons.push(Reason::Unit(signal.unit.clone()));
    }
    match observed.range {
        _ if observed.frames == 0 => {
            points += UNSEEN;
            reasons.push(Reason::NotInLog);
        }
        None => reasons.push(Reason::Values(0.0, f64::NAN, f64::NAN)),
        Some((low, high)) => {
            let valid = observed.valid as f64 / observed.frames as f64;
            let (lowest, highest) = channel.plausible();
            // How fast a counter runs is not looked at here.
            let believable = modulus.is_some() || low * factor >= lowest && high * factor <= highest;
            points += FOR_VALUES * valid * f64::from(believable);
            points += FOR_CHANGING * f64::from(low < high);
            reasons.push(Reason::Values(valid, low, high));
        }
    }
    let signal = format!("{}.{}", message.name, signal.name);
    (points >= LEAST).then_some(Candidate { signal, points, counter_modulus: modulus, reasons })
}

/// Where a counter starts again: J1939 keeps the highest codes for other meanings, FB and up in the top byte.
fn modulus(signal: &Signal) -> u64 {
    match (signal.rule, signal.width()) {
        (CodeRule::J1939, width @ (8 | 16 | 24 | 32)) => 0xFB << (width - 8),
        (_, width) => 1u64.checked_shl(width).unwrap_or(u64::MAX),
    }
}

/// The longest of the hint's phrases that is in the names: every word of it begins a word of the signal's name, or of the
/// message's and at least one of the signal's.
fn matching_words<'a>(phrases: &'a [String], message: &str, signal: &str) -> Option<&'a str> {
    let (of_message, of_signal) = (words(message), words(signal));
    let begins = |names: &[String], word: &str| names.iter().any(|name| same(name, word));
    let fits = |phrase: &&String| {
        if !phrase.is_ascii() {
            return signal.contains(phrase.as_str());
        }
        let mut words = phrase.split(' ');
        words.clone().all(|word| begins(&of_signal, word) || begins(&of_message, word))
            && words.any(|word| begins(&of_signal, word))
    };
    phrases.iter().filter(fits).max_by_key(|phrase| phrase.split(' ').count()).map(String::as_str)
}

/// A name's word and a phrase's: the same, or the name's is the beginning of the other, of three letters at least (`Eng`
/// for engine, `Sep` for separator). Two-letter keys must be the same.
fn same(name: &str, word: &str) -> bool {
    name == word || (name.len() >= 3 && word.starts_with(name)) || (word.len() >= 4 && name.starts_with(word))
}

/// `LossRateSepLeft` and `loss_rate_sep_left` alike: loss, rate, sep, left.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let begins = !before.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !begins => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words_and_compared_by_them() {
        assert_eq!(words("LossRateSepLeft"), ["loss", "rate", "sep", "left"]);
        assert_eq!(words("eng_speed 2"), ["eng", "speed", "2"]);
        let phrases = ["engine speed".to_owned(), "rpm".to_owned()];
        assert_eq!(matching_words(&phrases, "EEC1", "EngSpeed"), Some("engine speed"));
        assert_eq!(matching_words(&phrases, "ENGINE", "Speed"), Some("engine speed"));
        assert_eq!(matching_words(&phrases, "ENGINE", "Torque"), None);
        assert_eq!(matching_words(&["割台高度".to_owned()], "HDR", "割台高度左"), Some("割台高度"));
    }
}
