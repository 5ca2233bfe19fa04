//! `grainloss limits`: every loss limit with the document it stands in, and what is only remembered.

use super::error::CliError;
use super::table::{columns, say};
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_knowledge::{LimitEntry, Words};

/// List the loss limits of the crops, with the documents they stand in and how far they are verified
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// This crop only
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let crops = if let Some(name) = &args.crop {
        vec![(name.clone(), grainloss_knowledge::crop(name).map_err(CliError::input)?)]
    } else {
        let names = grainloss_knowledge::crops().map_err(CliError::input)?;
        let entry = |name: String| grainloss_knowledge::crop(&name).map(|entry| (name, entry));
        let found: Result<Vec<_>, _> = names.into_iter().map(|(name, _)| entry(name)).collect();
        found.map_err(CliError::input)?
    };
    let heads = ["crop", "mode", "id", "loss", "broken", "impurity", "stubble", "verified", "document"];
    let mut rows = vec![heads.map(|key| words.get(&format!("limits-{key}"))).to_vec()];
    let mut recalled =
        vec![["crop", "mode", "figures", "document"].map(|key| words.get(&format!("limits-{key}"))).to_vec()];
    for (name, entry) in &crops {
        let title = entry.name.get(words.lang);
        for limit in grainloss_knowledge::limits(name).map_err(CliError::input)? {
            let is_default = entry.default_limit.as_deref() == Some(&*limit.id);
            rows.push(row(title, is_default, &limit, words));
        }
        for figure in grainloss_knowledge::recalled(name).map_err(CliError::input)? {
            let (figures, document) = (figure.figures.get(words.lang), figure.document.get(words.lang));
            recalled.push(vec![title.to_owned(), mode(figure.mode, words), figures.to_owned(), document.to_owned()]);
        }
    }
    columns(&rows)?;
    say(&words.get("limits-default"))?;
    if recalled.len() > 1 {
        say(&format!("\n{}", words.get("limits-recalled")))?;
        columns(&recalled)?;
    }
    Ok(())
}

fn mode(mode: Option<HarvestMode>, words: &Words) -> String {
    mode.map_or_else(String::new, |mode| words.get(&format!("harvest-mode-{}", mode.word())))
}

fn row(crop: &str, is_default: bool, limit: &LimitEntry, words: &Words) -> Vec<String> {
    let percent = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1} %"));
    let mark = if is_default { "*" } else { "" };
    vec![
        crop.to_owned(),
        mode(limit.mode, words),
        format!("{}{mark}", limit.id),
        percent(Some(limit.percent)),
        percent(limit.broken_percent),
        percent(limit.impurity_percent),
        limit.stubble_m.map_or_else(String::new, |m| format!("{:.0} cm", m * 100.0)),
        words.get(&format!("limit-standing-{}", limit.standing.word())),
        limit.document_in(words.lang).to_owned(),
    ]
}
