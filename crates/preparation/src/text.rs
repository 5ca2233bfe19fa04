//! The card in words, for the command line and the screen.

use crate::window::{Advice, Card, Cost};
use grainloss_knowledge::Words;
use grainloss_knowledge::local_time::short_time;
use grainloss_knowledge::preparation::Preparation;

/// The card in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardText {
    /// What to do.
    pub advice: String,
    /// Why, the gravest first, each with the mark of what is only recalled.
    pub reasons: Vec<String>,
    /// What is not known; `None` when all is.
    pub missing: Option<String>,
    /// Drying beside waiting, or what is needed to compare them.
    pub cost: Vec<String>,
    /// The sources behind the reasons, each once.
    pub sources: Vec<String>,
}

/// The card in words. `currency` is the word for money.
pub fn card_text(card: &Card, facts: &Preparation, now_us: i64, currency: &str, words: &Words) -> CardText {
    let time = |t_us: i64| short_time(t_us, now_us);
    let (time, mark) = match card.advice {
        Advice::Wait(Some(until)) => {
            (time(until.t_us), if until.is_recalled { words.get("fact-recalled") } else { String::new() })
        }
        Advice::Race(t_us) => (time(t_us), String::new()),
        _ => (String::new(), String::new()),
    };
    let advice = words.with(&format!("window-advice-{}", card.advice.word()), &[("time", &time), ("mark", &mark)]);
    let mut sources: Vec<String> = Vec::new();
    let mut reasons = Vec::new();
    for reason in &card.reasons {
        let values: Vec<(&str, &str)> = reason.values.iter().map(|(name, value)| (*name, &**value)).collect();
        let text = words.with(&format!("window-reason-{}", reason.word), &values);
        let mark = reason.source.as_ref().map_or_else(String::new, |key| facts.mark(key, words));
        reasons.push(format!("{text}{mark}"));
        if let Some(key) = &reason.source {
            let source = facts.source(key, words.lang).to_owned();
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    let what: Vec<String> =
        card.missing.iter().map(|missing| words.get(&format!("window-missing-{}", missing.word()))).collect();
    let list = what.join(&words.get("crop-said-and"));
    let missing = (!what.is_empty()).then(|| words.with("window-missing", &[("what", &list)]));
    CardText { advice, reasons, missing, cost: cost_text(card.cost.as_ref(), currency, words), sources }
}

fn cost_text(cost: Option<&Cost>, currency: &str, words: &Words) -> Vec<String> {
    let Some(cost) = cost else { return vec![words.get("window-cost-missing")] };
    let money = |value: f64| format!("{value:.1}");
    let drying = [("money", &*money(cost.drying_per_mu)), ("currency", currency)];
    let mut first = words.with("window-cost-drying", &drying);
    if let Some((kg, pct)) = cost.drying_kg.zip(cost.break_even_pct) {
        first += &words.with("window-cost-even", &[("kg", &money(kg)), ("pct", &money(pct))]);
    }
    let mut lines = vec![first];
    if let Some(waiting) = cost.waiting_per_mu {
        let dries = waiting > cost.drying_per_mu;
        let what = words.get(if dries { "window-cost-dry-now" } else { "window-cost-wait" });
        let values = [("money", &*money(waiting)), ("currency", currency), ("what", &what)];
        lines.push(words.with("window-cost-waiting", &values));
    }
    lines
}
