//! Frames from the kernel's CAN sockets. Opens, reads, and never writes.
//!
//! ```text
//! kernel ──► ReceiveSocket ──► Receiver (one thread for all interfaces) ──► Inbox ──► LiveSource (in the loop)
//!            filter, stamps     recvmmsg, dated by the WallClock          merged     BusHealth, News
//! ```

mod figure;
mod filter;
mod inbox;
mod interface;
mod receive;
mod receiver;
mod socket;
mod wall_clock;
mod wire;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::BusError;
use crate::health::{BusEventKind, BusHealth};
use crate::source::{FrameSource, News, Polled};
pub use filter::Filter;
use inbox::{Inbox, Item, TAKE};
pub use interface::can_interfaces;
use receiver::Receiver;
use socket::ReceiveSocket;
use wall_clock::{Start, WallClock};

/// How long the receive thread is waited for, which wakes the loop ten times a second, be the bus silent or not.
const PATIENCE: Duration = Duration::from_millis(250);

/// One or more interfaces, listened to. Their frames are given out in the order of their time stamps.
///
/// Times are those of the wall clock when it was opened, carried on by the monotonic clock: they never jump, whatever
/// becomes of the wall clock meanwhile.
#[derive(Debug)]
pub struct LiveSource {
    names: Vec<String>,
    /// How many frames the kernel keeps for each, as far as it says so.
    rooms: Vec<Option<u64>>,
    health: Vec<BusHealth>,
    inbox: Arc<Inbox>,
    taken: VecDeque<(u8, Item)>,
    /// When that has been given out, everything until then has been heard.
    heard_us: Option<i64>,
    start: Start,
    wall: WallClock,
    stop: Arc<AtomicBool>,
    /// `None` before it begins and once it has ended.
    thread: Option<JoinHandle<()>>,
}

impl LiveSource {
    /// Opens the interfaces and begins to listen. A name that comes twice is opened once.
    ///
    /// # Errors
    ///
    /// When there is no such CAN interface, or its socket or thread cannot be started.
    pub fn open(names: &[String], filter: &Filter) -> Result<Self, BusError> {
        let mut wanted: Vec<String> = Vec::new();
        for name in names {
            interface::check(name)?;
            if !wanted.contains(name) {
                wanted.push(name.clone());
            }
        }
        // All or none: a thread is started when every socket is open.
        let open = |name: &String| ReceiveSocket::open(name, filter).map_err(failed(name));
        let sockets = wanted.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        Self::listen(wanted, sockets, filter)
    }

    /// Starts the thread that receives.
    fn listen(names: Vec<String>, sockets: Vec<ReceiveSocket>, filter: &Filter) -> Result<Self, BusError> {
        let rooms: Vec<Option<u64>> = sockets.iter().map(|socket| socket.room_frames().ok()).collect();
        let start = Start::now();
        let mut source = Self {
            rooms,
            health: vec![BusHealth::default(); names.len()],
            inbox: Arc::new(Inbox::new(names.len(), start.now_us())),
            taken: VecDeque::with_capacity(TAKE),
            heard_us: None,
            start,
            wall: WallClock::new(),
            stop: Arc::default(),
            thread: None,
            names,
        };
        let interfaces = (0_u8..).zip(&source.names).zip(sockets).map(|((number, name), socket)| {
            Receiver::new((name.clone(), number), socket, filter.clone(), Arc::clone(&source.inbox), start)
        });
        let interfaces: Vec<Receiver> = interfaces.collect();
        let (inbox, stop) = (Arc::clone(&source.inbox), Arc::clone(&source.stop));
        let little_room = source.rooms.iter().any(|room| room.is_none_or(|room| socket::too_small(room).is_some()));
        let thread = std::thread::Builder::new().name("bus".to_owned());
        let thread = thread.spawn(move || receiver::receive(interfaces, &inbox, &stop, start, little_room));
        source.thread = Some(thread.map_err(failed(&source.names.join(", ")))?);
        Ok(source)
    }

    /// Problems from the start, for the user: kernel buffers that hold less than a second of a full bus.
    pub fn warnings(&self) -> Vec<String> {
        let small = |(name, room): (&String, &Option<u64>)| {
            socket::too_small((*room)?).map(|what| format!("--iface {name}: {what}"))
        };
        self.names.iter().zip(&self.rooms).filter_map(small).collect()
    }

    /// The thread ends by a panic only. Without it nothing would come any more.
    fn check_thread(&self) -> Result<(), BusError> {
        if self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            let fault = io::Error::other("the receive thread ended by a fault in the program");
            return Err(failed(&self.names.join(", "))(fault));
        }
        Ok(())
    }

    /// The next event to report; with `all`, also one that was reported shortly before.
    fn news(&mut self, all: bool) -> Option<News> {
        let look = self.start.look();
        if let Some(by_us) = self.wall.follow(look) {
            tracing::warn!("the wall clock was set by {:.3} s; bus time goes on", by_us as f64 / 1e6);
            return Some(News::ClockSet { t_us: look.now_us, by_us });
        }
        let health = (0_u8..).zip(&mut self.health);
        let news = health.filter_map(|(at, health)| health.news(at, look.now_us, all)).min_by_key(|news| news.t_us)?;
        let (name, what, count) = (&self.names[usize::from(news.interface)], news.what.word(), news.count);
        if news.what <= BusEventKind::Passive {
            tracing::warn!("{name}: {what} ({count} so far)");
        } else {
            tracing::info!("{name}: {what} ({count} so far)");
        }
        Some(News::Bus(news))
    }
}

fn failed(name: &str) -> impl FnOnce(io::Error) -> BusError {
    let name = name.to_owned();
    move |error| BusError::Socket { name, error }
}

impl FrameSource for LiveSource {
    fn interfaces(&self) -> &[String] {
        &self.names
    }

    fn health(&self) -> &[BusHealth] {
        &self.health
    }

    fn poll(&mut self) -> Result<Polled, BusError> {
        loop {
            while let Some((interface, item)) = self.taken.pop_front() {
                let health = &mut self.health[usize::from(interface)];
                match item {
                    Item::Frame(frame) => {
                        health.frame(frame.t_us);
                        return Ok(Polled::Frame(frame));
                    }
                    Item::Report(t_us, told) => health.take(told, t_us),
                }
            }
            if let Some(news) = self.news(false) {
                return Ok(Polled::News(news));
            }
            // A step ends by what was heard after it, and not with the next frame.
            if let Some(heard_us) = self.heard_us.take() {
                self.check_thread()?;
                return Ok(Polled::Quiet(heard_us));
            }
            self.heard_us = self.inbox.take(&mut self.taken, PATIENCE);
        }
    }

    fn last_news(&mut self) -> Option<News> {
        self.news(true)
    }
}

impl Drop for LiveSource {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic has been reported where it happened.
            let _ = thread.join();
        }
    }
}
