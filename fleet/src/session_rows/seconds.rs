//! The seconds of a session.

use std::sync::Arc;

use grainloss_packet::Packet;

use super::Assembled;
use crate::cells;
use crate::table_file::Value;

/// A second, as its packet has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Second {
    pub t_us: i64,
    pub state: Option<Arc<str>>,
    pub basis_header: Option<Arc<str>>,
    pub basis_rear: Option<Arc<str>>,
    numbers: [Option<i64>; NUMBERS.len()],
}

/// The columns of numbers that are taken over: the decimals of a packet's column are those of the table's unit.
const NUMBERS: [&str; 12] = [
    "turning_cut",
    "lugging",
    "ground_speed_m_s",
    "working_width_m",
    "feed_kg_s",
    "moisture_pct",
    "latitude_deg",
    "longitude_deg",
    "alarm_level",
    "cum_grain_kg",
    "cum_header_loss_kg",
    "cum_rear_loss_kg",
];
// Their places.
const TURNING_CUT: usize = 0;
const LUGGING: usize = 1;
const SPEED: usize = 2;
const WIDTH: usize = 3;
const FEED: usize = 4;
const MOISTURE: usize = 5;
const LATITUDE: usize = 6;
const LONGITUDE: usize = 7;
const ALARM: usize = 8;
/// Grain, loss at the header, loss behind the machine: the session so far, g and 0.1 g.
const SUMS: std::ops::Range<usize> = 9..12;

/// The seconds of a packet whose time is asked for.
pub(super) fn of(packet: &Packet, is_asked: impl Fn(i64) -> bool) -> Vec<Second> {
    let numbers = NUMBERS.map(|name| packet.numbers(name));
    let words = ["state", "basis_header", "basis_rear"].map(|name| packet.words(name));
    let asked = packet.t_us.iter().enumerate().filter(|(_, t_us)| is_asked(**t_us));
    asked
        .map(|(at, t_us)| {
            let [state, basis_header, basis_rear] = words.map(|column| column.and_then(|words| words.get(at)?.clone()));
            let numbers = numbers.map(|column| column.and_then(|numbers| *numbers.get(at)?));
            Second { t_us: *t_us, state, basis_header, basis_rear, numbers }
        })
        .collect()
}

impl Second {
    /// Grain, g, loss at the header and behind the machine, 0.1 g, of the session until then.
    pub fn so_far(&self) -> [Option<i64>; 3] {
        [self.numbers[SUMS.start], self.numbers[SUMS.start + 1], self.numbers[SUMS.start + 2]]
    }
}

impl Assembled {
    /// Gives the row of each second.
    pub fn each_second<E>(&self, mut take: impl FnMut(&[Value]) -> Result<(), E>) -> Result<(), E> {
        let [device, session] = self.whose();
        let word = |word: &Option<Arc<str>>| word.as_ref().map_or(Value::Unknown, |word| Value::Text(word.clone()));
        let mut before = [0; 3];
        for second in &self.seconds {
            // What is not known so far adds nothing yet; it comes with the first second that knows it.
            let mut since = [0; 3];
            for (at, now) in second.so_far().into_iter().enumerate() {
                let now = now.unwrap_or(before[at]);
                since[at] = now.saturating_sub(before[at]);
                before[at] = now;
            }
            let number = |at: usize| Value::whole(second.numbers[at]);
            let position = second.numbers[LATITUDE].zip(second.numbers[LONGITUDE]);
            let cell = position.and_then(|(latitude, longitude)| cells::cell(latitude, longitude));
            let [grain_g, header_dg, rear_dg] = since.map(Value::Whole);
            take(&[
                device.clone(),
                session.clone(),
                Value::Whole(second.t_us.div_euclid(1_000_000)),
                word(&second.state),
                number(TURNING_CUT),
                number(LUGGING),
                grain_g,
                header_dg,
                rear_dg,
                number(SPEED),
                number(WIDTH),
                number(FEED),
                number(MOISTURE),
                number(LATITUDE),
                number(LONGITUDE),
                Value::whole(cell.map(|(north, _)| north)),
                Value::whole(cell.map(|(_, east)| east)),
                word(&second.basis_header),
                word(&second.basis_rear),
                number(ALARM),
            ])?;
        }
        Ok(())
    }

    /// Grain, g, loss at the header and behind the machine, 0.1 g, of the whole session: the last that is known of each.
    pub(super) fn sums(&self) -> [Option<i64>; 3] {
        [0, 1, 2].map(|at| self.seconds.iter().rev().find_map(|second| second.so_far()[at]))
    }
}
