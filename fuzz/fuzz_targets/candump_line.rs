//! A line read by the short way, behind two that teach it, must be what the general parser makes of it.
#![no_main]

use grainloss_can::candump::{Line, parse_line, write_frame};
use grainloss_can::log::Reader;
use libfuzzer_sys::fuzz_target;

const BEFORE: &str = "(1749520800.000000) can0 18FFE381#00\n";

fuzz_target!(|line: &[u8]| {
    if line.contains(&b'\n') {
        return;
    }
    let expected = match parse_line(line) {
        Ok(Line::Frame { interface, mut frame }) => {
            frame.interface = u8::from(interface != b"can0");
            Some(frame)
        }
        _ => None,
    };
    // Lines behind it: the short way wants to see that it does not end the log.
    let log = [BEFORE.as_bytes(), line, b"\n", BEFORE.as_bytes(), BEFORE.as_bytes()].concat();
    let mut reader = Reader::new(&log[..]);
    let mut frames = std::iter::from_fn(|| reader.next_frame().ok().flatten()).collect::<Vec<_>>();
    assert_eq!(frames.len(), 3 + usize::from(expected.is_some()));
    if let Some(expected) = expected {
        let read = frames.swap_remove(1);
        assert!(read == expected, "{read:?} {expected:?}");
        // And what is written is read back.
        let mut text = Vec::new();
        let _ = write_frame(&mut text, "can0", &read);
        let Ok(Line::Frame { frame, .. }) = parse_line(&text) else { panic!("{}", String::from_utf8_lossy(&text)) };
        assert!(frame.payload() == read.payload() && frame.id == read.id && frame.t_us == read.t_us);
    }
});
