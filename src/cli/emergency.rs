//! `grainloss emergency`: what to do, in order.

use super::error::CliError;
use super::table::{columns, say};
use grainloss_knowledge::Words;
use grainloss_knowledge::preparation::{EmergencyCard, Preparation};

/// What to do in an emergency, in order: blockage, fire, storm, lodging, slope, sinking. Without a name: all of them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let facts = Preparation::load().map_err(CliError::input)?;
    let Some(name) = &args.name else {
        say(&words.get("emergency-title"))?;
        let row = |card: &EmergencyCard| {
            vec![format!("  grainloss emergency {}", card.id), card.name.get(words.lang).to_owned()]
        };
        return columns(&facts.cards().iter().map(row).collect::<Vec<_>>());
    };
    let known = || facts.cards().iter().map(|card| &*card.id).collect::<Vec<_>>().join(", ");
    let card = facts
        .cards()
        .iter()
        .find(|card| card.id == *name)
        .ok_or_else(|| CliError::input(words.with("emergency-unknown", &[("name", name), ("known", &known())])))?;
    say(card.name.get(words.lang))?;
    for (at, step) in card.steps.iter().enumerate() {
        say(&format!("{:>2}. {}{}", at + 1, step.get(words.lang), facts.mark(&step.source, words)))?;
    }
    let mut sources: Vec<&str> = card.steps.iter().map(|step| facts.source(&step.source, words.lang)).collect();
    let mut seen = Vec::new();
    sources.retain(|source| {
        !seen.contains(source) && {
            seen.push(*source);
            true
        }
    });
    say(&words.with("emergency-sources", &[("sources", &sources.join("; "))]))
}
