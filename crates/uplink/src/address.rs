//! Where store and broker are, as the configuration states it.

use std::str::FromStr;

use super::mqtt::MqttConfig;

/// MQTT over TLS, and without (IANA).
const PORTS: (u16, u16) = (8883, 1883);

/// A bucket, and what the names in it begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketAddress {
    /// The bucket.
    pub bucket: String,
    /// The prefix, without `/` at its ends; empty without one.
    pub prefix: String,
}

/// This is no address of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A bucket.
    #[error("expected s3://BUCKET or s3://BUCKET/PREFIX")]
    Bucket,
    /// A store.
    #[error("expected https://HOST or http://HOST, with a port where it has one")]
    Endpoint,
    /// A broker.
    #[error("expected mqtts://HOST or mqtt://HOST, with a port where it has one")]
    Broker,
}

impl FromStr for BucketAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = text.strip_prefix("s3://").ok_or(AddressError::Bucket)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        // The rule of S3 for names of buckets.
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) {
            return Err(AddressError::Bucket);
        }
        let prefix = prefix.trim_matches('/');
        if prefix.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '?' | '#' | '%')) {
            return Err(AddressError::Bucket);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl FromStr for MqttConfig {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Broker)?;
        let (is_encrypted, usual) = match scheme {
            "mqtts" => (true, PORTS.0),
            "mqtt" => (false, PORTS.1),
            _ => return Err(AddressError::Broker),
        };
        let (host, port) = host_and_port(rest.trim_end_matches('/')).ok_or(AddressError::Broker)?;
        Ok(Self { host, port: port.unwrap_or(usual), is_encrypted })
    }
}

/// Looks whether this is the address of a store.
///
/// # Errors
/// [`AddressError::Endpoint`] when it is none.
pub fn check_endpoint(text: &str) -> Result<(), AddressError> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(AddressError::Endpoint)?;
    host_and_port(rest.trim_end_matches('/')).map(|_| ()).ok_or(AddressError::Endpoint)
}

/// `name`, `name:port`, `[v6]:port`.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_');
    if host.is_empty() || !host.chars().all(of_host) {
        return None;
    }
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(port.parse().ok().filter(|port| *port > 0)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_and_others_refused() {
        let bucket: BucketAddress = "s3://county-2026/in/cabs/".parse().unwrap();
        assert_eq!((&*bucket.bucket, &*bucket.prefix), ("county-2026", "in/cabs"));
        for wrong in ["county", "s3://", "s3://ab", "s3://Big", "https://x/y", "s3://county/a b", "s3://county/a?b"] {
            assert_eq!(wrong.parse::<BucketAddress>(), Err(AddressError::Bucket), "{wrong}");
        }
        let of = |text: &str| text.parse::<MqttConfig>().map(|found| (found.host, found.port, found.is_encrypted));
        assert_eq!(of("mqtts://b.example"), Ok(("b.example".to_owned(), 8883, true)));
        assert_eq!(of("mqtt://[fd00::1]:1884/"), Ok(("fd00::1".to_owned(), 1884, false)));
        for wrong in ["b.example", "mqtt://", "mqtt://b:0", "mqtt://b:x", "tcp://b", "mqtt://a/b", "mqtt://u@b"] {
            assert_eq!(of(wrong), Err(AddressError::Broker), "{wrong}");
        }
        assert!(check_endpoint("https://s3.example:9000/").is_ok());
        for wrong in ["s3.example", "ftp://s3.example", "https://", "https://s3.example/path"] {
            assert_eq!(check_endpoint(wrong), Err(AddressError::Endpoint), "{wrong}");
        }
    }
}
