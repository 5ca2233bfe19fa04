//! Any bytes as a DBC file: refused or loaded, and what is loaded decodes any payload.
#![no_main]

use grainloss_can::{Database, Frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(database) = Database::parse("fuzz.dbc", text) else { return };
    for message in database.messages() {
        for payload in [&text[..text.len().min(8)], &[0xFF; 64], &[]] {
            let Some(frame) = Frame::new(0, message.id, payload) else { continue };
            for signal in &message.signals {
                let value = signal.decode(&frame);
                let _ = (message.holds(signal, &frame), signal.label(value.raw), signal.raw_of(value.physical));
            }
        }
    }
});
