//! The kernel's `can_frame` and `canfd_frame`: identifier and flags, length, three bytes of no interest, payload.

use grainloss_can::{CanId, Frame};

use crate::health::{ErrorFrame, InterfaceReport};

/// Flags in the identifier.
pub(super) const EXTENDED: u32 = libc::CAN_EFF_FLAG;
pub(super) const REMOTE: u32 = libc::CAN_RTR_FLAG;
const ERROR: u32 = libc::CAN_ERR_FLAG;
/// Bytes before the payload.
const HEADER: usize = 8;

/// A data frame of this interface, or what came in its place.
pub(super) fn read(bytes: &[u8], t_us: i64, interface: u8) -> Result<Frame, InterfaceReport> {
    let Some((header, data)) = bytes.split_first_chunk::<HEADER>() else { return Err(InterfaceReport::Odd) };
    let flagged = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]);
    let bits = flagged & libc::CAN_EFF_MASK;
    if flagged & ERROR != 0 {
        let Some(&data) = data.first_chunk() else { return Err(InterfaceReport::Odd) };
        return Err(InterfaceReport::Error(ErrorFrame { class: bits, data }));
    }
    if flagged & REMOTE != 0 {
        return Err(InterfaceReport::Odd);
    }
    let id = if flagged & EXTENDED != 0 { CanId::extended(bits) } else { CanId::standard(bits) };
    let payload = data.get(..usize::from(header[4]));
    let frame = id.zip(payload).and_then(|(id, payload)| Frame::new(t_us, id, payload));
    let mut frame = frame.ok_or(InterfaceReport::Odd)?;
    frame.interface = interface;
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(id: u32, length: u8, data: &[u8]) -> Vec<u8> {
        [&id.to_ne_bytes()[..], &[length, 0, 0, 0], data].concat()
    }

    #[test]
    fn data_frames_are_read_and_others_told_apart() {
        let data = [1, 2, 3, 4, 5, 6, 7, 8];
        let frame = read(&wire(0x8CF0_0400, 8, &data), 42, 3).unwrap();
        assert_eq!((frame.id, frame.t_us, frame.interface), (CanId::extended(0x0CF0_0400).unwrap(), 42, 3));
        assert_eq!(frame.payload(), data);
        let short = read(&wire(0x123, 2, &data), 0, 0).unwrap();
        assert_eq!((short.id, short.payload()), (CanId::standard(0x123).unwrap(), &data[..2]));
        let long = read(&wire(0x123, 64, &[9; 64]), 0, 0).unwrap();
        assert_eq!(long.payload(), [9; 64]);
        // A remote request; an 11-bit identifier of more bits; a length past the end; half a header; an error.
        for odd in [wire(0x4000_0123, 0, &data), wire(0x1234_5678, 8, &data), wire(0x123, 9, &data), vec![1; 7]] {
            assert_eq!(read(&odd, 0, 0), Err(InterfaceReport::Odd), "{odd:?}");
        }
        let error = InterfaceReport::Error(ErrorFrame { class: 0x204, data });
        assert_eq!(read(&wire(0x2000_0204, 8, &data), 0, 0), Err(error));
    }
}
