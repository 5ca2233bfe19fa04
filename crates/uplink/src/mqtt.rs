//! The messages to the broker, on a thread of their own.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rumqttc::mqttbytes::v5::Packet;
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, PublishOptions, QoS, TlsConfiguration, Transport};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::alarms::Alarms;
use super::backoff::Backoff;
use super::budget::{Budget, OVERHEAD_BYTES};
use super::credentials::MqttCredentials;
use super::messages::{News, Topic, Waiting, online, state};
use super::outbox::Outbox;
use super::status::StatusFile;
use grainloss_protocol::snapshot::Snapshot;

/// How often the state is sent.
const STATE_EVERY: Duration = Duration::from_mins(1);
/// An alarm that is sent later than this after it was taken is late (our choice).
const LATE: Duration = Duration::from_secs(10);
/// So long the connection may be silent before it counts as lost, s.
const KEEP_ALIVE_S: u16 = 30;
/// So long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);
/// So long the last word may take when the service ends.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Which broker, and as whom.
#[derive(Clone, Debug)]
pub struct MqttConfig {
    /// The broker's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// With TLS.
    pub is_encrypted: bool,
}

/// What the messages need.
#[derive(Debug)]
pub(crate) struct Messages {
    pub config: MqttConfig,
    pub credentials: Option<MqttCredentials>,
    pub tls: Option<Arc<rustls::ClientConfig>>,
    pub machine: String,
    pub software: String,
    pub outbox: Outbox,
    pub budget: Arc<Mutex<Budget>>,
    pub status: Arc<StatusFile>,
    pub snapshots: watch::Receiver<Snapshot>,
    /// The budget's time is from here.
    pub begun: Instant,
    pub stop: watch::Receiver<bool>,
}

/// Why a connection ended.
enum End {
    /// The service ends.
    Stop,
    /// The broker is away.
    Lost(String),
}

/// The broker's word that it has a message.
type Arrival = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// What is under way to the broker.
enum Under {
    News(Box<News>),
    Other,
}

impl Messages {
    /// Sends until it is stopped.
    pub async fn run(mut self) {
        let mut alarms = Alarms::open(self.outbox.folder());
        let mut backoff = Backoff::new(&self.machine);
        let mut taken_at: Option<Instant> = None;
        loop {
            match self.connection(&mut alarms, &mut backoff, &mut taken_at).await {
                End::Stop => return,
                End::Lost(error) => {
                    let waiting = alarms.waiting();
                    self.status.broker(|line| line.failed("unreachable", &error, waiting));
                }
            }
            // While nothing can be sent alarms are taken all the same.
            let wait = sleep(backoff.failed());
            tokio::pin!(wait);
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    () = stopped(&mut self.stop) => return,
                    changed = self.snapshots.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        self.take(&mut alarms, &mut taken_at);
                    }
                }
            }
        }
    }

    /// Takes the news of the newest snapshot. It is held for no longer than it takes to look through its events.
    fn take(&mut self, alarms: &mut Alarms, taken_at: &mut Option<Instant>) {
        let taken = alarms.look(&self.snapshots.borrow_and_update());
        let before = alarms.waiting();
        alarms.keep(taken);
        if before == 0 && alarms.waiting() > 0 {
            *taken_at = Some(Instant::now());
        }
    }

    /// Sends over one connection until it ends.
    async fn connection(&mut self, alarms: &mut Alarms, backoff: &mut Backoff, taken_at: &mut Option<Instant>) -> End {
        let (client, mut event_loop) = match AsyncClient::builder(self.options()).capacity(8).try_build() {
            Ok(built) => built,
            Err(error) => return End::Lost(error.to_string()),
        };
        // The connection has a task of its own: what is half received is never given up for a snapshot.
        let (heard, mut hears) = mpsc::channel(8);
        let poll = tokio::spawn(async move {
            loop {
                let said = match event_loop.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => Ok(()),
                    Ok(_) => continue,
                    Err(error) => Err(error.to_string()),
                };
                let is_over = said.is_err();
                if heard.send(said).await.is_err() || is_over {
                    return;
                }
            }
        });
        let mut connected = false;
        let mut greeted = false;
        let mut next_state = Instant::now();
        let mut under: Option<(Under, Arrival)> = None;
        let end = loop {
            if connected && under.is_none() {
                under = match self.next(&client, alarms, *taken_at, &mut greeted, &mut next_state).await {
                    Ok(under) => under,
                    Err(error) => break End::Lost(error),
                };
            }
            let state_due = sleep_until(next_state);
            tokio::select! {
                said = hears.recv() => match said {
                    Some(Ok(())) => connected = true,
                    Some(Err(error)) => break End::Lost(error),
                    None => break End::Lost("the connection ended".to_owned()),
                },
                result = arrival(&mut under) => match result {
                    Ok(Under::News(news)) => {
                        alarms.arrived(&news);
                        backoff.worked();
                        self.status.broker(|line| line.worked(alarms.waiting()));
                    }
                    Ok(Under::Other) => {
                        backoff.worked();
                        self.status.broker(|line| line.worked(alarms.waiting()));
                    }
                    Err(error) => break End::Lost(error),
                },
                changed = self.snapshots.changed() => {
                    if changed.is_err() {
                        break End::Stop;
                    }
                    self.take(alarms, taken_at);
                }
                () = state_due, if connected && under.is_none() => {}
                () = stopped(&mut self.stop) => break End::Stop,
            }
        };
        if matches!(end, End::Stop) && connected {
            self.take(alarms, taken_at);
            // What cannot be said in time is said by the broker itself.
            let _ = timeout(LAST_WORD, self.last_words(&client, alarms, under)).await;
        }
        poll.abort();
        end
    }

    fn options(&self) -> MqttOptions {
        let mut options = MqttOptions::new(&self.machine, (self.config.host.as_str(), self.config.port));
        options.set_keep_alive(KEEP_ALIVE_S).set_connect_timeout(CONNECT).set_clean_start(true);
        if let Some(tls) = &self.tls {
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(tls))));
        }
        if let Some(found) = &self.credentials {
            options.set_credentials(found.user.clone(), found.password.clone());
        }
        let gone = online(&self.machine, false, &self.software).to_string();
        options.set_last_will(LastWill::new(Topic::Online.of(&self.machine), gone, QoS::AtLeastOnce, true, None));
        options
    }

    /// What is to be sent next, if anything.
    async fn next(
        &mut self,
        client: &AsyncClient,
        alarms: &Alarms,
        taken_at: Option<Instant>,
        greeted: &mut bool,
        next_state: &mut Instant,
    ) -> Result<Option<(Under, Arrival)>, String> {
        if let Some((news, is_old)) = alarms.first() {
            let late = is_old || taken_at.is_some_and(|taken| taken.elapsed() > LATE);
            let payload = news.payload(&self.machine, late);
            let notice = self.publish(client, news.topic(), &payload).await?;
            return Ok(Some((Under::News(Box::new(news.clone())), notice)));
        }
        if !std::mem::replace(greeted, true) {
            let payload = online(&self.machine, true, &self.software);
            return Ok(Some((Under::Other, self.publish(client, Topic::Online, &payload).await?)));
        }
        if Instant::now() < *next_state {
            return Ok(None);
        }
        *next_state = Instant::now() + STATE_EVERY;
        let blocks = self.status.now().store.map_or(0, |line| line.waiting);
        let waiting = Waiting { blocks, alarms_lost: alarms.lost() };
        let payload = state(&self.machine, &self.snapshots.borrow(), waiting);
        let bytes = payload.to_string().len() as u64 + OVERHEAD_BYTES;
        // A state that does not fit is left out: the next one says more.
        if self.budget().wait(bytes, self.begun.elapsed()).is_some() {
            return Ok(None);
        }
        Ok(Some((Under::Other, self.publish(client, Topic::State, &payload).await?)))
    }

    async fn publish(&self, client: &AsyncClient, topic: Topic, payload: &Value) -> Result<Arrival, String> {
        let payload = payload.to_string();
        self.budget().spend(payload.len() as u64 + OVERHEAD_BYTES, self.begun.elapsed());
        let retain = matches!(topic, Topic::State | Topic::Online);
        let options = PublishOptions::new(QoS::AtLeastOnce).retain(retain);
        let sent = client.publish_tracked(topic.of(&self.machine), payload, options).await;
        let notice = sent.map_err(|error| error.to_string())?;
        Ok(Box::pin(async move { notice.wait_completion_async().await.map_err(|error| error.to_string()) }))
    }

    /// What is under way and the alarms that wait, then that the cab goes.
    async fn last_words(&self, client: &AsyncClient, alarms: &mut Alarms, mut under: Option<(Under, Arrival)>) {
        loop {
            if under.is_some() {
                match arrival(&mut under).await {
                    Ok(Under::News(news)) => alarms.arrived(&news),
                    Ok(Under::Other) => {}
                    Err(_) => return,
                }
            }
            let Some(news) = alarms.first().map(|(news, _)| news.clone()) else { break };
            let payload = news.payload(&self.machine, false);
            let Ok(notice) = self.publish(client, news.topic(), &payload).await else { return };
            under = Some((Under::News(Box::new(news)), notice));
        }
        let gone = online(&self.machine, false, &self.software);
        if let Ok(notice) = self.publish(client, Topic::Online, &gone).await
            && notice.await.is_ok()
        {
            // The will is not needed any more.
            let _ = client.disconnect().await;
        }
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the broker has what is under way; for ever when nothing is. A wait that is given up goes on with the next.
async fn arrival(under: &mut Option<(Under, Arrival)>) -> Result<Under, String> {
    let Some((_, arrives)) = under else { return std::future::pending().await };
    let result = arrives.await;
    let Some((what, _)) = under.take() else { return std::future::pending().await };
    result.map(|()| what)
}

/// Waits until the service ends.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone has ended.
    let _ = stop.wait_for(|stop| *stop).await;
}
