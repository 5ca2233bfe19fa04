//! The machines of a made-up county.

use sha2::{Digest as _, Sha256};

use super::County;
use super::random::Random;

/// A machine of the county.
pub(super) struct Machine {
    pub(super) number: u64,
    pub(super) device: String,
    pub(super) plate: String,
    pub(super) co_op: String,
    pub(super) township: String,
    pub(super) crop: &'static str,
    pub(super) profile: &'static str,
    /// Its loss beside that of an ordinary machine, thousandths.
    pub(super) loss_permille: i64,
    /// Days on which it sends: one machine in 29 falls silent half way, one in 58 never begins.
    pub(super) days: u32,
}

/// Drivers of a co-op of twelve machines.
const DRIVERS_OF_CO_OP: i64 = 15;

impl Machine {
    pub(super) fn of(county: &County, number: u64) -> Self {
        let mut random = Random::of(county.seed, &[1, number]);
        let digest = Sha256::digest(format!("grainloss county {} {number}", county.seed));
        let device = crate::hex::hex(&digest[..8]);
        let crop = match random.between(0, 9) {
            0..=5 => "wheat",
            6..=8 => "rice",
            _ => "maize",
        };
        Self {
            number,
            device,
            plate: format!("示{:07}", number + 1),
            co_op: format!("示例合作社{}", number / 12 + 1),
            township: format!("示例镇{}", number / 25 + 1),
            crop,
            profile: ["deere-2015", "cnh-2015", "gleaner-2015", "combine-demo"][(number % 4) as usize],
            loss_permille: random.between(550, 1700),
            days: match number % 58 {
                7 => county.days / 2,
                36 => 0,
                _ => county.days,
            },
        }
    }

    pub(super) fn region(&self, county: &County) -> String {
        region_of(county, self.number)
    }

    /// Who drives it on this day, in this part of it; `None` for one who gave no name.
    pub(super) fn driver(&self, random: &mut Random) -> Option<String> {
        let name = format!("{}-机手{}", self.co_op, random.between(1, DRIVERS_OF_CO_OP));
        (!random.happens(150)).then_some(name)
    }
}

/// Machines of a region: its files of a day are written together.
const MACHINES_OF_REGION: u64 = 2000;

pub(super) fn region_of(county: &County, machine: u64) -> String {
    let regions = county.machines.div_ceil(MACHINES_OF_REGION).max(1);
    format!("示例县{}", machine * regions / county.machines.max(1) + 1)
}

/// Every training of the county: a third of each co-op's drivers, on a day in the middle.
pub(super) fn trainings(county: &County) -> impl Iterator<Item = (String, String, u32)> + use<> {
    let (seed, days) = (county.seed, county.days);
    (0..county.machines.div_ceil(12)).flat_map(move |co_op| {
        let day = (days / 2 + (Random::of(seed, &[2, co_op]).between(0, 2) as u32)).min(days.saturating_sub(1));
        (1..=DRIVERS_OF_CO_OP).step_by(3).map(move |driver| {
            let co_op = format!("示例合作社{}", co_op + 1);
            (format!("{co_op}-机手{driver}"), co_op, day)
        })
    })
}
