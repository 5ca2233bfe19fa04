//! Whether a file that does not say so is one of SAE J1939.

use super::attributes;
use crate::frame::CanId;
use crate::j1939::SourceAddress;
use crate::load::{Checked, DbcError, DbcProblem};

/// What speaks for J1939 in a file whose 29-bit messages have neither a frame format nor a protocol: nearly all of their
/// identifiers (nine in ten, our choice) end in FE, the address that means any sender, and at least half
/// are of groups that go to everyone; or at least half of them are of well-known groups. `None` when it does not suffice.
pub(super) fn j1939(file: &Checked) -> Option<DbcError> {
    let unmarked = || file.messages().filter(|declared| attributes::is_j1939(declared.dbc, declared.message).is_none());
    let (mut extended, mut any_source, mut to_everyone, mut known) = (0, 0, 0, 0);
    for id in unmarked().filter_map(|declared| declared.id()?.j1939()) {
        extended += 1;
        any_source += usize::from(id.source == SourceAddress::ANY);
        to_everyone += usize::from(id.pgn.is_broadcast() || id.pgn.is_nmea2000());
        known += usize::from(id.pgn.is_well_known());
    }
    let first = unmarked().find(|declared| declared.id().is_some_and(CanId::is_extended))?;
    let is_any = any_source * 10 >= extended * 9 && to_everyone * 2 >= extended;
    let is_enough = is_any || known * 2 >= extended;
    is_enough.then(|| first.error(DbcProblem::TakenForJ1939 { extended, any_source, known }))
}
