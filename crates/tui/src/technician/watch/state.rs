//! The state of the bus view: what has come, what is chosen, and what its keys do.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::technician::deck::Deck;
use crate::technician::look::Look;
use crate::technician::place::curve;
use crate::technician::rows::Rows;
use crate::technician::tape::Tape;
use crate::technician::traffic::Key;
use grainloss_can::{Database, Frame, State};
use grainloss_core::machine::{Channel, ChannelBank, ReadingState};

/// Longest filter.
const LONGEST: usize = 24;

/// What gives names and values to the bits.
#[derive(Debug, Default)]
pub struct Meaning {
    /// A DBC file.
    pub database: Option<Database>,
    /// The channels of a profile, that have seen nothing.
    pub bank: Option<ChannelBank>,
}

/// A line of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Channel(Channel),
    /// Identifier, message and signal of the database.
    Signal(Key, usize, usize),
}

/// What is on the bus.
#[derive(Debug)]
pub struct Watch {
    pub(super) look: Look,
    pub(super) source: String,
    pub(super) deck: Deck,
    pub(super) rows: Rows,
    pub(super) database: Option<Database>,
    pub(super) shows_values: bool,
    pub(super) entries: Vec<Entry>,
    /// Identifiers that the entries were made of.
    pub(super) known: usize,
    pub(super) at: usize,
    /// The filter is being typed.
    pub(super) types: bool,
    pub(super) now: Duration,
    pub(super) quits: bool,
    pub(super) trouble: Option<String>,
}

impl Watch {
    /// At the beginning. `source` names interface or log; `tape` is the log, `None` when live.
    pub fn new(look: Look, source: &str, tape: Option<Tape>, meaning: Meaning) -> Self {
        let deck = tape.map_or_else(Deck::live, Deck::log);
        let has_channels = meaning.bank.is_some();
        let deck = if let Some(bank) = meaning.bank { deck.with_channels(bank) } else { deck };
        let mut watch = Self {
            look,
            source: source.to_owned(),
            deck,
            rows: Rows::default(),
            database: meaning.database,
            shows_values: has_channels,
            entries: Vec::new(),
            known: usize::MAX,
            at: 0,
            types: false,
            now: Duration::ZERO,
            quits: false,
            trouble: None,
        };
        watch.refresh();
        watch
    }

    /// A live frame at its bus time, µs.
    pub fn frame(&mut self, frame: &Frame, t_us: i64) {
        self.deck.frame(frame, t_us);
    }

    /// The bus is silent; its time is now this, µs.
    pub fn quiet(&mut self, now_us: i64) {
        self.deck.quiet(now_us);
    }

    /// What is wrong with the source; `None`: nothing any more.
    pub fn trouble(&mut self, trouble: Option<String>) {
        self.trouble = trouble;
    }

    /// True when the user has quit.
    pub const fn quits(&self) -> bool {
        self.quits
    }

    /// So long has it been open. True when the picture has changed by that alone.
    pub fn tick(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.now);
        self.now = now;
        let moved = self.deck.pass(passed);
        self.refresh();
        moved || !self.deck.is_paused()
    }

    fn refresh(&mut self) {
        let (traffic, now_us) = self.deck.shown();
        self.rows.update(traffic, now_us);
        if self.known != traffic.len() {
            self.known = traffic.len();
            self.fill();
        }
    }

    /// Makes the list of values: channels of the profile, then the signals of the messages that have come.
    fn fill(&mut self) {
        let filter = self.rows.filter.to_lowercase();
        let holds = |text: &str| filter.is_empty() || text.to_lowercase().contains(&filter);
        let channels = self.deck.channels().map_or(&[][..], |channels| channels.mapped());
        let mut entries: Vec<Entry> =
            channels.iter().filter(|channel| holds(channel.name())).map(|channel| Entry::Channel(*channel)).collect();
        if let Some(database) = &self.database {
            for (key, _) in self.deck.shown().0.flows() {
                let Some(index) = database.index_of(key.0) else { continue };
                let message = &database.messages()[index];
                let own = message
                    .signals
                    .iter()
                    .enumerate()
                    .filter(|(_, signal)| holds(&signal.name) || holds(&message.name) || holds(&key.0.to_string()));
                entries.extend(own.map(|(at, _)| Entry::Signal(key, index, at)));
            }
        }
        self.entries = entries;
        self.at = self.at.min(self.entries.len().saturating_sub(1));
    }

    /// Pasted text goes into the filter.
    pub fn paste(&mut self, text: &str) {
        if self.types {
            text.chars().for_each(|letter| self.put(letter));
        }
    }

    fn put(&mut self, letter: char) {
        let is_seen = !grainloss_core::clean_text::is_hidden(letter);
        if is_seen && self.rows.filter.chars().count() < LONGEST {
            self.rows.filter.push(letter);
        }
    }

    /// A key. An unknown one does nothing.
    pub fn key(&mut self, key: &KeyEvent) {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            self.quits |= key.code == KeyCode::Char('c');
            return;
        }
        if self.types {
            self.typed(key);
        } else {
            self.pressed(key);
        }
    }

    fn typed(&mut self, key: &KeyEvent) {
        match key.code {
            KeyCode::Enter => self.types = false,
            KeyCode::Esc => {
                self.types = false;
                self.rows.filter.clear();
            }
            KeyCode::Backspace => drop(self.rows.filter.pop()),
            KeyCode::Char(letter) => self.put(letter),
            _ => {}
        }
        self.apply();
    }

    fn apply(&mut self) {
        let (traffic, now_us) = self.deck.shown();
        self.rows.reorder(traffic, now_us);
        self.fill();
    }

    fn pressed(&mut self, key: &KeyEvent) {
        match key.code {
            KeyCode::Char('q') => self.quits = true,
            KeyCode::Char('/') => self.types = true,
            KeyCode::Esc => {
                self.rows.filter.clear();
                self.apply();
            }
            KeyCode::Char('v') => self.shows_values = !self.shows_values,
            KeyCode::Char('o') => {
                self.rows.by_news = !self.rows.by_news;
                self.apply();
            }
            KeyCode::Char(letter @ ('j' | 'k')) => {
                let chosen = self.rows.cursor();
                if let Some(cursor) = chosen {
                    // Where there is no other change the picture stays.
                    self.deck.seek_change(cursor, self.rows.byte, letter == 'j');
                }
            }
            KeyCode::Up if self.shows_values => self.at = self.at.saturating_sub(1),
            KeyCode::Down if self.shows_values => self.at = (self.at + 1).min(self.entries.len().saturating_sub(1)),
            _ if self.deck.key(key) => {}
            _ => drop(self.rows.key(key, &self.deck)),
        }
        self.refresh();
    }

    /// The name of an identifier's message; empty without one.
    pub(super) fn message_name(&self, key: Key) -> String {
        let message = self.database.as_ref().and_then(|database| database.message_of(key.0));
        message.map_or_else(String::new, |message| message.name.clone())
    }

    /// Name, value and unit of an entry; the state in place of a value that is none.
    pub(super) fn value(&self, entry: Entry) -> (String, String) {
        match entry {
            Entry::Channel(channel) => {
                let key = format!("channel-{}", channel.name().replace(['.', '_'], "-"));
                let reading = self.deck.channels().map(|channels| channels.reading(channel));
                let text = match reading {
                    Some(reading) => match reading.value {
                        Some(value) if channel.unit() == "flag" => if value > 0.5 { "1" } else { "0" }.to_owned(),
                        Some(value) => with_unit(value, if channel.unit() == "1" { "" } else { channel.unit() }),
                        None => self.look.word(&format!("state-{}", reading.state.word())),
                    },
                    None => self.look.word(&format!("state-{}", ReadingState::NotMapped.word())),
                };
                (format!("{}  {}", channel.name(), self.look.word(&key)), text)
            }
            Entry::Signal(key, message, signal) => {
                let Some(message) = self.database.as_ref().map(|database| &database.messages()[message]) else {
                    return (String::new(), String::new());
                };
                let signal = &message.signals[signal];
                let name = format!("{}.{}", message.name, signal.name);
                let payload = self.deck.shown().0.get(key).map(|flow| &flow.payload);
                let Some(frame) = payload.and_then(|payload| Frame::new(0, key.0, payload)) else {
                    return (name, String::new());
                };
                if !message.holds(signal, &frame) {
                    return (name, self.look.word("watch-other-page"));
                }
                let value = signal.decode(&frame);
                let label = signal.labels.iter().find(|(raw, _)| *raw == value.raw).map_or("", |(_, label)| label);
                let text = if value.state == State::Valid {
                    format!("{}  {label}", with_unit(value.physical, &signal.unit))
                } else {
                    format!("{} ({:X})  {label}", self.look.word("watch-no-value"), value.raw)
                };
                (name, text.trim_end().to_owned())
            }
        }
    }

    /// What is plotted: its name, and its values in so many columns.
    pub(super) fn plot(&self, columns: usize, span_us: i64) -> (String, Vec<Option<f64>>) {
        let (traffic, now_us) = self.deck.shown();
        let entry = self.entries.get(self.at).filter(|_| self.shows_values);
        match entry {
            Some(Entry::Channel(channel)) => {
                let mut values = vec![None; columns];
                let past = self.deck.channels().into_iter().flat_map(|channels| channels.past(*channel));
                for (t_us, value) in past {
                    let column = (t_us - (now_us - span_us)) as i128 * columns as i128 / i128::from(span_us);
                    if let Some(cell) = usize::try_from(column).ok().and_then(|at| values.get_mut(at)) {
                        *cell = Some(value);
                    }
                }
                (channel.name().to_owned(), values)
            }
            Some(Entry::Signal(key, message, signal)) => {
                let message = self.database.as_ref().map(|database| &database.messages()[*message]);
                let Some(message) = message else { return (String::new(), Vec::new()) };
                let signal = &message.signals[*signal];
                let name = format!("{}.{}", message.name, signal.name);
                let Some(flow) = traffic.get(*key) else { return (name, Vec::new()) };
                let values = curve(flow, now_us, span_us, columns, |payload| {
                    let frame = Frame::new(0, key.0, payload).filter(|frame| message.holds(signal, frame))?;
                    let value = signal.decode(&frame);
                    (value.state == State::Valid).then_some(value.physical)
                });
                (name, values)
            }
            None => {
                let Some(place) = self.rows.place() else { return (String::new(), Vec::new()) };
                let byte = (self.rows.byte + 1).to_string();
                let name = self.look.words.with("watch-byte", &[("id", &place.key.0.to_string()), ("byte", &byte)]);
                let flow = traffic.get(place.key);
                (name, flow.map_or_else(Vec::new, |flow| place.curve(flow, now_us, span_us, columns)))
            }
        }
    }
}

fn with_unit(value: f64, unit: &str) -> String {
    let decimals = match value.abs() {
        size if size >= 1000.0 => 0,
        size if size >= 10.0 => 1,
        _ => 3,
    };
    format!("{value:.decimals$} {unit}").trim_end().to_owned()
}
