//! The connection to the broker: subscribes, and comes back after every loss.

use std::sync::Arc;
use std::time::Duration;

use grainloss_uplink::{Backoff, MqttConfig, MqttCredentials};
use rumqttc::mqttbytes::v5::{Packet, SubscribeReasonCode};
use rumqttc::{AsyncClient, Event, MqttOptions, QoS, SubscribeFilterInput, TlsConfiguration, Transport};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::ears::Counts;
use super::keeper::Keeper;
use super::message::{ROOT, TOPICS};
use crate::error::StoreError;

/// So often what was heard is written.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// So long the connection may be silent before it counts as lost, s.
const KEEP_ALIVE_S: u16 = 30;
/// So long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);
/// The longest wait after a failure: the office wants to know soon.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Longer packets are not sent to us by the broker, bytes. What is shorter and too long for a message is counted.
const LONGEST_PACKET: u32 = 256 << 10;
/// Messages that wait to be read; then the broker waits.
const WAITING: usize = 256;

/// Which broker, and as whom.
#[derive(Clone, Debug)]
pub struct ListenConfig {
    /// The broker.
    pub broker: MqttConfig,
    /// User and password; `None` without.
    pub credentials: Option<MqttCredentials>,
    /// Whom to trust, and our certificate; `None` without TLS.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

/// What people are to know.
#[derive(Debug)]
pub enum News<'a> {
    /// Connected, and subscribed; listens for so many machines.
    Connected(usize),
    /// The connection was lost, or none was made: why, and after how many seconds it is tried again.
    Lost(&'a str, u64),
    /// Further messages were refused.
    Refused(&'a Counts),
    /// What was heard cannot be written; it is tried again.
    NotKept(&'a StoreError),
}

/// What the connection gives.
enum Given {
    Connected,
    Subscribed,
    Message { topic: Vec<u8>, payload: Vec<u8>, is_kept: bool },
    Lost(String),
}

/// Listens until the process ends. `say` is called with what people are to know.
///
/// # Errors
/// When there is no runtime.
pub fn listen(config: &ListenConfig, keeper: &mut Keeper, say: impl FnMut(News<'_>)) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut listener = Listener { config, keeper, say, refused: 0, kept: true };
    runtime.block_on(listener.run());
    Ok(())
}

struct Listener<'a, S> {
    config: &'a ListenConfig,
    keeper: &'a mut Keeper,
    say: S,
    /// How many refused messages were said.
    refused: u64,
    /// The newest writing worked.
    kept: bool,
}

impl<S: FnMut(News<'_>)> Listener<'_, S> {
    async fn run(&mut self) {
        let mut backoff = Backoff::new(&self.config.broker.host).at_most(LONGEST_WAIT);
        let mut keeps = interval(KEEP_EVERY);
        keeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let error = self.connection(&mut backoff, &mut keeps).await;
            let wait = backoff.failed();
            (self.say)(News::Lost(&error, wait.as_secs().max(1)));
            let until = Instant::now() + wait;
            loop {
                tokio::select! {
                    () = sleep_until(until) => break,
                    _ = keeps.tick() => self.keep(),
                }
            }
        }
    }

    /// One connection until it ends; gives why it did.
    async fn connection(&mut self, backoff: &mut Backoff, keeps: &mut tokio::time::Interval) -> String {
        let (client, mut event_loop) = match AsyncClient::builder(self.options()).capacity(8).try_build() {
            Ok(built) => built,
            Err(error) => return error.to_string(),
        };
        // It has a task of its own: what is half received is never given up.
        let (gives, mut given) = mpsc::channel(WAITING);
        let poll = tokio::spawn(async move {
            loop {
                let found = match event_loop.poll().await {
                    Ok(Event::Incoming(packet)) => of_packet(packet),
                    Ok(_) => None,
                    Err(error) => Some(Given::Lost(error.to_string())),
                };
                let Some(found) = found else { continue };
                let is_over = matches!(found, Given::Lost(_));
                if gives.send(found).await.is_err() || is_over {
                    return;
                }
            }
        });
        let error = loop {
            tokio::select! {
                found = given.recv() => match found {
                    Some(Given::Connected) => {
                        let all = TOPICS.map(|topic| {
                            SubscribeFilterInput::new(format!("{ROOT}/+/{topic}"), QoS::AtLeastOnce)
                        });
                        if let Err(error) = client.subscribe_many(all).await {
                            break error.to_string();
                        }
                    }
                    Some(Given::Subscribed) => {
                        backoff.worked();
                        self.keep();
                        (self.say)(News::Connected(self.keeper.ears.machines().len()));
                    }
                    Some(Given::Message { topic, payload, is_kept }) => {
                        self.keeper.ears.hear(&topic, &payload, is_kept, now_us());
                    }
                    Some(Given::Lost(error)) => break error,
                    None => break "the connection ended".to_owned(),
                },
                _ = keeps.tick() => self.keep(),
            }
        };
        poll.abort();
        error
    }

    /// Writes what was heard, and says what is new about what was refused.
    fn keep(&mut self) {
        let written = self.keeper.keep();
        if let Err(error) = &written
            && self.kept
        {
            (self.say)(News::NotKept(error));
        }
        self.kept = written.is_ok();
        let counts = self.keeper.ears.counts();
        if counts.all_refused() > self.refused {
            self.refused = counts.all_refused();
            (self.say)(News::Refused(counts));
        }
    }

    fn options(&self) -> MqttOptions {
        let broker = &self.config.broker;
        // The broker gives it a name of its own: several offices may listen.
        let mut options = MqttOptions::new("", (broker.host.as_str(), broker.port));
        options.set_keep_alive(KEEP_ALIVE_S).set_connect_timeout(CONNECT).set_clean_start(true);
        options.set_max_packet_size(Some(LONGEST_PACKET));
        if let Some(tls) = &self.config.tls {
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(tls))));
        }
        if let Some(found) = &self.config.credentials {
            options.set_credentials(found.user.clone(), found.password.clone());
        }
        options
    }
}

fn of_packet(packet: Packet) -> Option<Given> {
    match packet {
        Packet::ConnAck(_) => Some(Given::Connected),
        Packet::SubAck(ack) => {
            let refused = ack.return_codes.iter().find(|code| !matches!(code, SubscribeReasonCode::Success(_)));
            Some(match refused {
                None => Given::Subscribed,
                Some(code) => Given::Lost(format!("the broker refuses the subscription to {ROOT}/#: {code:?}")),
            })
        }
        Packet::Publish(message) => Some(Given::Message {
            topic: message.topic.to_vec(),
            payload: message.payload.to_vec(),
            is_kept: message.retain,
        }),
        _ => None,
    }
}

/// Now, µs since 1970 UTC.
#[allow(clippy::disallowed_methods, reason = "an edge: when a message came is the office's time")]
fn now_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
