//! The thread on which sessions are prepared: what reads files, opens journals or waits for a disk is done here, while the
//! loop goes on with what it has.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

use super::error::SessionError;
use super::opened::{OpenedSession, ReloadedSettings, SessionFactory};
use grainloss_core::advice::Economy;
use grainloss_core::harvest::Pan;
use grainloss_journal::PanFound;
use grainloss_protocol::command::{CommandError, SessionChoice};

/// What the thread is asked for. It answers all but the operator's name and the prices.
#[derive(Debug)]
pub enum SessionRequest {
    /// The first session of the run, dated so, µs, with these pans.
    First(i64, Vec<(Pan, PanFound)>),
    /// A session that starts at this bus time, µs.
    Begin(SessionChoice, i64),
    /// The time between two sessions.
    Pause,
    /// Profile and settings are read again.
    Reload,
    /// Another operator drives.
    Operator(String),
    /// Other prices hold.
    Prices(Economy),
}

/// What the thread answers.
#[derive(Debug)]
pub enum SessionAnswer {
    /// To [`SessionRequest::First`].
    First(Result<Box<OpenedSession>, SessionError>),
    /// To [`SessionRequest::Begin`] and [`SessionRequest::Pause`].
    Session(Result<Box<OpenedSession>, CommandError>),
    /// To [`SessionRequest::Reload`]; the error is a text for the technician.
    Reload(Result<Box<ReloadedSettings>, String>),
}

/// The loop's end of the thread. Dropping it does not wait: a disk or a file that never answers keeps nobody from ending.
#[derive(Debug)]
pub struct SessionThread {
    requests: Sender<SessionRequest>,
    answers: Receiver<SessionAnswer>,
}

impl SessionThread {
    /// Starts the thread, which owns the factory from now on.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(mut factory: Box<dyn SessionFactory>) -> io::Result<Self> {
        let (requests, asked) = channel();
        let (answer, answers) = channel();
        let work = move || {
            for request in asked {
                let answered = match request {
                    SessionRequest::First(now_us, pans) => {
                        SessionAnswer::First(factory.first(now_us, &pans).map(Box::new))
                    }
                    SessionRequest::Begin(choice, t_us) => {
                        SessionAnswer::Session(factory.begin(&choice, t_us).map(Box::new))
                    }
                    SessionRequest::Pause => SessionAnswer::Session(factory.pause().map(Box::new)),
                    SessionRequest::Reload => SessionAnswer::Reload(factory.reload().map(Box::new)),
                    SessionRequest::Operator(name) => {
                        factory.operator(&name);
                        continue;
                    }
                    SessionRequest::Prices(economy) => {
                        factory.prices(economy);
                        continue;
                    }
                };
                if answer.send(answered).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("session".to_owned()).spawn(work)?;
        Ok(Self { requests, answers })
    }

    /// Asks for something. A thread that has panicked, which was reported, does not answer.
    pub fn ask(&self, request: SessionRequest) {
        let _ = self.requests.send(request);
    }

    /// The next answer; `None` while there is none. Does not wait.
    ///
    /// # Errors
    /// When the thread has ended by a fault in the program: no answer will come.
    pub fn answer(&self) -> Result<Option<SessionAnswer>, SessionThreadEnded> {
        match self.answers.try_recv() {
            Ok(answer) => Ok(Some(answer)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(SessionThreadEnded),
        }
    }

    /// Waits for the next answer, at most so long; `None` when none has come.
    ///
    /// # Errors
    /// When the thread has ended by a fault in the program: no answer will come.
    pub fn wait(&self, at_most: Duration) -> Result<Option<SessionAnswer>, SessionThreadEnded> {
        match self.answers.recv_timeout(at_most) {
            Ok(answer) => Ok(Some(answer)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(SessionThreadEnded),
        }
    }
}

/// The thread has ended by a fault in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionThreadEnded;
