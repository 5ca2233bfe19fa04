//! The newest of each machine, and how many messages were taken and refused.

use std::collections::{BTreeMap, BTreeSet};

use super::Heard;
use super::message::{Message, Refused, Said, read};

/// Messages since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that were taken.
    pub taken: u64,
    /// Those that were not, by reason.
    pub refused: BTreeMap<Refused, u64>,
    /// The topic of the newest one that was refused, shortened; empty before the first.
    pub refused_topic: String,
}

impl Counts {
    /// How many were refused.
    pub fn all_refused(&self) -> u64 {
        self.refused.values().sum()
    }
}

/// What was heard of the machines of the register. Its size is bounded by theirs: of others nothing is kept.
#[derive(Clone, Debug, Default)]
pub struct Ears {
    machines: BTreeSet<String>,
    heard: BTreeMap<String, Heard>,
    changed: BTreeSet<String>,
    counts: Counts,
}

impl Ears {
    /// Goes on from what the register has.
    pub fn new(heard: Vec<Heard>) -> Self {
        let heard = heard.into_iter().map(|heard| (heard.device.clone(), heard)).collect();
        Self { heard, ..Self::default() }
    }

    /// These machines are heard from now on, and no others. True when something of another one was there.
    pub fn listen_for(&mut self, machines: BTreeSet<String>) -> bool {
        let before = self.heard.len();
        self.heard.retain(|device, _| machines.contains(device));
        self.changed.retain(|device| machines.contains(device));
        self.machines = machines;
        self.heard.len() < before
    }

    /// The machines that are listened for.
    pub const fn machines(&self) -> &BTreeSet<String> {
        &self.machines
    }

    /// Takes a message as the broker gives it, or counts why not. `now_us` is this computer's time, µs since 1970 UTC.
    pub fn hear(&mut self, topic: &[u8], payload: &[u8], is_kept: bool, now_us: i64) {
        let known = |message: Message| {
            let is_known = self.machines.contains(&message.device);
            is_known.then_some(message).ok_or(Refused::Unknown)
        };
        let refused = match read(topic, payload, is_kept, now_us).and_then(known) {
            Ok(message) => {
                let is_ahead = matches!(message.said, Said::Ahead(_));
                self.take(message, now_us);
                is_ahead.then_some(Refused::Future)
            }
            Err(refused) => Some(refused),
        };
        if let Some(refused) = refused {
            *self.counts.refused.entry(refused).or_default() += 1;
            self.counts.refused_topic = String::from_utf8_lossy(topic).chars().take(80).collect();
        } else {
            self.counts.taken += 1;
        }
    }

    fn take(&mut self, message: Message, now_us: i64) {
        let Message { device, is_kept, said } = message;
        let heard = self.heard.entry(device.clone()).or_default();
        heard.device.clone_from(&device);
        let now_s = now_us.div_euclid(1_000_000);
        heard.heard_s = match (&said, is_kept) {
            // That it is gone is said by the broker, mostly.
            (Said::Online(false), _) | (Said::Online(_) | Said::Ahead(_), true) => heard.heard_s,
            (_, false) => Some(now_s),
            // What the broker had kept was sent at a time that only the machine knows.
            (Said::State(state), true) => {
                heard.heard_s.max(state.t_us.map(|us| us.div_euclid(1_000_000)).map(|s| s.min(now_s)))
            }
            (Said::Alarm(alarm), true) => heard.heard_s.max(Some(alarm.t_us.div_euclid(1_000_000).min(now_s))),
        };
        // An alarm of a time without a network says nothing of the clock as it is now.
        if matches!(said, Said::State(_)) && !is_kept {
            heard.clock_ahead_s = None;
        }
        match said {
            Said::Online(is_online) => heard.is_online = Some(is_online),
            // The newest comes last, but for what the broker had kept.
            Said::State(state) if !is_kept || state.t_us >= heard.state.t_us => heard.state = state,
            // Alarms of a time without a network come late.
            Said::Alarm(alarm) if heard.alarm.as_ref().is_none_or(|last| alarm.t_us >= last.t_us) => {
                heard.alarm = Some(alarm);
            }
            Said::Ahead(by_us) => heard.clock_ahead_s = Some(by_us.div_euclid(1_000_000)),
            Said::State(_) | Said::Alarm(_) => {}
        }
        self.changed.insert(device);
    }

    /// What has changed since it was written.
    pub fn changed(&self) -> Vec<Heard> {
        self.changed.iter().filter_map(|device| self.heard.get(device)).cloned().collect()
    }

    /// It was written.
    pub fn written(&mut self) {
        self.changed.clear();
    }

    /// Everything, by machine.
    pub fn all(&self) -> impl Iterator<Item = &Heard> {
        self.heard.values()
    }

    /// How many messages were taken and refused.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }
}
