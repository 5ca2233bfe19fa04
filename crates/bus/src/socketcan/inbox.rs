//! What the receive thread has heard, until the loop takes it: a bounded lane for each interface, merged by time.
//!
//! A lane for each and not one queue for all, because the interfaces are read one after the other: in one queue their frames
//! would stand in the order of the reading. Each lane is in order by itself, and says up
//! to when it has heard everything; the loop is given what is older than that on every lane, oldest first. So the merge
//! is exact, and costs as much delay as a round takes: until just after the end of the estimator's step.
//!
//! A lane that is full is not filled further: frames then wait in the kernel's queue, and what that cannot hold the kernel
//! counts. So there is one place where frames are lost, and one count of them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use grainloss_can::Frame;

use crate::health::InterfaceReport;

/// What a lane holds: about a second of a full bus at 1 Mbit/s.
const LANE: usize = 8192;
/// Entries for reports beside the frames, so that nothing is allocated.
const SPARE: usize = 256;
/// What is taken at once.
pub(super) const TAKE: usize = 1024;

/// Something heard, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Frame(Frame),
    Report(i64, InterfaceReport),
}

impl Item {
    const fn t_us(&self) -> i64 {
        match self {
            Self::Frame(frame) => frame.t_us,
            Self::Report(t_us, _) => *t_us,
        }
    }
}

#[derive(Debug)]
struct Lane {
    items: VecDeque<Item>,
    heard_us: i64,
}

/// The lanes.
#[derive(Debug)]
pub(super) struct Lanes(Vec<Lane>);

impl Lanes {
    pub fn new(interfaces: usize, now_us: i64) -> Self {
        let lane = || Lane { items: VecDeque::with_capacity(LANE + SPARE), heard_us: now_us };
        Self((0..interfaces).map(|_| lane()).collect())
    }

    /// True when this many more frames fit.
    pub fn has_room(&self, interface: u8, frames: usize) -> bool {
        self.0[usize::from(interface)].items.len() + frames <= LANE
    }

    /// Takes an item in. Times of a lane never run backward.
    pub fn put(&mut self, interface: u8, item: Item) {
        self.0[usize::from(interface)].items.push_back(item);
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

    /// Moves what may be taken, oldest first, until `taken` holds [`TAKE`] items.
    fn take(&mut self, taken: &mut VecDeque<(u8, Item)>) {
        while let (true, Some(at)) = (taken.len() < TAKE, self.next()) {
            taken.extend(self.0[at].items.pop_front().map(|item| (at as u8, item)));
        }
    }
}

/// The lanes, shared.
#[derive(Debug)]
pub(super) struct Inbox {
    shared: Mutex<Shared>,
    news: Condvar,
}

#[derive(Debug)]
struct Shared {
    lanes: Lanes,
    /// The loop is to look, or has not yet taken all of what it was to look at.
    is_due: bool,
}

impl Inbox {
    pub fn new(interfaces: usize, now_us: i64) -> Self {
        let shared = Shared { lanes: Lanes::new(interfaces, now_us), is_due: false };
        Self { shared: Mutex::new(shared), news: Condvar::new() }
    }

    /// For the receive thread: puts in what it has, under one lock.
    pub fn fill(&self, fill: impl FnOnce(&mut Lanes)) {
        fill(&mut self.lock().lanes);
    }

    /// For the receive thread: wakes the loop, to take what was heard, if only that nothing came.
    pub fn wake(&self) {
        self.lock().is_due = true;
        self.news.notify_one();
    }

    /// For the receive thread: see [`Lanes::has_space`].
    pub fn has_room(&self, interface: u8, frames: usize) -> bool {
        self.lock().lanes.has_room(interface, frames)
    }

    /// For the loop: waits until it is woken, so long at most, and takes what was heard. Up to when everything has been heard;
    /// `None` where more of it waits than is taken at once.
    pub fn take(&self, taken: &mut VecDeque<(u8, Item)>, patience: Duration) -> Option<i64> {
        let waited = self.news.wait_timeout_while(self.lock(), patience, |shared| !shared.is_due);
        let (mut shared, _) = waited.unwrap_or_else(PoisonError::into_inner);
        shared.lanes.take(taken);
        shared.is_due = shared.lanes.next().is_some();
        (!shared.is_due).then(|| shared.lanes.heard_us())
    }

    /// A thread that panicked left whole items behind.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
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
        lanes.put(1, frame(1, 20));
        lanes.heard(1, 20);
        assert_eq!(taken(&mut lanes), [(0, 10), (1, 20)]);
        // The other one is silent, and says so.
        lanes.heard(1, 100);
        assert_eq!(taken(&mut lanes), [(0, 30)]);
        assert_eq!(lanes.heard_us(), 40);
    }

    #[test]
    fn a_full_lane_says_so_and_harms_no_other() {
        let mut lanes = Lanes::new(2, 0);
        let mut kept = 0;
        while lanes.has_room(0, 64) {
            for _ in 0..64 {
                kept += 1;
                lanes.put(0, frame(0, kept));
            }
        }
        assert_eq!(kept as usize, LANE);
        assert!(lanes.has_room(0, 0) && !lanes.has_room(0, 1) && lanes.has_room(1, LANE));
        lanes.put(1, frame(1, 3));
        lanes.heard(0, kept);
        lanes.heard(1, kept);
        let mut all = Vec::new();
        while lanes.next().is_some() {
            all.extend(taken(&mut lanes));
            assert!(lanes.has_room(0, 64), "room again once something was taken");
        }
        assert_eq!(all.len(), LANE + 1);
        assert!(all.iter().is_sorted_by_key(|(_, t_us)| t_us));
    }

    mod properties {
        use super::*;

        proptest! {
            /// Whatever the rounds, everything comes out once and in order.
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
    }

    #[test]
    fn the_loop_is_woken_for_all_that_was_heard() {
        let inbox = Inbox::new(1, 7);
        let mut items = VecDeque::new();
        assert_eq!(inbox.take(&mut items, Duration::from_millis(1)), Some(7), "patience has ended");
        assert!(items.is_empty());
        std::thread::scope(|threads| {
            threads.spawn(|| {
                inbox.fill(|lanes| {
                    lanes.put(0, frame(0, 8));
                    lanes.heard(0, 9);
                });
                inbox.wake();
            });
            assert_eq!(inbox.take(&mut items, Duration::from_mins(1)), Some(9));
        });
        assert_eq!(items.len(), 1);
        // That nothing came is news as well.
        inbox.fill(|lanes| lanes.heard(0, 20));
        inbox.wake();
        assert_eq!(inbox.take(&mut items, Duration::from_mins(1)), Some(20));
    }

    #[test]
    fn more_than_is_taken_at_once_is_taken_in_parts_without_waiting() {
        let inbox = Inbox::new(1, 0);
        inbox.fill(|lanes| {
            for t_us in 1..=TAKE as i64 + 1 {
                lanes.put(0, frame(0, t_us));
            }
            lanes.heard(0, 5000);
        });
        inbox.wake();
        let mut items = VecDeque::new();
        assert_eq!(inbox.take(&mut items, Duration::from_mins(1)), None, "time does not pass what waits");
        assert_eq!(items.len(), TAKE);
        items.clear();
        assert_eq!(inbox.take(&mut items, Duration::from_mins(1)), Some(5000));
        assert_eq!(items.len(), 1);
    }
}
