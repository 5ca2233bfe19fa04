//! The thread that receives: it puts what all interfaces have into the inbox. Nothing else.
//!
//! It makes rounds over the interfaces, just after each end of a step of the estimator, and takes all that has come since,
//! instead of waking up for each frame: waking costs many times what receiving does, no figure changes between two ends of a
//! step, and a silent interface costs one call of the kernel in a round. The kernel's stamps say when each frame came. Where
//! its buffer does not hold a second of a full bus, there is a round between as well, and ten times as many while much comes:
//! the 278 frames of its default size are 70 ms of a full bus of 500 kbit/s.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use grainloss_core::time::STEP_US;

use super::filter::Filter;
use super::inbox::{Inbox, Item};
use super::interface;
use super::receive::{BATCH, Batch};
use super::socket::ReceiveSocket;
use super::wall_clock::{MARGIN_US, Start, WallClock};
use super::wire;
use crate::health::InterfaceReport;

/// So long after the end of a step everything of it has been heard, µs: what a stamp may be wrong by, and as much again for
/// the kernel (our choice).
const AFTER_STEP_US: i64 = 2 * MARGIN_US;
/// Time between two rounds while much comes and little waits in the kernel, µs.
const BUSY_ROUND_US: i64 = STEP_US / 10;
/// So many frames in half a step are much: of all interfaces together (our choice).
const MUCH: usize = 50;
/// How often an interface that is away is looked for, and a silent one asked what it lost, µs.
const SELDOM_US: i64 = 200_000;

/// Makes rounds over the interfaces until it is stopped. `little_room`: the kernel keeps few frames of one of them.
pub(super) fn receive(
    mut interfaces: Vec<Receiver>,
    inbox: &Inbox,
    stop: &AtomicBool,
    start: Start,
    little_room: bool,
) {
    let (mut looked_us, mut step) = (start.now_us(), None);
    while !stop.load(Ordering::Relaxed) {
        let now_us = start.now_us();
        let seldom = now_us - looked_us >= SELDOM_US;
        if seldom {
            looked_us = now_us;
        }
        let frames: usize = interfaces.iter_mut().map(|interface| interface.round(seldom)).sum();
        // The loop is woken when a step has ended: frames of half a step move nothing.
        let of_step = Some((now_us - AFTER_STEP_US).div_euclid(STEP_US));
        if std::mem::replace(&mut step, of_step) != of_step {
            inbox.wake();
        }
        let round_us = match little_room {
            false => STEP_US,
            true if frames <= MUCH => STEP_US / 2,
            true => BUSY_ROUND_US,
        };
        let now_us = start.now_us();
        std::thread::sleep(Duration::from_micros(next_round_us(now_us, round_us).abs_diff(now_us)));
    }
}

/// When the next round begins: rounds lie on a grid, one of them just after each end of a step.
const fn next_round_us(now_us: i64, round_us: i64) -> i64 {
    ((now_us - AFTER_STEP_US).div_euclid(round_us) + 1) * round_us + AFTER_STEP_US
}

/// An interface, as the thread works with it.
pub(super) struct Receiver {
    pub name: String,
    pub interface: u8,
    pub filter: Filter,
    pub inbox: Arc<Inbox>,
    pub start: Start,
    link: Link,
    clock: WallClock,
    batch: Box<Batch>,
    /// The socket's count of lost frames as last reported.
    dropped: u32,
}

/// The interface as last known.
enum Link {
    Up(ReceiveSocket),
    /// Its socket works again when it is up.
    Down(ReceiveSocket),
    Gone,
}

/// Why a round ended.
enum Round {
    /// Nothing waits any more.
    Empty,
    /// The loop must take something first.
    Full,
    Down,
    Gone(io::Error),
}

impl Receiver {
    pub fn new(
        (name, interface): (String, u8),
        socket: ReceiveSocket,
        filter: Filter,
        inbox: Arc<Inbox>,
        start: Start,
    ) -> Self {
        let (link, clock, batch) = (Link::Up(socket), WallClock::new(), Batch::new());
        Self { name, interface, filter, inbox, start, link, clock, batch, dropped: 0 }
    }

    /// One round: how many frames came. `seldom`: looks for an interface that is away, too.
    fn round(&mut self, seldom: bool) -> usize {
        let link = std::mem::replace(&mut self.link, Link::Gone);
        let frames;
        (self.link, frames) = match link {
            Link::Up(socket) => self.listen(socket, true, seldom),
            Link::Down(socket) if seldom && interface::is_up(&self.name) => {
                self.tell(InterfaceReport::Up);
                self.listen(socket, true, seldom)
            }
            // A dead interface speaks once more, to say that it is gone.
            Link::Down(socket) => self.listen(socket, false, seldom),
            Link::Gone if seldom => (self.reopen(), 0),
            Link::Gone => (Link::Gone, 0),
        };
        if matches!(self.link, Link::Gone) {
            self.inbox.fill(|lanes| lanes.heard(self.interface, self.start.now_us()));
        }
        frames
    }

    /// Takes all that waits in the socket: what became of the link, and how many frames.
    fn listen(&mut self, socket: ReceiveSocket, up: bool, seldom: bool) -> (Link, usize) {
        let (mut frames, mut until_us) = (0, i64::MIN);
        let end = loop {
            // With every frame may come a word about lost ones.
            if !self.inbox.has_room(self.interface, 2 * BATCH) {
                break Round::Full;
            }
            let now_us = self.start.now_us();
            match self.batch.receive(&socket) {
                Ok(taken) => {
                    self.pass_on(taken);
                    frames += taken;
                    if taken < BATCH {
                        until_us = now_us;
                        break Round::Empty;
                    }
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EAGAIN) => {
                        until_us = now_us;
                        break Round::Empty;
                    }
                    Some(libc::EINTR) => {}
                    Some(libc::ENETDOWN) => break Round::Down,
                    _ => break Round::Gone(error),
                },
            }
        };
        // The counter comes with the next frame. Where none comes, it is asked for.
        if let (Round::Empty, 0, true, Some(dropped)) = (&end, frames, seldom, socket.dropped()) {
            self.lost(dropped);
        }
        self.inbox.fill(|lanes| lanes.heard(self.interface, until_us.saturating_sub(MARGIN_US)));
        let link = match end {
            Round::Empty | Round::Full if up => Link::Up(socket),
            Round::Empty | Round::Full => Link::Down(socket),
            Round::Down => {
                self.tell(InterfaceReport::Down);
                Link::Down(socket)
            }
            Round::Gone(error) => {
                tracing::info!("{}: {error}", self.name);
                self.tell(InterfaceReport::Gone);
                Link::Gone
            }
        };
        (link, frames)
    }

    /// Puts a batch into the inbox. The wall clock is looked at after it was received: no stamp is newer.
    fn pass_on(&mut self, taken: usize) {
        let look = self.start.look();
        self.clock.follow(look);
        let Self { inbox, batch, clock, interface, dropped, .. } = self;
        inbox.fill(|lanes| {
            for at in 0..taken {
                let received = batch.get(at);
                let t_us = clock.date(received.stamp.map(|stamp| stamp.as_micros() as i64), look.now_us);
                if let Some(lost) = received.dropped.and_then(|total| newly(dropped, total)) {
                    lanes.put(*interface, Item::Report(t_us, InterfaceReport::Lost(lost)));
                }
                let item = wire::read(received.bytes, t_us, *interface);
                lanes.put(*interface, item.map_or_else(|told| Item::Report(t_us, told), Item::Frame));
                lanes.heard(*interface, t_us);
            }
        });
    }

    fn lost(&mut self, total: u32) {
        if let Some(lost) = newly(&mut self.dropped, total) {
            self.tell(InterfaceReport::Lost(lost));
        }
    }

    fn reopen(&mut self) -> Link {
        let Ok(socket) = ReceiveSocket::open(&self.name, &self.filter) else { return Link::Gone };
        self.dropped = 0;
        self.tell(InterfaceReport::Back);
        Link::Up(socket)
    }

    /// Dated after everything that came before it.
    fn tell(&mut self, told: InterfaceReport) {
        let t_us = self.clock.date(None, self.start.now_us());
        self.inbox.fill(|lanes| {
            lanes.put(self.interface, Item::Report(t_us, told));
            lanes.heard(self.interface, t_us);
        });
    }
}

/// How many more were lost than were reported.
fn newly(told: &mut u32, total: u32) -> Option<u64> {
    // The counter wraps round; and a frame that was queued just before it was asked for bears an older one.
    let lost = total.wrapping_sub(*told) as i32;
    if lost <= 0 {
        return None;
    }
    *told = total;
    Some(u64::from(lost.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_begins_just_after_each_end_of_a_step() {
        // Ends of steps are at whole tenths of a second; 2 ms later all of a step has been heard.
        for (now_us, round_us, next_us) in [
            (0, 100_000, 2_000),
            (2_000, 100_000, 102_000),
            (101_999, 100_000, 102_000),
            (102_500, 50_000, 152_000),
            (152_000, 50_000, 202_000),
            (195_000, 10_000, 202_000),
        ] {
            assert_eq!(next_round_us(now_us, round_us), next_us, "{now_us} {round_us}");
        }
    }

    #[test]
    fn lost_frames_are_told_once() {
        let mut told = 0;
        assert_eq!(newly(&mut told, 0), None);
        assert_eq!(newly(&mut told, 7), Some(7));
        assert_eq!(newly(&mut told, 5), None, "an older count");
        assert_eq!(newly(&mut told, 9), Some(2));
        told = u32::MAX - 1;
        assert_eq!(newly(&mut told, 3), Some(5), "round the corner");
    }
}
