//! The alarms that wait for the broker: in the order in which they happened, over days and restarts.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::messages::News;
use super::whole_file::{read_json, write_json};
use grainloss_core::record::EventRecord;
use grainloss_protocol::snapshot::{MAX_TIMELINE_EVENTS, Snapshot};

/// Their file in the outbox.
const FILE: &str = ".alarms.json";
/// How many may wait: more than a month of alarms at one in ten minutes of work.
pub const MOST: usize = 2000;

/// What waits, and how far the session's events were taken.
#[derive(Debug)]
pub struct Alarms {
    path: PathBuf,
    kept: Kept,
    /// The newest that wait were taken in this run.
    fresh: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// The session whose events were taken: its number and start.
    session: (Option<i64>, Option<i64>),
    /// The newest event that was taken, bus time, µs.
    last_us: Option<i64>,
    /// Dropped since too many waited, or since their snapshot was missed.
    lost: u64,
    waiting: VecDeque<News>,
}

/// What is taken of a snapshot. Nothing is copied but what is new.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    session: (Option<i64>, Option<i64>),
    newest_us: Option<i64>,
    news: Vec<News>,
    missed: u64,
}

impl Alarms {
    /// Those of this outbox, as they were left.
    pub fn open(outbox: &Path) -> Self {
        let path = outbox.join(FILE);
        Self { kept: read_json(&path).unwrap_or_default(), path, fresh: 0 }
    }

    /// What is new in a snapshot; reads it only.
    pub fn look(&self, snapshot: &Snapshot) -> Taken {
        let session = (snapshot.session.id, snapshot.session.started_us);
        let after = if session == self.kept.session { self.kept.last_us } else { None };
        let is_new = |event: &&EventRecord| after.is_none_or(|after| event.t_us > after);
        let events = &snapshot.timeline;
        // The list holds the newest only: when all of it is new, older ones may have gone.
        let missed =
            after.is_some() && events.len() == MAX_TIMELINE_EVENTS && events.first().as_ref().is_some_and(is_new);
        let news = events.iter().filter(is_new).filter(|event| event.kind.starts_with("alarm-")).map(|event| News {
            event: event.clone(),
            session: snapshot.session.id,
            crop: snapshot.session.crop_id.clone(),
            limit_percent: snapshot.session.limit.as_ref().map(|limit| limit.percent),
        });
        let newest_us = events.last().map(|event| event.t_us).or(after);
        Taken { session, newest_us, news: news.collect(), missed: u64::from(missed) }
    }

    /// Keeps what is new; what is too much costs the oldest, which is counted.
    pub fn keep(&mut self, taken: Taken) {
        let is_news = !taken.news.is_empty() || taken.missed > 0;
        self.kept.session = taken.session;
        self.kept.last_us = taken.newest_us;
        self.kept.lost += taken.missed;
        for news in taken.news {
            self.kept.waiting.push_back(news);
            self.fresh += 1;
            if self.kept.waiting.len() > MOST {
                self.kept.waiting.pop_front();
                self.kept.lost += 1;
            }
        }
        self.fresh = self.fresh.min(self.kept.waiting.len());
        if is_news {
            self.write();
        }
    }

    /// The oldest that waits, and whether it was taken before this run.
    pub fn first(&self) -> Option<(&News, bool)> {
        let old = self.kept.waiting.len() > self.fresh;
        self.kept.waiting.front().map(|news| (news, old))
    }

    /// The broker has this one.
    pub fn arrived(&mut self, news: &News) {
        // It may have been dropped in between, since too many wait.
        if self.kept.waiting.front() == Some(news) {
            self.kept.waiting.pop_front();
            self.fresh = self.fresh.min(self.kept.waiting.len());
            self.write();
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.kept.waiting.len()
    }

    /// How many were dropped.
    pub fn lost(&self) -> u64 {
        self.kept.lost
    }

    fn write(&self) {
        if let Err(error) = write_json(&self.path, &self.kept) {
            tracing::warn!("{}: {error}; alarms that wait for the broker are in memory only", self.path.display());
        }
    }
}
