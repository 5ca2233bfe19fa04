//! The kernel's error frame (`linux/can/error.h`): its class in the identifier, details in the eight bytes.

use super::event_kind::BusEventKind;
use super::state::BusState;

/// Error classes, bits of the identifier.
const TX_TIMEOUT: u32 = 0x001;
const LOST_ARBITRATION: u32 = 0x002;
const CONTROLLER: u32 = 0x004;
const PROTOCOL: u32 = 0x008;
const TRANSCEIVER: u32 = 0x010;
const NO_ACK: u32 = 0x020;
const BUS_OFF: u32 = 0x040;
const BUS_ERROR: u32 = 0x080;
const RESTARTED: u32 = 0x100;
const COUNTERS: u32 = 0x200;

/// Details of a controller's error, bits of byte 1: for reception and for transmission.
const RX_OVERFLOW: u8 = 0x01;
const TX_OVERFLOW: u8 = 0x02;
const WARNING: u8 = 0x04 | 0x08;
const PASSIVE: u8 = 0x10 | 0x20;
const ACTIVE: u8 = 0x40;

/// Error counters at which a controller warns, and becomes passive.
const WARNING_FROM: u8 = 96;
const PASSIVE_FROM: u8 = 128;

/// An error frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorFrame {
    /// The identifier's 29 bits: what kinds of error.
    pub class: u32,
    /// The details.
    pub data: [u8; 8],
}

/// A class, the details that must be set in byte 1 (0: any), and what it means.
const MEANINGS: [(u32, u8, BusEventKind); 9] = [
    (TX_TIMEOUT, 0, BusEventKind::TxProblem),
    (LOST_ARBITRATION, 0, BusEventKind::TxProblem),
    (CONTROLLER, RX_OVERFLOW, BusEventKind::Overrun),
    (CONTROLLER, TX_OVERFLOW, BusEventKind::TxProblem),
    (PROTOCOL, 0, BusEventKind::BusError),
    (BUS_ERROR, 0, BusEventKind::BusError),
    (TRANSCEIVER, 0, BusEventKind::Transceiver),
    (NO_ACK, 0, BusEventKind::NoAck),
    (RESTARTED, 0, BusEventKind::Restarted),
];

impl ErrorFrame {
    const fn has(&self, class: u32) -> bool {
        self.class & class != 0
    }

    /// What happened, each thing once. Changes of state are in [`state`](Self::state).
    pub(super) fn happenings(&self) -> impl Iterator<Item = BusEventKind> {
        let is = |(class, detail, _): &(u32, u8, BusEventKind)| {
            self.has(*class) && (*detail == 0 || self.data[1] & detail != 0)
        };
        let mut last = None;
        // Equal ones stand together in the table.
        MEANINGS.into_iter().filter(is).map(|(.., what)| what).filter(move |what| last.replace(*what) != Some(*what))
    }

    /// The state that it reports; `None` when it reports none.
    pub(super) const fn state(&self) -> Option<BusState> {
        let detail = if self.has(CONTROLLER) { self.data[1] } else { 0 };
        if self.has(BUS_OFF) {
            Some(BusState::BusOff)
        } else if detail & PASSIVE != 0 {
            Some(BusState::Passive)
        } else if detail & WARNING != 0 {
            Some(BusState::Warning)
        } else if detail & ACTIVE != 0 || self.has(RESTARTED) {
            Some(BusState::Active)
        } else {
            None
        }
    }

    /// The transmit and the receive error counter, where the frame has them.
    pub(super) const fn counters(&self) -> Option<(u8, u8)> {
        if self.has(COUNTERS) { Some((self.data[6], self.data[7])) } else { None }
    }

    /// The state that the counters mean.
    pub(super) fn state_by_counters(&self) -> Option<BusState> {
        let (tx, rx) = self.counters()?;
        Some(match tx.max(rx) {
            PASSIVE_FROM.. => BusState::Passive,
            WARNING_FROM.. => BusState::Warning,
            _ => BusState::Active,
        })
    }
}
