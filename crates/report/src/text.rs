//! The words of a report: one language, or Chinese with English beside it.

use grainloss_core::harvest::{Basis, Interval90};
use grainloss_knowledge::{Bilingual, Lang, Words};

/// Which languages a report speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Languages {
    /// One of them.
    One(Lang),
    /// Chinese first, English beside it.
    #[default]
    Both,
}

impl Languages {
    /// The language that comes first.
    pub const fn first(self) -> Lang {
        match self {
            Self::One(lang) => lang,
            Self::Both => Lang::Zh,
        }
    }
}

/// The words of a report.
#[derive(Debug)]
pub struct ReportText {
    first: Words,
    second: Option<Words>,
}

/// Mu of a hectare.
pub const MU_PER_HA: f64 = 15.0;

impl ReportText {
    /// The words in these languages.
    pub fn new(spoken: Languages) -> Self {
        match spoken {
            Languages::One(lang) => Self { first: Words::new(lang), second: None },
            Languages::Both => Self { first: Words::new(Lang::Zh), second: Some(Words::new(Lang::En)) },
        }
    }

    /// The language that comes first, as HTML and PDF name it.
    pub fn code(&self) -> &'static str {
        match self.first.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    fn both(&self, of: impl Fn(&Words) -> String) -> String {
        let first = of(&self.first);
        match self.second.as_ref().map(of) {
            Some(second) if second != first => format!("{first} {second}"),
            _ => first,
        }
    }

    /// The text under this key.
    pub fn get(&self, key: &str) -> String {
        self.both(|words| words.get(key))
    }

    /// The text under this key, its variables filled in.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.both(|words| words.with(key, values))
    }

    /// The text under this key, if there is one; otherwise the word itself.
    pub fn word(&self, prefix: &str, word: &str) -> String {
        let key = format!("{prefix}{word}");
        if self.first.has(&key) { self.get(&key) } else { word.to_owned() }
    }

    /// A word in both languages of the product.
    pub fn bilingual(&self, text: &Bilingual) -> String {
        self.both(|words| text.get(words.lang).to_owned())
    }

    /// The name of a crop.
    pub fn crop(&self, id: &str) -> String {
        grainloss_knowledge::crop(id).map_or_else(|_| id.to_owned(), |crop| self.bilingual(&crop.name))
    }

    /// What a figure rests on.
    pub fn basis(&self, basis: Option<Basis>) -> String {
        basis.map_or_else(|| self.unknown(), |basis| self.get(&format!("basis-{}", basis.word())))
    }

    /// What stands where nothing is known.
    pub fn unknown(&self) -> String {
        self.get("unknown")
    }

    /// A number with its unit.
    pub fn number(&self, value: Option<f64>, decimals: usize, unit: &str) -> String {
        value.map_or_else(|| self.unknown(), |value| format!("{value:.decimals$} {unit}").trim_end().to_owned())
    }

    /// A figure with its 90 % interval and unit.
    pub fn band(&self, band: Option<Interval90>, decimals: usize, unit: &str) -> String {
        band.map_or_else(
            || self.unknown(),
            |b| format!("{:.decimals$} {unit} ({:.decimals$}–{:.decimals$})", b.value, b.lo, b.hi),
        )
    }
}
