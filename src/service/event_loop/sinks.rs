//! Where the pipeline's outputs go: journal, trace, summary, timeline and history.

use std::collections::VecDeque;

use super::event_records::{event_record, setting_entry};
use super::habits::Habits;
use super::history::History;
use super::summary::Summary;
use super::trace::TraceWriter;
use crate::service::charts::{ChartBook, ChartSecond};
use crate::service::session::SessionPast;
use grainloss_bus::{BusNews, News};
use grainloss_core::advice::EventKind;
use grainloss_core::clock::ClockChange;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest::{Pan, PanEntry, PanOutcome};
use grainloss_core::pipeline::Output;
use grainloss_core::record::EventRecord;
use grainloss_journal::{Entry, PanFound, PanRecord, Writer};
use grainloss_protocol::snapshot::{Clock, MAX_TIMELINE_EVENTS, SessionInfo};

/// Journal, trace, summary, and the past as screens show it.
#[derive(Debug)]
pub(super) struct Sinks {
    pub journal: Option<Writer>,
    pub trace: Option<TraceWriter>,
    pub summary: Summary,
    pub timeline: VecDeque<EventRecord>,
    /// Events ever recorded, so that the screens' copy is renewed only when there is a new one.
    pub events_recorded: u64,
    pub history: History,
    pub habits: Habits,
    pub charts: Box<ChartBook>,
    pub clock: Clock,
    /// What was entered about pans that the pipeline was given beforehand.
    pans_found: Vec<(Pan, PanFound)>,
}

impl Sinks {
    pub fn new(
        journal: Option<Writer>,
        trace: Option<TraceWriter>,
        clock: Clock,
        pans_found: Vec<(Pan, PanFound)>,
        (info, past): (&SessionInfo, Option<SessionPast>),
    ) -> Self {
        let (books, charts) = past.map_or((None, None), |past| (past.habits, past.charts));
        Self {
            journal,
            trace,
            summary: Summary::default(),
            timeline: VecDeque::with_capacity(MAX_TIMELINE_EVENTS),
            events_recorded: 0,
            history: History::default(),
            habits: Habits::new(info, books),
            charts: charts.unwrap_or_default(),
            clock,
            pans_found,
        }
    }

    /// Another session begins, or goes on with this past.
    pub fn begin(&mut self, session: &SessionInfo, past: Option<SessionPast>) {
        let (books, charts) = past.map_or((None, None), |past| (past.habits, past.charts));
        self.charts = charts.unwrap_or_default();
        self.habits = Habits::new(session, books);
        (self.summary, self.history) = (Summary::default(), History::default());
        self.timeline.clear();
        self.events_recorded += 1;
    }

    pub fn take(&mut self, output: Output<'_>) {
        match output {
            Output::Second(row, totals) => {
                self.history.second(row, totals);
                self.charts.second(&ChartSecond::from(row));
                self.summary.second(row);
                if let Some(trace) = &mut self.trace {
                    trace.put(row);
                }
                let journal = self.journal.as_ref();
                self.habits.second(row, |event| {
                    if let Some(journal) = journal {
                        journal.put(Entry::Event(event));
                    }
                });
                self.put(Entry::Second(row.clone(), totals.clone()));
            }
            Output::Tenth(row) => self.put(Entry::Tenth(row.clone())),
            Output::Pan(t_us, entry) => {
                let found = self.pans_found.iter().position(|(pan, _)| *pan == entry.pan);
                let found = found.map(|at| self.pans_found.swap_remove(at).1).unwrap_or_default();
                self.pan(t_us, entry, found, None);
            }
            Output::Crop(t_us, crop) => self.crop(t_us, crop, None),
            Output::Event(event) => {
                self.summary.event(&event);
                if let EventKind::Changed(comparison) = event.kind {
                    self.put(setting_entry(event.t_us, &comparison.change));
                }
                self.event(event_record(&event));
            }
        }
    }

    /// Records a judged pan: for the summary, in the journal, and as an event. `sent` is the number of its drop and the
    /// sender of the count, when it was entered on a screen.
    pub fn pan(&mut self, t_us: i64, entry: PanEntry, found: PanFound, sent: Option<(u32, &str)>) {
        self.summary.pan(&entry);
        self.charts.mark(entry.pan.t_us);
        let (id, value) = match entry.outcome {
            PanOutcome::Used { residual, .. } => ("used", Some(residual)),
            PanOutcome::Doubtful { residual, .. } => ("doubtful", Some(residual)),
            PanOutcome::Rejected(why) => (why.word(), None),
        };
        self.put(Entry::Pan(PanRecord { t_us, entry, found }));
        self.event(EventRecord {
            value,
            count: sent.map(|(drop, _)| i64::from(drop)),
            stream: sent.map(|(_, from)| from.to_owned().into()),
            ..EventRecord::new(t_us, "pan", id)
        });
    }

    /// Records what was said of the crop: for the summary, and as an event. `from` is the sender; `None` is a file.
    pub fn crop(&mut self, t_us: i64, crop: CropConditions, from: Option<&str>) {
        self.summary.crop(t_us, crop);
        let words = if crop.is_unknown() { "not-said".to_owned() } else { crop.words() };
        let stream = from.map(|from| from.to_owned().into());
        self.event(EventRecord { id: words.into(), stream, ..EventRecord::new(t_us, "crop", "") });
    }

    pub fn clock(&mut self, t_us: i64, change: ClockChange) {
        let (id, us) = match change {
            ClockChange::Gap(us) => {
                self.clock.gaps_s += us as f64 / 1e6;
                ("gap", us)
            }
            ClockChange::SetBack(us) => {
                self.clock.times_set += 1;
                ("set-back", us)
            }
        };
        self.event(EventRecord { value: Some(us as f64 / 1e6), ..EventRecord::new(t_us, "clock", id) });
    }

    pub fn news(&mut self, news: News, interfaces: &[String]) {
        self.clock.times_set += u32::from(matches!(news, News::ClockSet { .. }));
        self.event(match news {
            News::ClockSet { t_us, by_us } => {
                EventRecord { value: Some(by_us as f64 / 1e6), ..EventRecord::new(t_us, "clock", "set") }
            }
            News::Bus(BusNews { t_us, interface, what, count }) => EventRecord {
                stream: interfaces.get(usize::from(interface)).map(|name| name.clone().into()),
                count: i64::try_from(count).ok(),
                ..EventRecord::new(t_us, "bus", what.word())
            },
        });
    }

    pub fn event(&mut self, event: EventRecord) {
        if self.timeline.len() == MAX_TIMELINE_EVENTS {
            self.timeline.pop_front();
        }
        self.timeline.push_back(event.clone());
        self.charts.event(&event);
        self.events_recorded += 1;
        self.put(Entry::Event(event));
    }

    pub fn put(&self, entry: Entry) {
        if let Some(journal) = &self.journal {
            journal.put(entry);
        }
    }
}
