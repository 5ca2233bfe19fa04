//! A socket that is only ever read.
//!
//! The kernel knows no receive-only CAN socket: `shutdown(SHUT_WR)` is not supported on them (EOPNOTSUPP), and the
//! smallest send buffer still holds a frame. That nothing is written is therefore a property of this module: the socket
//! is private to it, and reading is all that it offers.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use socketcan::{CanFdSocket, Socket, SocketOptions};

use super::filter::Filter;

/// The buffer size asked for, bytes; the kernel doubles it. Holds 2 s of a full bus at 1 Mbit/s.
const BUFFER_BYTES: libc::c_int = 8 << 20;
/// What a waiting frame takes of the buffer (measured on 64-bit Linux 6.1: 278 frames in 212,992 bytes).
const FRAME_ROOM_BYTES: u64 = 766;
/// Frames a second on a full bus of 250 kbit/s: 131 bits for eight bytes with a 29-bit identifier and no stuff bit.
const FULL_BUS_PER_S: u64 = 1908;
/// Every class of error.
const ALL_ERRORS: u32 = libc::CAN_ERR_MASK;
/// Where `SO_MEMINFO` has the counter of dropped frames (`SK_MEMINFO_DROPS` of `linux/sock_diag.h`).
const DROPS_AT: usize = 8;

/// An open interface.
#[derive(Debug)]
pub(super) struct ReceiveSocket(CanFdSocket);

impl ReceiveSocket {
    /// Opens the interface for every frame that the filter lets pass, and for error frames.
    ///
    /// # Errors
    ///
    /// When the kernel refuses the socket, one of its options, or the interface.
    pub fn open(name: &str, filter: &Filter) -> io::Result<Self> {
        let socket = CanFdSocket::open(name)?;
        if let Filter::Only(filters) = filter {
            socket.set_filters(filters)?;
        }
        socket.set_error_filter(ALL_ERRORS)?;
        Self::prepared(socket)
    }

    /// Asks for time stamps, drop counts and the buffer size.
    fn prepared(socket: CanFdSocket) -> io::Result<Self> {
        socket.set_recv_timestamp(true)?;
        socket.set_socket_option_int(libc::SOL_SOCKET, libc::SO_RXQ_OVFL, 1)?;
        // With CAP_NET_ADMIN the buffer may pass net.core.rmem_max; without, it becomes as large as that allows.
        if socket.set_socket_option_int(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, BUFFER_BYTES).is_err() {
            socket.set_socket_option_int(libc::SOL_SOCKET, libc::SO_RCVBUF, BUFFER_BYTES)?;
        }
        Ok(Self(socket))
    }

    /// How many frames can wait in the kernel.
    ///
    /// # Errors
    ///
    /// When the kernel does not report its buffer size.
    pub fn room_frames(&self) -> io::Result<u64> {
        let bytes = self.0.get_socket_option_int(libc::SOL_SOCKET, libc::SO_RCVBUF)?;
        Ok(u64::try_from(bytes).unwrap_or(0) / FRAME_ROOM_BYTES)
    }

    /// How many frames the kernel has lost to a full buffer; wraps round like its counter.
    pub fn dropped(&self) -> Option<u32> {
        let mut info = [0; 4 * (DROPS_AT + 1)];
        let length = self.0.get_socket_option_bytes(libc::SOL_SOCKET, libc::SO_MEMINFO, &mut info).ok()?;
        let counter = info[..length.min(info.len())].get(4 * DROPS_AT..)?;
        counter.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
    }
}

impl AsFd for ReceiveSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What is wrong with a buffer of this many frames; `None` when it holds a second of a full bus.
pub(super) fn too_small(room_frames: u64) -> Option<String> {
    (room_frames < FULL_BUS_PER_S).then(|| {
        let seconds = room_frames as f64 / FULL_BUS_PER_S as f64;
        format!(
            "the kernel keeps {room_frames} frames only, {seconds:.2} s of a full bus at 250 kbit/s; for more, raise \
             net.core.rmem_max (sysctl) or give the program CAP_NET_ADMIN"
        )
    })
}

#[cfg(test)]
impl ReceiveSocket {
    /// A socket of another kind that brings frames, for measurements where there is no CAN.
    #[cfg(test)]
    pub fn stand_in(socket: std::os::fd::OwnedFd) -> Self {
        Self::prepared(socket.into()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_of_less_than_a_second_is_told() {
        // The default, and the default's limit doubled.
        assert!(too_small(212_992 / FRAME_ROOM_BYTES).unwrap().contains("278 frames only, 0.15 s"));
        assert!(too_small(2 * 212_992 / FRAME_ROOM_BYTES).unwrap().contains("556 frames only, 0.29 s"));
        assert_eq!(too_small(1908), None);
    }
}
