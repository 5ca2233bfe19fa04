//! Everything that goes on at a moment.

use super::event::Event;
use super::kind::{Kind, MESSAGES, NODES};
use super::settings::Changes;

/// What the timeline wants at a moment.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fault of its own")]
pub(crate) struct Active {
    /// Another operator than the scenario's own, by place in the crew.
    pub operator: Option<usize>,
    /// Turns begin inside the crop.
    pub cut_while_turning: bool,
    /// The throttle is held here, 0..=1.
    pub throttle: Option<f64>,
    /// The speed is held here, m/s.
    pub speed_m_s: Option<f64>,
    pub cut_height_m: Option<f64>,
    pub reel_index: Option<f64>,
    pub changes: Changes,
    /// Rain on the crop, points of grain moisture.
    pub wetter_pct: f64,
    /// Straw over what grows here, less one.
    pub more_straw: f64,
    /// Plates, in the order of [`PLATES`](super::kind::PLATES).
    pub dead_plates: [bool; 4],
    pub fouled_plates: [bool; 4],
    pub counters_reset: bool,
    pub height_stuck: bool,
    pub wire: Wire,
}

/// What the timeline wants on the wire.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fault of its own")]
pub(crate) struct Wire {
    /// Messages that say "not available" or "error", in the order of [`MESSAGES`].
    pub not_available: [bool; MESSAGES.len()],
    pub errors: [bool; MESSAGES.len()],
    /// In the order of [`NODES`].
    pub silent: [bool; NODES.len()],
    pub foreign: [bool; NODES.len()],
    /// In the order of [`UNITS`](super::kind::UNITS).
    pub wrong_unit: [bool; 3],
    /// Share of frames that the log does not have.
    pub lost_frames: f64,
    pub bus_off: bool,
    pub interface_down: bool,
    /// What the receiver's clock is ahead, µs.
    pub clock_us: i64,
    pub dm1_one: bool,
    pub dm1_three: bool,
    pub fast_packet: bool,
    pub lost_fast_packet: bool,
    pub vendor_frames: bool,
    pub babbling: bool,
}

impl Active {
    /// Looks at the timeline, `t_s` after the start.
    pub fn at(events: &[Event], t_s: f64) -> Self {
        let mut active = Self::default();
        for event in events {
            // A timeline with a lost fast-packet frame has whole ones before and after it.
            active.wire.fast_packet |= event.kind == Kind::LostFastPacket;
            if event.is_on(t_s) {
                active.apply(event);
            }
        }
        active
    }

    fn apply(&mut self, event: &Event) {
        let (choice, number, wire) = (event.choice, event.number, &mut self.wire);
        match event.kind {
            Kind::Operator => self.operator = Some(choice),
            Kind::CutWhileTurning => self.cut_while_turning = true,
            Kind::ThrottleLow => self.throttle = Some(number / 100.0),
            Kind::TooFast => self.speed_m_s = Some(number),
            Kind::CutHeight => self.cut_height_m = Some(number),
            Kind::ReelIndex => self.reel_index = Some(number),
            Kind::Drum => self.changes.drum_rpm = Some(number),
            Kind::Concave => self.changes.concave_mm = Some(number),
            Kind::Fan => self.changes.fan_rpm = Some(number),
            Kind::UpperSieve => self.changes.upper_sieve_mm = Some(number),
            Kind::LowerSieve => self.changes.lower_sieve_mm = Some(number),
            Kind::Shower => self.wetter_pct += number,
            Kind::Slug => self.more_straw += number - 1.0,
            Kind::DeadPlate => self.dead_plates[choice] = true,
            Kind::FouledPlate => self.fouled_plates[choice] = true,
            Kind::StuckHeight => self.height_stuck = true,
            Kind::NotAvailable => wire.not_available[choice] = true,
            Kind::ErrorCode => wire.errors[choice] = true,
            Kind::SilentNode => wire.silent[choice] = true,
            Kind::WrongUnit => wire.wrong_unit[choice] = true,
            // Known before the start.
            Kind::CounterWrap => {}
            Kind::CounterReset => self.counters_reset = true,
            Kind::LostFrames => wire.lost_frames = number / 100.0,
            Kind::BusOff => wire.bus_off = true,
            Kind::InterfaceDown => wire.interface_down = true,
            Kind::ClockBackward => wire.clock_us -= (number * 1e6) as i64,
            Kind::ClockForward => wire.clock_us += (number * 1e6) as i64,
            Kind::Dm1One => wire.dm1_one = true,
            Kind::Dm1Three => wire.dm1_three = true,
            Kind::FastPacket => wire.fast_packet = true,
            Kind::LostFastPacket => wire.lost_fast_packet = true,
            Kind::ForeignSource => wire.foreign[choice] = true,
            Kind::VendorFrames => wire.vendor_frames = true,
            Kind::BabblingNode => wire.babbling = true,
        }
    }
}
