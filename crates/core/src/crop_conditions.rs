//! What the driver says of the crop. No sensor shows it, so each answer may be missing.

mod lie;

pub use lie::{Lie, Travel};

/// How the crop stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// Upright.
    Standing,
    /// Leaning, most heads still above the knife.
    Leaning,
    /// Lodged: flat on the ground.
    Lodged,
}

impl Stand {
    /// Every kind, in the order in which a key goes through them.
    pub const ALL: [Self; 3] = [Self::Standing, Self::Leaning, Self::Lodged];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Leaning => "leaning",
            Self::Lodged => "lodged",
        }
    }

    /// The kind of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stand| stand.word() == word)
    }
}

/// No and yes of each answer, in the order of the fields.
const ANSWERS: [[&str; 2]; 3] = [["dry", "wet"], ["clean", "weedy"], ["level", "slope"]];

/// Before the degrees in the word for the way it lies.
const LIE: &str = "lie-";

/// The crop as the driver describes it. `None` is "not said": it is neither yes nor no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CropConditions {
    /// How it stands.
    pub stand: Option<Stand>,
    /// Wet from dew or rain.
    pub wet: Option<bool>,
    /// Green weeds in it.
    pub weedy: Option<bool>,
    /// On a slope.
    pub slope: Option<bool>,
    /// Which way it lies, where it is lodged or leans.
    #[serde(rename = "lie_deg", skip_serializing_if = "Option::is_none")]
    pub lie: Option<Lie>,
}

/// What is said of the crop from some time on, until something else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedConditions {
    /// From when on, microseconds of bus time; `i64::MIN` is from the beginning.
    pub from_us: i64,
    /// What the crop is like then.
    pub crop: CropConditions,
}

impl CropConditions {
    /// Nothing was said.
    pub const UNKNOWN: Self = Self { stand: None, wet: None, weedy: None, slope: None, lie: None };

    /// Nothing was said.
    pub const fn is_unknown(&self) -> bool {
        self.stand.is_none() && self.wet.is_none() && self.weedy.is_none() && self.slope.is_none() && self.lie.is_none()
    }

    /// The words for it, apart from each other by a space, as `lodged wet`; empty where nothing was said. A yes is `wet`,
    /// `weedy` or `slope`, a no is `dry`, `clean` or `level`. The way it lies is `lie-90`, degrees from north.
    pub fn words(&self) -> String {
        let stand = self.stand.map(Stand::word);
        let answers =
            self.answers().into_iter().zip(ANSWERS).map(|(answer, [no, yes])| Some(if answer? { yes } else { no }));
        let said = std::iter::once(stand).chain(answers).flatten().map(str::to_owned);
        let lie = self.lie.map(|lie| format!("{LIE}{}", lie.deg()));
        said.chain(lie).collect::<Vec<_>>().join(" ")
    }

    /// What these words say; `None` where one is unknown, or contradicts another.
    pub fn named(words: &str) -> Option<Self> {
        let mut said = Self::UNKNOWN;
        for word in words.split_whitespace() {
            if let Some(deg) = word.strip_prefix(LIE) {
                let lie = deg.parse().ok().and_then(Lie::new)?;
                said.lie.replace(lie).is_none().then_some(())?;
                continue;
            }
            if let Some(stand) = Stand::named(word) {
                said.stand.replace(stand).is_none().then_some(())?;
                continue;
            }
            let (at, is_so) = ANSWERS
                .iter()
                .enumerate()
                .find_map(|(at, pair)| Some((at, pair.iter().position(|known| *known == word)? == 1)))?;
            let answer = [&mut said.wet, &mut said.weedy, &mut said.slope].into_iter().nth(at)?;
            answer.replace(is_so).is_none().then_some(())?;
        }
        Some(said)
    }

    /// The words for what makes the harvest harder, the worst first.
    pub fn hard_words(&self) -> impl Iterator<Item = &'static str> {
        let stand = self.stand.filter(|stand| *stand != Stand::Standing).map(Stand::word);
        let yes = self.answers().into_iter().zip(ANSWERS).filter(|(answer, _)| *answer == Some(true));
        stand.into_iter().chain(yes.map(|(_, [_, yes])| yes))
    }

    /// How a machine on this course drives to the crop that lies; `None` where the one or the other is not known.
    pub fn travel(&self, course_rad: Option<f64>) -> Option<Travel> {
        Some(self.lie?.travel(course_rad?))
    }

    const fn answers(self) -> [Option<bool>; 3] {
        [self.wet, self.weedy, self.slope]
    }

    /// The driver says that it is lodged.
    pub const fn is_lodged(&self) -> bool {
        matches!(self.stand, Some(Stand::Lodged))
    }

    /// The driver says that it is wet.
    pub const fn is_wet(&self) -> bool {
        matches!(self.wet, Some(true))
    }

    /// The driver says that it is weedy.
    pub const fn is_weedy(&self) -> bool {
        matches!(self.weedy, Some(true))
    }

    /// The driver says that it is on a slope.
    pub const fn is_on_slope(&self) -> bool {
        matches!(self.slope, Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_the_stand_they_name() {
        assert!(Stand::ALL.iter().all(|&stand| Stand::named(stand.word()) == Some(stand)));
        assert_eq!(Stand::named("flat"), None);
    }

    #[test]
    fn words_say_all_that_was_said_and_nothing_else() {
        let lodged_wet = CropConditions { stand: Some(Stand::Lodged), wet: Some(true), ..CropConditions::UNKNOWN };
        assert_eq!((lodged_wet.words().as_str(), CropConditions::UNKNOWN.words().as_str()), ("lodged wet", ""));
        for stand in [None, Some(Stand::Standing), Some(Stand::Lodged)] {
            for [wet, weedy, slope] in [
                [None, None, None],
                [Some(true), Some(false), None],
                [Some(false), Some(true), Some(true)],
                [None, None, Some(false)],
            ] {
                for lie in [None, Lie::new(0), Lie::new(275)] {
                    let crop = CropConditions { stand, wet, weedy, slope, lie };
                    assert_eq!(CropConditions::named(&crop.words()), Some(crop), "{}", crop.words());
                }
            }
        }
        for wrong in ["flat", "wet dry", "lodged standing", "wet wet", "lie-361", "lie-", "lie-10 lie-10"] {
            assert_eq!(CropConditions::named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_not_said_is_neither_yes_nor_no() {
        let said = CropConditions { stand: Some(Stand::Lodged), ..CropConditions::UNKNOWN };
        assert!(said.is_lodged() && !said.is_wet() && !said.is_unknown());
        assert!(CropConditions::default().is_unknown());
    }
}
