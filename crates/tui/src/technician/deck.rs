//! The source that is looked at, live or recorded, and the time of the picture.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::channels::Channels;
use super::tape::Tape;
use super::traffic::{Key, Traffic};
use grainloss_can::Frame;
use grainloss_core::machine::ChannelBank;

/// When a place in a log is gone to, what came before it so long is played first, µs: so far back the curves reach.
const RUN_UP_US: i64 = 60_000_000;
/// How far a key goes in a log, µs.
const SECOND_US: i64 = 1_000_000;
const PAGE_US: i64 = 30 * SECOND_US;
/// Times as fast as it was.
const SPEEDS: [u32; 5] = [1, 2, 5, 10, 30];

/// Live, or a log.
#[derive(Debug)]
pub(crate) struct Deck {
    now_us: i64,
    traffic: Traffic,
    /// What a profile makes of it, if there is one.
    channels: Option<Channels>,
    /// What is shown while a live picture is held.
    held: Option<Box<(Traffic, i64)>>,
    log: Option<Log>,
}

#[derive(Debug)]
struct Log {
    tape: Tape,
    /// The next frame.
    at: usize,
    plays: bool,
    speed: usize,
}

impl Deck {
    pub fn live() -> Self {
        Self { now_us: 0, traffic: Traffic::default(), channels: None, held: None, log: None }
    }

    /// A log at its beginning, standing.
    pub fn log(tape: Tape) -> Self {
        let began_us = tape.span().map_or(0, |(began, _)| began);
        let mut deck = Self { log: Some(Log { tape, at: 0, plays: false, speed: 0 }), ..Self::live() };
        deck.seek(began_us);
        deck
    }

    /// The same, with the channels of a profile.
    #[must_use]
    pub fn with_channels(mut self, bank: ChannelBank) -> Self {
        self.channels = Some(Channels::new(bank));
        if self.is_log() {
            self.traffic = Traffic::default();
            self.seek(self.now_us);
        }
        self
    }

    pub const fn channels(&self) -> Option<&Channels> {
        self.channels.as_ref()
    }

    /// The time of the bus, µs: what is marked now is marked with it. 0 before anything has come.
    pub const fn now_us(&self) -> i64 {
        self.now_us
    }

    /// What is shown, and its time.
    pub fn shown(&self) -> (&Traffic, i64) {
        self.held.as_ref().map_or((&self.traffic, self.now_us), |held| (&held.0, held.1))
    }

    pub const fn is_log(&self) -> bool {
        self.log.is_some()
    }

    /// Beginning and end of the log, µs; `None` when it is live.
    pub fn span(&self) -> Option<(i64, i64)> {
        self.log.as_ref()?.tape.span()
    }

    /// True when the picture does not run.
    pub fn is_paused(&self) -> bool {
        self.log.as_ref().map_or(self.held.is_some(), |log| !log.plays)
    }

    /// How many times as fast as it was a log is played.
    pub fn speed(&self) -> u32 {
        self.log.as_ref().map_or(1, |log| SPEEDS[log.speed])
    }

    /// A live frame at its bus time.
    pub fn frame(&mut self, frame: &Frame, t_us: i64) {
        self.now_us = self.now_us.max(t_us);
        self.traffic.take(frame, t_us);
        if let Some(channels) = &mut self.channels {
            channels.take(frame, self.now_us);
        }
    }

    /// Nothing came until then.
    pub fn quiet(&mut self, now_us: i64) {
        self.now_us = self.now_us.max(now_us);
        if let Some(channels) = &mut self.channels {
            channels.pass(self.now_us);
        }
    }

    pub fn play_or_pause(&mut self) {
        if let Some(log) = &mut self.log {
            log.plays = !log.plays;
        } else if self.held.take().is_none() {
            self.held = Some(Box::new((self.traffic.clone(), self.now_us)));
        }
    }

    pub fn faster(&mut self, by: isize) {
        if let Some(log) = &mut self.log {
            log.speed = log.speed.saturating_add_signed(by).min(SPEEDS.len() - 1);
        }
    }

    /// So much time has passed at the desk. True when the log has moved.
    pub fn pass(&mut self, time: Duration) -> bool {
        let Some(log) = self.log.as_ref().filter(|log| log.plays) else { return false };
        let by = time.as_micros() as i64 * i64::from(SPEEDS[log.speed]);
        let end_us = log.tape.span().map_or(0, |(_, end)| end);
        self.run_to((self.now_us + by).min(end_us));
        if self.now_us >= end_us
            && let Some(log) = &mut self.log
        {
            log.plays = false;
        }
        true
    }

    fn run_to(&mut self, t_us: i64) {
        let Some(log) = &mut self.log else { return };
        while let Some((frame, at_us)) = log.tape.frame(log.at).filter(|(_, at_us)| *at_us <= t_us) {
            self.traffic.take(&frame, at_us);
            if let Some(channels) = &mut self.channels {
                channels.take(&frame, at_us);
            }
            log.at += 1;
        }
        self.now_us = t_us;
    }

    /// Goes to a time of the log.
    pub fn seek(&mut self, t_us: i64) {
        let Some(log) = &mut self.log else { return };
        let Some((began_us, end_us)) = log.tape.span() else { return };
        let t_us = t_us.clamp(began_us, end_us);
        if t_us < self.now_us || t_us > self.now_us.saturating_add(RUN_UP_US) || self.traffic.frames == 0 {
            self.traffic = Traffic::default();
            if let Some(channels) = &mut self.channels {
                channels.reset();
            }
            log.at = log.tape.after(t_us.saturating_sub(RUN_UP_US + 1));
        }
        self.run_to(t_us);
    }

    /// Goes so far, µs.
    pub fn move_by(&mut self, by_us: i64) {
        self.seek(self.now_us.saturating_add(by_us));
    }

    /// Space plays or holds; plus and minus, left and right, page up and down, home and end are of a log. False when the key
    /// is another one.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        match key.code {
            KeyCode::Char(' ') => self.play_or_pause(),
            KeyCode::Char('+' | '=') => self.faster(1),
            KeyCode::Char('-') => self.faster(-1),
            KeyCode::Left => self.move_by(-SECOND_US),
            KeyCode::Right => self.move_by(SECOND_US),
            KeyCode::PageUp => self.move_by(-PAGE_US),
            KeyCode::PageDown => self.move_by(PAGE_US),
            KeyCode::Home => self.seek(i64::MIN),
            KeyCode::End => self.seek(i64::MAX),
            _ => return false,
        }
        true
    }

    /// Goes to the next or the last change of a byte. False when there is none.
    pub fn seek_change(&mut self, key: Key, byte: usize, forward: bool) -> bool {
        let found = self.log.as_ref().and_then(|log| log.tape.change(key, byte, log.at, forward));
        if let Some(t_us) = found {
            self.seek(t_us);
        }
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_can::CanId;

    fn id() -> CanId {
        CanId::standard(0x123).unwrap()
    }

    /// Ten minutes, a frame a second; its first byte changes at 100 s and at 400 s.
    fn deck() -> Deck {
        let mut tape = Tape::default();
        for s in 0..600i64 {
            let byte = u8::from(s >= 100) + u8::from(s >= 400);
            tape.take(&Frame::new(0, id(), &[byte, 9]).unwrap(), 1_000_000_000 + s * 1_000_000);
        }
        Deck::log(tape)
    }

    #[test]
    fn changes_are_jumped_to_in_both_directions() {
        let mut deck = deck();
        let second = |deck: &Deck| (deck.now_us() - 1_000_000_000) / 1_000_000;
        assert_eq!(second(&deck), 0);
        assert!(deck.seek_change((id(), 0), 0, true));
        assert_eq!(second(&deck), 100);
        assert!(deck.seek_change((id(), 0), 0, true));
        assert_eq!(second(&deck), 400);
        assert!(!deck.seek_change((id(), 0), 0, true), "there is none behind");
        assert!(deck.seek_change((id(), 0), 0, false));
        assert_eq!(second(&deck), 399, "the last one that was otherwise");
        assert_eq!(deck.shown().0.get((id(), 0)).unwrap().payload, [1, 9]);
        assert!(!deck.seek_change((id(), 0), 1, true), "a byte that never changes");
    }

    #[test]
    fn playing_ends_at_the_end_and_a_seek_stays_within_the_log() {
        let mut deck = deck();
        deck.move_by(-5_000_000);
        assert_eq!(deck.now_us(), 1_000_000_000);
        deck.seek(i64::MAX);
        assert_eq!(deck.now_us(), 1_599_000_000);
        deck.move_by(-2_000_000);
        deck.play_or_pause();
        assert!(deck.pass(Duration::from_secs(1)));
        assert!(!deck.is_paused());
        deck.pass(Duration::from_secs(5));
        assert!(deck.is_paused());
        assert_eq!(deck.now_us(), 1_599_000_000);
    }

    #[test]
    fn a_held_live_picture_stands_while_the_time_goes_on() {
        let mut deck = Deck::live();
        deck.frame(&Frame::new(0, id(), &[1]).unwrap(), 10);
        deck.play_or_pause();
        deck.frame(&Frame::new(0, id(), &[2]).unwrap(), 20);
        assert_eq!(deck.shown().0.get((id(), 0)).unwrap().payload, [1]);
        assert_eq!(deck.now_us(), 20, "a mark has the time of now");
        deck.play_or_pause();
        assert_eq!(deck.shown().0.get((id(), 0)).unwrap().payload, [2]);
    }
}
