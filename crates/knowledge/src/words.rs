//! The words on screens and in reports, in two languages.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use crate::texts::Texts;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use grainloss_core::crop_conditions::{CropConditions, Travel};
use grainloss_core::machine::Trouble;
use grainloss_core::record::TravelSum;
use unic_langid::LanguageIdentifier;

/// A language of the product; Chinese first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a locale name such as `LANG` holds: `en_US.UTF-8` is English; everything else, and nothing at
    /// all, is Chinese.
    pub fn of_locale(locale: Option<&str>) -> Self {
        match locale {
            Some(locale) if locale.to_ascii_lowercase().starts_with("en") => Self::En,
            _ => Self::Zh,
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Zh => include_str!("../../../knowledge/text/zh.ftl"),
            Self::En => include_str!("../../../knowledge/text/en.ftl"),
        }
    }

    fn texts(self) -> &'static Texts {
        static ZH: LazyLock<Texts> = LazyLock::new(|| Texts::new(Lang::Zh.file()));
        static EN: LazyLock<Texts> = LazyLock::new(|| Texts::new(Lang::En.file()));
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

/// The words of one language.
pub struct Words {
    /// Which one.
    pub lang: Lang,
    texts: &'static Texts,
    /// Those of another program.
    own: Option<Texts>,
    /// Fills in variables; the texts are not in it.
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("lang", &self.lang).finish_non_exhaustive()
    }
}

/// SPNs that a maker gives away as it likes ("Manufacturer Assignable SPN" in the extract of SAE J1939DA OCT2020).
const MAKERS_OWN_SPNS: std::ops::RangeInclusive<u32> = 516_096..=524_287;

impl Words {
    /// The words of this language. They are embedded, and tested to be whole; should a line of them be unreadable, its
    /// key is shown in its place.
    pub fn new(lang: Lang) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        // The marks that isolate directions have a width of their own in terminals.
        bundle.set_use_isolating(false);
        Self { lang, texts: lang.texts(), own: None, bundle }
    }

    /// These words and those of another program (in Fluent's format). One under a key that is there already takes its place.
    /// There are those of one other program: of two the last.
    #[must_use]
    pub fn and(mut self, file: &'static str) -> Self {
        self.own = Some(Texts::new(file));
        self
    }

    /// The text under this key.
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text under this key, its variables filled in.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, *value);
        }
        self.format(key, Some(&args))
    }

    /// What was said of the crop, in words.
    pub fn crop_said(&self, crop: &CropConditions) -> String {
        if crop.is_unknown() {
            return self.get("crop-said-not-said");
        }
        let plain = CropConditions { lie: None, ..*crop }.words();
        let plain = plain.split_whitespace().map(|word| self.get(&format!("crop-said-{word}")));
        let lie = crop.lie.map(|lie| {
            let point = self.get(&format!("compass-{}", lie.point()));
            self.with("crop-said-lie", &[("point", &point), ("deg", &lie.deg().to_string())])
        });
        let words: Vec<String> = plain.chain(lie).collect();
        words.join(&self.get("crop-said-and"))
    }

    /// What was lost of crop that lay, driven to it this way; `None` where nothing was cut so.
    pub fn travel_loss(&self, travel: Travel, sum: &TravelSum) -> Option<String> {
        let figures = [
            ("travel", &*self.get(&format!("travel-{}", travel.word()))),
            ("loss", &format!("{:.1}", sum.loss_pct()?)),
            ("header", &format!("{:.1}", sum.header_pct()?)),
            ("min", &format!("{:.0}", sum.cutting_s / 60.0)),
        ];
        Some(self.with("travel-loss", &figures))
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let own = self.own.as_ref().and_then(|own| own.get(key));
        let Some(pattern) = own.or_else(|| self.texts.get(key)) else { return key.to_owned() };
        self.bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }

    /// A trouble code in words, from the journal's `spn-100-fmi-1`: its numbers, and what they mean as far as that is
    /// known. `None` when it is no trouble code.
    pub fn trouble(&self, word: &str) -> Option<String> {
        let (spn, fmi) = Trouble::numbers(word)?;
        let mut text = self.with("trouble-name", &[("spn", &spn.to_string()), ("fmi", &fmi.to_string())]);
        let own = || MAKERS_OWN_SPNS.contains(&spn).then(|| "spn-own".to_owned());
        let spn = Some(format!("spn-{spn}")).filter(|key| self.has(key)).or_else(own);
        let fmi = Some(format!("fmi-{fmi}")).filter(|key| self.has(key));
        for key in [spn, fmi].into_iter().flatten() {
            text += ", ";
            text += &self.get(&key);
        }
        Some(text)
    }

    /// A machine as people call it: a bundled profile by its name in this language, any other by its own.
    pub fn machine_name(&self, profile: &str) -> String {
        let key = format!("profile-name-{profile}");
        if self.has(&key) { self.get(&key) } else { profile.to_owned() }
    }

    /// True when there is a text under this key.
    pub fn has(&self, key: &str) -> bool {
        self.own.as_ref().is_some_and(|own| own.has(key)) || self.texts.has(key)
    }
}

static SPOKEN: OnceLock<Words> = OnceLock::new();

/// Errors are in this language from now on. The first word holds; without one they are in English.
pub fn speak(lang: Lang) {
    // Said twice, it stays as it was said first.
    let _ = SPOKEN.set(Words::new(lang));
}

/// The words for errors, which arise where no words are at hand.
pub fn spoken() -> &'static Words {
    static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new(Lang::En));
    SPOKEN.get().unwrap_or(&ENGLISH)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Key and the names of its variables.
    fn keys(lang: Lang) -> BTreeMap<String, Vec<String>> {
        let lines = lang.file().lines().filter(|line| !line.starts_with('#') && line.contains(" = "));
        lines
            .map(|line| {
                let (key, text) = line.split_once(" = ").unwrap();
                let mut variables: Vec<String> =
                    text.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect();
                variables.sort();
                (key.to_owned(), variables)
            })
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_variables() {
        assert_eq!(keys(Lang::Zh), keys(Lang::En));
        assert!(keys(Lang::Zh).len() > 50);
    }

    #[test]
    fn every_key_can_be_read_back() {
        for lang in [Lang::Zh, Lang::En] {
            assert!(FluentResource::try_new(lang.file().to_owned()).is_ok());
            let words = Words::new(lang);
            for key in keys(lang).keys() {
                assert!(words.has(key), "{lang:?} {key}");
            }
        }
    }

    #[test]
    fn a_trouble_code_is_told_in_words_as_far_as_they_are_known() {
        let (zh, en) = (Words::new(Lang::Zh), Words::new(Lang::En));
        let told = |word| (zh.trouble(word).unwrap(), en.trouble(word).unwrap());
        let (zh_oil, en_oil) = told("spn-100-fmi-1");
        assert_eq!(en_oil, "SPN 100 FMI 1, engine oil pressure, below normal, most severe");
        assert_eq!(zh_oil, "SPN 100 FMI 1, 机油压力, 过低(最严重)");
        assert_eq!(told("spn-65000-fmi-25").1, "SPN 65000 FMI 25, reserved (not assigned)", "unknown ones are numbers");
        assert_eq!(told("spn-520192-fmi-12").0, "SPN 520192 FMI 12, 厂家自定义, 装置或部件损坏");
        assert_eq!(told("spn-1534-fmi-31").0, "SPN 1534 FMI 31, 割台最左端高度, 状态存在");
        assert_eq!(en.trouble("loss-level"), None);
    }

    #[test]
    fn the_locale_decides() {
        assert_eq!(Lang::of_locale(Some("en_GB.UTF-8")), Lang::En);
        assert_eq!(Lang::of_locale(Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(Lang::of_locale(Some("C")), Lang::Zh);
        assert_eq!(Lang::of_locale(None), Lang::Zh);
    }
}
