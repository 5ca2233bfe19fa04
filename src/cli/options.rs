//! Options that several commands share, and the places they default to.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use grainloss_can::Matching;
use grainloss_knowledge::profiles;

use super::CliError;
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Crop, Harvest, Pan, Setup};
use grainloss_core::machine::{ChannelBank, Profile, Router};
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::{PanFound, ProfileText, SessionStart};
use grainloss_knowledge::{CropEntry, EconomyEntry, Guide, LimitEntry};
use grainloss_protocol::snapshot::{Measures, SessionInfo};

/// A year: no harvest is longer.
#[cfg(feature = "simulator")]
pub(super) const MOST_SECONDS: u64 = 365 * 86_400;

/// What is harvested, and the limit it is judged by.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CropOptions {
    /// Expected yield, kg/ha [default: the crop's usual one]
    #[arg(long, value_name = "N", value_parser = yield_kg_ha)]
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight, g [default: the crop's usual one]
    #[arg(long, value_name = "N", value_parser = tkw_g)]
    pub tkw_g: Option<f64>,
    /// Loss limit: a named one, or per cent of your own [default: the crop's]
    #[arg(long, value_name = "ID|PERCENT")]
    pub limit: Option<String>,
}

fn yield_kg_ha(text: &str) -> Result<f64, String> {
    between(text, 100.0, 30_000.0)
}

fn tkw_g(text: &str) -> Result<f64, String> {
    between(text, 0.1, 2000.0)
}

fn between(text: &str, low: f64, high: f64) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (low..=high).contains(&value) => Ok(value),
        _ => Err(format!("expected a number from {low} to {high}")),
    }
}

/// Hours, as a number above 0.
pub(super) fn hours(text: &str) -> Result<f64, String> {
    between(text, 0.001, 8760.0)
}

/// A machine in a crop, ready to run.
#[derive(Debug)]
pub(super) struct Prepared {
    pub profile: Arc<Profile>,
    pub crop_name: String,
    pub crop: CropEntry,
    /// The crop as the estimator takes it.
    pub model: Crop,
    /// What was asked for.
    pub asked: CropOptions,
    pub limit: Option<LimitEntry>,
    /// What the advice rests on.
    pub guide: Guide,
    pub pipeline: Pipeline,
    /// The pans that it is to be told of, as they were typed in.
    pub pans_found: Vec<(Pan, PanFound)>,
    /// Which frames somebody reads.
    pub matchings: Vec<Matching>,
}

impl Prepared {
    pub fn new(machine: &str, crop_name: &str, options: &CropOptions) -> Result<Self, CliError> {
        Self::of(Arc::new(profiles::load(machine).map_err(CliError::input)?), crop_name, options)
    }

    /// The same with a profile that is at hand.
    pub fn of(profile: Arc<Profile>, crop_name: &str, options: &CropOptions) -> Result<Self, CliError> {
        let crop = grainloss_knowledge::crop(crop_name).map_err(CliError::input)?;
        let limit = grainloss_knowledge::limit(options.limit.as_deref(), crop_name, &crop).map_err(CliError::input)?;
        let guide = Guide::load(crop_name).map_err(CliError::input)?;
        let router = Router::new(&profile).map_err(CliError::input)?;
        let matchings = router.matchings().collect();
        let model = crop.model(options.yield_kg_ha, options.tkw_g);
        let setup =
            Setup { crop: model.clone(), geometry: profile.geometry.clone(), loss_plates: profile.loss_plates.clone() };
        let limit_share = limit.as_ref().map(|limit| limit.percent / 100.0);
        let economy = guide.economy.as_ref().map(EconomyEntry::figures).unwrap_or_default();
        let advisor = Advisor::new(limit_share, profile.geometry.rated_feed_kg_s);
        let advisor = advisor.with_plan(guide.rules.plan()).with_economy(economy);
        let pipeline = Pipeline::new(ChannelBank::new(router), Harvest::new(setup), advisor);
        let (crop_name, asked) = (crop_name.to_owned(), options.clone());
        Ok(Self { profile, crop_name, crop, model, asked, limit, guide, pipeline, pans_found: Vec::new(), matchings })
    }

    /// What the screens are told of it.
    pub fn info(&self) -> SessionInfo {
        let (model, geometry) = (&self.model, &self.profile.geometry);
        SessionInfo {
            machine: self.profile.name.clone(),
            crop_id: self.crop_name.clone(),
            crop: self.crop.name.clone(),
            limit: self.limit.clone(),
            guide: self.guide.clone(),
            measures: Measures {
                kernel_mass_kg: model.kernel_mass_kg,
                yield_kg_m2: model.yield_kg_m2,
                header_width_m: geometry.header_width_m,
                discharge_width_m: geometry.discharge_width_m,
                rated_feed_kg_s: geometry.rated_feed_kg_s,
            },
            ..SessionInfo::default()
        }
    }

    /// What the journal puts down at the start.
    pub fn session_start(&self, started_us: i64, source: String, clock: &'static str) -> SessionStart {
        SessionStart {
            started_us,
            source,
            clock,
            machine: self.profile.name.clone(),
            profile_sha256: self.profile.sha256.clone(),
            crop: self.crop_name.clone(),
            limit: self.limit.as_ref().map(|l| (l.id.clone(), l.percent, l.source.clone())),
            profile: Some(ProfileText {
                text: self.profile.text().to_owned(),
                dbc: self.profile.dbc().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())),
            }),
            yield_kg_ha: self.asked.yield_kg_ha,
            tkw_g: self.asked.tkw_g,
            made_us: Some(wall_us()),
            ..SessionStart::default()
        }
    }
}

/// The wall clock, microseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "an edge: what is made is dated here")]
pub(super) fn wall_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as i64
}

/// The journal that is used unless another is named: in the folder that systemd made for the service
/// (`$STATE_DIRECTORY`), or `$XDG_STATE_HOME/grainloss/journal.sqlite`, or below `~/.local/state`.
pub(super) fn journal_path(asked: Option<PathBuf>) -> Result<PathBuf, CliError> {
    let state = || {
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
        std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).or(home)
    };
    let of_service = std::env::var("STATE_DIRECTORY").ok().filter(|folders| !folders.is_empty());
    let of_service = of_service.and_then(|folders| Some(Path::new(folders.split(':').next()?).join("journal.sqlite")));
    asked
        .or(of_service)
        .or_else(|| state().map(|state| state.join("grainloss/journal.sqlite")))
        .ok_or_else(|| CliError::input("neither XDG_STATE_HOME nor HOME is set; name the journal with --db FILE"))
}

/// Outputs must be apart from the inputs and from each other: otherwise one would destroy the other.
pub(super) fn apart<'a>(
    inputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
    outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>,
) -> Result<(), CliError> {
    let mut taken: Vec<(&str, Identity)> =
        inputs.filter_map(|(option, path)| Some((option, identity(path)?))).collect();
    for (option, path) in outputs {
        let Some(identity) = identity(path) else { continue };
        if let Some((other, _)) = taken.iter().find(|(_, other)| *other == identity) {
            let problem = format!("this is the file of {other} too, and one would destroy the other; name another");
            return Err(CliError::input(format!("{option} {}: {problem}", path.display())));
        }
        taken.push((option, identity));
    }
    Ok(())
}

/// Every output must be writable before the first one is emptied: a slip in one must not cost what another holds.
pub(super) fn writable<'a>(outputs: impl Iterator<Item = (&'static str, &'a PathBuf)>) -> Result<(), CliError> {
    for (option, path) in outputs {
        let opened = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.is_file() => OpenOptions::new().append(true).open(path).map(drop),
            // A pipe or a device has nothing to lose.
            Ok(_) => Ok(()),
            Err(_) if path.is_symlink() => Ok(()),
            Err(_) => File::create_new(path).and_then(|_| std::fs::remove_file(path)),
        };
        opened.map_err(|error| CliError::input(format!("{option} {}: {error}", path.display())))?;
    }
    Ok(())
}

/// What makes a file itself, whatever path leads to it.
#[derive(PartialEq)]
enum Identity {
    There(u64, u64),
    ToBeMade(PathBuf),
}

/// `None` for what is no file: a pipe, a device, standard input.
fn identity(path: &Path) -> Option<Identity> {
    if let Ok(found) = std::fs::metadata(path) {
        return found.is_file().then(|| Identity::There(found.dev(), found.ino()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(Identity::ToBeMade(folder.canonicalize().ok()?.join(path.file_name()?)))
}
