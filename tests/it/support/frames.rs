//! Changing logs line by line.

use std::fmt::Write as _;

/// `(1749520800.000000) can0 0CF00400#…` taken apart.
pub struct Line<'a> {
    pub t_us: i64,
    pub id: u32,
    pub data: &'a str,
}

impl<'a> Line<'a> {
    pub fn parse(line: &'a str) -> Self {
        let (time, rest) = line.strip_prefix('(').unwrap().split_once(") can0 ").unwrap();
        let (seconds, micros) = time.split_once('.').unwrap();
        assert_eq!(micros.len(), 6, "{line}");
        let t_us = seconds.parse::<i64>().unwrap() * 1_000_000 + micros.parse::<i64>().unwrap();
        let (id, data) = rest.split_once('#').unwrap();
        Self { t_us, id: u32::from_str_radix(id, 16).unwrap(), data }
    }

    /// Parameter group number by SAE J1939-21: the destination of a PDU1 message is no part of it.
    pub fn pgn(&self) -> u32 {
        let pgn = (self.id >> 8) & 0x3_FFFF;
        if (pgn >> 8) & 0xFF < 240 { pgn & 0x3_FF00 } else { pgn }
    }

    pub fn text(&self) -> String {
        let Self { t_us, id, data } = self;
        format!("({}.{:06}) can0 {id:08X}#{data}", t_us / 1_000_000, t_us % 1_000_000)
    }
}

/// The log with every line changed, or left out.
pub fn rewritten(log: &str, mut change: impl FnMut(&mut Line<'_>) -> bool) -> String {
    let mut out = String::with_capacity(log.len());
    for text in log.lines() {
        let mut line = Line::parse(text);
        if change(&mut line) {
            writeln!(out, "{}", line.text()).unwrap();
        }
    }
    out
}
