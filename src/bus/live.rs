//! Frames from the kernel's CAN sockets. Opens, reads, and never writes.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use grainloss_can::{CanId, Frame};
use socketcan::{CanAnyFrame, CanFdSocket, EmbeddedFrame, Frame as _, Socket, SocketOptions};

use super::{BusError, FrameSource, Polled};

/// How long a silent bus is waited for.
const PATIENCE: Duration = Duration::from_millis(100);
/// Room for 2 s of a full 500 kbit/s bus; the default of 212,992 bytes holds 278 frames.
const RECEIVE_BUFFER_BYTES: libc::c_int = 8 << 20;
/// The kind of network interface that speaks CAN, as `/sys/class/net/NAME/type` has it (ARPHRD_CAN).
const ARPHRD_CAN: &str = "280";

/// The CAN interfaces of this computer.
pub fn can_interfaces() -> Vec<String> {
    let entries = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| fs::read_to_string(entry.path().join("type")).is_ok_and(|kind| kind.trim() == ARPHRD_CAN))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// One interface, listened to.
#[derive(Debug)]
pub struct LiveSource {
    name: String,
    /// `None` while the interface is away.
    socket: Option<CanFdSocket>,
    started: Instant,
    started_us: i64,
    bad: u64,
}

impl LiveSource {
    /// Opens the interface.
    #[allow(clippy::disallowed_methods, reason = "an edge: live frames are dated here")]
    pub fn open(name: &str) -> Result<Self, BusError> {
        // A name is looked up in the file system: it must not lead elsewhere.
        if name.contains('/') || !Path::new("/sys/class/net").join(name).exists() {
            let names = can_interfaces();
            let found = if names.is_empty() {
                "this computer has no CAN interface (is the adapter plugged in, and up? `ip link` lists them)"
                    .to_owned()
            } else {
                format!("CAN interfaces here: {}", names.join(", "))
            };
            return Err(BusError::NoInterface { name: name.to_owned(), found });
        }
        let socket = connect(name).map_err(|error| BusError::Socket { name: name.to_owned(), error })?;
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started_us = since_1970.as_micros() as i64;
        Ok(Self { name: name.to_owned(), socket: Some(socket), started: Instant::now(), started_us, bad: 0 })
    }

    /// Remote requests, error frames and odd frames so far.
    pub const fn bad(&self) -> u64 {
        self.bad
    }

    /// The wall clock at the start, carried on by the monotonic one: it never jumps.
    fn now_us(&self) -> i64 {
        self.started_us + self.started.elapsed().as_micros() as i64
    }

    /// The interface is away or down: wait, try again, and let time pass.
    fn away(&mut self) -> Polled {
        std::thread::sleep(PATIENCE);
        if self.socket.is_none() {
            self.socket = connect(&self.name).ok();
            if self.socket.is_some() {
                tracing::warn!("{}: the interface is back", self.name);
            }
        }
        Polled::Quiet(self.now_us())
    }
}

impl FrameSource for LiveSource {
    fn poll(&mut self) -> Result<Polled, BusError> {
        let Some(socket) = &self.socket else { return Ok(self.away()) };
        match socket.read_frame_timeout(PATIENCE) {
            Ok(frame) => {
                let now_us = self.now_us();
                if let Some(frame) = data_frame(&frame, now_us) {
                    return Ok(Polled::Frame(frame));
                }
                self.bad += 1;
                Ok(Polled::Quiet(now_us))
            }
            Err(error) => match (error.kind(), error.raw_os_error()) {
                (io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted, _) => {
                    Ok(Polled::Quiet(self.now_us()))
                }
                // A frame of an odd length: the next one may be good.
                (io::ErrorKind::InvalidData, _) => {
                    self.bad += 1;
                    Ok(Polled::Quiet(self.now_us()))
                }
                // Down: the same socket works again once the interface is up.
                (_, Some(libc::ENETDOWN)) => {
                    tracing::warn!("{}: the interface is down, waiting for it", self.name);
                    Ok(self.away())
                }
                // Gone: the socket is dead.
                (_, Some(libc::ENODEV | libc::ENXIO)) => {
                    tracing::warn!("{}: the interface is gone, waiting for it", self.name);
                    self.socket = None;
                    Ok(self.away())
                }
                _ => Err(BusError::Socket { name: self.name.clone(), error }),
            },
        }
    }
}

fn connect(name: &str) -> io::Result<CanFdSocket> {
    let socket = CanFdSocket::open(name)?;
    // With CAP_NET_ADMIN the buffer may pass net.core.rmem_max; without, it becomes as large as that allows.
    if socket.set_socket_option_int(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES).is_err() {
        socket.set_socket_option_int(libc::SOL_SOCKET, libc::SO_RCVBUF, RECEIVE_BUFFER_BYTES)?;
    }
    Ok(socket)
}

/// A data frame in our own form; `None` for remote requests and error frames.
fn data_frame(frame: &CanAnyFrame, now_us: i64) -> Option<Frame> {
    let (id, extended, data) = match frame {
        CanAnyFrame::Normal(frame) => (frame.raw_id(), frame.is_extended(), frame.data()),
        CanAnyFrame::Fd(frame) => (frame.raw_id(), frame.is_extended(), frame.data()),
        CanAnyFrame::Remote(_) | CanAnyFrame::Error(_) => return None,
    };
    let id = if extended { CanId::extended(id) } else { CanId::standard(id) }?;
    Frame::new(now_us, id, data)
}
