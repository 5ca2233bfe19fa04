//! What the receive threads have heard, until the loop takes it: a bounded lane for each interface, merged by time.
//!
//! A lane for each and not one queue for all, because threads run when the scheduler lets them: in one queue the frames of
//! two interfaces would stand in the order in which their threads woke up. Each lane is in order by itself, and says up
//! to when it has heard everything; the loop is given what is older than that on every lane, oldest first. So the merge
//! is exact, and costs as much delay as the slowest thread's round: a hundredth of a second or so.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use grainloss_can::Frame;

use crate::bus::health::Told;

/// What a lane holds: about a second of a full bus at 1 Mbit/s. (The loop takes it a hundred times a second.)
const LANE: usize = 8192;
/// What is taken at once.
pub(super) const TAKE: usize = 1024;

/// Something heard, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Frame(Frame),
    Told(i64, Told),
}

impl Item {
    const fn t_us(&self) -> i64 {
        match self {
            Self::Frame(frame) => frame.t_us,
            Self::Told(t_us, _) => *t_us,
        }
    }
}

#[derive(Debug)]
struct Lane {
    items: VecDeque<Item>,
    heard_us: i64,
    /// Lost for want of room and not told yet.
    lost: u64,
}

/// The lanes.
#[derive(Debug)]
pub(super) struct Lanes(Vec<Lane>);

impl Lanes {
    pub fn new(interfaces: usize, now_us: i64) -> Self {
        let lane = || Lane { items: VecDeque::with_capacity(LANE), heard_us: now_us, lost: 0 };
        Self((0..interfaces).map(|_| lane()).collect())
    }

    /// Takes an item in; a full lane counts it as lost. Times of a lane never run backward.
    pub fn put(&mut self, interface: u8, item: Item) {
        let lane = &mut self.0[usize::from(interface)];
        if lane.items.len() < LANE {
            lane.items.push_back(item);
        } else {
            lane.lost += 1;
        }
    }

    /// Nothing older than this will come from this interface.
    pub fn heard(&mut self, interface: u8, until_us: i64) {
        let lane = &mut self.0[usize::from(interface)];
        lane.heard_us = lane.heard_us.max(until_us);
    }

    /// Nothing older than this will come at all.
    fn heard_us(&self) -> i64 {
        self.0.iter().map(|lane| lane.heard_us).min().unwrap_or(i64::MIN)
    }

    /// Whose turn it is, if anybody's.
    fn next(&self) -> Option<usize> {
        let heads = self.0.iter().enumerate().filter_map(|(at, lane)| Some((lane.items.front()?.t_us(), at)));
        let (t_us, at) = heads.min()?;
        (t_us <= self.heard_us()).then_some(at)
    }

    fn has_news(&self) -> bool {
        self.next().is_some() || self.0.iter().any(|lane| lane.lost > 0)
    }

    /// Moves what may be taken, oldest first, until `taken` holds [`TAKE`] items.
    fn take(&mut self, taken: &mut VecDeque<(u8, Item)>) {
        for (at, lane) in self.0.iter_mut().enumerate().filter(|(_, lane)| lane.lost > 0) {
            let lost = Told::LostInQueue(std::mem::take(&mut lane.lost));
            taken.push_back((at as u8, Item::Told(lane.heard_us, lost)));
        }
        while let (true, Some(at)) = (taken.len() < TAKE, self.next()) {
            taken.extend(self.0[at].items.pop_front().map(|item| (at as u8, item)));
        }
    }
}

/// The lanes, shared.
#[derive(Debug)]
pub(super) struct Inbox {
    lanes: Mutex<Lanes>,
    news: Condvar,
}

impl Inbox {
    pub fn new(interfaces: usize, now_us: i64) -> Self {
        Self { lanes: Mutex::new(Lanes::new(interfaces, now_us)), news: Condvar::new() }
    }

    /// For the receive threads: puts in what they have, under one lock.
    pub fn fill(&self, fill: impl FnOnce(&mut Lanes)) {
        fill(&mut self.lock());
        self.news.notify_one();
    }

    /// For the loop: waits so long at most for something to take; up to when everything has been heard.
    pub fn take(&self, taken: &mut VecDeque<(u8, Item)>, patience: Duration) -> i64 {
        let waited = self.news.wait_timeout_while(self.lock(), patience, |lanes| !lanes.has_news());
        let (mut lanes, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let heard_us = lanes.heard_us();
        lanes.take(taken);
        heard_us
    }

    /// A thread that panicked left whole items behind.
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use grainloss_can::CanId;
    use proptest::prelude::*;

    use super::*;

    fn frame(interface: u8, t_us: i64) -> Item {
        let mut frame = Frame::new(t_us, CanId::standard(1).unwrap(), &[]).unwrap();
        frame.interface = interface;
        Item::Frame(frame)
    }

    fn taken(lanes: &mut Lanes) -> Vec<(u8, i64)> {
        let mut taken = VecDeque::new();
        lanes.take(&mut taken);
        taken.iter().map(|(interface, item)| (*interface, item.t_us())).collect()
    }

    #[test]
    fn a_lane_that_has_heard_less_holds_the_others_back() {
        let mut lanes = Lanes::new(2, 0);
        lanes.put(0, frame(0, 10));
        lanes.put(0, frame(0, 30));
        lanes.heard(0, 40);
        assert_eq!(taken(&mut lanes), []);
        assert!(!lanes.has_news());
        lanes.put(1, frame(1, 20));
        lanes.heard(1, 20);
        assert_eq!(taken(&mut lanes), [(0, 10), (1, 20)]);
        // The other one is silent, and says so.
        lanes.heard(1, 100);
        assert_eq!(taken(&mut lanes), [(0, 30)]);
        assert_eq!(lanes.heard_us(), 40);
    }

    #[test]
    fn what_does_not_fit_is_counted_told_and_harms_no_other_lane() {
        let mut lanes = Lanes::new(2, 0);
        for t_us in 0..LANE as i64 + 5 {
            lanes.put(0, frame(0, t_us));
        }
        lanes.put(1, frame(1, 3));
        lanes.heard(0, 100_000);
        lanes.heard(1, 100_000);
        let mut all = VecDeque::new();
        lanes.take(&mut all);
        assert_eq!(all.pop_front(), Some((0, Item::Told(100_000, Told::LostInQueue(5)))));
        assert_eq!(all.len(), TAKE - 1);
        while lanes.has_news() {
            let mut more = VecDeque::new();
            lanes.take(&mut more);
            all.extend(more);
        }
        assert_eq!(all.len(), LANE + 1, "kept: the first ones");
        assert!(all.iter().is_sorted_by_key(|(_, item)| item.t_us()));
        // Room again, and nothing lost twice.
        lanes.put(0, frame(0, 100_001));
        lanes.heard(0, 200_000);
        lanes.heard(1, 200_000);
        assert_eq!(taken(&mut lanes), [(0, 100_001)]);
    }

    proptest! {
        /// Whatever the threads' rounds, everything comes out once and in order.
        #[test]
        fn the_merge_is_in_order_and_whole(rounds in prop::collection::vec((0..3_u8, 0..50_i64, 0..5_usize), 1..200)) {
            let mut lanes = Lanes::new(3, 0);
            let (mut now, mut put, mut out) = ([0_i64; 3], 0, Vec::new());
            for (interface, step, frames) in rounds {
                let lane = usize::from(interface);
                for _ in 0..frames {
                    now[lane] += step / 5 + 1;
                    lanes.put(interface, frame(interface, now[lane]));
                    put += 1;
                }
                now[lane] += step;
                // The next frame of this lane is later by one at least.
                lanes.heard(interface, now[lane]);
                out.extend(taken(&mut lanes));
            }
            for interface in 0..3 {
                lanes.heard(interface, i64::MAX);
            }
            out.extend(taken(&mut lanes));
            prop_assert_eq!(out.len(), put);
            prop_assert!(out.iter().is_sorted_by_key(|(_, t_us)| t_us));
        }
    }

    #[test]
    fn the_loop_is_woken_by_news_and_by_nothing_else() {
        let inbox = Inbox::new(1, 7);
        let mut items = VecDeque::new();
        assert_eq!(inbox.take(&mut items, Duration::from_millis(1)), 7);
        assert!(items.is_empty());
        std::thread::scope(|threads| {
            threads.spawn(|| {
                inbox.fill(|lanes| {
                    lanes.put(0, frame(0, 8));
                    lanes.heard(0, 9);
                });
            });
            assert_eq!(inbox.take(&mut items, Duration::from_mins(1)), 9);
        });
        assert_eq!(items.len(), 1);
    }
}
