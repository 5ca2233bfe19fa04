//! The words of a report: in one language, or in Chinese with English beside it.

use grainloss_core::check_result::CheckSummary;
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::harvest::{Basis, CalibrationOrigin, Interval90};
use grainloss_core::record::{EventRecord, TravelSum};
use grainloss_knowledge::local_time::date_and_time;
use grainloss_knowledge::preparation::{Preparation, test_cut_text};
use grainloss_knowledge::{Bilingual, Lang, LimitEntry, Words, calibration_text, symptom_name};

/// The languages of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Languages {
    /// One language.
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

/// Looks up the words of a report in its languages.
#[derive(Debug)]
pub struct ReportText {
    first: Words,
    second: Option<Words>,
    preparation: Preparation,
}

impl ReportText {
    /// The words in these languages.
    pub fn new(languages: Languages) -> Self {
        // Without the facts, lists and items are called by their names in the journal.
        let preparation = Preparation::load().unwrap_or_default();
        match languages {
            Languages::One(lang) => Self { first: Words::new(lang), second: None, preparation },
            Languages::Both => Self { first: Words::new(Lang::Zh), second: Some(Words::new(Lang::En)), preparation },
        }
    }

    /// The language that comes first, as HTML and PDF name it: `zh-CN` or `en`.
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

    /// What is said in one language, in each of the report's languages: for sentences that are put together.
    pub fn in_each(&self, of: impl Fn(&Self) -> String) -> String {
        if self.second.is_none() {
            return of(self).trim_end().to_owned();
        }
        let said = [Lang::Zh, Lang::En].map(|lang| of(&Self::new(Languages::One(lang))));
        said.join(" ").trim_end().to_owned()
    }

    /// The text under this key.
    pub fn get(&self, key: &str) -> String {
        self.both(|words| words.get(key))
    }

    /// The text under this key, its variables filled in.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.both(|words| words.with(key, values))
    }

    /// The text under the key `prefix` + `word`; where there is none, `word` itself.
    pub fn word(&self, prefix: &str, word: &str) -> String {
        let key = format!("{prefix}{word}");
        if self.first.has(&key) { self.get(&key) } else { word.to_owned() }
    }

    /// A trouble code in words; `word` itself when it is none.
    pub fn trouble(&self, word: &str) -> String {
        if self.first.trouble(word).is_none() {
            return word.to_owned();
        }
        self.both(|words| words.trouble(word).unwrap_or_default())
    }

    /// A name from a data file, in the report's languages.
    pub fn bilingual(&self, name: &Bilingual) -> String {
        self.both(|words| name.get(words.lang).to_owned())
    }

    /// The name of a crop; of an unknown crop, its identifier.
    pub fn crop(&self, id: &str) -> String {
        grainloss_knowledge::crop(id).map_or_else(|_| id.to_owned(), |crop| self.bilingual(&crop.name))
    }

    /// The machine: its owner's name for it, else that of its profile as people call it.
    pub fn machine(&self, owners: Option<&str>, profile: &str) -> String {
        owners.map_or_else(|| self.both(|words| words.machine_name(profile)), str::to_owned)
    }

    /// Where a session's frames came from: a file or an interface as it is, a simulated harvest in words.
    pub fn source(&self, source: &str) -> String {
        let simulated = source.strip_prefix("simulator: ").and_then(|of| {
            let (scenario, seed) = of.split_once("scenario ")?.1.split_once(" seed ")?;
            Some((scenario, seed))
        });
        let Some((scenario, seed)) = simulated else { return source.to_owned() };
        let scenario = self.word("scenario-name-", scenario);
        self.with("report-source-simulator", &[("scenario", &scenario), ("seed", seed)])
    }

    /// The name of a symptom; of an unknown one, its identifier.
    pub fn symptom(&self, id: &str) -> String {
        self.both(|words| symptom_name(id, "", words.lang))
    }

    /// The document that a limit stands in.
    pub fn limit_document(&self, limit: &LimitEntry) -> String {
        self.both(|words| limit.document_in(words.lang).to_owned())
    }

    /// The document that a limit stands in, and where that was read.
    pub fn limit_source(&self, limit: &LimitEntry) -> String {
        self.both(|words| {
            let (document, source) = (limit.document_in(words.lang), limit.source_in(words.lang));
            if document == source { source.to_owned() } else { format!("{document} [{source}]") }
        })
    }

    /// A check list with its date, its counts and who checked, or an item that was not in order; `None` for another event.
    pub fn check(&self, event: &EventRecord) -> Option<String> {
        self.preparation.check_text(event, &self.first)?;
        let what = self.both(|words| self.preparation.check_text(event, words).unwrap_or_default());
        let Some(summary) = CheckSummary::of(event) else { return Some(what) };
        let (time, who) = (date_and_time(summary.at_us), event.stream.as_deref().unwrap_or_default());
        Some(self.with("report-check", &[("time", &time), ("what", &what), ("who", who)]))
    }

    /// A test cut; `None` for another event.
    pub fn test_cut(&self, event: &EventRecord) -> Option<String> {
        test_cut_text(event, &self.first)?;
        Some(self.both(|words| test_cut_text(event, words).unwrap_or_default()))
    }

    /// What was said of the crop.
    pub fn crop_said(&self, crop: &CropConditions) -> String {
        self.both(|words| words.crop_said(crop))
    }

    /// What was lost of crop that lay, driven to it this way; `None` where nothing was cut so.
    pub fn travel_loss(&self, travel: Travel, sum: &TravelSum) -> Option<String> {
        let said = self.both(|words| words.travel_loss(travel, sum).unwrap_or_default());
        Some(said).filter(|said| !said.is_empty())
    }

    /// The basis of a figure.
    pub fn basis(&self, basis: Option<Basis>) -> String {
        basis.map_or_else(|| self.unknown(), |basis| self.get(&format!("basis-{}", basis.word())))
    }

    /// The basis of a sum; where header and rear rest on something else, of each of them.
    pub fn basis_of_parts(&self, basis: Option<Basis>, [header, rear]: [Option<Basis>; 2]) -> String {
        match (header, rear) {
            (Some(header), Some(rear)) if header != rear => {
                let (header, rear) = (self.basis(Some(header)), self.basis(Some(rear)));
                self.with("report-basis-parts", &[("header", &header), ("rear", &rear)])
            }
            _ => self.basis(basis),
        }
    }

    /// The calibration of an earlier field that a session began with, at `started_us`.
    pub fn calibration(&self, origin: &CalibrationOrigin, started_us: i64) -> String {
        self.both(|words| calibration_text(words, origin, started_us))
    }

    /// The word for an unknown value.
    pub fn unknown(&self) -> String {
        self.get("unknown")
    }

    /// A number with its unit.
    pub fn number(&self, value: Option<f64>, decimals: usize, unit: &str) -> String {
        value.map_or_else(|| self.unknown(), |value| format!("{value:.decimals$} {unit}").trim_end().to_owned())
    }

    /// A figure with its unit and 90 % interval.
    pub fn interval(&self, interval: Option<Interval90>, decimals: usize, unit: &str) -> String {
        interval.map_or_else(
            || self.unknown(),
            |i| format!("{:.decimals$} {unit} ({:.decimals$}–{:.decimals$})", i.value, i.lo, i.hi),
        )
    }
}
