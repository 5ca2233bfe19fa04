//! What the pipeline's outputs go into.

use std::collections::VecDeque;

use super::history::History;
use super::pipeline::Output;
use super::summary::{Summary, alarm_stream};
use super::trace::TraceWriter;
use super::vitals;
use crate::advice::{Event, EventKind, SettingChange};
use crate::bus::{BusNews, ClockChange, News};
use crate::harvest::{Pan, PanOutcome};
use crate::journal::{Entry, Origin, PanFound, PanRecord, SettingRecord, StoredEvent, Writer};
use crate::machine::Channel;
use crate::snapshot::{Clock, MOST_MOMENTS, Moment};

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

/// A change of a setting for the timeline: as the machine shows it, or as the operator marked it.
fn changed(t_us: i64, change: &SettingChange) -> Entry {
    match change.setting {
        Some(channel) => vitals::setting(t_us, channel, change.from_to.map(|(_, to)| to)),
        None => Entry::Setting(SettingRecord {
            t_us,
            setting: "marked".to_owned(),
            value: None,
            unit: None,
            origin: Origin::Operator,
            who: None,
        }),
    }
}

fn stored(event: &Event) -> StoredEvent {
    match event.kind {
        EventKind::Raised(alarm)
        | EventKind::Cleared(alarm)
        | EventKind::Lowered(alarm)
        | EventKind::Acknowledged(alarm) => {
            let kind = match event.kind {
                EventKind::Raised(_) => "alarm-raised",
                EventKind::Acknowledged(_) => "alarm-acknowledged",
                EventKind::Lowered(_) => "alarm-lowered",
                _ => "alarm-cleared",
            };
            StoredEvent {
                level: Some(alarm.level),
                stream: alarm_stream(&alarm).map(Into::into),
                value: alarm.share.map(|share| share * 100.0),
                ..StoredEvent::new(event.t_us, kind, alarm.id.word())
            }
        }
        EventKind::Noticed(notice, count) => {
            StoredEvent { count: Some(i64::from(count)), ..StoredEvent::new(event.t_us, "notice", notice.word()) }
        }
        // Adjustments count from 1, as on the screen.
        EventKind::Advised(step, at) => {
            StoredEvent { count: Some(at as i64 + 1), ..StoredEvent::new(event.t_us, "advice", step.word()) }
        }
        EventKind::Changed(comparison) => {
            let setting = comparison.change.setting.map_or("marked", Channel::name);
            let to = comparison.change.from_to.map(|(_, to)| to);
            StoredEvent { value: to, ..StoredEvent::new(event.t_us, "setting", setting) }
        }
        EventKind::Judged(comparison) => StoredEvent {
            stream: comparison.change.setting.map(|setting| setting.name().into()),
            value: comparison.ratio.map(|ratio| ratio.value),
            ..StoredEvent::new(event.t_us, "setting-judged", comparison.verdict.word())
        },
    }
}
