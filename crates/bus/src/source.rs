//! A source of frames, whatever it reads them from.

use grainloss_can::Frame;

use crate::error::BusError;
use crate::health::{BusHealth, BusNews};

/// What a source returns when it is polled.
#[derive(Debug)]
pub enum Polled {
    /// A frame. Its time is the source's.
    Frame(Frame),
    /// No frame for a while; the source's time now, microseconds since 1970-01-01 UTC.
    Quiet(i64),
    /// The state of a bus or of the clock has changed.
    News(News),
    /// There will be no more.
    End,
}

/// An event other than a frame. Times are the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// An event of a bus.
    Bus(BusNews),
    /// The computer's wall clock was set; the source's time goes on as before.
    ClockSet {
        /// When, µs since 1970-01-01 UTC by the source's clock.
        t_us: i64,
        /// The change, µs; above 0 when it was set forward.
        by_us: i64,
    },
}

/// A source of frames in the order of their arrival.
pub trait FrameSource {
    /// The names of the interfaces that frames have come from so far; [`Frame::interface`] is a place in this list. It
    /// only grows.
    fn interfaces(&self) -> &[String] {
        &[]
    }

    /// The health of each interface; empty for sources that have none, such as logs.
    fn health(&self) -> &[BusHealth] {
        &[]
    }

    /// At the end: the events that have not been reported yet, one by one; `None` when there are no more.
    fn last_news(&mut self) -> Option<News> {
        None
    }

    /// The next frame or event; waits 0.1 s at most when the bus is silent.
    ///
    /// # Errors
    ///
    /// When the log or the interface can no longer be read.
    fn poll(&mut self) -> Result<Polled, BusError>;
}
