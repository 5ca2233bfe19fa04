//! Checks the measured points against their seals.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::list::{SealList, StoredSeal};
use crate::points;
use crate::verification::{PointProblem, PointsVerification};

/// Compares each point with its seal, and each seal with its point.
pub(super) fn verify(connection: &Connection, list: &SealList) -> rusqlite::Result<PointsVerification> {
    let of_points = list.seals.iter().filter(|seal| seal.kind == "point");
    let mut sealed: BTreeMap<i64, Vec<&StoredSeal>> = BTreeMap::new();
    for seal in of_points {
        // A seal whose text was changed is named by the list; its point then has no seal.
        if let Some(id) = seal.stated["point"].as_i64().filter(|_| seal.fits) {
            sealed.entry(id).or_default().push(seal);
        }
    }
    let mut found = PointsVerification { signed: true, ..PointsVerification::default() };
    let mut keys = BTreeSet::new();
    let mut there = BTreeSet::new();
    for point in points::all(connection)? {
        found.count += 1;
        there.insert(point.id);
        let seals = sealed.get(&point.id).map(Vec::as_slice).unwrap_or_default();
        let [seal] = seals else {
            found.problems.push(PointProblem::Unsealed(point.id));
            continue;
        };
        if point.own_hash() != point.hash || seal.stated["hash"] != *point.hash {
            found.problems.push(PointProblem::Altered(point.id));
        }
        found.signed &= seal.is_signed() == Some(true);
        keys.extend(seal.public_key.clone());
    }
    let missing = sealed.keys().filter(|id| !there.contains(id));
    found.problems.extend(missing.map(|id| PointProblem::Missing(*id)));
    found.keys = keys.into_iter().collect();
    Ok(found)
}
