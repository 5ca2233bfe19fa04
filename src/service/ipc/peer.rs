//! The user at the other end of a socket, as the kernel reports it.

use tokio::net::UnixStream;

use super::places::Peer;

/// User and process.
pub(super) fn of(stream: &UnixStream) -> Peer {
    let peer = stream.peer_cred().ok();
    Peer { user: peer.map(|peer| peer.uid()), process: peer.and_then(|peer| peer.pid()) }
}

/// The user's name, or number, and the process; `socket` where the kernel does not say.
pub(super) fn name(stream: &UnixStream) -> String {
    let Ok(peer) = stream.peer_cred() else { return "socket".to_owned() };
    let user = user_name(peer.uid()).unwrap_or_else(|| format!("uid {}", peer.uid()));
    match peer.pid() {
        Some(pid) => format!("{user} (pid {pid})"),
        None => user,
    }
}

/// From `/etc/passwd`; users of a directory service are known by their numbers.
fn user_name(uid: u32) -> Option<String> {
    entry("/etc/passwd", |fields| fields.get(2).is_some_and(|field| field.parse() == Ok(uid)), 0)
}

/// The number of a group of this computer.
pub(super) fn group_id(name: &str) -> Option<u32> {
    entry("/etc/group", |fields| fields.first() == Some(&name), 2)?.parse().ok()
}

fn entry(file: &str, matches: impl Fn(&[&str]) -> bool, field: usize) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let found = text.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| matches(fields))?;
    found.get(field).map(|&field| field.to_owned())
}
