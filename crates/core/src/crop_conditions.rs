//! What the driver says of the crop. No sensor shows it, so each answer may be missing.

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
}

impl CropConditions {
    /// Nothing was said.
    pub const UNKNOWN: Self = Self { stand: None, wet: None, weedy: None, slope: None };

    /// Nothing was said.
    pub const fn is_unknown(&self) -> bool {
        self.stand.is_none() && self.wet.is_none() && self.weedy.is_none() && self.slope.is_none()
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
    fn what_was_not_said_is_neither_yes_nor_no() {
        let said = CropConditions { stand: Some(Stand::Lodged), ..CropConditions::UNKNOWN };
        assert!(said.is_lodged() && !said.is_wet() && !said.is_unknown());
        assert!(CropConditions::default().is_unknown());
    }
}
