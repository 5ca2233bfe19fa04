//! Publishes the snapshot that screens show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::command_handler::CommandHandler;
use super::sinks::Sinks;
use grainloss_bus::{BusEventKind, BusHealth, FrameSource, worst};
use grainloss_core::harvest::Activity;
use grainloss_core::machine::{Channel, Readings, SourceReading};
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::JournalHealth;
use grainloss_protocol::open_symptom::OpenSymptom;
use grainloss_protocol::prices::PriceEntry;
use grainloss_protocol::snapshot::{Bus, BusFault, Health, Reload, SessionInfo, Snapshot, SourceLine};
use grainloss_protocol::symptom_word::SymptomWord;

/// How often a snapshot is published.
const EVERY: Duration = Duration::from_millis(100);
/// How often map and charts are renewed in it, at most.
const CHARTS_EVERY: Duration = Duration::from_secs(2);
/// How often the sources of the channels are renewed in it.
const SOURCES_EVERY: Duration = Duration::from_secs(1);

/// The sending end of the snapshots.
#[derive(Debug)]
pub(super) struct Screens {
    pub snapshot: watch::Sender<Snapshot>,
    published: Option<Instant>,
    sources: Option<Instant>,
    /// When map and charts were renewed, and from what.
    charts: Option<(Instant, u64)>,
    /// Events of the timeline that have been published.
    events_recorded: u64,
}

/// What a snapshot is made of.
pub(super) struct View<'a, S> {
    pub source: &'a S,
    pub pipeline: &'a Pipeline,
    pub sinks: &'a Sinks,
    pub commands: &'a CommandHandler,
    /// Bus time.
    pub t_us: i64,
    pub frames_per_s: u64,
    pub last_frame_us: Option<i64>,
}

impl Screens {
    pub const fn new(snapshot: watch::Sender<Snapshot>) -> Self {
        Self { snapshot, published: None, sources: None, charts: None, events_recorded: 0 }
    }

    /// Another session begins.
    pub fn begin(&mut self, info: SessionInfo) {
        self.snapshot.send_modify(|snapshot| {
            let (health, clock) = (std::mem::take(&mut snapshot.health), std::mem::take(&mut snapshot.clock));
            *snapshot = Snapshot { health, clock, ..Snapshot::empty(info) };
        });
        (self.sources, self.charts, self.events_recorded) = (None, None, 0);
    }

    /// The same session with other settings.
    pub fn reload(&mut self, info: SessionInfo) {
        self.snapshot.send_modify(|snapshot| {
            let session = &mut snapshot.session;
            let (id, started_us, pans_forgotten) = (session.id, session.started_us, session.pans_forgotten);
            let calibration = session.calibration.take();
            let (rain_us, done_at_ha) = (session.prices.rain_us, session.prices.done_at_ha);
            *session = SessionInfo { id, started_us, pans_forgotten, calibration, ..info };
            (session.prices.rain_us, session.prices.done_at_ha) = (rain_us, done_at_ha);
        });
        self.sources = None;
    }

    /// The operator has said what grain and time cost, and when the rain comes.
    pub fn prices(&mut self, entry: &PriceEntry, pipeline: &Pipeline) {
        let area_ha = pipeline.harvest().totals().area_ha().unwrap_or(0.0);
        let t_us = pipeline.readings().t_us;
        self.snapshot.send_modify(|snapshot| snapshot.session.prices.take(entry, t_us, area_ha));
    }

    /// What was said of a symptom, kept for every screen; one that the guide does not have is not.
    pub fn symptom(&mut self, id: &str, said: (u8, SymptomWord), readings: &Readings) {
        self.snapshot.send_modify(|snapshot| {
            if let Some(symptom) = snapshot.session.guide.symptoms.iter().find(|symptom| symptom.id == id) {
                let open = snapshot.symptom.take();
                snapshot.symptom = Some(OpenSymptom::said(open, symptom, said, readings));
            }
        });
    }

    /// The result of a reload.
    pub fn reloaded(&mut self, reload: Reload) {
        self.snapshot.send_modify(|snapshot| snapshot.health.reload = Some(reload));
    }

    /// True when a screen is attached and it is time to publish.
    pub fn are_due(&self) -> bool {
        self.snapshot.receiver_count() > 0 && self.published.is_none_or(|published| published.elapsed() >= EVERY)
    }

    /// Publishes; `ended` with the last of a session that ended in order.
    #[allow(clippy::disallowed_methods, reason = "an edge: screens follow the wall clock")]
    pub fn publish<S: FrameSource>(&mut self, view: &View<'_, S>, ended: bool) {
        self.published = Some(Instant::now());
        let health = health(view);
        let sources = self.sources.is_none_or(|sources| sources.elapsed() >= SOURCES_EVERY);
        if sources {
            self.sources = self.published;
        }
        let events_recorded =
            std::mem::replace(&mut self.events_recorded, view.sinks.events_recorded) != view.sinks.events_recorded;
        let View { pipeline, sinks, commands, .. } = view;
        let revision = sinks.charts.revision();
        let due = |(renewed, of): (Instant, u64)| of != revision && renewed.elapsed() >= CHARTS_EVERY;
        let charts = ended || self.charts.is_none_or(due);
        if charts {
            self.charts = self.published.map(|published| (published, revision));
        }
        self.snapshot.send_modify(|snapshot| {
            snapshot.session.started_us = snapshot.session.started_us.or(commands.started_us);
            // A damaged journal is quarantined, and its session goes on in a new one under another number.
            snapshot.session.id =
                sinks.journal.as_ref().map_or(snapshot.session.id, |journal| journal.health().session());
            if snapshot.session.operator != commands.operator {
                snapshot.session.operator.clone_from(&commands.operator);
            }
            snapshot.readings.clone_from(pipeline.readings());
            snapshot.estimate = pipeline.estimate().cloned();
            snapshot.advice.clone_from(pipeline.advisor().advice());
            let harvest = pipeline.harvest();
            snapshot.totals.clone_from(harvest.totals());
            snapshot.passes = *harvest.passes();
            snapshot.budget = pipeline.estimate().map(|estimate| harvest.budget(estimate));
            snapshot.session_budget = pipeline.estimate().map(|_| harvest.session_budget());
            snapshot.by_travel = *sinks.summary.by_travel();
            snapshot.drops.clone_from(&commands.drops);
            snapshot.test_cut = commands.test_cut.shown().cloned();
            // One that was doubtful may be used now.
            if snapshot.pans != pipeline.harvest().pans() {
                snapshot.pans = pipeline.harvest().pans().to_vec();
            }
            if events_recorded {
                snapshot.timeline = sinks.timeline.iter().cloned().collect();
            }
            if snapshot.history.last() != sinks.history.session.last() {
                snapshot.history.clone_from(&sinks.history.session);
            }
            if snapshot.trend.last() != sinks.history.trend.back() {
                snapshot.trend = sinks.history.trend.iter().copied().collect();
            }
            if sources {
                renew(&mut snapshot.sources, pipeline);
                snapshot.troubles.clear();
                snapshot.troubles.extend(pipeline.troubles());
                snapshot.lamps.clear();
                snapshot.lamps.extend(pipeline.lamps());
                let activity = pipeline.estimate().and_then(|estimate| estimate.doing.activity);
                // What a pan would tell of the last pass holds in the turn and at a stop, when there is time for one.
                if !matches!(activity, Some(Activity::Turning | Activity::Stopped | Activity::Transport)) {
                    snapshot.pan_worth = harvest.pan_worth();
                }
                snapshot.pans_outside = harvest.pans_outside();
                snapshot.habits = sinks.habits.prices(harvest.totals());
            }
            if charts {
                let charts = sinks.charts.charts(&snapshot.session, &commands.drops, &snapshot.pans);
                snapshot.charts = Some(Arc::new(charts));
            }
            // The journal's last status stays when it has been closed.
            let before = std::mem::replace(&mut snapshot.health, health);
            if sinks.journal.is_none() {
                let now = &mut snapshot.health;
                now.journal_stored = before.journal_stored;
                now.journal_waiting = before.journal_waiting;
                now.journal_lost = before.journal_lost;
                now.journal_error = before.journal_error;
                now.journal_aside = before.journal_aside;
            }
            snapshot.health.reload = before.reload;
            snapshot.clock.clone_from(&sinks.clock);
            snapshot.ended = ended;
        });
    }
}

/// Updates the lines in place; their names are made once.
fn renew(lines: &mut Vec<SourceLine>, pipeline: &Pipeline) {
    let mut at = 0;
    for &channel in Channel::ALL {
        for SourceReading { origin, state, value, raw, age_us, .. } in pipeline.sources(channel) {
            match lines.get_mut(at) {
                Some(line) if line.channel == channel && line.origin == origin => {
                    (line.state, line.value, line.raw, line.age_us) = (state, value, raw, age_us);
                }
                _ => {
                    lines.truncate(at);
                    lines.push(SourceLine { channel, origin: origin.to_owned(), state, value, raw, age_us });
                }
            }
            at += 1;
        }
    }
    lines.truncate(at);
}

fn health<S: FrameSource>(view: &View<'_, S>) -> Health {
    let View { source, t_us, .. } = view;
    let journal: Option<&JournalHealth> = view.sinks.journal.as_ref().map(|journal| &**journal.health());
    let name = |at: usize| source.interfaces().get(at).cloned().unwrap_or_default();
    Health {
        frames: view.pipeline.counts().read,
        frames_per_s: view.frames_per_s,
        bus_age_us: view.last_frame_us.map(|last_us| t_us - last_us),
        bus_fault: worst(source.health(), *t_us)
            .map(|(at, what)| BusFault { interface: name(at), word: what.word().into() }),
        buses: source.health().iter().enumerate().map(|(at, health)| bus(name(at), health)).collect(),
        journal_stored: journal.map_or(0, JournalHealth::stored),
        journal_waiting: journal.map_or(0, JournalHealth::waiting),
        journal_lost: journal.map_or(0, JournalHealth::lost),
        journal_error: journal.and_then(JournalHealth::error),
        journal_aside: journal.and_then(JournalHealth::quarantined).map(|path| path.display().to_string()),
        ..Health::default()
    }
}

fn bus(interface: String, health: &BusHealth) -> Bus {
    let happened = BusEventKind::ALL.into_iter().map(|what| (what.word().into(), health.times(what)));
    Bus {
        interface,
        state: health.state().word().into(),
        since_us: health.since_us(),
        frames: health.frames(),
        error_frames: health.error_frames(),
        lost: health.times(BusEventKind::Lost),
        error_counters: health.error_counters(),
        happened: happened.filter(|(_, times)| *times > 0).collect(),
    }
}
