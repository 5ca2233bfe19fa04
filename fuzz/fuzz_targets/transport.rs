//! Any frames to the assembler: no panic, no message longer than its protocol allows, no byte that no frame has brought.
#![no_main]

use grainloss_can::{
    Assembler, CanId, Frame, LONGEST_BROADCAST, LONGEST_EXTENDED, LONGEST_FAST_PACKET, Pgn, Taken,
};
use libfuzzer_sys::fuzz_target;

/// Control and data to everyone, a fast packet, an ordinary group; control and data to one, of RTS/CTS and ETP.
const GROUPS: [u32; 8] = [0xECFF, 0xEBFF, 0x1_F805, 0xFECA, 0xEC00, 0xEB00, 0xC800, 0xC700];
const FAST_PACKET: u32 = GROUPS[2];

fuzz_target!(|bytes: &[u8]| {
    let mut assembler = Assembler::new(Pgn::new(129_029).into_iter().collect());
    let (mut t_us, mut whole) = (0i64, 0);
    // Ten bytes a frame: what it is, from whom, to whom, on which interface; how much later, or earlier; the payload.
    for chunk in bytes.chunks_exact(10) {
        let mut group = GROUPS[usize::from(chunk[0] & 7)];
        if group & 0xFF == 0 {
            group |= u32::from(chunk[0] >> 5 & 1);
        }
        t_us += i64::from(chunk[1] as i8) * 10_000;
        let id = CanId::extended(0x1800_0000 | group << 8 | u32::from(chunk[0] >> 3 & 3)).expect("29 bits");
        let len = if chunk[0] & 0x40 == 0 { 8 } else { usize::from(chunk[9] & 7) };
        let mut frame = Frame::new(t_us, id, &chunk[2..2 + len]).expect("eight bytes at most");
        frame.interface = chunk[0] >> 7;
        if let Taken::Whole { payload, .. } = assembler.take(&frame, |_| true) {
            whole += 1;
            assert!(
                payload.len()
                    <= match group >> 8 {
                        0xC7 => LONGEST_EXTENDED,
                        _ if group == FAST_PACKET => LONGEST_FAST_PACKET,
                        _ => LONGEST_BROADCAST,
                    }
            );
            assert!(payload.bytes().iter().all(|byte| bytes.contains(byte)));
        }
    }
    assembler.end();
    assert_eq!(assembler.transfers().whole(), whole);
});
