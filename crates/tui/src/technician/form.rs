//! What a profile needs that is not on the bus: typed in, one line each.

use crossterm::event::{KeyCode, KeyEvent};

/// What a line of the form takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Any text, which may not be empty.
    Text,
    /// A number within these limits; may be left empty when it is not needed.
    Number { low: f64, high: f64, is_needed: bool },
    /// One of these words, or none: left and right choose.
    Choice(&'static [&'static str]),
    /// A height that is measured now, cm, above ground; together with it what the bus says now.
    Height,
    /// Enter writes the profile.
    Write,
}

const fn needed(low: f64, high: f64) -> Kind {
    Kind::Number { low, high, is_needed: true }
}

/// The lines: key in the words, and kind. The limits are those of the profile's schema (a test compares).
pub(crate) const LINES: [(&str, Kind); 12] = [
    ("name", Kind::Text),
    ("crop", Kind::Text),
    ("header-width", needed(0.3, 20.0)),
    ("discharge-width", needed(0.3, 20.0)),
    ("reel-diameter", Kind::Number { low: 0.3, high: 3.0, is_needed: false }),
    ("rated-feed", needed(0.5, 60.0)),
    ("rated-engine", needed(500.0, 4000.0)),
    ("threshing", Kind::Choice(&["axial", "walkers", "tangential-axial"])),
    ("height-low", Kind::Height),
    ("height-high", Kind::Height),
    ("file", Kind::Text),
    ("write", Kind::Write),
];

/// Places in [`LINES`].
pub(crate) const NAME: usize = 0;
pub(crate) const CROP: usize = 1;
pub(crate) const HEADER_WIDTH: usize = 2;
pub(crate) const DISCHARGE_WIDTH: usize = 3;
pub(crate) const REEL_DIAMETER: usize = 4;
pub(crate) const RATED_FEED: usize = 5;
pub(crate) const RATED_ENGINE: usize = 6;
pub(crate) const THRESHING: usize = 7;
pub(crate) const HEIGHTS: [usize; 2] = [8, 9];
pub(crate) const FILE: usize = 10;

/// Highest header, cm (as the channel's plausible range has it).
const HIGHEST_CM: f64 = 300.0;
/// Longest text of a line.
const LONGEST: usize = 60;

/// The form as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub at: usize,
    pub texts: [String; LINES.len()],
    /// What the bus said at each of the two heights.
    pub raw: [Option<f64>; 2],
}

/// What a key of the form leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Nothing but another picture.
    Taken,
    /// The height of this number is now what was typed: keep what the bus says.
    Height(usize),
    Write,
    /// Not for the form: it may be for the log.
    Other,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wrong {
    Empty,
    NoNumber,
    Outside(f64, f64),
    /// The other height is missing, is the same, or the bus said the same at both.
    Heights,
}

impl Form {
    pub fn new(name: &str, file: &str) -> Self {
        let mut texts = [const { String::new() }; LINES.len()];
        name.clone_into(&mut texts[NAME]);
        file.clone_into(&mut texts[FILE]);
        Self { at: 0, texts, raw: [None; 2] }
    }

    pub fn number(&self, line: usize) -> Option<f64> {
        self.texts[line].trim().parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// What is wrong with a line, if something is.
    pub fn wrong(&self, line: usize) -> Option<Wrong> {
        let is_empty = self.texts[line].trim().is_empty();
        let within = |low: f64, high: f64| match self.number(line) {
            None => Some(Wrong::NoNumber),
            Some(value) => (!(low..=high).contains(&value)).then_some(Wrong::Outside(low, high)),
        };
        match LINES[line].1 {
            Kind::Text => is_empty.then_some(Wrong::Empty),
            Kind::Number { is_needed, .. } if is_empty => is_needed.then_some(Wrong::Empty),
            Kind::Number { low, high, .. } => within(low, high),
            Kind::Height if HEIGHTS.iter().all(|line| self.texts[*line].trim().is_empty()) => None,
            Kind::Height => within(0.0, HIGHEST_CM).or_else(|| self.calibration().is_none().then_some(Wrong::Heights)),
            Kind::Choice(_) | Kind::Write => None,
        }
    }

    /// The first line that is wrong.
    pub fn first_wrong(&self) -> Option<(usize, Wrong)> {
        (0..LINES.len()).find_map(|line| Some((line, self.wrong(line)?)))
    }

    /// The two positions of the header: raw number and height, m; `None` unless both are there and differ.
    pub fn calibration(&self) -> Option<[(f64, f64); 2]> {
        let point = |place: usize| Some((self.raw[place]?, self.number(HEIGHTS[place])? / 100.0));
        let (low, high) = (point(0)?, point(1)?);
        (low.0 != high.0 && low.1 != high.1).then_some([low, high])
    }

    pub fn paste(&mut self, text: &str) {
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            self.put(letter);
        }
    }

    fn put(&mut self, letter: char) {
        let text = &mut self.texts[self.at];
        let fits = match LINES[self.at].1 {
            Kind::Text => !grainloss_core::clean_text::is_hidden(letter),
            Kind::Number { .. } | Kind::Height => letter.is_ascii_digit() || letter == '.',
            Kind::Choice(_) | Kind::Write => false,
        };
        if fits && text.chars().count() < LONGEST {
            text.push(letter);
            self.forget();
        }
    }

    /// What the bus said belongs to the height that stood there.
    fn forget(&mut self) {
        if let Some(place) = HEIGHTS.iter().position(|line| *line == self.at) {
            self.raw[place] = None;
        }
    }

    pub fn key(&mut self, key: &KeyEvent) -> Typed {
        let (line, last) = (self.at, LINES.len() - 1);
        match (key.code, LINES[line].1) {
            (KeyCode::Up | KeyCode::BackTab, _) => self.at = line.saturating_sub(1),
            (KeyCode::Enter, Kind::Write) => return Typed::Write,
            (KeyCode::Enter, Kind::Height) if !self.texts[line].trim().is_empty() => {
                self.at = line + 1;
                return Typed::Height(line - HEIGHTS[0]);
            }
            (KeyCode::Down | KeyCode::Tab | KeyCode::Enter, _) => self.at = (line + 1).min(last),
            (KeyCode::Left | KeyCode::Right, Kind::Choice(words)) => {
                let place = words.iter().position(|word| *word == self.texts[line]).map_or(0, |place| place + 1);
                let step = if key.code == KeyCode::Right { 1 } else { words.len() };
                let next = (place + step) % (words.len() + 1);
                self.texts[line] = next.checked_sub(1).map_or_else(String::new, |place| words[place].to_owned());
            }
            (KeyCode::Backspace, _) => {
                self.texts[line].pop();
                self.forget();
            }
            (KeyCode::Char(letter), _) => self.put(letter),
            _ => return Typed::Other,
        }
        Typed::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_core::machine::Profile;

    fn type_in(form: &mut Form, text: &str) {
        for letter in text.chars() {
            form.key(&KeyEvent::from(KeyCode::Char(letter)));
        }
    }

    #[test]
    fn limits_are_those_of_the_schema() {
        let text = Profile::schema().to_string();
        for (line, key) in [
            (HEADER_WIDTH, "header_width_m"),
            (DISCHARGE_WIDTH, "discharge_width_m"),
            (REEL_DIAMETER, "reel_diameter_m"),
            (RATED_FEED, "rated_feed_kg_s"),
            (RATED_ENGINE, "rated_engine_rpm"),
        ] {
            let Kind::Number { low, high, .. } = LINES[line].1 else { panic!("{key} is a number") };
            let at = text.find(&format!("\"{key}\":{{")).unwrap();
            let part = &text[at..at + text[at..].find('}').unwrap()];
            let limit = |name: &str| -> f64 {
                let from = part.find(&format!("\"{name}\":")).unwrap() + name.len() + 3;
                part[from..].split([',', '}']).next().unwrap().parse().unwrap()
            };
            assert_eq!((limit("minimum"), limit("maximum")), (low, high), "{key}: {part}");
        }
    }

    #[test]
    fn two_positions_make_a_calibration_and_one_is_none() {
        let mut form = Form::new("x", "x.toml");
        form.at = HEIGHTS[0];
        type_in(&mut form, "12");
        assert_eq!(form.key(&KeyEvent::from(KeyCode::Enter)), Typed::Height(0));
        form.raw[0] = Some(200.0);
        assert_eq!(form.wrong(HEIGHTS[0]), Some(Wrong::Heights));
        type_in(&mut form, "92");
        assert_eq!(form.key(&KeyEvent::from(KeyCode::Enter)), Typed::Height(1));
        form.raw[1] = Some(1000.0);
        assert_eq!(form.calibration(), Some([(200.0, 0.12), (1000.0, 0.92)]));
        assert_eq!(form.wrong(HEIGHTS[1]), None);
        // Another height, typed later, is not the one at which the bus said that.
        form.at = HEIGHTS[1];
        type_in(&mut form, "5");
        assert_eq!(form.calibration(), None);
    }

    #[test]
    fn what_is_missing_or_out_of_range_is_named() {
        let mut form = Form::new("x", "x.toml");
        assert_eq!(form.first_wrong(), Some((CROP, Wrong::Empty)));
        form.at = HEADER_WIDTH;
        type_in(&mut form, "275m");
        assert_eq!(form.texts[HEADER_WIDTH], "275");
        assert_eq!(form.wrong(HEADER_WIDTH), Some(Wrong::Outside(0.3, 20.0)));
        assert_eq!(form.wrong(REEL_DIAMETER), None);
    }
}
