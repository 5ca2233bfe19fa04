//! A bucket of an S3 store.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use ureq::http::Response;
use ureq::{Agent, Body, Error};

use super::credentials::S3Credentials;
use super::store::{Store, StoreError};
use super::tls::Tls;

/// The store's clock and ours may differ by so much before the request is signed anew, seconds: stores refuse 15 min.
const CLOCK_DIFFERS_S: i64 = 300;
/// For how long a signed request holds.
const VALID: Duration = Duration::from_mins(15);
/// The longest text of a refusal that is read, bytes.
const LONGEST_TEXT: u64 = 4096;
/// How many characters of it are kept.
const KEPT_CHARS: usize = 200;

/// Which bucket, and how it is reached.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The store, such as `https://s3.example.com`.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// What the names in the bucket begin with; empty, or without `/` at its end.
    pub prefix: String,
    /// The store's region.
    pub region: String,
    /// How long an answer is waited for.
    pub patience: Duration,
}

/// A bucket.
#[derive(Debug)]
pub struct S3Store {
    agent: Agent,
    bucket: Bucket,
    prefix: String,
    credentials: Option<Credentials>,
    /// What the store's clock is ahead of ours, seconds: a cab's clock may never have been set.
    ahead_s: AtomicI64,
}

impl S3Store {
    /// A bucket; without credentials requests are not signed. Nothing is asked of it yet.
    ///
    /// # Errors
    /// The reason, when endpoint or bucket are impossible.
    pub fn new(config: &S3Config, credentials: Option<S3Credentials>, tls: &Tls) -> Result<Self, String> {
        let endpoint = config.endpoint.parse().map_err(|error| format!("{}: {error}", config.endpoint))?;
        let (bucket, region) = (config.bucket.clone(), config.region.clone());
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket, region)
            .map_err(|error| format!("{}: {error}", config.endpoint))?;
        let patience = Some(config.patience);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .tls_config(tls.for_http()?)
            .timeout_resolve(patience)
            .timeout_connect(patience)
            .timeout_per_read(patience)
            .timeout_per_write(patience)
            .timeout_recv_response(patience)
            .user_agent("grainloss")
            .build()
            .new_agent();
        let credentials = credentials.map(|found| match found.token {
            Some(token) => Credentials::new_with_token(found.key, found.secret, token),
            None => Credentials::new(found.key, found.secret),
        });
        Ok(Self { agent, bucket, prefix: config.prefix.clone(), credentials, ahead_s: AtomicI64::new(0) })
    }

    fn once(&self, object: &str, bytes: &[u8]) -> Result<Response<Body>, StoreError> {
        let action = self.bucket.put_object(self.credentials.as_ref(), object);
        let url = action.sign_with_time(VALID, &self.now());
        self.agent.put(url.as_str()).send(bytes).map_err(|error| match error {
            Error::Timeout(which) => StoreError::Slow(which.to_string()),
            error => StoreError::Unreachable(error.to_string()),
        })
    }

    /// Now by the store's clock, as far as it has said.
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let ahead = jiff::SignedDuration::from_secs(self.ahead_s.load(Ordering::Relaxed));
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Learns the store's clock from its answer; true when ours is wrong.
    fn learn_clock(&self, answer: &Response<Body>) -> bool {
        let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| rfc2822::parse(&date.replace("GMT", "+0000")).ok()) else { return false };
        let ahead_s = date.timestamp().as_second() - Timestamp::now().as_second();
        let before = self.ahead_s.swap(ahead_s, Ordering::Relaxed);
        (ahead_s - before).abs() > CLOCK_DIFFERS_S
    }
}

impl Store for S3Store {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let object = if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) };
        let mut answer = self.once(&object, bytes)?;
        if answer.status() == 403 && self.learn_clock(&answer) {
            answer = self.once(&object, bytes)?;
        }
        self.learn_clock(&answer);
        let status = answer.status();
        if !status.is_success() {
            let text = answer.body_mut().with_config().limit(LONGEST_TEXT).read_to_string().unwrap_or_default();
            let text = text.chars().filter(|c| !c.is_control()).take(KEPT_CHARS).collect();
            return Err(StoreError::Refused { status: status.as_u16(), text });
        }
        // Every S3 store names what it has stored by an ETag; a login page does not.
        if answer.headers().contains_key("etag") { Ok(()) } else { Err(StoreError::NoStore) }
    }
}
