//! The ranking on a thread of its own: keys and pictures never wait for it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};

use super::super::live_bus::Forward;
use grainloss_can::Frame;
use grainloss_find::{Noted, Ranking, Recording, find};

/// Frames that wait while a ranking is made: half a minute of a full bus at 500 kbit/s. What is beyond is counted.
const WAITING: usize = 1 << 17;

/// What the thread is given.
enum Order {
    /// A frame at its bus time, µs.
    Frame(Box<Frame>, i64),
    Rank(Vec<Noted>),
}

/// The rankings, and the frames that were too many to be kept for them.
type Ranked = (Vec<Ranking>, u64);

/// The thread that ranks.
pub(super) struct Ranker {
    orders: SyncSender<Order>,
    rankings: Receiver<Ranked>,
    busy: Arc<AtomicBool>,
}

impl Ranker {
    /// Starts with what an earlier run, or a log, has brought. It ends when nothing can order it any more.
    pub fn start(recording: Recording) -> io::Result<Self> {
        let (orders, taken) = sync_channel(WAITING);
        let (sender, rankings) = channel();
        let busy = Arc::new(AtomicBool::new(false));
        let is_busy = Arc::clone(&busy);
        std::thread::Builder::new()
            .name("ranking".to_owned())
            .spawn(move || run(recording, &taken, &sender, &is_busy))?;
        Ok(Self { orders, rankings, busy })
    }

    /// Where the bus puts its frames.
    pub fn forward(&self) -> Forward {
        let orders = self.orders.clone();
        Box::new(move |frame, t_us| orders.try_send(Order::Frame(Box::new(frame.clone()), t_us)).is_ok())
    }

    /// True while a ranking is made.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Asks for a ranking with these marks. False when the queue is full: ask again.
    pub fn rank(&self, marks: &[Noted]) -> bool {
        self.busy.store(true, Ordering::Release);
        match self.orders.try_send(Order::Rank(marks.to_vec())) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.busy.store(false, Ordering::Release);
                false
            }
        }
    }

    /// A ranking that is ready, and the frames that were too many to be kept for it.
    pub fn poll(&self) -> Option<Ranked> {
        self.rankings.try_iter().last()
    }
}

fn run(mut recording: Recording, orders: &Receiver<Order>, rankings: &Sender<Ranked>, busy: &AtomicBool) {
    while let Ok(order) = orders.recv() {
        match order {
            Order::Frame(frame, t_us) => recording.take(&frame, t_us),
            Order::Rank(marks) => {
                let ranked = if recording.is_empty() { Vec::new() } else { find(&recording, &marks) };
                let is_heard = rankings.send((ranked, recording.beyond())).is_ok();
                busy.store(false, Ordering::Release);
                if !is_heard {
                    return;
                }
            }
        }
    }
}
