//! `followup county`: measured points by crop and township.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Common;
use crate::cli::error::CliError;
use crate::config::Config;
use grainloss_knowledge::files;
use grainloss_knowledge::spoken;
use grainloss_report::document::Table;
use grainloss_report::followup::{self, CountyPlan};
use grainloss_report::{PointReport, ReportText, measured_point};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The county's area of a crop, mu: says how many points it needs. May be repeated
    #[arg(long, value_name = "CROP=MU")]
    area: Vec<String>,
    /// Areas and townships from a file: townships = a list of names, and mu = 620000 below `[crop.wheat]`
    #[arg(long, value_name = "FILE.toml")]
    plan: Option<PathBuf>,
    /// As --area, where all points are of one crop
    #[arg(long, value_name = "N", hide = true)]
    mu: Option<f64>,
    #[command(flatten)]
    pub common: Common,
}

pub(super) fn table(args: &Args, common: &Common, config: &Config, text: &ReportText) -> Result<Table, CliError> {
    let journal = common.journal(config)?;
    let selection = common.selection.selection();
    let is_chosen = |crop: &str| selection.entered.get("crop").is_none_or(|chosen| chosen == crop);
    let mut points: Vec<PointReport> = Vec::new();
    for stored in journal.measured_points().map_err(CliError::failed)? {
        if stored.corrected_by.is_none() {
            points.extend(measured_point(&journal, &stored).map_err(CliError::input)?);
        }
    }
    points.retain(|report| is_chosen(&report.point.crop) && selection.takes_point(&report.point));
    let mut sessions = journal.sessions().map_err(CliError::failed)?;
    sessions.retain(|session| is_chosen(&session.crop) && selection.takes(session));
    let sessions = followup::county_sessions(&journal, &sessions).map_err(CliError::input)?;
    let crops: BTreeSet<String> = (points.iter().map(|report| report.point.crop.clone()))
        .chain(sessions.iter().map(|session| session.crop.clone()))
        .collect();
    let mut plan = plan(args, &crops)?;
    plan.crop.retain(|crop, _| is_chosen(crop));
    if common.limit.is_some() && crops.len() > 1 {
        let crops = crops.iter().map(|crop| grainloss_knowledge::crop_name(crop, spoken().lang)).collect::<Vec<_>>().join(", ");
        return Err(CliError::input(spoken().with("county-several-crops", &[("crops", &crops)])));
    }
    followup::county(&points, &sessions, &plan, common.limit.as_deref(), text).map_err(CliError::input)
}

/// Areas and townships: those of the file, and those of the command line over them.
fn plan(args: &Args, crops: &BTreeSet<String>) -> Result<CountyPlan, CliError> {
    let mut plan = match &args.plan {
        Some(path) => {
            let text = files::read(path).map_err(CliError::input)?;
            CountyPlan::parse(&path.display().to_string(), &text).map_err(CliError::input)?
        }
        None => CountyPlan::default(),
    };
    let mut areas = Vec::new();
    for area in &args.area {
        let wrong = || CliError::input(spoken().with("county-bad-area", &[("area", area)]));
        let (crop, mu) = area.split_once('=').ok_or_else(wrong)?;
        let crop = &crate::cli::option_values::crop(crop).map_err(CliError::input)?;
        grainloss_knowledge::crop(crop).map_err(CliError::input)?;
        areas.push((crop.to_owned(), mu.parse().map_err(|_| wrong())?, wrong()));
    }
    if let Some(mu) = args.mu {
        let Some(crop) = crops.first().filter(|_| crops.len() == 1) else {
            return Err(CliError::input(spoken().get("county-not-one-crop")));
        };
        areas.push((crop.clone(), mu, CliError::input(spoken().with("county-bad-mu", &[("mu", &mu.to_string())]))));
    }
    for (crop, mu, wrong) in areas {
        if !CountyPlan::is_area(mu) {
            return Err(wrong);
        }
        plan.crop.entry(crop).or_default().mu = Some(mu);
    }
    Ok(plan)
}
