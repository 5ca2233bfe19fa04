//! The bytes that may be sent in an hour.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The time that the budget is of.
const HOUR: Duration = Duration::from_hours(1);
/// What a message or a request costs beside its content, bytes: headers and acknowledgements; assumed.
pub(crate) const OVERHEAD_BYTES: u64 = 1_000;

/// The bytes of the last hour, by a clock that only runs forward. In no hour more is sent than the budget, but for alarms, which
/// are counted and never held back. What is larger than the budget goes when nothing else was sent for an hour, and takes as
/// many hours as it has budgets.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// Bytes; `None` is without limit.
    per_hour: Option<u64>,
    spent: VecDeque<Spent>,
}

/// What was sent, and until when it counts.
#[derive(Clone, Copy, Debug)]
struct Spent {
    bytes: u64,
    until: Duration,
}

/// What was sent and counts still, to be kept over a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Bytes.
    pub bytes: u64,
    /// For how long it counts, seconds.
    pub left_s: u64,
}

impl Budget {
    /// A budget of so many bytes an hour; `None` is without limit.
    pub fn new(per_hour: Option<u64>) -> Self {
        Self { per_hour, spent: VecDeque::new() }
    }

    /// Goes on with what was kept. The time in between is not known, so it does not count.
    pub fn go_on(&mut self, kept: &[Kept], now: Duration) {
        let spent =
            |kept: &Kept| Spent { bytes: kept.bytes, until: now.saturating_add(Duration::from_secs(kept.left_s)) };
        self.spent.extend(kept.iter().map(spent));
    }

    /// What counts still.
    pub fn kept(&mut self, now: Duration) -> Vec<Kept> {
        self.forget(now);
        let kept = |spent: &Spent| Kept { bytes: spent.bytes, left_s: spent.until.saturating_sub(now).as_secs() + 1 };
        self.spent.iter().map(kept).collect()
    }

    /// For how long so many bytes have to wait; `None` when they may go now.
    pub fn wait(&mut self, bytes: u64, now: Duration) -> Option<Duration> {
        let per_hour = self.per_hour?;
        self.forget(now);
        let mut sum: u64 = self.spent.iter().map(|spent| spent.bytes).fold(0, u64::saturating_add);
        let mut wait = None;
        let mut oldest: Vec<Spent> = self.spent.iter().copied().collect();
        oldest.sort_by_key(|spent| spent.until);
        for spent in oldest {
            if sum.saturating_add(bytes) <= per_hour {
                break;
            }
            sum -= spent.bytes;
            wait = Some(spent.until.saturating_sub(now));
        }
        wait
    }

    /// So many bytes were sent.
    pub fn spend(&mut self, bytes: u64, now: Duration) {
        let Some(per_hour) = self.per_hour else { return };
        self.forget(now);
        let hours = u32::try_from(bytes.div_ceil(per_hour.max(1)).max(1)).unwrap_or(u32::MAX);
        self.spent.push_back(Spent { bytes, until: now.saturating_add(HOUR.saturating_mul(hours)) });
    }

    fn forget(&mut self, now: Duration) {
        self.spent.retain(|spent| spent.until > now);
    }
}
