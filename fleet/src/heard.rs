//! What machines say over MQTT: when each was heard of last, whether it is connected, its state and its last alarm.
//!
//! ```text
//! broker ──► connection ──► message: as docs/schema has it, of a machine of the register
//!                             └──► ears: the newest of each machine ──► keeper: register, and table `heard` of the store
//! ```
//!
//! Messages are not signed: whose they are is the broker's to see to. Nothing that counts is made of them; figures come from
//! packets.

pub mod connection;
pub mod ears;
pub mod keeper;
pub mod message;

use crate::table_file::Value;

/// What was heard of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The machine: 16 hexadecimal digits.
    pub device: String,
    /// When a message of it came last, s since 1970 UTC, by this computer's clock; of a message that the broker had kept, the
    /// time that is in it. `None` when only an end of its connection was heard of.
    pub heard_s: Option<i64>,
    /// Whether it is connected to the broker, as was said last; `None` before that was said.
    pub is_online: Option<bool>,
    /// Its newest state.
    pub state: State,
    /// Its newest alarm; `None` before the first.
    pub alarm: Option<Alarm>,
    /// By how much its clock was ahead of this computer's when it was heard last, s; `None` where that was within ten minutes.
    pub clock_ahead_s: Option<i64>,
}

/// A state of a machine, as far as the office keeps it. `None` is what the machine does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// End of the newest step, µs since 1970 UTC, by the machine.
    pub t_us: Option<i64>,
    /// What it does: cutting, turning, transport, stopped.
    pub activity: Option<String>,
    /// The crop, by its key.
    pub crop: Option<String>,
    /// Area of its session, m².
    pub area_m2: Option<i64>,
    /// Loss of its session with the ends of its 90 % interval, ppm.
    pub loss_ppm: Option<[i64; 3]>,
    /// The loss limit, ppm.
    pub limit_ppm: Option<i64>,
    /// What the loss rests on.
    pub basis: Option<String>,
    /// Packets that wait in the cab.
    pub blocks_waiting: Option<i64>,
}

/// An alarm of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Which: as in table `events`.
    pub id: String,
    /// raised, changed, lowered, acknowledged, cleared.
    pub happened: String,
    /// Its level, 1 to 3; `None` when it has none.
    pub level: Option<i64>,
    /// When, µs since 1970 UTC, by the machine.
    pub t_us: i64,
}

impl Heard {
    /// Its row in the table `heard`.
    pub fn row(&self) -> Vec<Value> {
        let seconds = |us: Option<i64>| Value::whole(us.map(|us| us.div_euclid(1_000_000)));
        let text = |text: &Option<String>| Value::text(text.as_deref());
        let loss = |at: usize| Value::whole(self.state.loss_ppm.map(|loss| loss[at]));
        let alarm = self.alarm.as_ref();
        vec![
            self.device.as_str().into(),
            Value::whole(self.heard_s),
            Value::whole(self.is_online.map(i64::from)),
            seconds(self.state.t_us),
            text(&self.state.activity),
            text(&self.state.crop),
            Value::whole(self.state.area_m2),
            loss(0),
            loss(1),
            loss(2),
            Value::whole(self.state.limit_ppm),
            text(&self.state.basis),
            Value::whole(self.state.blocks_waiting),
            Value::text(alarm.map(|alarm| alarm.id.as_str())),
            Value::text(alarm.map(|alarm| alarm.happened.as_str())),
            Value::whole(alarm.and_then(|alarm| alarm.level)),
            seconds(alarm.map(|alarm| alarm.t_us)),
            Value::whole(self.clock_ahead_s),
        ]
    }
}
