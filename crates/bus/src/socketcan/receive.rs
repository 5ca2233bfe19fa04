//! Receiving many frames with one system call, each with the kernel's time stamp and drop counter.
//!
//! The only unsafe code of the program. It is here because no maintained crate does it: socketcan's `recvmsg` reads no
//! `SO_RXQ_OVFL`, rustix's knows descriptors and credentials only, and nix's `recvmmsg` does not restore
//! `msg_controllen`, which the kernel shortens, so that its buffers are too small from the second call on.
//!
//! Everything unsafe is between two lines: the pointers given to the kernel lead into one [`Batch`], which lives through
//! the call, and the lengths given with them are those of its arrays. What comes back is plain bytes; they are taken
//! apart by safe code.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::time::Duration;

/// Frames taken with one call.
pub(super) const BATCH: usize = 64;
/// A CAN FD frame as the kernel hands it over; a classic one takes the first 16 bytes.
pub(super) const FRAME_BYTES: usize = size_of::<libc::canfd_frame>();
/// Space for a time stamp and a counter: 32 and 24 bytes with 64-bit words, less with 32-bit ones.
const CONTROL_BYTES: usize = 64;

/// Bytes where the kernel may put control messages: they must lie on a word's boundary.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; CONTROL_BYTES]);

/// The buffers for one call, and what the last call received.
pub(super) struct Batch {
    frames: [[u8; FRAME_BYTES]; BATCH],
    controls: [Control; BATCH],
    /// Bytes of each frame, and of its control messages.
    lengths: [(usize, usize); BATCH],
}

/// One frame as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received<'a> {
    /// The kernel's `can_frame` or `canfd_frame`, as many bytes of it as came.
    pub bytes: &'a [u8],
    /// When the kernel received it, since 1970 by its wall clock.
    pub stamp: Option<Duration>,
    /// How many frames this socket has lost to a full buffer until this one was queued; absent before the first loss.
    pub dropped: Option<u32>,
}

impl Batch {
    pub fn new() -> Box<Self> {
        Box::new(Self {
            frames: [[0; FRAME_BYTES]; BATCH],
            controls: [Control([0; CONTROL_BYTES]); BATCH],
            lengths: [(0, 0); BATCH],
        })
    }

    /// Takes what waits in the socket, up to [`BATCH`] frames, and says how many; never waits for more.
    ///
    /// # Errors
    ///
    /// The error of `recvmmsg`; `WouldBlock` when no frame waits.
    pub fn receive(&mut self, socket: &impl AsFd) -> io::Result<usize> {
        let mut parts = [libc::iovec { iov_base: ptr::null_mut(), iov_len: FRAME_BYTES }; BATCH];
        // SAFETY: an mmsghdr is a C structure of integers and pointers, for which all bits zero is a value: no address,
        // no parts, no flags. (It has padding on some systems, so that it cannot be written out.)
        let mut headers: [libc::mmsghdr; BATCH] = unsafe { std::mem::zeroed() };
        for (at, header) in headers.iter_mut().enumerate() {
            parts[at].iov_base = self.frames[at].as_mut_ptr().cast();
            header.msg_hdr.msg_iov = &raw mut parts[at];
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = self.controls[at].0.as_mut_ptr().cast();
            // The type of the length differs between C libraries.
            header.msg_hdr.msg_controllen = CONTROL_BYTES as _;
        }
        let (first, flags) = (headers.as_mut_ptr(), libc::MSG_DONTWAIT);
        // SAFETY: the socket is open as long as it is borrowed. `first` leads to BATCH headers; each names one part of
        // FRAME_BYTES bytes in `self.frames` and CONTROL_BYTES aligned bytes in `self.controls`, both borrowed
        // mutably and larger than nothing the kernel writes. No time-out is given. After the call no pointer is used.
        let taken =
            unsafe { libc::recvmmsg(socket.as_fd().as_raw_fd(), first, BATCH as _, flags as _, ptr::null_mut()) };
        let taken = usize::try_from(taken).map_err(|_| io::Error::last_os_error())?;
        for (lengths, header) in self.lengths.iter_mut().zip(&headers[..taken]) {
            #[allow(clippy::unnecessary_cast, reason = "musl has a shorter type here")]
            let control = header.msg_hdr.msg_controllen as usize;
            *lengths = ((header.msg_len as usize).min(FRAME_BYTES), control.min(CONTROL_BYTES));
        }
        Ok(taken)
    }

    /// A frame of the last call.
    pub fn get(&self, at: usize) -> Received<'_> {
        let (length, control) = self.lengths[at];
        let mut received = Received { bytes: &self.frames[at][..length], stamp: None, dropped: None };
        read_control(&self.controls[at].0[..control], &mut received);
        received
    }
}

/// The header of a control message: a length of one word, level and kind.
const HEADER: usize = size_of::<libc::cmsghdr>();

/// Reads control messages, which stand one after the other on word boundaries (`CMSG_ALIGN`).
fn read_control(mut bytes: &[u8], received: &mut Received<'_>) {
    const WORD: usize = size_of::<usize>();
    while let Some((header, _)) = bytes.split_at_checked(HEADER) {
        // The length is a size_t in glibc; in musl a u32 and padding, which on little-endian machines reads the same.
        let length = word(header);
        let (level, kind) = (int(&header[HEADER - 8..]), int(&header[HEADER - 4..]));
        let Some(data) = bytes.get(HEADER..length) else { return };
        match (level, kind) {
            (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) if data.len() == size_of::<libc::timespec>() => {
                let (seconds, nanos) = data.split_at(data.len() / 2);
                received.stamp = Some(Duration::new(word(seconds) as u64, word(nanos) as u32));
            }
            (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) if data.len() == 4 => received.dropped = Some(int(data) as u32),
            _ => {}
        }
        bytes = bytes.get(length.next_multiple_of(WORD)..).unwrap_or_default();
    }
}

/// The native word at the start; the callers cut at least as much.
fn word(bytes: &[u8]) -> usize {
    bytes.first_chunk().map_or(0, |bytes| usize::from_ne_bytes(*bytes))
}

fn int(bytes: &[u8]) -> libc::c_int {
    bytes.first_chunk().map_or(0, |bytes| libc::c_int::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: libc::c_int, data: &[u8]) -> Vec<u8> {
        let mut bytes = (HEADER + data.len()).to_ne_bytes().to_vec();
        bytes.extend(libc::SOL_SOCKET.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(size_of::<usize>()), 0);
        bytes
    }

    fn read(bytes: &[u8]) -> (Option<Duration>, Option<u32>) {
        let mut received = Received { bytes: &[], stamp: None, dropped: None };
        read_control(bytes, &mut received);
        (received.stamp, received.dropped)
    }

    #[test]
    fn control_messages_are_read_in_any_order_and_strange_ones_skipped() {
        let time = [1_760_000_000_usize.to_ne_bytes(), 123_456_789_usize.to_ne_bytes()].concat();
        let (stamp, dropped) = (message(libc::SCM_TIMESTAMPNS, &time), message(libc::SO_RXQ_OVFL, &[7, 0, 0, 0]));
        let strange = message(99, &[1, 2, 3]);
        let expected = (Some(Duration::new(1_760_000_000, 123_456_789)), Some(u32::from_ne_bytes([7, 0, 0, 0])));
        assert_eq!(read(&[stamp.clone(), dropped.clone()].concat()), expected);
        assert_eq!(read(&[dropped.clone(), strange, stamp.clone()].concat()), expected);
        assert_eq!(read(&[]), (None, None));
        // Cut short, or with a length that leads nowhere: what is whole is read, and reading ends.
        let both = [stamp, dropped].concat();
        for length in 0..both.len() {
            let whole = length >= 32;
            assert_eq!(read(&both[..length]).0.is_some(), whole, "{length}");
        }
        assert_eq!(read(&[0; 40]), (None, None));
        assert_eq!(read(&[0xFF; 40]), (None, None));
    }

    /// Any socket has control messages and batches: a pair of local ones stands for a bus.
    #[test]
    fn a_batch_takes_what_waits_and_no_more() {
        let (ours, theirs) = std::os::unix::net::UnixDatagram::pair().unwrap();
        let mut batch = Batch::new();
        assert_eq!(batch.receive(&ours).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        for at in 0..100_u8 {
            theirs.send(&[at; 16]).unwrap();
        }
        // Twice, with less than a batch the second time.
        assert_eq!(batch.receive(&ours).unwrap(), BATCH);
        assert_eq!(batch.get(63).bytes, [63; 16]);
        assert_eq!(batch.receive(&ours).unwrap(), 100 - BATCH);
        assert_eq!(batch.get(35).bytes, [99; 16]);
        assert_eq!((batch.get(0).stamp, batch.get(0).dropped), (None, None));
        // Longer than a frame: cut, not overrun.
        theirs.send(&[1; 200]).unwrap();
        assert_eq!(batch.receive(&ours).unwrap(), 1);
        assert_eq!(batch.get(0).bytes, [1; FRAME_BYTES]);
    }
}
