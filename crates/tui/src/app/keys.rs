//! What the keys do. Each action has one key, which the user can change.

use std::collections::BTreeMap;
use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// An action that has the same key on every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Acknowledges the active alarms.
    Acknowledge,
    /// Records that a pan is dropped behind the machine now.
    DropRear,
    /// Records that a frame is laid out behind the header now.
    DropFront,
    /// Records that a setting was changed that no channel reports.
    MarkSetting,
    /// Names the new operator.
    Operator,
    /// Opens the settings at crop, field and limit of a new session.
    NewSession,
    /// Opens the main screen.
    Main,
    /// Opens the loss budget.
    Budget,
    /// Opens the reasons for the advised step.
    Advice,
    /// Opens loss over feed rate and the economics of speed.
    Speed,
    /// Opens the pans.
    Pans,
    /// Opens channels, sources, and bus.
    Machine,
    /// Opens alarms and sounds.
    Alarms,
    /// Opens the history of the session.
    History,
    /// Opens the field map.
    Map,
    /// Opens what the crop is like.
    Conditions,
    /// Opens the list of what may be seen to be wrong.
    Symptoms,
    /// Opens what is to be seen to before the harvest.
    Prepare,
    /// Opens the test cut.
    TestCut,
    /// Opens the emergencies.
    Emergency,
    /// Opens the price of habits.
    Habits,
    /// Opens the settings.
    Settings,
    /// Opens the help.
    Help,
    /// Switches to the other language.
    Language,
    /// Switches to the next set of units.
    Units,
    /// Switches to the next theme.
    Theme,
    /// Leaves the dashboard.
    Quit,
}

/// Action, its word in the preferences, its key.
const ACTIONS: [(Action, &str, &str); 27] = [
    (Action::Acknowledge, "acknowledge", "space"),
    (Action::DropRear, "drop", "d"),
    (Action::DropFront, "drop-front", "f"),
    (Action::MarkSetting, "mark-setting", "c"),
    (Action::Operator, "operator", "o"),
    (Action::NewSession, "new-session", "n"),
    (Action::Main, "main", "esc"),
    (Action::Budget, "budget", "b"),
    (Action::Advice, "advice", "a"),
    (Action::Speed, "speed", "v"),
    (Action::Pans, "pans", "p"),
    (Action::Machine, "machine", "m"),
    (Action::Alarms, "alarms", "w"),
    (Action::History, "history", "h"),
    (Action::Map, "map", "z"),
    (Action::Conditions, "conditions", "k"),
    (Action::Symptoms, "symptoms", "y"),
    (Action::Prepare, "prepare", "r"),
    (Action::TestCut, "test-cut", "j"),
    (Action::Emergency, "emergency", "e"),
    (Action::Habits, "habits", "i"),
    (Action::Settings, "settings", "s"),
    (Action::Help, "help", "?"),
    (Action::Language, "language", "l"),
    (Action::Units, "units", "u"),
    (Action::Theme, "theme", "t"),
    (Action::Quit, "quit", "q"),
];

/// Keys that screens use themselves, as they do the digits: no action can have them.
const RESERVED: [&str; 15] =
    ["enter", "tab", "up", "down", "left", "right", "backspace", "g", "x", ".", "/", "+", "-", "=", "_"];

impl Action {
    /// Every action, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        ACTIONS.iter().map(|(action, ..)| *action)
    }

    /// Its word in the preferences; `key-` and this is its text.
    pub fn word(self) -> &'static str {
        ACTIONS.iter().find(|(action, ..)| *action == self).map_or("", |(_, word, _)| word)
    }
}

/// A key's word: `space`, `esc`, `f5`, or the letter itself in lower case; `None` for a key that cannot have an action.
pub(crate) fn word_of(key: &KeyEvent) -> Option<String> {
    if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    Some(match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(letter) => letter.to_lowercase().to_string(),
        KeyCode::F(number) => format!("f{number}"),
        KeyCode::Esc => "esc".to_owned(),
        KeyCode::Enter => "enter".to_owned(),
        KeyCode::Tab => "tab".to_owned(),
        KeyCode::Backspace => "backspace".to_owned(),
        KeyCode::Home => "home".to_owned(),
        KeyCode::End => "end".to_owned(),
        KeyCode::Insert => "insert".to_owned(),
        KeyCode::Delete => "delete".to_owned(),
        KeyCode::Up => "up".to_owned(),
        KeyCode::Down => "down".to_owned(),
        KeyCode::Left => "left".to_owned(),
        KeyCode::Right => "right".to_owned(),
        _ => return None,
    })
}

fn is_key(word: &str) -> bool {
    const NAMED: [&str; 6] = ["space", "esc", "home", "end", "insert", "delete"];
    let function = word.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()).is_some_and(|n| (1..=12).contains(&n));
    let letter = word.chars().count() == 1 && word.chars().all(|c| !c.is_control() && !c.is_whitespace());
    NAMED.contains(&word) || function || letter
}

/// Why keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// No action has this name.
    UnknownAction {
        /// The name in the file.
        name: String,
        /// The names of all actions.
        known: Vec<&'static str>,
    },
    /// Screens use the key themselves.
    Reserved {
        /// The action's word.
        action: &'static str,
        /// The key.
        key: String,
    },
    /// There is no such key.
    NoKey {
        /// The action's word.
        action: &'static str,
        /// The text in the file.
        key: String,
    },
    /// Two actions have the same key.
    Twice {
        /// The words of both actions.
        actions: [&'static str; 2],
        /// The key.
        key: String,
    },
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAction { name, known } => {
                write!(f, "nothing is called '{name}'; there are: {}", known.join(", "))
            }
            Self::Reserved { action, key } => {
                write!(f, "{action} = \"{key}\": this key is used within the screens; choose another")
            }
            Self::NoKey { action, key } => write!(
                f,
                "{action} = \"{key}\" is no key; expected a letter, space, esc, home, end, insert, delete or f1 to f12"
            ),
            Self::Twice { actions: [first, second], key } => {
                write!(f, "{first} and {second} are both \"{key}\"; give one of them another")
            }
        }
    }
}

/// The key of each action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMap(Vec<(Action, String)>);

impl Default for KeyMap {
    fn default() -> Self {
        Self(ACTIONS.iter().map(|(action, _, key)| (*action, (*key).to_owned())).collect())
    }
}

impl KeyMap {
    /// The default keys, replaced by the user's own: action, key.
    ///
    /// # Errors
    /// When an action is unknown, or a key does not exist, is reserved, or is used twice.
    pub fn with(own: &BTreeMap<String, String>) -> Result<Self, KeyProblem> {
        let mut map = Self::default();
        for (word, key) in own {
            let Some(place) = ACTIONS.iter().position(|(_, known, _)| known == word) else {
                let known = ACTIONS.iter().map(|(_, word, _)| *word).collect();
                return Err(KeyProblem::UnknownAction { name: word.clone(), known });
            };
            map.0[place].1 = key.to_lowercase();
        }
        for (at, (action, key)) in map.0.iter().enumerate() {
            let (action, key) = (action.word(), key.clone());
            if RESERVED.contains(&&*key) || key.chars().all(|c| c.is_ascii_digit()) {
                return Err(KeyProblem::Reserved { action, key });
            }
            if !is_key(&key) {
                return Err(KeyProblem::NoKey { action, key });
            }
            if let Some((other, _)) = map.0[..at].iter().find(|(_, other)| *other == key) {
                return Err(KeyProblem::Twice { actions: [other.word(), action], key });
            }
        }
        Ok(map)
    }

    /// Gives an action another key.
    ///
    /// # Errors
    /// When the key does not exist, is reserved, or belongs to another action.
    pub fn rebind(&mut self, action: Action, key: &str) -> Result<(), KeyProblem> {
        let mut own = self.differing_from(&Self::default());
        own.insert(action.word().to_owned(), key.to_owned());
        *self = Self::with(&own)?;
        Ok(())
    }

    /// The actions whose keys differ from those in `other`, with their keys.
    pub fn differing_from(&self, other: &Self) -> BTreeMap<String, String> {
        let changed = self.0.iter().zip(&other.0).filter(|((_, key), (_, other))| key != other);
        changed.map(|((action, key), _)| (action.word().to_owned(), key.clone())).collect()
    }

    /// The action of a key; `None` when it has none.
    pub fn action(&self, key: &KeyEvent) -> Option<Action> {
        let word = word_of(key)?;
        self.0.iter().find(|(_, key)| *key == word).map(|(action, _)| *action)
    }

    /// The key of an action.
    pub fn key(&self, action: Action) -> &str {
        self.0.iter().find(|(known, _)| *known == action).map_or("", |(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(word, key)| ((*word).to_owned(), (*key).to_owned())).collect()
    }

    #[test]
    fn default_keys_are_valid() {
        assert_eq!(KeyMap::with(&own(&[])), Ok(KeyMap::default()));
        for action in Action::all() {
            assert!(!action.word().is_empty());
        }
    }

    #[test]
    fn key_can_be_changed_unless_it_is_taken() {
        let map = KeyMap::with(&own(&[("acknowledge", "F5")])).unwrap();
        assert_eq!(map.action(&KeyEvent::from(KeyCode::F(5))), Some(Action::Acknowledge));
        assert_eq!(map.action(&KeyEvent::from(KeyCode::Char(' '))), None);
        assert_eq!(map.differing_from(&KeyMap::default()), own(&[("acknowledge", "f5")]));
        for (word, key, expected) in [
            ("acknowledge", "q", "acknowledge and quit are both \"q\""),
            ("acknowledge", "enter", "used within the screens"),
            ("acknowledge", "7", "used within the screens"),
            ("acknowledge", "ctrl-x", "is no key"),
            ("beep", "x", "nothing is called 'beep'"),
        ] {
            let error = KeyMap::with(&own(&[(word, key)])).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn upper_case_is_the_same_key_and_control_is_no_key() {
        let map = KeyMap::default();
        assert_eq!(map.action(&KeyEvent::from(KeyCode::Char('Q'))), Some(Action::Quit));
        assert_eq!(map.action(&KeyEvent::new(KeyCode::Char('q'), KeyModifiers::CONTROL)), None);
        assert_eq!(map.action(&KeyEvent::from(KeyCode::Char('ß'))), None);
    }
}
