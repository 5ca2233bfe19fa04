//! The rows of a session in every table, from its packets.

mod about;
mod seconds;

use std::collections::BTreeMap;

use grainloss_core::record::EventRecord;
use grainloss_journal::minute_end;
use grainloss_packet::{Head, Packet};

use crate::error::StoreError;
use crate::register::{KnownMinute, KnownSession};
use crate::schema::Table;
use crate::table_file::Value;

pub(crate) use seconds::Second;

/// A session as its packets tell it.
#[derive(Debug)]
pub(crate) struct Assembled {
    pub session: KnownSession,
    pub is_revised: bool,
    /// Its seconds, each once, oldest first.
    pub seconds: Vec<Second>,
    /// The events of the packets that have no report, oldest first.
    pub events: Vec<EventRecord>,
    /// The head of the packet that knows most of it.
    pub head: Head,
}

impl Assembled {
    /// Reads the packets of a session through `read`, one at a time: each second from the packet that the register has for its
    /// minute.
    pub fn read(
        session: KnownSession,
        is_revised: bool,
        minutes: &[KnownMinute],
        best: &str,
        mut read: impl FnMut(&str) -> Result<Packet, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut asked: BTreeMap<&str, Vec<i64>> = BTreeMap::from([(best, Vec::new())]);
        for minute in minutes {
            asked.entry(&minute.packet.sha256).or_default().push(minute.end_us);
        }
        let (mut seconds, mut events, mut head) = (Vec::new(), Vec::new(), None);
        for (sha256, ends) in asked {
            let packet = read(sha256)?;
            let is_here = |t_us: i64| ends.binary_search(&minute_end(t_us)).is_ok();
            seconds.extend(seconds::of(&packet, is_here));
            events.extend(packet.head.events.iter().filter(|event| is_here(event.t_us)).cloned());
            if sha256 == best {
                head = Some(packet.head);
            }
        }
        seconds.sort_by_key(|second| second.t_us);
        // Within a packet they are in the order in which they were recorded.
        events.sort_by_key(|event| event.t_us);
        let head = head.ok_or_else(|| StoreError::KeptAltered(best.into()))?;
        Ok(Self { session, is_revised, seconds, events, head })
    }

    /// Its rows in a table; none in one that is not of sessions, or is streamed ([`Self::each_second`]).
    pub fn rows(&self, table: &Table) -> Vec<Vec<Value>> {
        match table.name {
            "sessions" => vec![self.session_row()],
            "drivers" => self.driver_rows(),
            "habits" => self.habit_rows(),
            "events" => self.event_rows(),
            "pans" => self.pan_rows(),
            "calibrations" => self.calibration_rows(),
            "findings" => self.finding_rows(),
            _ => Vec::new(),
        }
    }

    /// The first columns of every table.
    fn whose(&self) -> [Value; 2] {
        [self.session.device.as_str().into(), self.session.name().as_str().into()]
    }

    fn counts(&self) -> Value {
        Value::Whole(i64::from(!self.is_revised))
    }

    /// A row: whose it is, then these values.
    fn row(&self, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
        self.whose().into_iter().chain(values).collect()
    }
}
