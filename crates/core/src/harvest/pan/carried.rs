//! What the book of pans takes on from an earlier field, and what it gives to the next one.

use super::super::calibration::{Carried, CarriedPans, PansTaught};
use super::super::conditions::Conditions;
use super::dispersion::Dispersion;
use super::envelope::{Envelope, OutsidePans};
use super::inflation::Inflation;
use super::{PanBook, PanKind, Taught};

impl PanBook {
    /// The conditions of this session's pans: behind the machine, and at the header.
    pub const fn envelopes(&self) -> (Option<Envelope>, Option<Envelope>) {
        (self.rear.envelope, self.header.envelope)
    }

    /// At the header, and behind the machine.
    pub const fn inflations(&self) -> (Inflation, Inflation) {
        (self.header.inflation, self.rear.inflation)
    }

    /// By kind of pan, as far as it holds on another field.
    pub fn dispersion(&self) -> [Dispersion; 3] {
        PanKind::ALL.map(|kind| self.dispersion[kind as usize].elsewhere(kind))
    }

    /// The pans of an earlier field that count here.
    pub const fn carried(&self) -> &Carried {
        &self.carried
    }

    /// Begins with these pans of an earlier field. What they taught of the estimate's spread makes nothing surer here.
    pub fn adopt(&mut self, carried: Carried, pans: &CarriedPans) {
        self.carried = carried;
        let CarriedPans { header_inflation, rear_inflation, dispersion } = pans;
        self.dispersion = PanKind::ALL.map(|kind| dispersion[kind as usize].elsewhere(kind));
        for (taught, inflation) in [(&mut self.header, header_inflation), (&mut self.rear, rear_inflation)] {
            if inflation.factor(&self.spread) > 1.0 {
                *taught = Taught { inflation: *inflation, ..*taught };
            }
        }
    }

    /// Pans of an earlier field hold in such conditions.
    pub(super) fn carried_hold(&self, taught: Option<&PansTaught>, conditions: &Conditions) -> bool {
        taught.is_some_and(|taught| taught.conditions.holds(&self.params, conditions))
    }

    /// Which condition is outside those of the pans behind the machine; `None` where they hold, and without any.
    pub fn rear_outside(&self, conditions: &Conditions) -> Option<OutsidePans> {
        self.outside(&self.rear, self.carried.rear.as_ref(), conditions)
    }

    /// The same of those at the header.
    pub fn header_outside(&self, conditions: &Conditions) -> Option<OutsidePans> {
        self.outside(&self.header, self.carried.header.as_ref(), conditions)
    }

    fn outside(&self, own: &Taught, carried: Option<&PansTaught>, conditions: &Conditions) -> Option<OutsidePans> {
        let carried = carried.map(|taught| taught.conditions);
        // Those of this session are named first.
        let outside = |envelope: Envelope| envelope.exceeded(&self.params, conditions);
        let mut all = own.envelope.into_iter().chain(carried).map(outside);
        let first = all.next()??;
        all.all(|next| next.is_some()).then_some(first)
    }
}
