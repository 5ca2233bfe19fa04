//! The log on standard error.

use std::io::{self, Write};

use grainloss_core::clean_text::clean_line;

/// Logs on standard error, unless a dashboard will own the terminal. To be called before anything can be logged.
pub(super) fn log(dashboard: bool, level: tracing::Level) {
    if dashboard {
        return;
    }
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .with_writer(|| OneLine(io::stderr()))
        .with_target(false)
        .log_internal_errors(false)
        .try_init();
}

/// Keeps what happened on one line, whoever has sent the text: nobody can write a line of the log that the program did not.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    /// The subscriber hands over a whole event at once.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        writeln!(self.0, "{}", clean_line(text.trim_end_matches('\n')))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_of_the_log() {
        let mut log = OneLine(Vec::new());
        log.write_all("WARN peer: x\nWARN all fine\x1b[31m\u{9b}\u{202e}\n".as_bytes()).unwrap();
        let log = String::from_utf8(log.0).unwrap();
        assert_eq!(log, "WARN peer: x\\u000aWARN all fine\\u001b[31m\\u009b\\u202e\n");
    }
}
