//! The names of what is on a bus.

use grainloss_can::{CanId, Database, TroubleCode};
use grainloss_core::machine::Trouble;
use grainloss_fitting::{Claim, Ddis, Groups};
use grainloss_knowledge::Words;

pub(super) struct Named<'a> {
    pub groups: &'a Groups,
    pub ddis: &'a Ddis,
    pub database: Option<&'a Database>,
    pub words: &'a Words,
}

impl Named<'_> {
    /// The message's name in the database, else the group's public one, else that it is the maker's own.
    pub fn name(&self, id: CanId) -> String {
        if let Some(message) = self.database.and_then(|database| database.message_of(id)) {
            return message.name.clone();
        }
        let Some(pgn) = id.j1939().map(|id| id.pgn.number()) else { return String::new() };
        let own = || match pgn {
            0xFF00..=0xFFFF | 0x1_FF00..=0x1_FFFF => self.words.get("seen-proprietary-b"),
            0xEF00 | 0x1_EF00 => self.words.get("seen-proprietary-a"),
            _ => String::new(),
        };
        self.groups.name(pgn, self.words.lang).map_or_else(own, str::to_owned)
    }

    /// Industry group, class and function of a controller in words, as far as they are public.
    pub fn roles(&self, claim: Claim) -> [Option<&str>; 3] {
        let (groups, lang) = (self.groups, self.words.lang);
        [groups.industry(claim, lang), groups.class(claim, lang), groups.function(claim, lang)]
    }

    /// A kind of process data: its number, and its name where it is known.
    pub fn ddi(&self, ddi: u16) -> String {
        let name = self.ddis.get(ddi).map(|ddi| ddi.name(self.words.lang)).unwrap_or_default();
        format!("{ddi} ({ddi:04X}) {name}").trim_end().to_owned()
    }

    /// A raw value of process data with its unit; the raw number where the kind is not known.
    pub fn value(&self, ddi: u16, raw: i32) -> String {
        let Some(ddi) = self.ddis.get(ddi) else { return raw.to_string() };
        // As many decimals as one step needs.
        let decimals = (0..6).find(|&n| (ddi.value(1) * 10f64.powi(n)).fract() < 1e-9).unwrap_or(6) as usize;
        format!("{:.decimals$} {}", ddi.value(raw), ddi.unit()).trim_end().to_owned()
    }

    /// A trouble code in words.
    pub fn trouble(&self, source: u8, code: TroubleCode) -> String {
        let word = Trouble { interface: 0, source, spn: code.spn, fmi: code.fmi }.word();
        self.words.trouble(&word).unwrap_or(word)
    }
}
