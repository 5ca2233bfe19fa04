//! The realism check: every row passes. One that no longer does is a fault of the plant, or an honest finding to be
//! listed here with its reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use grainloss_simulator::check::check;

#[test]
fn figures_lie_where_the_sources_say() {
    let rows = check().unwrap();
    assert!(rows.len() >= 40, "{}", rows.len());
    let failing: Vec<&str> = rows.iter().filter(|row| !row.passes()).map(|row| row.what).collect();
    assert!(failing.is_empty(), "{failing:?}: {rows:#?}");
    for row in &rows {
        assert!(row.simulated.is_finite() && row.low < row.high && !row.source.is_empty(), "{row:?}");
    }
}
