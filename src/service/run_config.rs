//! Everything that determines a run, whichever command starts it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::calibration_choice::CalibrationChoice;
use super::ipc::SocketConfig;
use super::pacer::Speed;
use grainloss_core::crop_conditions::TimedConditions;
use grainloss_core::data_file::FileError;
use grainloss_core::harvest::Pan;
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_core::machine::Profile;
use grainloss_journal::{Entered, Overflow, PanFound};
use grainloss_knowledge::EconomyEntry;
use grainloss_protocol::snapshot::SourceKind;

/// Reads the machine profile; called again at a reload.
pub type LoadProfile = Arc<dyn Fn() -> Result<Arc<Profile>, FileError> + Send + Sync>;

/// Reads limits and prices of the configuration again; the error is a text for the technician.
pub type LoadSettings = Arc<dyn Fn() -> Result<AlarmsAndPrices, String> + Send + Sync>;

/// What the configuration says about limits and prices, by crop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmsAndPrices {
    /// The loss limit in place of the crop's usual one: a limit's name, or per cent.
    pub limits: BTreeMap<String, String>,
    /// What grain and time are worth.
    pub prices: BTreeMap<String, EconomyEntry>,
}

/// What was asked for about the crop; `None` is the crop's usual value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CropSettings {
    /// Expected yield, kg/ha.
    pub yield_kg_ha: Option<f64>,
    /// Thousand-kernel weight, g.
    pub tkw_g: Option<f64>,
    /// Loss limit: a limit's name, or per cent.
    pub limit: Option<String>,
    /// How it is harvested; `None` for what the machine does, else what is usual.
    pub mode: Option<HarvestMode>,
}

/// How many sessions a run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// One, from the first frame to the last; it cannot be ended or begun by command.
    One,
    /// One after the other.
    Many {
        /// A session that was interrupted less long ago is resumed, µs; one without work for so long is closed. `None`
        /// always begins a new one, and closes none.
        idle_us: Option<i64>,
        /// Crop, field, operator and limit are kept beside the journal for the next start.
        keeps_choices: bool,
    },
}

/// Everything that determines a run.
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct RunConfig {
    /// The source of the frames as the journal names it.
    pub source: String,
    /// The same for the screens.
    pub source_kind: SourceKind,
    /// The clock behind bus time: `system`, `log` or `simulator`.
    pub clock: &'static str,
    /// Every frame is received, whatever the profile reads.
    pub all_frames: bool,
    /// Reads the machine profile.
    pub profile: LoadProfile,
    /// The crop's name in the knowledge files; `None` is the last one used.
    pub crop: Option<String>,
    /// The crop where none was used before.
    pub first_crop: Option<String>,
    /// Yield, kernel weight and limit.
    pub crop_settings: CropSettings,
    /// Limits and prices of the configuration.
    pub settings: AlarmsAndPrices,
    /// Reads them again.
    pub reload_settings: LoadSettings,
    /// What was entered about the session.
    pub entered: Entered,
    /// The session that this one recomputes, by its number, and the revision's description as JSON.
    pub revision: Option<(i64, String)>,
    /// The pans that are known beforehand, each with what was entered about it.
    pub pans: Vec<(Pan, PanFound)>,
    /// What is known beforehand of the crop, each from its time on, in every session.
    pub conditions: Vec<TimedConditions>,
    /// What earlier pans have taught: which calibration the first session begins with. Later ones take the newest on.
    pub calibration: CalibrationChoice,
    /// The plates were cleaned, moved, replaced or set since: they begin at their data sheet.
    pub plates_touched: bool,
    /// The journal; `None` stores nothing.
    pub journal: Option<PathBuf>,
    /// Ten rows a second are stored beside the seconds.
    pub tenths: bool,
    /// Whether a slow disk is waited for.
    pub overflow: Overflow,
    /// What all captures of the journal may take, bytes; `None` captures no frames.
    pub capture_budget_bytes: Option<u64>,
    /// The trace, one row a second as CSV.
    pub trace: Option<PathBuf>,
    /// How many sessions.
    pub sessions: Sessions,
    /// Where screens can attach; `None` is nowhere.
    pub socket: Option<SocketConfig>,
    /// HUP reads profile and settings again; otherwise it stops the run.
    pub reload_on_hup: bool,
    /// How fast bus time passes.
    pub speed: Speed,
}

impl RunConfig {
    /// True for the service on a machine, and a demo that behaves as one: it never waits for a disk, and no disk keeps it
    /// from starting.
    pub fn is_service(&self) -> bool {
        matches!(self.sessions, Sessions::Many { keeps_choices: true, .. })
    }

    /// One session of recorded logs, as fast as possible: without journal, trace, socket and pans.
    pub fn of_log(source: String, profile: Arc<Profile>, crop: String, crop_settings: CropSettings) -> Self {
        Self {
            source,
            source_kind: SourceKind::Replay,
            clock: "log",
            all_frames: true,
            profile: Arc::new(move || Ok(Arc::clone(&profile))),
            crop: Some(crop),
            first_crop: None,
            crop_settings,
            settings: AlarmsAndPrices::default(),
            reload_settings: Arc::new(|| Ok(AlarmsAndPrices::default())),
            entered: Entered::default(),
            revision: None,
            pans: Vec::new(),
            conditions: Vec::new(),
            calibration: CalibrationChoice::None,
            plates_touched: false,
            journal: None,
            tenths: false,
            overflow: Overflow::Wait,
            capture_budget_bytes: None,
            trace: None,
            sessions: Sessions::One,
            socket: None,
            reload_on_hup: false,
            speed: Speed::Max,
        }
    }
}

impl std::fmt::Debug for RunConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunConfig")
            .field("source", &self.source)
            .field("crop", &self.crop)
            .field("journal", &self.journal)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}
