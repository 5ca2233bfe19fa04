//! Which signals of a database may be which quantity: by number, by name, by unit, and above all by what a log shows of them.

mod names;
mod observed;

use grainloss_can::{Assembler, CodeRule, Database, Frame, Matching, Message, Signal, Taken};
use serde::Deserialize;

use self::observed::Observed;
use crate::units::UnitNames;
use grainloss_core::data_file::FileError;
use grainloss_core::machine::Channel;

/// Points for what speaks for a signal (our choice: a number of the standard outweighs a name; what the log shows outweighs
/// every difference between two names).
const FOR_SPN: f64 = 50.0;
const FOR_NAME: f64 = 20.0;
const FOR_WORD: f64 = 2.0;
const FOR_GROUP: f64 = 10.0;
const FOR_UNIT: f64 = 10.0;
const FOR_VALUES: f64 = 25.0;
const FOR_CHANGING: f64 = 10.0;
const FOR_SMOOTHNESS: f64 = 10.0;
/// Points against one that the log does not have, or never with a value.
const UNSEEN: f64 = -15.0;
/// Fewer points are noise.
const LEAST: f64 = 15.0;
/// Of a signal's values at least so many must be possible ones of the quantity (our choice: a start-up may show others).
const POSSIBLE: f64 = 0.9;
/// Suspect parameter numbers below are the standard's (those above are for the makers' own use).
const FIRST_OWN_SPN: u32 = 516_096;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    channel: String,
    spn: Vec<u32>,
    pgn: Vec<u32>,
    words: Vec<String>,
    /// Words that make it another quantity.
    #[serde(default)]
    not: Vec<String>,
    /// What a file that gives no unit means, in a profile's spelling.
    unit: Option<String>,
}

/// Words that are of none of the quantities.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    /// For readers of the file.
    #[serde(rename = "about")]
    _about: String,
    /// How the names of those begin that may have them after all.
    #[serde(default)]
    of: Vec<String>,
    words: Vec<String>,
}

/// What the standard says of a number: a unit in a profile's spelling, what one count is in it, and what is added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    spn: u32,
    unit: String,
    scale: f64,
    offset: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hints {
    hint: Vec<Hint>,
    standard: Vec<Standard>,
    other: Vec<Other>,
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
    /// The file gives no unit that is known; here it is as the file writes it.
    UnknownUnit(String),
    /// The log has no frame with it.
    NotInLog,
    /// So much of what the log has is a value, 0..=1, between these two.
    Values(f64, f64, f64),
    /// It is always the same.
    Constant,
}

/// A signal that may be a quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// `MESSAGE.Signal`.
    pub signal: String,
    /// The more, the likelier.
    pub points: f64,
    /// It is a counter, which probably starts again at this number.
    pub counter_modulus: Option<u64>,
    /// The unit that a profile must name, since the file's spelling is not one that a profile takes.
    pub unit: Option<String>,
    /// Scale and offset in that unit, which a profile must name since the file has none: those of the standard.
    pub scale: Option<(f64, f64)>,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Candidate {
    /// True when the log has frames with it.
    pub fn is_in_log(&self) -> bool {
        !self.reasons.contains(&Reason::NotInLog)
    }

    /// Something else than its name speaks for it: a number of the standard, or values.
    fn is_backed(&self) -> bool {
        self.reasons.iter().any(|reason| match reason {
            Reason::Spn(_) | Reason::Group(_) => true,
            Reason::Values(share, ..) => *share > 0.0,
            _ => false,
        })
    }
}

/// Gathers what a log shows of every signal of a database.
#[derive(Debug)]
pub struct Suggestions {
    database: Database,
    hints: Hints,
    units: UnitNames,
    assembler: Assembler,
    /// For each message, for each signal.
    observed: Vec<Vec<Observed>>,
}

impl Suggestions {
    /// Begins with a database, the words of `knowledge/hints.toml` and the spellings of `knowledge/unit-names.toml`.
    ///
    /// # Errors
    ///
    /// Where the user's own file of hints or units is wrong.
    pub fn new(database: Database) -> Result<Self, FileError> {
        let hints: Hints = grainloss_knowledge::load("hints.toml", include_str!("../../../knowledge/hints.toml"))?;
        let units = UnitNames::load()?;
        let observed = database.messages().iter().map(|m| vec![Observed::default(); m.signals.len()]).collect();
        let assembler = Assembler::new(database.fast_packets().collect());
        Ok(Self { database, hints, units, assembler, observed })
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
            if message.holds(signal, payload) {
                observed.take(signal.decode(payload));
            }
        }
    }

    /// The likeliest signals for a channel, the best first. None at all when nothing but names speaks for them: a wrong
    /// signal that stands alone is taken for the right one.
    pub fn candidates(&self, channel: Channel) -> Vec<Candidate> {
        let Some(hint) = self.hints.hint.iter().find(|hint| hint.channel == channel.name()) else { return Vec::new() };
        let mut found: Vec<Candidate> = Vec::new();
        for (message, observed) in self.database.messages().iter().zip(&self.observed) {
            for (signal, observed) in message.signals.iter().zip(observed) {
                found.extend(self.candidate(channel, hint, (message, signal), observed));
            }
        }
        if !found.iter().any(Candidate::is_backed) {
            return Vec::new();
        }
        found.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.signal.cmp(&b.signal)));
        found
    }

    fn candidate(
        &self,
        channel: Channel,
        hint: &Hint,
        (message, signal): (&Message, &Signal),
        observed: &Observed,
    ) -> Option<Candidate> {
        let mut reasons = Vec::new();
        let mut points = 0.0;
        match signal.spn {
            Some(spn) if hint.spn.contains(&spn) => {
                points += FOR_SPN;
                reasons.push(Reason::Spn(spn));
            }
            // The standard says what it is: something else.
            Some(0..FIRST_OWN_SPN) => return None,
            _ => {}
        }
        if let Some(words) = names::matching_words(&hint.words, &message.name, &signal.name) {
            // The more words of the hint, the surer: "engine speed" says more than "speed".
            points += FOR_NAME + FOR_WORD * words.split(' ').count() as f64;
            reasons.push(Reason::Name(words.to_owned()));
        }
        if points == 0.0 || (points < FOR_SPN && self.is_another(hint, &message.name, &signal.name)) {
            return None;
        }
        if let Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) = message.matching
            && hint.pgn.contains(&pgn.number())
        {
            points += FOR_GROUP;
            reasons.push(Reason::Group(pgn.number()));
        }
        let Measure { factor, modulus, unit, scale } = self.measure(channel, hint, signal, &mut reasons)?;
        let in_unit = |value: f64| scale.map_or(value, |(scale, offset)| value * scale + offset);
        points += if reasons.iter().any(|r| matches!(r, Reason::UnknownUnit(_))) { 0.0 } else { FOR_UNIT };
        match observed.range {
            _ if observed.frames == 0 => {
                points += UNSEEN;
                reasons.push(Reason::NotInLog);
            }
            None => {
                points += UNSEEN;
                reasons.push(Reason::Values(0.0, f64::NAN, f64::NAN));
            }
            Some((low, high)) => {
                // How fast a counter runs is not looked at here.
                let possible = if modulus.is_some() {
                    1.0
                } else {
                    observed.share_within(channel.plausible(), |value| in_unit(value) * factor)
                };
                if possible < POSSIBLE || (channel == Channel::EngineHours && observed.falls) {
                    return None;
                }
                let valid = observed.valid as f64 / observed.frames as f64;
                points += FOR_VALUES * valid * possible + FOR_SMOOTHNESS * observed.smoothness();
                points += FOR_CHANGING * f64::from(low < high);
                reasons.push(Reason::Values(valid, in_unit(low), in_unit(high)));
                if low >= high && observed.valid > 1 {
                    reasons.push(Reason::Constant);
                }
            }
        }
        let signal = format!("{}.{}", message.name, signal.name);
        (points >= LEAST).then_some(Candidate { signal, points, counter_modulus: modulus, unit, scale, reasons })
    }

    /// True when its names have a word of another quantity.
    fn is_another(&self, hint: &Hint, message: &str, signal: &str) -> bool {
        let of = |other: &&Other| !other.of.iter().any(|begin| hint.channel.starts_with(begin.as_str()));
        let others = self.hints.other.iter().filter(of).map(|other| &other.words);
        others.chain([&hint.not]).any(|words| names::has_word(words, message, signal))
    }

    /// What the signal measures; `None` when that is something else. Without a known unit a number of the standard, or name
    /// and group, must say what it is, and the file or the standard what a count is.
    fn measure(&self, channel: Channel, hint: &Hint, signal: &Signal, reasons: &mut Vec<Reason>) -> Option<Measure> {
        let found = self.units.of(&signal.unit);
        if channel.unit() == "flag" {
            return (found == Some("")).then(|| Measure::of(1.0));
        }
        let named = |name: &str| (name != signal.unit).then(|| name.to_owned());
        match found {
            Some("count") if channel.unit() == "1/s" => {
                reasons.push(Reason::Unit(signal.unit.clone()));
                Some(Measure { modulus: Some(modulus(signal)), unit: named("count"), ..Measure::of(1.0) })
            }
            Some(name) if !name.is_empty() => {
                // A profile takes some spellings beside its own.
                let as_written = channel.factor_from(&signal.unit);
                let factor = as_written.or_else(|| channel.factor_from(name))?;
                reasons.push(Reason::Unit(signal.unit.clone()));
                let unit = if as_written.is_some() { None } else { named(name) };
                Some(Measure { unit, ..Measure::of(factor) })
            }
            _ => {
                let is_by_number = reasons.iter().any(|r| matches!(r, Reason::Spn(_) | Reason::Group(_)));
                let standard = self.hints.standard.iter().find(|standard| signal.spn == Some(standard.spn));
                let unit = standard.map(|standard| &standard.unit).or(hint.unit.as_ref()).filter(|_| is_by_number)?;
                // A file without a unit may have no scale either: counts.
                let is_bare = signal.scale() == (1.0, 0.0);
                let scale = standard.map(|standard| (standard.scale, standard.offset)).filter(|_| is_bare);
                if is_bare && scale.is_none() {
                    return None;
                }
                reasons.push(Reason::UnknownUnit(signal.unit.clone()));
                Some(Measure { unit: Some(unit.clone()), scale, ..Measure::of(channel.factor_from(unit)?) })
            }
        }
    }
}

/// How a signal's values become the channel's.
struct Measure {
    /// From the unit to the channel's.
    factor: f64,
    modulus: Option<u64>,
    unit: Option<String>,
    scale: Option<(f64, f64)>,
}

impl Measure {
    const fn of(factor: f64) -> Self {
        Self { factor, modulus: None, unit: None, scale: None }
    }
}

/// Where a counter starts again: J1939 keeps the highest codes for other meanings, FB and up in the top byte.
fn modulus(signal: &Signal) -> u64 {
    match (signal.rule(), signal.width()) {
        (CodeRule::J1939, width @ (8 | 16 | 24 | 32)) => 0xFB << (width - 8),
        (_, width) => 1u64.checked_shl(width).unwrap_or(u64::MAX),
    }
}
