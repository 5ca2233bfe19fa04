//! What the pipeline's outputs go into.

use std::collections::VecDeque;

use super::history::History;
use super::stored::{changed, stored};
use super::summary::Summary;
use super::trace::TraceWriter;
use grainloss_bus::{BusNews, News};
use grainloss_core::advice::EventKind;
use grainloss_core::clock::ClockChange;
use grainloss_core::harvest::{Pan, PanOutcome};
use grainloss_core::pipeline::Output;
use grainloss_journal::{Entry, PanFound, PanRecord, StoredEvent, Writer};
use grainloss_protocol::snapshot::{Clock, MOST_MOMENTS, Moment};

/// Journal, trace, summary, and what the screens are told of the past.
#[derive(Debug)]
pub(super) struct Sinks {
    pub journal: Option<Writer>,
    pub trace: Option<TraceWriter>,
    pub summary: Summary,
    pub timeline: VecDeque<Moment>,
    /// Moments ever put down, so that the screens' copy is renewed only when there is a new one.
    pub moments: u64,
    pub history: History,
    pub clock: Clock,
    /// What was typed in of pans that the pipeline was told of beforehand.
    pans_found: Vec<(Pan, PanFound)>,
}

impl Sinks {
    pub fn new(
        journal: Option<Writer>,
        trace: Option<TraceWriter>,
        clock: Clock,
        pans_found: Vec<(Pan, PanFound)>,
    ) -> Self {
        Self {
            journal,
            trace,
            summary: Summary::default(),
            timeline: VecDeque::with_capacity(MOST_MOMENTS),
            moments: 0,
            history: History::default(),
            clock,
            pans_found,
        }
    }

    /// Another session.
    pub fn begin(&mut self) {
        (self.summary, self.history) = (Summary::default(), History::default());
        self.timeline.clear();
        self.moments += 1;
    }

    pub fn take(&mut self, output: Output<'_>) {
        match output {
            Output::Second(row, totals) => {
                self.history.second(row, totals);
                if let Some(trace) = &mut self.trace {
                    trace.put(row);
                }
                self.put(Entry::Second(row.clone(), totals.clone()));
            }
            Output::Tenth(row) => self.put(Entry::Tenth(row.clone())),
            Output::Pan(t_us, entry) => {
                self.summary.pan(&entry);
                let found = self.pans_found.iter().position(|(pan, _)| *pan == entry.pan);
                let found = found.map(|at| self.pans_found.swap_remove(at).1).unwrap_or_default();
                self.put(Entry::Pan(PanRecord { t_us, entry, found }));
                self.event(match entry.outcome {
                    PanOutcome::Used { residual, .. } => {
                        StoredEvent { value: Some(residual), ..StoredEvent::new(t_us, "pan", "used") }
                    }
                    PanOutcome::Rejected(why) => StoredEvent::new(t_us, "pan", why.word()),
                });
            }
            Output::Event(event) => {
                self.summary.event(&event);
                if let EventKind::Changed(comparison) = event.kind {
                    self.put(changed(event.t_us, &comparison.change));
                }
                self.event(stored(&event));
            }
        }
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
        self.event(StoredEvent { value: Some(us as f64 / 1e6), ..StoredEvent::new(t_us, "clock", id) });
    }

    pub fn news(&mut self, news: News, interfaces: &[String]) {
        self.clock.times_set += u32::from(matches!(news, News::ClockSet { .. }));
        self.event(match news {
            News::ClockSet { t_us, by_us } => {
                StoredEvent { value: Some(by_us as f64 / 1e6), ..StoredEvent::new(t_us, "clock", "set") }
            }
            News::Bus(BusNews { t_us, interface, what, count }) => StoredEvent {
                stream: interfaces.get(usize::from(interface)).map(|name| name.clone().into()),
                count: i64::try_from(count).ok(),
                ..StoredEvent::new(t_us, "bus", what.word())
            },
        });
    }

    pub fn event(&mut self, event: StoredEvent) {
        if self.timeline.len() == MOST_MOMENTS {
            self.timeline.pop_front();
        }
        let StoredEvent { t_us, kind, id, level, stream, count, value } = event.clone();
        self.timeline.push_back(Moment { t_us, kind, id, level, stream, count, value });
        self.moments += 1;
        self.put(Entry::Event(event));
    }

    pub fn put(&self, entry: Entry) {
        if let Some(journal) = &self.journal {
            journal.put(entry);
        }
    }
}
