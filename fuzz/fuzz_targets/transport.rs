//! Any frames to the assembler: no panic, no message longer than its protocol allows, no byte that no frame has brought.
#![no_main]

use grainloss_can::{Assembler, CanId, Frame, LONGEST_BROADCAST, LONGEST_FAST_PACKET, Pgn, Taken};
use libfuzzer_sys::fuzz_target;

/// Announcement, packet, a fast packet, an ordinary group.
const GROUPS: [u32; 4] = [0xECFF, 0xEBFF, 0x1_F805, 0xFECA];

fuzz_target!(|bytes: &[u8]| {
    let mut assembler = Assembler::new(Pgn::new(129_029).into_iter().collect());
    let mut t_us = 0i64;
    // Ten bytes a frame: what it is, from whom, on which interface; how much later, or earlier; the payload.
    for chunk in bytes.chunks_exact(10) {
        let group = GROUPS[usize::from(chunk[0] & 3)];
        t_us += i64::from(chunk[1] as i8) * 10_000;
        let id = CanId::extended(0x1800_0000 | group << 8 | u32::from(chunk[0] >> 2 & 7)).expect("29 bits");
        let len = if chunk[0] & 0x40 == 0 { 8 } else { usize::from(chunk[9] & 7) };
        let mut frame = Frame::new(t_us, id, &chunk[2..2 + len]).expect("eight bytes at most");
        frame.interface = chunk[0] >> 7;
        if let Taken::Whole { id, payload } = assembler.take(&frame, |_| true) {
            let fast = id.j1939().is_some_and(|id| id.pgn.number() == 129_029);
            // A broadcast may carry any group, the fast packet's too.
            assert!(payload.len() <= if fast && group == GROUPS[2] { LONGEST_FAST_PACKET } else { LONGEST_BROADCAST });
            assert!(payload.bytes().iter().all(|byte| *byte == 0 || bytes.contains(byte)));
        }
    }
});
