//! What the routes share: what every question is answered with, the connection it came by, and how long it may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, Semaphore};

use crate::live::Live;
use grainloss_knowledge::Lang;
use grainloss_listen::Token;
use grainloss_protocol::command::CommandSender;

/// Longest body of a question, bytes: a pan's form has some hundred.
pub(crate) const MAX_BODY_BYTES: usize = 4096;

/// What every question is answered with.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub live: Arc<Live>,
    pub commands: CommandSender,
    pub token: Arc<Token>,
    pub names: Arc<Vec<String>>,
    pub lang: Lang,
    pub streams: Arc<Semaphore>,
}

/// A connection, as the routes see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<State>);

#[derive(Debug, Default)]
struct State {
    streams: AtomicBool,
    end: Notify,
}

impl Connection {
    /// It has become a stream, which may last.
    pub fn streams(&self) {
        self.0.streams.store(true, Ordering::Relaxed);
    }

    /// True when it has become a stream.
    pub fn is_stream(&self) -> bool {
        self.0.streams.load(Ordering::Relaxed)
    }

    /// It is to be closed, whatever is still to be sent.
    pub fn end(&self) {
        self.0.end.notify_one();
    }

    /// Waits until it is to be closed.
    pub async fn ended(&self) {
        self.0.end.notified().await;
    }
}
