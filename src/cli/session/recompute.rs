//! `session recompute`: a session anew, beside the old one.

mod samples;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::super::error::{CliError, complain};
use super::super::options::alarms_and_prices;
use super::super::session_metadata::name;
use super::super::table::say;
use super::super::{logging, pans, runner};
use crate::cli::said::Said as _;
use crate::config::Config;
use crate::service::{CalibrationChoice, CropSettings, FileSessionFactory, RunConfig, SessionSetup};
use grainloss_core::crop_conditions::{CropConditions, TimedConditions};
use grainloss_core::harvest::{Pan, PanKind};
use grainloss_core::machine::Profile;
use grainloss_journal::{Capture, Journal, PanFound, Session, StoredPan, capture_path};
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;
use grainloss_knowledge::spoken;

/// Run the frames of a session through today's estimator, and store the result as a revision beside it.
///
/// Profile, crop, limit and pans are the session's own unless others are named. Without its frames only the alarms can be
/// made anew, from its seconds: what would have alarmed under another limit.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The session's number, or `last`
    id: String,
    /// Another machine profile: a bundled one's name, or the path of a .toml file
    #[arg(long, value_name = "NAME|FILE.toml")]
    profile: Option<String>,
    /// Other pans, as for replay
    #[arg(long, value_name = "FILE.csv")]
    pans: Option<PathBuf>,
    /// Another loss limit: a named one, or per cent of your own
    #[arg(long, value_name = "ID|PERCENT")]
    limit: Option<String>,
    /// The frames, when the capture is elsewhere
    #[arg(long, value_name = "LOG")]
    log: Vec<PathBuf>,
    /// What the revision is called
    #[arg(long = "as", value_name = "NAME", value_parser = name)]
    name: Option<String>,
}

pub(super) fn main(
    args: &Args,
    db: &Path,
    config: &Config,
    words: &Words,
    level: tracing::Level,
) -> Result<(), CliError> {
    let journal = Journal::open(db).map_err(CliError::input)?;
    let old = journal.session(&args.id).map_err(CliError::input)?;
    let profile = profile(args, &journal, &old)?;
    let own_limit =
        old.limit.as_ref().map(|(id, percent, _)| if id == "own" { percent.to_string() } else { id.clone() });
    let limit = args.limit.clone().or(own_limit);
    let crop_settings = CropSettings { yield_kg_ha: old.yield_kg_ha, tkw_g: old.tkw_g, limit, mode: None };
    let logs = if args.log.is_empty() { capture(&journal, &old, db)? } else { args.log.clone() };
    let from = match (logs.is_empty(), args.log.is_empty()) {
        (true, _) => "samples",
        (_, true) => "capture",
        (_, false) => "log",
    };
    let revision = json!({
        "name": args.name, "from": from,
        "changed": {"profile": args.profile.is_some(), "pans": args.pans.is_some(), "limit": args.limit.is_some()},
    });
    let source = format!("{from} of session {}", old.id);
    let events = journal.events(old.id).map_err(CliError::failed)?;
    let plates_touched = events.iter().any(|event| event.kind == "calibration" && event.id == "plates-touched");
    let run = RunConfig {
        clock: clock(&old.clock),
        settings: alarms_and_prices(config),
        entered: old.entered.clone(),
        calibration: began_with(&journal, &old)?,
        plates_touched,
        revision: Some((old.id, revision.to_string())),
        conditions: conditions_of(&journal, &old)?,
        journal: Some(db.to_owned()),
        ..RunConfig::of_log(source, Arc::new(profile), old.crop.clone(), crop_settings)
    };
    let mut factory = FileSessionFactory::new(run).map_err(CliError::input)?;
    let setup = factory.setup().map_err(CliError::input)?;
    let id = if logs.is_empty() {
        if args.profile.is_some() || args.pans.is_some() {
            return Err(CliError::input(words.with("recompute-no-frames", &[("id", &old.id.to_string())])));
        }
        complain(&words.with("session-recompute-samples", &[("id", &old.id.to_string())]));
        samples::store(&journal, &old, &setup, &factory.session_start(&setup, old.started_us))?
    } else {
        factory.set_pans(pans_of(args, &journal, &old, &setup)?);
        let source = super::super::logs::source(&logs)?;
        drop(journal);
        logging::log(false, level);
        let report = runner::run(source, factory, old.started_us, None)?;
        runner::check_complete(&report)?;
        report.session.unwrap_or_default()
    };
    say(&words.with("session-recomputed", &[("id", &id.to_string()), ("of", &old.id.to_string())]))?;
    let new = Journal::open(db).and_then(|journal| journal.session(&id.to_string())).map_err(CliError::failed)?;
    let values = [
        ("before", &*super::super::sessions::loss(&old, words)),
        ("after", &super::super::sessions::loss(&new, words)),
    ];
    say(&words.with("session-recompute-loss", &values))?;
    // For scripts: the last line, in every language.
    say(&format!("session {id}"))
}

/// The calibration that the session began with; the one of a file is gone with it.
fn began_with(journal: &Journal, old: &Session) -> Result<CalibrationChoice, CliError> {
    let stored = journal.adopted_calibration(old.id).map_err(CliError::failed)?;
    Ok(stored.map_or(CalibrationChoice::None, |stored| CalibrationChoice::Stored(stored.id)))
}

fn clock(word: &str) -> &'static str {
    ["system", "simulator"].into_iter().find(|known| *known == word).unwrap_or("log")
}

/// The profile that is asked for, or the session's own as it was.
fn profile(args: &Args, journal: &Journal, old: &Session) -> Result<Profile, CliError> {
    if let Some(profile) = &args.profile {
        return profiles::load(profile).map_err(CliError::input);
    }
    let kept = journal.profile(&old.profile_sha256).map_err(CliError::failed)?;
    let Some(kept) = kept else {
        let today = profiles::load(&old.machine).map_err(CliError::input)?;
        if today.sha256 == old.profile_sha256 {
            return Ok(today);
        }
        return Err(CliError::input(spoken().with("recompute-no-profile", &[("id", &old.id.to_string())])));
    };
    let dbc = kept.dbc.as_ref().map(|(_, bytes)| bytes.as_slice());
    Profile::restore(&format!("profile of session {}", old.id), &kept.text, dbc).map_err(CliError::input)
}

/// The session's capture; empty when there is none. One that is not what it was is refused.
fn capture(journal: &Journal, old: &Session, db: &Path) -> Result<Vec<PathBuf>, CliError> {
    let of = old.revision_of.unwrap_or(old.id);
    let captures: Vec<Capture> = journal.all(of).map_err(CliError::failed)?;
    let Some(capture) = captures.into_iter().find(|capture| !capture.pruned) else { return Ok(Vec::new()) };
    let Some(path) = capture_path(db, &capture.file).filter(|path| path.is_file()) else { return Ok(Vec::new()) };
    let bytes =
        std::fs::read(&path).map_err(|error| CliError::input(format!("{}: {}", path.display(), error.said())))?;
    match &capture.sha256 {
        Some(sha256) if *sha256 != grainloss_core::data_file::sha256(&[&bytes]) => {
            Err(CliError::input(spoken().with("recompute-other-capture", &[("file", &path.display().to_string())])))
        }
        _ => Ok(vec![path]),
    }
}

/// What was said of the crop in the session.
fn conditions_of(journal: &Journal, old: &Session) -> Result<Vec<TimedConditions>, CliError> {
    let events = journal.events(old.id).map_err(CliError::failed)?;
    let said = events.iter().filter(|event| event.kind == "crop").filter_map(|event| {
        let crop = if event.id == "not-said" { CropConditions::UNKNOWN } else { CropConditions::named(&event.id)? };
        // A row of a file counts in the step of its time, a command after it.
        Some(TimedConditions { from_us: event.t_us + i64::from(event.stream.is_some()), crop })
    });
    Ok(said.collect())
}

fn pans_of(
    args: &Args,
    journal: &Journal,
    old: &Session,
    setup: &SessionSetup,
) -> Result<Vec<(Pan, PanFound)>, CliError> {
    if let Some(path) = &args.pans {
        return pans::read(path, setup.model.kernel_mass_kg, &setup.profile.geometry);
    }
    let stored: Vec<StoredPan> = journal.all(old.id).map_err(CliError::failed)?;
    let pans = stored.into_iter().filter_map(|pan| {
        let kind = PanKind::of(&pan.kind)?;
        let used = Pan {
            t_us: pan.dropped_us,
            known_us: pan.known_us,
            kind,
            area_m2: pan.area_m2,
            concentration: pan.concentration,
            grain_kg: pan.grain_kg,
            shed_kg_m2: pan.shed_kg_m2,
        };
        let found = PanFound {
            kernels: pan.kernels,
            grams: pan.grams,
            header_width_m: pan.header_width_m,
            discharge_width_m: pan.discharge_width_m,
            shed_kernels_m2: pan.shed_kernels_m2,
            who: pan.who,
        };
        Some((used, found))
    });
    Ok(pans.collect())
}
