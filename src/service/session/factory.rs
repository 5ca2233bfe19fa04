//! Prepares sessions from files: reads the knowledge files, opens the journal, keeps the recent choices.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::calibration;
use super::choices::Choices;
use super::error::SessionError;
use super::opened::{OpenedSession, ReloadedSettings, SessionFactory, SessionPast};
use super::reading;
use super::recent_choices::{self, RecentChoices};
use super::resume::interrupted;
use super::setup::SessionSetup;
use crate::service::calibration_choice::CalibrationChoice;
use crate::service::charts::charts_so_far;
use crate::service::price_events::price_events;
use crate::service::run_config::{RunConfig, Sessions};
use crate::service::waiting_checks::take_checks;
use grainloss_core::advice::Economy;
use grainloss_core::harvest::{CalibrationOrigin, Pan};
use grainloss_core::machine::{ChannelBank, Profile, Router};
use grainloss_core::record::EventRecord;
use grainloss_journal::capture::Capture;
use grainloss_journal::{Entry, Journal, Memory, PanFound, Session, SessionStart, Writer};
use grainloss_knowledge::{EconomyEntry, LimitEntry};
use grainloss_protocol::command::{CommandError, SessionChoice};
use grainloss_protocol::prices::{Prices, USUAL_CURRENCY};
use grainloss_protocol::snapshot::{self, LimitChoice, SessionInfo, SourceKind};

/// A session begins without waiting longer for its journal (our choice: a healthy disk needs some tenths of a second, and
/// the operator sees the answer within that time).
const PATIENCE: Duration = Duration::from_secs(1);

/// Prepares the sessions of a run.
#[derive(Debug)]
pub struct FileSessionFactory {
    config: RunConfig,
    profile: Arc<Profile>,
    choices: Choices,
    recent: RecentChoices,
}

impl FileSessionFactory {
    /// Reads the profile and the recent choices.
    ///
    /// # Errors
    /// When the profile cannot be used, or no crop is named and none was used before.
    pub fn new(config: RunConfig) -> Result<Self, SessionError> {
        let recent = match choices_file(&config) {
            Some(file) => known(RecentChoices::read(&file)),
            None => RecentChoices::default(),
        };
        let choices = Choices::first(&config, &recent)?;
        let profile = (config.profile)()?;
        Ok(Self { config, profile, choices, recent })
    }

    /// What the run was configured with.
    pub const fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Gives the first session these pans, each with what was entered about it.
    pub fn set_pans(&mut self, pans: Vec<(Pan, PanFound)>) {
        self.config.pans = pans;
    }

    /// Takes the pans out.
    pub fn take_pans(&mut self) -> Vec<(Pan, PanFound)> {
        std::mem::take(&mut self.config.pans)
    }

    /// The machine in the crop that was chosen, before the first frame.
    ///
    /// # Errors
    /// When crop or limit are unknown, or a file cannot be used.
    pub fn setup(&self) -> Result<SessionSetup, SessionError> {
        let Choices { crop, crop_settings, .. } = &self.choices;
        let mut setup = SessionSetup::new(Arc::clone(&self.profile), crop, crop_settings, &self.config.settings)?;
        let conditions = self.config.conditions.clone();
        setup.pipeline = setup.pipeline.with_tenths(self.config.tenths).with_conditions(conditions);
        let economy = self.prices_of(&setup).economy;
        setup.pipeline.advisor_mut().set_economy(economy);
        Ok(setup)
    }

    /// What the journal stores at the start.
    pub fn session_start(&self, setup: &SessionSetup, started_us: i64) -> SessionStart {
        SessionStart {
            entered: self.choices.entered.clone(),
            revision: self.config.revision.clone(),
            ..setup.session_start(started_us, self.config.source.clone(), self.config.clock)
        }
    }

    /// The writer of a session that was interrupted, and the session's memory; `None` when it cannot go on. A service
    /// begins another one then.
    fn reopened(&self, last: &Session, start: &SessionStart) -> Result<Option<(Writer, Memory)>, SessionError> {
        let Some(journal) = &self.config.journal else { return Ok(None) };
        match Writer::resume(journal, last.id, start, self.config.overflow, PATIENCE) {
            Err(error) if self.config.is_service() => {
                tracing::warn!("session {} cannot go on: {error}", last.id);
                Ok(None)
            }
            reopened => Ok(reopened?),
        }
    }

    /// The journal of a session that begins. A service does not wait for the disk.
    fn journal(&self, start: &SessionStart) -> Result<Option<Writer>, SessionError> {
        let Some(path) = &self.config.journal else { return Ok(None) };
        let overflow = self.config.overflow;
        Ok(Some(if self.config.is_service() {
            Writer::start_when_possible(path, start, overflow, PATIENCE)?
        } else {
            Writer::start(path, start, overflow)?
        }))
    }

    /// The session that is shown until the first one is ready: estimated, and not stored.
    ///
    /// # Errors
    /// When crop or limit are unknown, or a file cannot be used.
    pub fn unstored(&self) -> Result<OpenedSession, SessionError> {
        let setup = self.setup()?;
        let info = self.info(&setup, None);
        Ok(OpenedSession { pipeline: setup.pipeline, journal: None, capture: None, info, notice: None, past: None })
    }

    /// The only session of a run.
    fn only(
        &self,
        mut setup: SessionSetup,
        now_us: i64,
        pans: &[(Pan, PanFound)],
    ) -> Result<OpenedSession, SessionError> {
        let start = self.session_start(&setup, now_us);
        let (calibration, adopted) = self.calibrated(&start, &mut setup)?;
        let journal = self.journal(&start)?;
        self.note(journal.as_ref(), now_us, adopted, &setup);
        let id = journal.as_ref().and_then(|journal| journal.health().session());
        let field = start.entered.field.clone();
        let prices = self.prices_of(&setup);
        let info = SessionInfo { id, source: self.config.source_kind, field, calibration, prices, ..setup.info() };
        let pipeline = setup.pipeline.with_pans(pans.iter().map(|(pan, _)| *pan).collect());
        Ok(OpenedSession { pipeline, journal, capture: None, info, notice: None, past: None })
    }

    /// Gives a session that begins the calibration that is asked for.
    fn calibrated(
        &self,
        start: &SessionStart,
        setup: &mut SessionSetup,
    ) -> Result<(Option<CalibrationOrigin>, Vec<EventRecord>), SessionError> {
        let RunConfig { calibration, plates_touched, journal, .. } = &self.config;
        let adopted = calibration::adopt(calibration, *plates_touched, journal.as_deref(), start, setup)?;
        Ok(adopted.map_or((None, Vec::new()), |(origin, events)| (Some(origin), events)))
    }

    /// The check lists that were gone through before the service ran; a log that is replayed has none.
    fn waiting_checks(&self, now_us: i64) -> Vec<EventRecord> {
        let journal = self.config.journal.as_deref().filter(|_| self.config.is_service());
        journal.map_or_else(Vec::new, |journal| take_checks(journal, now_us))
    }

    /// Notes in the journal what a session began with.
    fn note(&self, journal: Option<&Writer>, now_us: i64, adopted: Vec<EventRecord>, setup: &SessionSetup) {
        let Some(journal) = journal else { return };
        let touched = self.config.plates_touched.then(|| EventRecord::new(now_us, "calibration", "plates-touched"));
        let checks = self.waiting_checks(now_us);
        let prices = price_events(&self.prices_of(setup).entry(now_us, 0.0), now_us, None);
        for event in touched.into_iter().chain(adopted).chain(checks).chain(prices) {
            journal.put(Entry::Event(event));
        }
    }

    /// The session that was interrupted, with what the journal knows of it.
    fn resume(
        &mut self,
        setup: SessionSetup,
        journal: &Path,
        last: &Session,
        (writer, memory): (Writer, Memory),
        now_us: i64,
    ) -> Result<OpenedSession, SessionError> {
        let since_s = (now_us - last.last_us.unwrap_or(now_us)) as f64 / 1e6;
        tracing::warn!("session {} goes on: it was interrupted {since_s:.0} s ago", last.id);
        self.keep_choices();
        let mut info = SessionInfo { started_us: Some(last.started_us), ..self.info(&setup, Some(last.id)) };
        info.calibration =
            Journal::open(journal).and_then(|journal| journal.calibration_origin(last.id)).ok().flatten();
        let mut pipeline = setup.pipeline;
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
        for event in self.waiting_checks(now_us) {
            writer.put(Entry::Event(event));
        }
        let capture = self.capture(Some(&writer))?;
        // What habits have cost and what was where so far; without it both are counted from now on.
        let past = Journal::open(journal).ok().map(|journal| SessionPast {
            habits: grainloss_report::habit_books(&journal, last).ok(),
            charts: charts_so_far(&journal, last.id, pipeline.harvest().pans()).ok().map(Box::new),
        });
        Ok(OpenedSession { pipeline, journal: Some(writer), capture, info, notice: None, past })
    }

    fn begin_at(&mut self, now_us: i64) -> Result<OpenedSession, SessionError> {
        let mut setup = self.setup()?;
        let start = self.session_start(&setup, now_us);
        let (calibration, adopted) = self.calibrated(&start, &mut setup)?;
        let journal = self.journal(&start)?;
        self.note(journal.as_ref(), now_us, adopted, &setup);
        // What was said is of the first session, and the journal remembers it.
        self.config.plates_touched = false;
        if self.config.calibration != CalibrationChoice::None {
            self.config.calibration = CalibrationChoice::Latest;
        }
        self.keep_choices();
        let id = journal.as_ref().and_then(|journal| journal.health().session());
        let info = SessionInfo { started_us: Some(now_us), calibration, ..self.info(&setup, id) };
        let capture = self.capture(journal.as_ref())?;
        Ok(OpenedSession { pipeline: setup.pipeline, journal, capture, info, notice: None, past: None })
    }

    /// The capture of a session's frames; `None` when none are kept.
    fn capture(&self, journal: Option<&Writer>) -> Result<Option<Capture>, SessionError> {
        let (budget, path) = (self.config.capture_budget_bytes, self.config.journal.as_deref());
        let Some(((journal, path), budget)) = journal.zip(path).zip(budget) else { return Ok(None) };
        let start = if self.config.is_service() { Capture::start_when_possible } else { Capture::start };
        Ok(Some(start(path, journal.health(), budget, self.config.overflow)?))
    }

    /// Keeps the choices for the next start.
    fn keep_choices(&mut self) {
        let Choices { crop, crop_settings, entered } = &self.choices;
        self.recent.crop(crop);
        self.recent.field(entered.field.as_deref());
        self.recent.operator(entered.operator.as_deref());
        self.recent.limit.clone_from(&crop_settings.limit);
        if let Some(file) = choices_file(&self.config) {
            self.recent.write(&file);
        }
    }

    /// What grain and time cost: what was entered on a screen for the crop, otherwise what is configured.
    fn prices_of(&self, setup: &SessionSetup) -> Prices {
        let configured = setup.guide.economy.as_ref();
        let figures = configured.map(EconomyEntry::figures).unwrap_or_default();
        let entered = self.recent.prices.get(&self.choices.crop).copied();
        let currency = configured.map_or_else(|| USUAL_CURRENCY.to_owned(), |entry| entry.currency.clone());
        Prices { currency, economy: entered.unwrap_or(figures), ..Prices::default() }
    }

    /// The session's data for the screens.
    fn info(&self, setup: &SessionSetup, id: Option<i64>) -> SessionInfo {
        // The crops that were used come first.
        let mut crops = grainloss_knowledge::crops().unwrap_or_default();
        let place = |name: &String| self.recent.crops.iter().position(|used| used == name).unwrap_or(usize::MAX);
        crops.sort_by_key(|(name, _)| place(name));
        let limits = crops.iter().flat_map(|(crop, _)| grainloss_knowledge::limits(crop).unwrap_or_default());
        let limits = limits.map(|LimitEntry { id, crop, name, .. }| LimitChoice { crop, id, name }).collect();
        let (fields, operators) = (self.recent.fields.clone(), self.recent.operators.clone());
        SessionInfo {
            id,
            source: self.config.source_kind,
            field: self.choices.entered.field.clone(),
            operator: self.choices.entered.operator.clone(),
            prices: self.prices_of(setup),
            choices: snapshot::Choices { crops, fields, operators, limits },
            ..setup.info()
        }
    }
}

/// Where the recent choices are kept; `None` when they are not.
fn choices_file(config: &RunConfig) -> Option<std::path::PathBuf> {
    let keeps = matches!(config.sessions, Sessions::Many { keeps_choices: true, .. });
    config.journal.as_deref().filter(|_| keeps).map(recent_choices::path)
}

/// Without a crop and a limit that the knowledge files do not have any more: they must not keep the service from starting.
fn known(recent: RecentChoices) -> RecentChoices {
    let crop = recent.crop.as_deref().and_then(|crop| Some((crop, grainloss_knowledge::crop(crop).ok()?)));
    let limit = crop.as_ref().map(|(crop, entry)| grainloss_knowledge::limit(recent.limit.as_deref(), crop, entry));
    let (crop_is_known, limit_is_known) = (crop.is_some(), matches!(limit, Some(Ok(_))));
    RecentChoices {
        crop: recent.crop.filter(|_| crop_is_known),
        limit: recent.limit.filter(|_| limit_is_known),
        ..recent
    }
}

impl SessionFactory for FileSessionFactory {
    fn first(&mut self, now_us: i64, pans: &[(Pan, PanFound)]) -> Result<OpenedSession, SessionError> {
        let setup = self.setup()?;
        let Sessions::Many { idle_us, .. } = self.config.sessions else { return self.only(setup, now_us, pans) };
        if let (Some(within_us), Some(journal)) = (idle_us, self.config.journal.clone()) {
            let start = self.session_start(&setup, now_us);
            if let Some(last) = interrupted(&journal, &start, within_us) {
                if let Some((writer, memory)) = self.reopened(&last, &start)? {
                    return self.resume(setup, &journal, &last, (writer, memory), now_us);
                }
                let opened = self.begin_at(now_us)?;
                let notice = EventRecord::new(now_us, "journal", "not-continued");
                return Ok(OpenedSession { notice: Some(notice), ..opened });
            }
        }
        let opened = self.begin_at(now_us)?;
        let pipeline = opened.pipeline.with_pans(pans.iter().map(|(pan, _)| *pan).collect());
        Ok(OpenedSession { pipeline, ..opened })
    }

    fn begin(&mut self, choice: &SessionChoice, t_us: i64) -> Result<OpenedSession, CommandError> {
        let new = self.choices.with(choice)?;
        let before = std::mem::replace(&mut self.choices, new);
        self.begin_at(t_us).map_err(|error| {
            tracing::warn!("a session cannot begin: {error}");
            self.choices = before;
            CommandError::CannotBegin
        })
    }

    fn pause(&mut self) -> Result<OpenedSession, CommandError> {
        self.unstored().map_err(|error| {
            tracing::warn!("the session cannot be closed: {error}");
            CommandError::CannotBegin
        })
    }

    fn reload(&mut self) -> Result<ReloadedSettings, String> {
        let text = |error: SessionError| error.to_string();
        let (profile, settings) = reading::again(&self.config)?;
        let router = Router::new(&profile).map_err(|error| error.to_string())?;
        let Choices { crop, crop_settings, .. } = &self.choices;
        let setup = SessionSetup::new(Arc::clone(&profile), crop, crop_settings, &settings).map_err(text)?;
        if self.config.source_kind == SourceKind::Live && !self.config.all_frames {
            // The kernel's filter was made for the old profile.
            let before = Router::new(&self.profile).map_err(|error| error.to_string())?;
            let before: Vec<_> = before.matchings().collect();
            if setup.matchings.iter().any(|matching| !before.contains(matching)) {
                return Err(format!(
                    "{}: it reads frames that the profile before it did not, and the kernel was told to leave them out; \
                     restart the service, or run it with --all-frames",
                    profile.name
                ));
            }
        }
        self.profile = profile;
        self.config.settings = settings;
        let economy = self.prices_of(&setup).economy;
        Ok(ReloadedSettings {
            bank: ChannelBank::new(router),
            limit_share: setup.limit.as_ref().map(|limit| limit.percent / 100.0),
            plan: setup.guide.rules.plan(),
            economy,
            info: self.info(&setup, None),
        })
    }

    fn operator(&mut self, name: &str) {
        self.choices.entered.operator = Some(name.to_owned());
        self.keep_choices();
    }

    fn prices(&mut self, economy: Economy) {
        self.recent.prices.insert(self.choices.crop.clone(), economy);
        self.keep_choices();
    }
}
