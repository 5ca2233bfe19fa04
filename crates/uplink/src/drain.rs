//! Blocks from the outbox to the store, one after the other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::backoff::Backoff;
use super::budget::{Budget, OVERHEAD_BYTES};
use super::outbox::Outbox;
use super::status::StatusFile;
use super::store::{Store, StoreError};

/// How often an empty outbox is looked into (our choice).
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// What puts the blocks of an outbox into a store. A block leaves the outbox only after the store has said that it has it.
#[derive(Debug)]
pub struct Drain<S> {
    outbox: Outbox,
    store: S,
    budget: Arc<Mutex<Budget>>,
    backoff: Backoff,
    status: Arc<StatusFile>,
    /// A block that cannot be read, or that the store refuses: the others go first.
    stuck: Option<String>,
}

impl<S: Store> Drain<S> {
    /// From this outbox to this store.
    pub fn new(
        outbox: Outbox,
        store: S,
        budget: Arc<Mutex<Budget>>,
        backoff: Backoff,
        status: Arc<StatusFile>,
    ) -> Self {
        Self { outbox, store, budget, backoff, status, stuck: None }
    }

    /// Does what can be done at `now`, by a clock that only runs forward: puts at most one block. Returns the time after which to
    /// call it again.
    pub fn step(&mut self, now: Duration) -> Duration {
        let blocks = match self.outbox.blocks() {
            Ok(blocks) => blocks,
            Err(error) => return self.failed("folder", &format!("{}: {error}", self.outbox.folder().display()), 0),
        };
        let waiting = blocks.len();
        let after = self.stuck.take();
        let next = blocks.iter().find(|block| after.as_ref().is_none_or(|after| block.name > *after));
        let Some(block) = next.or(blocks.first()).cloned() else {
            self.status.store(|line| line.waiting = 0);
            return LOOK_AGAIN;
        };
        let bytes = block.bytes.saturating_add(OVERHEAD_BYTES);
        if let Some(wait) = self.budget().wait(bytes, now) {
            self.stuck = after;
            self.status.store(|line| line.waiting = waiting);
            return wait;
        }
        let content = match self.outbox.read(&block) {
            Ok(content) => content,
            Err(error) => {
                let error = format!("{}: {error}", block.name);
                self.stuck = Some(block.name);
                return self.failed("folder", &error, waiting);
            }
        };
        // What fails half way has cost as well.
        self.budget().spend(bytes, now);
        let put = self.store.put(&block.name, &content);
        let kept = self.budget().kept(now);
        self.status.budget(kept);
        if let Err(error) = put {
            if matches!(error, StoreError::Refused { .. }) {
                self.stuck = Some(block.name);
            }
            return self.failed(error.word(), &error.to_string(), waiting);
        }
        if let Err(error) = self.outbox.remove(&block) {
            return self.failed("folder", &format!("{}: {error}", block.name), waiting);
        }
        self.backoff.worked();
        self.status.store(|line| line.worked(waiting - 1));
        if waiting == 1 { LOOK_AGAIN } else { Duration::ZERO }
    }

    /// The newest try failed.
    pub fn is_failing(&self) -> bool {
        self.backoff.is_waiting()
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&mut self, word: &str, error: &str, waiting: usize) -> Duration {
        self.status.store(|line| line.failed(word, error, waiting));
        self.backoff.failed()
    }
}
