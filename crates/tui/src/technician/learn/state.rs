//! The state of the guide: what has come, what is open, chosen and typed.

use std::time::Duration;

use crate::technician::deck::Deck;
use crate::technician::form::{Form, HEIGHTS, LINES, Wrong};
use crate::technician::look::Look;
use crate::technician::place::Place;
use crate::technician::rows::Rows;
use crate::technician::steps::{Note, Step, steps};
use crate::technician::tape::Tape;
use grainloss_can::Frame;
use grainloss_find::{Candidate, Quantity};

/// How long a note stands.
const NOTE_TIME: Duration = Duration::from_secs(6);
/// From this score on a first candidate is taken with all the others by one key (our choice).
pub(super) const SURE: f64 = 0.9;

/// A candidate as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What the ranking says.
    pub candidate: Candidate,
    /// Where it is, in words.
    pub place: String,
    /// Why, in words.
    pub why: String,
}

/// The candidates of a quantity, best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The quantity.
    pub quantity: Quantity,
    /// Its candidates; none where nothing convinces.
    pub offers: Vec<Offer>,
}

/// What was decided of a quantity.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Choice {
    /// Nothing yet.
    #[default]
    Open,
    /// It is not on this bus.
    Absent,
    /// These bits.
    Field(Box<Offer>),
}

/// A mark that is written down.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkLine {
    /// When, µs since 1970.
    pub t_us: i64,
    /// The word of the marks file.
    pub word: String,
    /// The reading as it was typed; empty for an event.
    pub value: String,
}

/// What a profile is made of.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it is written.
    pub file: String,
    /// The profile's name.
    pub name: String,
    /// Crop and what else is said of the machine.
    pub crop: String,
    /// Cutting width, m.
    pub header_width_m: f64,
    /// Width behind the machine, m.
    pub discharge_width_m: f64,
    /// Diameter of the reel, m; `None`: not known.
    pub reel_diameter_m: Option<f64>,
    /// Nameplate feed rate, kg/s.
    pub rated_feed_kg_s: f64,
    /// Nameplate engine speed, r/min.
    pub rated_engine_rpm: f64,
    /// The word of the threshing system; empty: not known.
    pub threshing: String,
    /// Two positions of the header: raw number, height in m; `None`: not measured.
    pub heights: Option<[(f64, f64); 2]>,
    /// Every quantity with what was decided.
    pub choices: Vec<(Quantity, Choice)>,
}

/// What the caller has to do.
#[derive(Clone, Debug)]
pub enum LearnEffect {
    /// Write the mark down, then rank anew; answered by [`Learn::marks`].
    Mark(MarkLine),
    /// Take the last mark of this run back; answered by [`Learn::marks`].
    Undo,
    /// Rank anew; answered by [`Learn::ranked`].
    Rank,
    /// Write the profile; answered by [`Learn::refused`], or by the end.
    Write(Box<Draft>),
    /// The user quits.
    Quit,
}

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Step,
    Choose,
    Form,
}

/// A reading that is being typed.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    pub(super) t_us: i64,
    pub(super) word: String,
    pub(super) text: String,
}

/// The guide.
#[derive(Debug)]
pub struct Learn {
    pub(super) look: Look,
    pub(super) source: String,
    pub(super) deck: Deck,
    pub(super) rows: Rows,
    pub(super) steps: Vec<Step>,
    pub(super) step: usize,
    pub(super) page: Page,
    pub(super) prompt: Option<Prompt>,
    pub(super) form: Form,
    pub(super) marks: Vec<MarkLine>,
    pub(super) rankings: Vec<Ranked>,
    pub(super) ranks: bool,
    pub(super) choices: Vec<(Quantity, Choice)>,
    /// The chosen quantity on the page of candidates.
    pub(super) quantity: usize,
    pub(super) note: Option<(String, Duration)>,
    /// What stands until it is mended: a disk that is full.
    pub(super) trouble: Option<String>,
    pub(super) asks_quit: bool,
    pub(super) now: Duration,
    pub(super) effects: Vec<LearnEffect>,
}

impl Learn {
    /// The guide at its first step. `source` names interfaces or log; `tape` is the log, `None` when live; `file` is the
    /// profile to be written, `marks` are those of an earlier run.
    pub fn new(look: Look, source: &str, tape: Option<Tape>, file: &str, marks: Vec<MarkLine>) -> Self {
        let (steps, complaint) = steps();
        let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".toml");
        let mut learn = Self {
            source: source.to_owned(),
            deck: tape.map_or_else(Deck::live, Deck::log),
            rows: Rows::by_news(),
            steps,
            step: 0,
            page: Page::Step,
            prompt: None,
            form: Form::new(name, file),
            marks,
            rankings: Vec::new(),
            ranks: false,
            choices: Quantity::ALL.iter().map(|quantity| (*quantity, Choice::Open)).collect(),
            quantity: 0,
            note: None,
            trouble: complaint.map(|problem| problem.to_string()),
            asks_quit: false,
            now: Duration::ZERO,
            effects: Vec::new(),
            look,
        };
        learn.refresh();
        if learn.deck.is_log() || !learn.marks.is_empty() {
            learn.effects.push(LearnEffect::Rank);
        }
        learn
    }

    /// What the caller has to do; empties the list.
    pub fn effects(&mut self) -> Vec<LearnEffect> {
        std::mem::take(&mut self.effects)
    }

    /// A live frame at its bus time, µs.
    pub fn frame(&mut self, frame: &Frame, t_us: i64) {
        self.deck.frame(frame, t_us);
    }

    /// The bus is silent; its time is now this, µs.
    pub fn quiet(&mut self, now_us: i64) {
        self.deck.quiet(now_us);
    }

    /// So long has the guide been open. True when the picture has changed by that alone.
    pub fn tick(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.now);
        self.now = now;
        let over = self.note.as_ref().is_some_and(|(_, until)| now >= *until);
        if over {
            self.note = None;
        }
        let moved = self.deck.pass(passed);
        if moved || !self.deck.is_log() {
            self.refresh();
        }
        over || moved || !self.deck.is_paused()
    }

    pub(super) fn refresh(&mut self) {
        let (traffic, now_us) = self.deck.shown();
        self.rows.update(traffic, now_us);
    }

    /// The marks as the file now holds them.
    pub fn marks(&mut self, marks: Vec<MarkLine>) {
        self.marks = marks;
        self.effects.push(LearnEffect::Rank);
    }

    /// A ranking has begun.
    pub fn ranks(&mut self) {
        self.ranks = true;
    }

    /// A ranking has ended. What was chosen stays chosen, with its new score.
    pub fn ranked(&mut self, rankings: Vec<Ranked>) {
        for (quantity, choice) in &mut self.choices {
            if let Choice::Field(chosen) = choice {
                let all = rankings.iter().filter(|ranked| ranked.quantity == *quantity).flat_map(|one| &one.offers);
                if let Some(now) = all.into_iter().find(|offer| offer.candidate.field == chosen.candidate.field) {
                    **chosen = now.clone();
                }
            }
        }
        (self.rankings, self.ranks) = (rankings, false);
    }

    /// A note for some seconds: what was done, or why it was not.
    pub fn say(&mut self, text: String) {
        self.note = Some((text, self.now + NOTE_TIME));
    }

    /// What is wrong until it is mended; `None`: nothing any more.
    pub fn trouble(&mut self, trouble: Option<String>) {
        self.trouble = trouble;
    }

    /// The profile was not written: why.
    pub fn refused(&mut self, why: &str) {
        self.page = Page::Form;
        self.trouble = Some(why.to_owned());
    }

    /// The words that are shown.
    pub const fn words(&self) -> &grainloss_knowledge::Words {
        &self.look.words
    }

    /// Pasted text goes into what is being typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.prompt {
            prompt.text.extend(text.chars().filter(|c| c.is_ascii_digit() || *c == '.').take(12));
        } else if self.page == Page::Form {
            self.form.paste(text);
        }
    }

    pub(super) fn offers(&self, quantity: Quantity) -> &[Offer] {
        self.rankings.iter().find(|ranked| ranked.quantity == quantity).map_or(&[], |ranked| &ranked.offers)
    }

    pub(super) fn choice(&self, quantity: Quantity) -> &Choice {
        self.choices.iter().find(|(own, _)| *own == quantity).map_or(&Choice::Open, |(_, choice)| choice)
    }

    pub(super) fn choose(&mut self, quantity: Quantity, to: Choice) {
        if let Some((_, choice)) = self.choices.iter_mut().find(|(own, _)| *own == quantity) {
            *choice = to;
        }
        if quantity == Quantity::HeaderHeight {
            // The two positions were those of other bits.
            self.form.raw = [None; 2];
        }
    }

    /// The note of a key on this step.
    pub(super) fn note_of(&self, number: usize) -> Option<(String, Note)> {
        let step = self.steps.get(self.step)?;
        step.notes().nth(number).map(|(word, note)| (word.to_owned(), note))
    }

    /// What the chosen bits of the header's height say now; `None` when none are chosen or they say nothing.
    pub(super) fn height_raw(&self) -> Option<f64> {
        let Choice::Field(offer) = self.choice(Quantity::HeaderHeight) else { return None };
        let place = Place::of(&offer.candidate.field)?;
        place.last(self.deck.shown().0.get(place.key)?)
    }

    pub(super) fn named(&self, quantity: Quantity) -> String {
        self.look.word(&format!("channel-{}", quantity.channel().replace(['.', '_'], "-")))
    }

    /// What is wrong with a line of the form, in words.
    pub(super) fn wrong_text(&self, line: usize, wrong: &Wrong) -> String {
        let field = self.look.word(&format!("learn-field-{}", LINES[line].0));
        let (low, high) = if let Wrong::Outside(low, high) = wrong { (*low, *high) } else { (0.0, 0.0) };
        let key = match wrong {
            Wrong::Empty => "learn-wrong-empty",
            Wrong::NoNumber => "learn-wrong-number",
            Wrong::Outside(..) => "learn-wrong-outside",
            Wrong::Heights => "learn-wrong-heights",
        };
        self.look.words.with(key, &[("field", &field), ("low", &low.to_string()), ("high", &high.to_string())])
    }

    pub(super) fn draft(&self) -> Option<Draft> {
        use crate::technician::form as f;
        let form = &self.form;
        let text = |line: usize| form.texts[line].trim().to_owned();
        Some(Draft {
            file: text(f::FILE),
            name: text(f::NAME),
            crop: text(f::CROP),
            header_width_m: form.number(f::HEADER_WIDTH)?,
            discharge_width_m: form.number(f::DISCHARGE_WIDTH)?,
            reel_diameter_m: form.number(f::REEL_DIAMETER),
            rated_feed_kg_s: form.number(f::RATED_FEED)?,
            rated_engine_rpm: form.number(f::RATED_ENGINE)?,
            threshing: text(f::THRESHING),
            heights: form.calibration(),
            choices: self.choices.clone(),
        })
    }

    /// The line of the form where a height is typed.
    pub(super) fn height_line(place: usize) -> usize {
        HEIGHTS[place]
    }
}
