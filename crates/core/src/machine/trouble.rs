//! Trouble codes (DM1) that the machine's controllers report now: each is told once when it comes, and once when it goes.
//!
//! A controller repeats its codes every second while they are active. Some fall silent when all is well and some send an
//! empty list, and a lost frame is no repair: a code has gone when it has not been reported for ten seconds. The same
//! holds for a warning lamp.

mod lamps;

use grainloss_can::{CanId, Payload, TroubleCodes, WarningLamp};

pub use lamps::{ControllerLamps, LampLight};

use lamps::GONE_AFTER_US;

/// Most codes at a time; more are left out (our choice: no screen shows more).
const MOST: usize = 32;
/// A number that stands for "not available".
const NO_SPN: u32 = 0x7_FFFF;

/// A trouble code that a controller reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Trouble {
    /// Number of the interface that it came from, 0 for the first.
    pub interface: u8,
    /// The controller's source address, 0..=253; the engine's is 0.
    pub source: u8,
    /// The suspect parameter number: what is at fault, 1..=524,286.
    pub spn: u32,
    /// The failure mode identifier: in which way, 0..=31.
    pub fmi: u8,
}

impl Trouble {
    /// As the journal writes it, such as `spn-100-fmi-1`.
    pub fn word(&self) -> String {
        format!("spn-{}-fmi-{}", self.spn, self.fmi)
    }

    /// The numbers of a word of the journal, SPN and FMI; `None` when it is something else.
    pub fn numbers(word: &str) -> Option<(u32, u8)> {
        let (spn, fmi) = word.strip_prefix("spn-")?.split_once("-fmi-")?;
        Some((spn.parse().ok()?, fmi.parse().ok()?))
    }
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TroubleNews {
    /// The code.
    pub trouble: Trouble,
    /// It has come; else it has gone.
    pub came: bool,
    /// How often it has occurred, as the controller counts, 0..=126; `None` when it does not.
    pub count: Option<u8>,
    /// The gravest lamp that the controller had on when it reported the code last; `None` when all were off, or it does
    /// not say.
    pub lamp: Option<WarningLamp>,
}

/// A trouble code that is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActiveTrouble {
    /// The code.
    pub trouble: Trouble,
    /// How often it has occurred, as the controller counts, 0..=126; `None` when it does not.
    pub count: Option<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    trouble: Trouble,
    count: Option<u8>,
    lamp: Option<WarningLamp>,
    seen_us: i64,
    told: bool,
}

/// The codes that are active.
#[derive(Clone, Debug, Default)]
pub(super) struct TroubleWatch {
    entries: [Option<Entry>; MOST],
    lamps: lamps::LampWatch,
    bad: u64,
}

impl TroubleWatch {
    /// True for the identifiers that carry trouble codes.
    pub fn is_dm1(id: CanId) -> bool {
        id.j1939().is_some_and(|id| id.pgn == TroubleCodes::PGN)
    }

    /// Takes a whole message in; one that is no list of codes is counted and left out.
    pub fn take(&mut self, id: CanId, interface: u8, payload: Payload<'_>, now_us: i64) {
        let Some(id) = id.j1939().filter(|id| id.pgn == TroubleCodes::PGN) else { return };
        let bytes = payload.bytes();
        let Some(codes) = TroubleCodes::parse(bytes).filter(|_| TroubleCodes::is_length(bytes.len())) else {
            self.bad += 1;
            return;
        };
        self.lamps.take(interface, id.source.0, codes.lamps(), now_us);
        let lamp = codes.lamps().on().last().map(|(lamp, _)| lamp);
        for code in codes.iter().filter(|code| code.spn != 0 && code.spn != NO_SPN) {
            let trouble = Trouble { interface, source: id.source.0, spn: code.spn, fmi: code.fmi };
            let count = (code.count != 127).then_some(code.count);
            self.see(trouble, count, lamp, now_us);
        }
    }

    fn see(&mut self, trouble: Trouble, count: Option<u8>, lamp: Option<WarningLamp>, now_us: i64) {
        let known = self.entries.iter().position(|entry| entry.is_some_and(|entry| entry.trouble == trouble));
        let Some(at) = known.or_else(|| self.entries.iter().position(Option::is_none)) else { return };
        let told = known.is_some_and(|at| self.entries[at].is_some_and(|entry| entry.told));
        self.entries[at] = Some(Entry { trouble, count, lamp, seen_us: now_us, told });
    }

    /// Tells what came and what has gone since the last step.
    pub fn step(&mut self, now_us: i64, mut tell: impl FnMut(TroubleNews)) {
        self.lamps.step(now_us);
        for slot in &mut self.entries {
            let Some(entry) = slot else { continue };
            let (trouble, count, lamp) = (entry.trouble, entry.count, entry.lamp);
            if !std::mem::replace(&mut entry.told, true) {
                tell(TroubleNews { trouble, came: true, count, lamp });
            } else if now_us - entry.seen_us >= GONE_AFTER_US {
                *slot = None;
                tell(TroubleNews { trouble, came: false, count, lamp });
            }
        }
    }

    /// The codes that are active, the oldest places first.
    pub fn active(&self) -> impl Iterator<Item = ActiveTrouble> + '_ {
        self.entries.iter().flatten().map(|entry| ActiveTrouble { trouble: entry.trouble, count: entry.count })
    }

    /// The controllers that have a warning lamp on.
    pub fn lamps(&self) -> impl Iterator<Item = ControllerLamps> + '_ {
        self.lamps.on()
    }

    /// Messages that were no list of codes.
    pub const fn bad(&self) -> u64 {
        self.bad
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND_US;
    use grainloss_can::Frame;

    const ENGINE: u32 = 0x18FE_CA00;
    /// SPN 100 FMI 1, twice.
    const OIL: [u8; 8] = [0x04, 0xFF, 100, 0, 1, 2, 0xFF, 0xFF];

    fn feed(watch: &mut TroubleWatch, id: u32, bytes: &[u8], at_s: i64) -> Vec<(u32, u8, bool)> {
        let id = CanId::extended(id).unwrap();
        let frame = Frame::new(0, id, bytes).unwrap();
        watch.take(id, 0, (&frame).into(), at_s * SECOND_US);
        step(watch, at_s)
    }

    fn step(watch: &mut TroubleWatch, at_s: i64) -> Vec<(u32, u8, bool)> {
        let mut told = Vec::new();
        watch.step(at_s * SECOND_US, |news| told.push((news.trouble.spn, news.trouble.fmi, news.came)));
        told
    }

    #[test]
    fn a_code_is_told_when_it_comes_and_when_it_has_gone_for_ten_seconds() {
        let mut watch = TroubleWatch::default();
        assert_eq!(feed(&mut watch, ENGINE, &OIL, 1), [(100, 1, true)]);
        for at_s in 2..60 {
            assert_eq!(feed(&mut watch, ENGINE, &OIL, at_s), [], "once");
        }
        // The controller says that all is well; a lost frame looks like it.
        assert_eq!(feed(&mut watch, ENGINE, &[0, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF], 60), []);
        assert_eq!(step(&mut watch, 68), []);
        assert_eq!(step(&mut watch, 69), [(100, 1, false)]);
        assert_eq!(feed(&mut watch, ENGINE, &OIL, 70), [(100, 1, true)], "it has come again");
    }

    #[test]
    fn codes_of_two_controllers_are_two_and_a_large_number_is_read() {
        let mut watch = TroubleWatch::default();
        assert_eq!(feed(&mut watch, ENGINE, &OIL, 1).len(), 1);
        assert_eq!(feed(&mut watch, ENGINE | 0x31, &OIL, 1).len(), 1);
        // 520,192 = 0x7F000: low 0x00, middle 0xF0, upper bits 7.
        let large = [0x40, 0xFF, 0x00, 0xF0, 7 << 5 | 31, 127, 0xFF, 0xFF];
        assert_eq!(feed(&mut watch, ENGINE, &large, 2), [(520_192, 31, true)]);
        assert_eq!(watch.active().count(), 3);
    }

    #[test]
    fn no_code_and_bad_messages_tell_nothing() {
        let mut watch = TroubleWatch::default();
        let bad: [&[u8]; 7] = [
            &[],
            &[0x04, 0xFF, 100, 0, 1],
            &[0x04, 0xFF, 100, 0, 1, 2, 3],
            &[0; 8],
            &[0xFF; 8],
            // SPN 0, and the one that stands for "not available".
            &[0x04, 0xFF, 0, 0, 3, 1, 0xFF, 0xFF],
            &[0x04, 0xFF, 0xFF, 0xFF, 0xE2, 1, 0xFF, 0xFF],
        ];
        for bytes in bad {
            assert_eq!(feed(&mut watch, ENGINE, bytes, 1), [], "{bytes:?}");
        }
        // Those with a wrong length: none, 5 and 7 bytes.
        assert_eq!(watch.bad(), 3);
        assert_eq!(feed(&mut watch, 0x18FE_CB00, &OIL, 1), [], "DM2: what was, not what is");
        assert_eq!(watch.bad(), 3);
    }

    #[test]
    fn lamps_and_counts_are_shown_as_long_as_they_are_reported() {
        let mut watch = TroubleWatch::default();
        // Amber (bits 3 and 4) and red (5 and 6) on: 0001 0100; red flashes fast: 01 in the same place, 11 elsewhere.
        feed(&mut watch, ENGINE, &[0x14, 0xDF, 100, 0, 1, 2, 0xFF, 0xFF], 1);
        let expected = ControllerLamps {
            interface: 0,
            source: 0,
            malfunction: LampLight::Off,
            protect: LampLight::Off,
            amber: LampLight::On,
            red: LampLight::FlashingFast,
        };
        assert_eq!(watch.lamps().collect::<Vec<_>>(), [expected]);
        assert_eq!(watch.active().map(|active| active.count).collect::<Vec<_>>(), [Some(2)]);
        // A count of 127 is none; the lamps go off.
        feed(&mut watch, ENGINE, &[0x00, 0xFF, 100, 0, 1, 127, 0xFF, 0xFF], 2);
        assert_eq!((watch.lamps().count(), watch.active().next().unwrap().count), (0, None));
        // A controller that falls silent has no lamp on any more.
        feed(&mut watch, ENGINE, &OIL, 3);
        step(&mut watch, 12);
        assert_eq!(watch.lamps().count(), 1);
        step(&mut watch, 13);
        assert_eq!(watch.lamps().count(), 0);
        let mut lamp = None;
        feed(&mut watch, ENGINE, &[0x14, 0xDF, 101, 0, 1, 2, 0xFF, 0xFF], 14);
        watch.step(25 * SECOND_US, |news| lamp = news.lamp);
        assert_eq!(lamp, Some(WarningLamp::Red), "the gravest that was on");
    }

    #[test]
    fn more_codes_than_fit_are_left_out() {
        let mut watch = TroubleWatch::default();
        for spn in 1..=40 {
            feed(&mut watch, ENGINE, &[0, 0xFF, spn, 0, 1, 1, 0xFF, 0xFF], 1);
        }
        assert_eq!(watch.active().count(), MOST);
    }

    #[test]
    fn words_are_read_back() {
        let trouble = Trouble { interface: 0, source: 0, spn: 100, fmi: 1 };
        assert_eq!(trouble.word(), "spn-100-fmi-1");
        assert_eq!(Trouble::numbers("spn-100-fmi-1"), Some((100, 1)));
        assert_eq!(Trouble::numbers("spn-x-fmi-1"), None);
    }
}
