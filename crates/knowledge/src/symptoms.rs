//! What the operator sees, and what to do about it.

use serde::Deserialize;

use crate::bilingual::Bilingual;
use crate::rules::Adjustment;
use crate::words::Lang;
use grainloss_core::data_file::{self, FileError};

/// A symptom has no more steps than this: as many as the screen has lines for.
pub const MAX_STEPS: usize = 5;
/// There are no more symptoms than keys.
pub const MAX_SYMPTOMS: usize = 9;

/// What the operator sees: its cause, and what to do in which order.
#[derive(Clone, Debug, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// Its name in journal and commands.
    pub id: String,
    /// The crops it is for; none for all that have none of their own.
    #[serde(default)]
    pub crops: Vec<String>,
    /// Its name for people.
    pub name: Bilingual,
    /// What it likely comes from.
    pub cause: Bilingual,
    /// What to do, in this order.
    pub steps: Vec<Adjustment>,
    /// For how long the machine is tried after a step, seconds; 0 where there is nothing to try.
    pub test_s: u32,
    /// The work must stop: the steps are done one after the other, with the machine standing.
    #[serde(default)]
    pub stop: bool,
    /// Where it comes from.
    #[serde(deserialize_with = "data_file::source")]
    pub source: String,
    /// The same in Chinese.
    #[serde(default)]
    pub source_zh: Option<String>,
}

impl Symptom {
    /// Where it comes from, in this language as far as there are words for it.
    pub fn source_in(&self, lang: Lang) -> &str {
        self.source_zh.as_deref().filter(|_| lang == Lang::Zh).unwrap_or(&self.source)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    symptom: Vec<Symptom>,
}

/// The symptoms for a crop, in the order of the file: its own, else those for all crops.
///
/// # Errors
///
/// When the file cannot be read or parsed, or a symptom has no step, too many, or a goal that does not fit its setting.
pub fn symptoms(crop: &str) -> Result<Vec<Symptom>, FileError> {
    const NAME: &str = "advice/symptoms.toml";
    let all = crate::files::load::<File>(NAME, include_str!("../../../knowledge/advice/symptoms.toml"))?.symptom;
    let wrong = |symptom: &Symptom, problem: String| FileError {
        file: NAME.to_owned(),
        line: None,
        problem: format!("symptom {}: {problem}", symptom.id),
    };
    for symptom in &all {
        if symptom.steps.is_empty() || symptom.steps.len() > MAX_STEPS {
            let count = symptom.steps.len();
            return Err(wrong(symptom, format!("{count} steps; expected 1 to {MAX_STEPS}")));
        }
        if let Some(step) = symptom.steps.iter().find(|step| !step.has_sound_goal()) {
            return Err(wrong(symptom, format!("goal {:?} does not fit its setting", step.goal)));
        }
    }
    let own = |id: &str| all.iter().any(|one| one.id == id && one.crops.iter().any(|name| name == crop));
    let is_chosen = |one: &&Symptom| {
        let is_own = one.crops.iter().any(|name| name == crop);
        is_own || (one.crops.is_empty() && !own(&one.id))
    };
    Ok(all.iter().filter(is_chosen).take(MAX_SYMPTOMS).cloned().collect())
}

/// The name of a symptom in this language; its identifier when the file has it no more.
pub fn symptom_name(id: &str, crop: &str, lang: Lang) -> String {
    let known = symptoms(crop).ok().and_then(|all| all.into_iter().find(|one| one.id == id));
    known.map_or_else(|| id.to_owned(), |one| one.name.get(lang).to_owned())
}
