//! Where the page listens, and under which addresses it is found.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

/// The port where none is named (our choice; no service is registered there).
const PORT: u16 = 8460;
/// Where `--web` without an address listens: this computer alone.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:8460";

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(SocketAddr);

/// What is no address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "'{0}' is no address to listen on; expected an IP address, a port, or both, such as 127.0.0.1:8460, 192.168.4.1 or [::]:8460"
)]
pub struct AddressError(String);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let port = || text.parse::<u16>().ok().map(|port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
        let ip = || {
            let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
            bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, PORT))
        };
        let found = text.parse::<SocketAddr>().ok().or_else(port).or_else(ip);
        found.map(Self).ok_or_else(|| AddressError(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Address {
    /// True when other devices cannot reach it.
    pub fn is_loopback(&self) -> bool {
        self.0.ip().is_loopback()
    }

    /// Opens the socket, without waiting on it.
    ///
    /// # Errors
    /// What the system reports.
    pub fn listen(&self) -> std::io::Result<std::net::TcpListener> {
        let listener = std::net::TcpListener::bind(self.0)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    }

    /// Where a listener really listens: with its port where 0 was asked for.
    ///
    /// # Errors
    /// What the system reports.
    pub fn of(listener: &std::net::TcpListener) -> std::io::Result<Self> {
        listener.local_addr().map(Self)
    }

    /// The hosts, with port, under which a browser finds it: its own address; for all of them this computer's addresses on its
    /// networks, and its name where none can be read.
    pub fn hosts(&self) -> Vec<String> {
        let with_port = |ip: IpAddr| SocketAddr::new(ip, self.0.port()).to_string();
        if !self.0.ip().is_unspecified() {
            return vec![with_port(self.0.ip())];
        }
        let table = std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default();
        let own = own_addresses(&table);
        if own.is_empty() {
            let name = host_name().unwrap_or_else(|| "localhost".to_owned());
            return vec![format!("{name}:{}", self.0.port())];
        }
        own.into_iter().map(with_port).collect()
    }
}

/// What this computer is called; `None` when that cannot be read.
pub(crate) fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim().to_ascii_lowercase();
    (!name.is_empty() && name != "(none)").then_some(name)
}

/// This computer's IPv4 addresses, without loopback, from the kernel's table of routes: an address of its own is followed by
/// `/32 host LOCAL`.
fn own_addresses(table: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    let mut last = None;
    for line in table.lines() {
        if let Some(address) = line.trim_start().strip_prefix("|-- ") {
            last = address.trim().parse::<Ipv4Addr>().ok();
        } else if line.contains("/32 host LOCAL")
            && let Some(address) = last.filter(|address| !address.is_loopback())
            && !found.contains(&address.into())
        {
            found.push(address.into());
        }
    }
    found
}

/// True for a host, with or without port, by which no other site can have led a browser here: an address in figures, this
/// computer's name, or one of `names`. A name that only resolves to this computer is refused (DNS rebinding).
pub(crate) fn is_own_host(host: &str, names: &[String]) -> bool {
    if host.parse::<SocketAddr>().is_ok() || host.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    if let Some(bare) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return bare.parse::<IpAddr>().is_ok();
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    let own = host_name().is_some_and(|own| name == own || name == format!("{own}.local"));
    name == "localhost" || own || names.iter().any(|known| known.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_stays_on_this_computer() {
        for (text, address, loopback) in [
            ("8460", "127.0.0.1:8460", true),
            (DEFAULT_ADDRESS, "127.0.0.1:8460", true),
            ("192.168.4.1", "192.168.4.1:8460", false),
            ("0.0.0.0:80", "0.0.0.0:80", false),
            ("::1", "[::1]:8460", true),
            ("[::]:81", "[::]:81", false),
        ] {
            let parsed: Address = text.parse().unwrap();
            assert_eq!((parsed.to_string().as_str(), parsed.is_loopback()), (address, loopback), "{text}");
        }
        for wrong in ["", "cab.example", "127.0.0.1:", "1.2.3.4:99999", "http://127.0.0.1"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn own_addresses_are_those_that_the_kernel_calls_local() {
        let table = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     +-- 10.0.0.0/24 2 0 2\n        |-- 10.0.0.0\n           /24 link UNICAST\n\
            \x20       |-- 10.0.0.7\n           /32 host LOCAL\n        |-- 10.0.0.255\n           /32 link BROADCAST\n\
            \x20    |-- 127.0.0.1\n           /32 host LOCAL\n     |-- 10.0.0.7\n           /32 host LOCAL\n";
        assert_eq!(own_addresses(table), ["10.0.0.7".parse::<IpAddr>().unwrap()]);
        assert!(own_addresses("").is_empty());
    }

    #[test]
    fn a_name_that_only_leads_here_is_no_host_of_ours() {
        let names = ["Cab.example".to_owned()];
        for own in ["127.0.0.1:8460", "10.0.0.7", "[::1]:8460", "[fe80::1]", "localhost:1", "cab.example:8460"] {
            assert!(is_own_host(own, &names), "{own}");
        }
        for foreign in ["evil.example", "evil.example:8460", "127.0.0.1.evil.example", "", "localhost.evil.example"] {
            assert!(!is_own_host(foreign, &names), "{foreign}");
        }
    }
}
