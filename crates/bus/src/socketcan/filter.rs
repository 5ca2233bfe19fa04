//! Which frames the kernel hands over: filters spare a slow computer the frames that the machine's database does not
//! know.

use std::collections::BTreeSet;

use grainloss_can::Matching;

use super::wire::{EXTENDED, REMOTE};

/// The kernel takes no more for one socket (`CAN_RAW_FILTER_MAX`).
const MOST: usize = 512;
/// The parameter group of a broadcast, and of a message to one destination, whose low byte is the destination.
const BROADCAST: u32 = 0x03FF_FF00;
const TO_ONE: u32 = 0x03FF_0000;
/// Parameter groups beside those of the database: connection management and data of the transport protocol, active
/// diagnostic trouble codes (DM1), address claim.
const ALSO: [u32; 4] = [0xEC00, 0xEB00, 65_226, 60_928];

/// A choice of frames. Error frames come in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every frame.
    All,
    /// Frames whose identifier, under the mask, is equal to one of these: (identifier, mask), flags as in the kernel.
    Only(Vec<(u32, u32)>),
}

impl Filter {
    /// Those that match one of these, whatever their priority and destination, and those that carry messages of more than
    /// one frame, trouble codes or names. Everything, when that is more than the kernel can choose by.
    ///
    /// With it a frame that the database does not know never arrives: the count of unknown frames is then that of the
    /// few that pass the filter all the same, not that of the bus.
    pub fn known(known: impl Iterator<Item = Matching>) -> Self {
        let known = known.map(|matching| match matching {
            Matching::Pgn(pgn) | Matching::PgnFrom(pgn, _) => of_pgn(pgn.number()),
            // Otherwise 0x123 would let 29-bit identifiers of the same low bits pass.
            Matching::Exact(id) if id.is_extended() => (id.with_flag(), libc::CAN_EFF_MASK | EXTENDED | REMOTE),
            Matching::Exact(id) => (id.bits(), libc::CAN_SFF_MASK | EXTENDED | REMOTE),
        });
        let filters: BTreeSet<(u32, u32)> = known.chain(ALSO.map(of_pgn)).collect();
        if filters.len() > MOST { Self::All } else { Self::Only(filters.into_iter().collect()) }
    }
}

const fn of_pgn(pgn: u32) -> (u32, u32) {
    let mask = if (pgn >> 8) & 0xFF < 240 { TO_ONE } else { BROADCAST };
    ((pgn << 8) | EXTENDED, mask | EXTENDED | REMOTE)
}

#[cfg(test)]
mod tests {
    use grainloss_can::Database;

    use super::*;

    fn known(database: &Database) -> Filter {
        Filter::known(database.messages().iter().map(|message| message.matching))
    }

    fn passes(filter: &Filter, id: u32) -> bool {
        let Filter::Only(filters) = filter else { return true };
        // As the kernel says it: `<received_can_id> & mask == can_id & mask`.
        filters.iter().any(|(wanted, mask)| id & mask == wanted & mask)
    }

    #[test]
    fn what_the_database_knows_passes_and_what_it_does_not_stays_out() {
        let filter = known(&Database::bundled("combine-demo").unwrap().unwrap());
        for (id, wanted, what) in [
            (0x8CF0_0400, true, "EEC1"),
            (0x98F0_0427, true, "EEC1 of another source and priority"),
            (0x98FF_E381, true, "the demonstration's own"),
            (0x98EC_FF26, true, "transport to all"),
            (0x98EB_8126, true, "transport to one"),
            (0x98FE_CA00, true, "trouble codes"),
            (0x98EE_FF26, true, "address claim"),
            (0x9CEA_FF26, false, "a request"),
            (0x98FF_F081, false, "another proprietary group"),
            (0x0CF0_0400 & 0x7FF, false, "an 11-bit identifier of the same low bits"),
            (0xCCF0_0400, false, "a remote request"),
        ] {
            assert_eq!(passes(&filter, id), wanted, "{what}");
        }
    }

    #[test]
    fn exact_identifiers_are_matched_whole() {
        let dbc = "VERSION \"\"\n\nBU_: A\n\nBO_ 291 SHORT: 8 A\n SG_ X : 0|8@1+ (1,0) [0|255] \"\" A\n";
        let filter = known(&Database::parse("t.dbc", dbc.as_bytes()).unwrap());
        assert!(passes(&filter, 0x123));
        assert!(!passes(&filter, 0x124) && !passes(&filter, 0x8000_0123) && !passes(&filter, 0x4000_0123));
    }

    #[test]
    fn more_than_the_kernel_takes_is_no_filter_at_all() {
        let message = |n: u32| format!("BO_ {n} M{n}: 8 A\n SG_ X : 0|8@1+ (1,0) [0|255] \"\" A\n\n");
        let dbc = |count: u32| "VERSION \"\"\n\nBU_: A\n\n".to_owned() + &(0..count).map(message).collect::<String>();
        let filter = |count| known(&Database::parse("t.dbc", dbc(count).as_bytes()).unwrap());
        assert!(matches!(filter(508), Filter::Only(filters) if filters.len() == 512));
        assert_eq!(filter(509), Filter::All);
    }
}
