//! The newest state, as the events that browsers get: made once for all of them, in each language that is looked at.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::session_charts::SessionCharts;
use grainloss_protocol::snapshot::Snapshot;
use grainloss_protocol::status::status;
use grainloss_tui::{App, Capabilities, Colours, Remembered, Screen, Sounds};

/// How often browsers get the newest state: also when nothing has changed, so that silence means that the link is lost.
const EVERY: Duration = Duration::from_millis(500);

/// The languages of the page, in the order of the arrays here.
pub(crate) const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// The place of a language in the arrays.
const fn place(lang: Lang) -> usize {
    match lang {
        Lang::Zh => 0,
        Lang::En => 1,
    }
}

/// The dashboards behind the page, one for each language, and what they say.
#[derive(Debug)]
pub(crate) struct Live {
    inner: Mutex<Inner>,
    states: [watch::Sender<Arc<str>>; LANGS.len()],
    charts: watch::Sender<Arc<str>>,
    opened: Instant,
}

#[derive(Debug)]
struct Inner {
    snapshots: watch::Receiver<Snapshot>,
    apps: [App; LANGS.len()],
    /// When the newest snapshot came.
    received: Duration,
    /// The dashboards have it.
    is_taken: [bool; LANGS.len()],
    /// No other snapshot comes.
    is_over: bool,
}

impl Live {
    pub fn new(snapshots: watch::Receiver<Snapshot>, screen: &Screen) -> Self {
        let first = snapshots.borrow().clone();
        let app = |lang: Lang| {
            let screen = Screen { language: Some(lang.into()), ..screen.clone() };
            let remembered = Remembered::load(screen, Sounds::default(), None);
            let capabilities = Capabilities { colours: Colours::Many, ascii: false, remote: false };
            App::new(Words::new(lang), remembered, capabilities, first.clone())
        };
        let inner = Inner {
            snapshots,
            apps: LANGS.map(app),
            received: Duration::ZERO,
            is_taken: [true; LANGS.len()],
            is_over: false,
        };
        let empty = || watch::channel::<Arc<str>>("".into()).0;
        Self { inner: Mutex::new(inner), states: [empty(), empty()], charts: empty(), opened: Instant::now() }
    }

    /// The events of a language, from now on.
    pub fn watch(&self, lang: Lang) -> watch::Receiver<Arc<str>> {
        self.states[place(lang)].subscribe()
    }

    /// Map and charts, from now on: without words, the same for every language. Empty until they have come.
    pub fn watch_charts(&self) -> watch::Receiver<Arc<str>> {
        let mut charts = self.charts.subscribe();
        charts.mark_changed();
        charts
    }

    /// Gives the dashboard of a language, with the newest snapshot.
    pub fn with<T>(&self, lang: Lang, of: impl FnOnce(&App) -> T) -> T {
        let mut inner = self.lock();
        of(inner.newest(lang, self.opened.elapsed()))
    }

    /// Makes the events, for as long as the server runs.
    pub async fn run(&self) {
        let mut every = interval(EVERY);
        let mut sent: Option<Arc<SessionCharts>> = None;
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            self.lock().look(self.opened.elapsed());
            if self.charts.receiver_count() > 0 {
                let newest = self.lock().snapshots.borrow().charts.clone();
                if !same(newest.as_ref(), sent.as_ref()) {
                    let text = newest.as_deref().map_or_else(String::new, |charts| json!(charts).to_string());
                    self.charts.send_replace(text.into());
                    sent = newest;
                }
            }
            for (lang, state) in LANGS.into_iter().zip(&self.states) {
                if state.receiver_count() > 0 {
                    let event = self.with(lang, state_event);
                    state.send_replace(event.to_string().into());
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Notes when a snapshot came; copies nothing.
    fn look(&mut self, now: Duration) {
        match self.snapshots.has_changed() {
            Ok(true) => {
                self.snapshots.mark_unchanged();
                (self.received, self.is_taken) = (now, [false; LANGS.len()]);
            }
            // The service has gone. Its last snapshot says whether in order; how old it is counts from when it came.
            Err(_) if !self.is_over => (self.is_over, self.is_taken) = (true, [false; LANGS.len()]),
            Ok(false) | Err(_) => {}
        }
    }

    fn newest(&mut self, lang: Lang, now: Duration) -> &App {
        self.look(now);
        let app = &mut self.apps[place(lang)];
        if !std::mem::replace(&mut self.is_taken[place(lang)], true) {
            let snapshot = self.snapshots.borrow().clone();
            app.take(snapshot, self.received);
        }
        app.tick(now);
        // The page makes no sounds and asks for no names.
        drop(app.effects());
        app
    }
}

/// True when both are the same message, not only alike.
fn same(one: Option<&Arc<SessionCharts>>, other: Option<&Arc<SessionCharts>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn state_event(app: &App) -> Value {
    json!({"texts": app.page(), "status": status(app.snapshot())})
}
