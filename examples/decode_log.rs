//! Decodes a CAN log with a DBC file: every valid signal, one a line.
//!
//! ```text
//! cargo run --example decode_log -- field.log machine.dbc
//! ```
//!
//! The log may be in any format that `grainloss replay` reads, but not compressed. Without a DBC file the bundled
//! demonstration database is used; without a log, three frames of it.

use std::error::Error;
use std::fs::{self, File};
use std::io::{Read, Write};

use grainloss_can::log::Reader;
use grainloss_can::{Assembler, Database, State, Taken};

/// Frames of the demonstration machine: feed rate, engine speed, and an identifier that its database does not have.
const SAMPLE: &str = "\
(1749520800.000000) can0 18FFE381#000F8624ED174A01
(1749520800.010000) can0 0CF00400#F17D8A205DFFFF8A
(1749520800.020000) can0 123#00
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let log: Box<dyn Read> = match arguments.next() {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(SAMPLE.as_bytes()),
    };
    let database = match arguments.next() {
        Some(path) => Database::parse(&path, &fs::read(&path)?)?,
        None => Database::bundled("combine-demo").ok_or("no such bundled database")??,
    };
    for warning in database.warnings() {
        eprintln!("{warning}");
    }
    let decoded = decode(log, &database, &mut std::io::stdout().lock())?;
    eprintln!("{decoded} values");
    Ok(())
}

/// Writes `time interface message signal value unit` for each valid signal; the number of values.
fn decode(log: impl Read, database: &Database, out: &mut impl Write) -> Result<u64, Box<dyn Error>> {
    let mut reader = Reader::new(log);
    // Messages longer than a frame (J1939 broadcasts, NMEA 2000 fast packets) are put together first.
    let mut assembler = Assembler::new(database.fast_packets().collect());
    let mut decoded = 0;
    while let Some((interface, frame)) = reader.next_with(|interface, frame| (interface.to_owned(), frame.clone()))? {
        let (id, payload) = match assembler.take(&frame, |id| database.message_of(id).is_some()) {
            Taken::Alone => (frame.id, (&frame).into()),
            Taken::Part => continue,
            Taken::Whole { id, payload } => (id, payload),
        };
        let Some(message) = database.message_of(id) else { continue };
        for signal in message.signals.iter().filter(|signal| message.holds(signal, payload)) {
            let value = signal.decode(payload);
            // "Not available" and "error" are codes, not values.
            if value.state == State::Valid {
                let t_s = frame.t_us as f64 / 1e6;
                writeln!(
                    out,
                    "{t_s:.6} {interface} {} {} {} {}",
                    message.name, signal.name, value.physical, signal.unit
                )?;
                decoded += 1;
            }
        }
    }
    let counts = reader.counts();
    if let Some((place, problem)) = counts.first_bad {
        eprintln!("{} lines were not understood; the first: {place}: {problem}", counts.bad_lines);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_the_feed_rate() {
        let database = Database::bundled("combine-demo").unwrap().unwrap();
        let mut out = Vec::new();
        decode(SAMPLE.as_bytes(), &database, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        // 0x0F00 is not part of it: the value is that of the crate's own documentation.
        assert!(text.contains("1749520800.000000 can0 FEEDER FeedRate 9.35 kg/s"), "{text}");
        assert!(!text.contains("1749520800.020000"), "{text}");
    }
}
