//! The rule base: what each piece of advice answers to, what to try in which order, where it comes from, and who
//! disagrees.

use serde::{Deserialize, Deserializer, de::Error};

use crate::bilingual::Bilingual;
use crate::words::Lang;
use grainloss_core::advice::{AdjustmentOrder, Goal, MAX_ADJUSTMENTS, NextStep, Setting, setting_named, setting_names};
use grainloss_core::data_file::{self, FileError};

const FILES: [(&str, &str); 4] = [
    ("advice/operator.toml", include_str!("../../../knowledge/advice/operator.toml")),
    ("advice/machine.toml", include_str!("../../../knowledge/advice/machine.toml")),
    ("advice/conditions.toml", include_str!("../../../knowledge/advice/conditions.toml")),
    ("advice/measuring.toml", include_str!("../../../knowledge/advice/measuring.toml")),
];

/// One thing to try.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// The setting that it moves, where a channel shows it.
    #[serde(default, deserialize_with = "setting", skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
    /// What it aims at, where that can be said in figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// What to do.
    pub text: Bilingual,
}

impl Adjustment {
    /// Whether the goal is one of the setting's, with figures that can be worked with.
    pub(crate) fn has_sound_goal(&self) -> bool {
        let of_setting = match self.goal {
            None => true,
            Some(Goal::ReelIndex { .. }) => self.setting == Some(Setting::ReelSpeed),
            Some(Goal::AtMost(_) | Goal::Change(_)) => self.setting.is_some(),
            Some(Goal::Speed(_)) => self.setting.is_none(),
        };
        of_setting && self.goal.is_none_or(Goal::is_valid)
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The step that it explains.
    #[serde(deserialize_with = "step")]
    pub step: NextStep,
    /// The crops it is for; none for all that have no rule of their own.
    #[serde(default)]
    pub crops: Vec<String>,
    /// The part of the machine, or of the work.
    pub component: String,
    /// What is seen.
    pub symptom: Bilingual,
    /// What it likely comes from.
    pub cause: Bilingual,
    /// What to try, in this order.
    #[serde(default, deserialize_with = "adjustments")]
    pub adjust: Vec<Adjustment>,
    /// Where it comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub source: String,
    /// The same, short and in Chinese, for a Chinese screen; names stay as they are cited.
    #[serde(default)]
    pub source_zh: Option<String>,
    /// Who says otherwise.
    #[serde(default)]
    pub disagree: Option<String>,
    /// The same in Chinese.
    #[serde(default)]
    pub disagree_zh: Option<String>,
}

impl Rule {
    /// Where it comes from, in this language as far as there are words for it.
    pub fn source_in(&self, lang: Lang) -> &str {
        in_chinese(lang, self.source_zh.as_deref()).unwrap_or(&self.source)
    }

    /// Who says otherwise, likewise.
    pub fn disagree_in(&self, lang: Lang) -> Option<&str> {
        in_chinese(lang, self.disagree_zh.as_deref()).or(self.disagree.as_deref())
    }
}

fn in_chinese(lang: Lang, words: Option<&str>) -> Option<&str> {
    words.filter(|_| lang == Lang::Zh)
}

fn step<'de, D: Deserializer<'de>>(from: D) -> Result<NextStep, D::Error> {
    let word = String::deserialize(from)?;
    NextStep::ALL.into_iter().find(|step| step.word() == word).ok_or_else(|| {
        let words = NextStep::ALL.map(NextStep::word).join(", ");
        D::Error::custom(format!("unknown step {word}; expected one of: {words}"))
    })
}

fn setting<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Setting>, D::Error> {
    let name = String::deserialize(from)?;
    let unknown = || D::Error::custom(format!("unknown setting {name}; expected one of: {}", setting_names()));
    setting_named(&name).map(Some).ok_or_else(unknown)
}

fn adjustments<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Adjustment>, D::Error> {
    let all: Vec<Adjustment> = Vec::deserialize(from)?;
    if let Some(unsound) = all.iter().find(|adjustment| !adjustment.has_sound_goal()) {
        return Err(D::Error::custom(format!(
            "goal {:?} does not fit its setting; expected reel_index with setting = \"reel.speed\" and low below high, \
             at_most above 0 or change between -1 and 1 with any setting, or speed between -1 and 1 without a setting",
            unsound.goal
        )));
    }
    if all.len() <= MAX_ADJUSTMENTS {
        return Ok(all);
    }
    Err(D::Error::custom(format!("{} adjustments; expected {MAX_ADJUSTMENTS} at most", all.len())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// The rules for one crop: one for each step, in the order of [`NextStep::ALL`].
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Loads the rules for a crop: its own, else those for all crops.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or parsed, or a step has no rule.
    pub fn load(crop: &str) -> Result<Self, FileError> {
        let mut all: Vec<Rule> = Vec::new();
        for (name, embedded) in FILES {
            all.extend(crate::files::load::<File>(name, embedded)?.rule);
        }
        let of_crop = |rule: &&Rule| rule.crops.iter().any(|name| name == crop);
        let chosen = NextStep::ALL.into_iter().map(|step| {
            let mut of_step = all.iter().filter(|rule| rule.step == step);
            let found = of_step.clone().find(of_crop).or_else(|| of_step.find(|rule| rule.crops.is_empty()));
            found.cloned().ok_or_else(|| {
                let problem = format!("the rule for {} is missing; add it with its source", step.word());
                FileError { file: "knowledge/advice".to_owned(), line: None, problem }
            })
        });
        chosen.collect::<Result<_, _>>().map(Self)
    }

    /// The rule of a step.
    pub fn get(&self, step: NextStep) -> Option<&Rule> {
        self.0.get(step as usize)
    }

    /// The order in which the adjustments are advised.
    pub fn plan(&self) -> AdjustmentOrder {
        let mut plan = AdjustmentOrder::default();
        for rule in &self.0 {
            plan.set(rule.step, rule.adjust.iter().map(|adjustment| adjustment.setting));
            plan.set_goals(rule.step, rule.adjust.iter().map(|adjustment| adjustment.goal));
        }
        plan
    }
}
