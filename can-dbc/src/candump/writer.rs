//! Writes what the reader reads.

use std::io::{self, Write};

use crate::frame::Frame;

/// Writes one line in the form of `candump -L`, CAN FD with its flags as `##1`.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_frame(out: &mut impl Write, interface: &str, frame: &Frame) -> io::Result<()> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let (seconds, micros) = (frame.t_us.div_euclid(1_000_000), frame.t_us.rem_euclid(1_000_000));
    write!(out, "({seconds}.{micros:06}) {interface} {}#", frame.id)?;
    if let Some(flags) = frame.fd() {
        write!(out, "#{}", flags.bits())?;
    }
    let mut text = [0; 2 * crate::MAX_PAYLOAD + 1];
    let mut at = 0;
    for &byte in frame.payload() {
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    text[at] = b'\n';
    out.write_all(&text[..=at])
}
