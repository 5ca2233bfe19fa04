//! Preparing sessions for the loop: reads the knowledge files, opens the journal, remembers what was chosen.

use std::path::PathBuf;
use std::sync::Arc;

use super::CliError;
use super::options::{CropOptions, Prepared};
use super::recent_choices::{self, Remembered};
use super::session_metadata::SessionOptions;
use crate::config::Configuration;
use crate::service::{OpenedSession, ReloadedSettings, SessionFactory};
use grainloss_core::advice::Economy;
use grainloss_core::machine::{ChannelBank, Profile, Router};
use grainloss_journal::capture::Capture;
use grainloss_journal::{Journal, JournalError, Memory, Overflow, Session, SessionStart, Writer};
use grainloss_knowledge::{EconomyEntry, LimitEntry};
use grainloss_protocol::command::{self, CommandError, SessionChoice};
use grainloss_protocol::snapshot::{Choices, LimitChoice, SessionInfo, SourceKind};

/// A session ends with a whole second, which may lie a little ahead.
const AHEAD_US: i64 = 2_000_000;

/// Reads the profile, again and again.
pub(super) type LoadProfile = Box<dyn Fn() -> Result<Profile, CliError> + Send>;

/// What every session of a run has in common.
pub(super) struct Ground {
    /// Reads the profile.
    pub load: LoadProfile,
    /// The journal.
    pub db: PathBuf,
    /// Where the frames come from, for the journal.
    pub source: String,
    /// The same for the screens.
    pub kind: SourceKind,
    /// Whose time it is.
    pub clock: &'static str,
    /// Whether a disk that is slow is waited for.
    pub overflow: Overflow,
    /// Bytes that the captures of the journal may take; `None` keeps no frames.
    pub capture: Option<u64>,
    /// Every frame is taken in, whatever the profile reads.
    pub all_frames: bool,
    /// A session that was interrupted less than so long ago is gone on with, µs; `None` always begins a new one.
    pub resume_within_us: Option<i64>,
    /// Names and choices are kept beside the journal.
    pub remembers: bool,
    /// The settings that hold.
    pub settings: Configuration,
}

/// The host of the sessions of a run.
pub(super) struct SessionHost {
    ground: Ground,
    profile: Arc<Profile>,
    options: CropOptions,
    entered: SessionOptions,
    crop: String,
    remembered: Remembered,
}

impl SessionHost {
    /// With what was asked for on the command line; what was not is as it was the last time. `usual` is the crop where
    /// none was ever used.
    pub fn new(
        ground: Ground,
        crop: Option<String>,
        usual: Option<&str>,
        mut options: CropOptions,
        mut entered: SessionOptions,
    ) -> Result<Self, CliError> {
        let mut remembered =
            if ground.remembers { Remembered::read(&recent_choices::path(&ground.db)) } else { Remembered::default() };
        // Knowledge files change: what is no longer there does not keep the service from starting.
        let known = remembered.crop.as_deref().and_then(|crop| Some((crop, grainloss_knowledge::crop(crop).ok()?)));
        let limit =
            known.as_ref().map(|(crop, entry)| grainloss_knowledge::limit(remembered.limit.as_deref(), crop, entry));
        let (crop_is_known, limit_is_known) = (known.is_some(), matches!(limit, Some(Ok(_))));
        remembered.crop = remembered.crop.filter(|_| crop_is_known);
        remembered.limit = remembered.limit.filter(|_| limit_is_known);
        let none = "name the crop with --crop, or first_crop in grainloss.toml: none was used here before";
        // The last limit is one of the last crop.
        if options.limit.is_none() && crop.as_ref().is_none_or(|crop| Some(crop) == remembered.crop.as_ref()) {
            options.limit.clone_from(&remembered.limit);
        }
        let crop = crop.or_else(|| remembered.crop.clone()).or_else(|| usual.map(str::to_owned));
        let crop = crop.ok_or_else(|| CliError::input(none))?;
        entered.field = entered.field.or_else(|| remembered.field.clone());
        entered.operator = entered.operator.or_else(|| remembered.operator.clone());
        let profile = Arc::new((ground.load)()?);
        Ok(Self { ground, profile, options, entered, crop, remembered })
    }

    /// The machine in the crop that was chosen, with nothing seen yet.
    pub fn prepare(&self) -> Result<Prepared, CliError> {
        let mut prepared =
            Prepared::of(Arc::clone(&self.profile), &self.crop, &self.options, &self.ground.settings.config)?;
        prepared.pipeline = prepared.pipeline.with_tenths(self.entered.tenths);
        Ok(prepared)
    }

    /// The first session of a run: the one that was interrupted, or a new one.
    pub fn first(&mut self, now_us: i64) -> Result<OpenedSession, CliError> {
        let prepared = self.prepare()?;
        let start = self.start(&prepared, now_us);
        if let Some(last) = self.interrupted(now_us)
            && let Some((journal, memory)) =
                Writer::resume(&self.ground.db, last.id, &start, self.ground.overflow).map_err(CliError::input)?
        {
            tracing::warn!("session {} goes on: it was interrupted {:.0} s ago", last.id, since_s(&last, now_us));
            self.remember();
            let mut info = SessionInfo { started_us: Some(last.started_us), ..self.info(&prepared, Some(last.id)) };
            let mut pipeline = prepared.pipeline;
            let Memory { totals, learned, pans } = memory;
            let judged = pans.len();
            if !pipeline.go_on(totals, learned.as_ref(), pans, now_us) {
                info.pans_forgotten = judged;
                tracing::warn!("what {judged} pans of the session had taught could not be read; take new ones");
            }
            if let Some(last_us) = last.last_us.filter(|last_us| *last_us > now_us) {
                // The rest of its last second has been counted.
                pipeline.begin_at(last_us);
            }
            let capture = self.capture(last.id)?;
            return Ok(OpenedSession { pipeline, journal: Some(journal), capture, info });
        }
        self.begin_now(now_us)
    }

    /// Keeps the frames of a session, where that is wanted.
    fn capture(&self, session: i64) -> Result<Option<Capture>, CliError> {
        let Ground { db, overflow, capture, .. } = &self.ground;
        capture.map(|budget| Capture::start(db, session, budget, *overflow)).transpose().map_err(CliError::input)
    }

    /// The newest session, if it was interrupted: by a crash or a restart, on this machine, crop and field, and not long
    /// ago.
    fn interrupted(&self, now_us: i64) -> Option<Session> {
        let within_us = self.ground.resume_within_us.filter(|_| self.ground.db.exists())?;
        // A journal that cannot be read is no obstacle: it is set aside when the new session begins.
        let sessions = Journal::open(&self.ground.db).and_then(|journal| journal.sessions());
        let newest = match sessions {
            Ok(mut all) => all.pop(),
            // A file without anything in it: it becomes a journal now.
            Err(JournalError::Missing(_)) => None,
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        };
        newest.filter(|session| {
            matches!(session.end_reason.as_deref(), None | Some("stopped" | "input failed"))
                && session.machine == self.profile.name
                && session.crop == self.crop
                && session.entered.field == self.entered.field
                && session.source == self.ground.source
                && session.last_us.is_some_and(|last_us| (-AHEAD_US..within_us).contains(&(now_us - last_us)))
        })
    }

    fn start(&self, prepared: &Prepared, now_us: i64) -> SessionStart {
        self.entered.enter(prepared.session_start(now_us, self.ground.source.clone(), self.ground.clock))
    }

    fn begin_now(&mut self, now_us: i64) -> Result<OpenedSession, CliError> {
        let prepared = self.prepare()?;
        let start = self.start(&prepared, now_us);
        let journal = Writer::start(&self.ground.db, &start, self.ground.overflow).map_err(CliError::input)?;
        self.remember();
        let info = SessionInfo { started_us: Some(now_us), ..self.info(&prepared, Some(journal.session)) };
        let capture = self.capture(journal.session)?;
        Ok(OpenedSession { pipeline: prepared.pipeline, journal: Some(journal), capture, info })
    }

    fn remember(&mut self) {
        self.remembered.crop(&self.crop);
        self.remembered.field(self.entered.field.as_deref());
        self.remembered.operator(self.entered.operator.as_deref());
        self.remembered.limit.clone_from(&self.options.limit);
        if self.ground.remembers {
            self.remembered.write(&recent_choices::path(&self.ground.db));
        }
    }

    fn info(&self, prepared: &Prepared, id: Option<i64>) -> SessionInfo {
        // The crops that were used come first.
        let mut crops = grainloss_knowledge::crops().unwrap_or_default();
        let place = |name: &String| self.remembered.crops.iter().position(|used| used == name).unwrap_or(usize::MAX);
        crops.sort_by_key(|(name, _)| place(name));
        let limits = crops.iter().flat_map(|(crop, _)| grainloss_knowledge::limits(crop).unwrap_or_default());
        let limits = limits.map(|LimitEntry { id, crop, name, .. }| LimitChoice { crop, id, name }).collect();
        SessionInfo {
            id,
            source: self.ground.kind,
            field: self.entered.field.clone(),
            operator: self.entered.operator.clone(),
            choices: Choices {
                crops,
                fields: self.remembered.fields.clone(),
                operators: self.remembered.operators.clone(),
                limits,
            },
            ..prepared.info()
        }
    }

    /// The choice, checked, in the place of the one that holds; the one before it.
    fn choose(&mut self, choice: &SessionChoice) -> Result<(String, CropOptions, SessionOptions), CommandError> {
        let name =
            |text: &Option<String>| text.as_deref().map(|text| command::name(text).map(str::to_owned)).transpose();
        let (field, operator) = (name(&choice.field)?, name(&choice.operator)?);
        let before = (self.crop.clone(), self.options.clone(), self.entered.clone());
        let crop = choice.crop.as_ref().unwrap_or(&self.crop).clone();
        let mut options = self.options.clone();
        if crop != self.crop {
            // Yield, kernel weight and limit were of the other crop.
            options = CropOptions::default();
        }
        options.limit = choice.limit.clone().or(options.limit);
        let entry = grainloss_knowledge::crop(&crop).map_err(|_| CommandError::UnknownCrop)?;
        grainloss_knowledge::limit(options.limit.as_deref(), &crop, &entry).map_err(|_| CommandError::UnknownLimit)?;
        (self.crop, self.options) = (crop, options);
        self.entered.field = field.or_else(|| self.entered.field.take());
        self.entered.operator = operator.or_else(|| self.entered.operator.take());
        Ok(before)
    }
}

fn since_s(session: &Session, now_us: i64) -> f64 {
    (now_us - session.last_us.unwrap_or(now_us)) as f64 / 1e6
}

impl SessionFactory for SessionHost {
    fn begin(&mut self, choice: &SessionChoice, t_us: i64) -> Result<OpenedSession, CommandError> {
        let before = self.choose(choice)?;
        self.begin_now(t_us).map_err(|error| {
            tracing::warn!("a session cannot begin: {error}");
            (self.crop, self.options, self.entered) = before;
            CommandError::CannotBegin
        })
    }

    fn pause(&mut self) -> Result<OpenedSession, CommandError> {
        let prepared = self.prepare().map_err(|error| {
            tracing::warn!("the session cannot be closed: {error}");
            CommandError::CannotBegin
        })?;
        let info = self.info(&prepared, None);
        Ok(OpenedSession { pipeline: prepared.pipeline, journal: None, capture: None, info })
    }

    fn reload(&mut self) -> Result<ReloadedSettings, String> {
        let text = |error: CliError| error.to_string();
        let profile = Arc::new((self.ground.load)().map_err(text)?);
        let router = Router::new(&profile).map_err(|error| error.to_string())?;
        let settings = self.ground.settings.reload().map_err(|refused| refused.to_string())?;
        let prepared = Prepared::of(Arc::clone(&profile), &self.crop, &self.options, &settings.config).map_err(text)?;
        if self.ground.kind == SourceKind::Live && !self.ground.all_frames {
            // The kernel's filter was made for the old one.
            let before = Router::new(&self.profile).map_err(|error| error.to_string())?;
            let before: Vec<_> = before.matchings().collect();
            if prepared.matchings.iter().any(|matching| !before.contains(matching)) {
                return Err(format!(
                    "{}: it reads frames that the profile before it did not, and the kernel was told to leave them out; \
                     restart the service, or run it with --all-frames",
                    profile.name
                ));
            }
        }
        self.profile = profile;
        self.ground.settings = settings;
        let economy: Economy = prepared.guide.economy.as_ref().map(EconomyEntry::figures).unwrap_or_default();
        Ok(ReloadedSettings {
            bank: ChannelBank::new(router),
            limit_share: prepared.limit.as_ref().map(|limit| limit.percent / 100.0),
            plan: prepared.guide.rules.plan(),
            economy,
            info: self.info(&prepared, None),
        })
    }

    fn operator(&mut self, name: &str) {
        self.entered.operator = Some(name.to_owned());
        self.remember();
    }
}
