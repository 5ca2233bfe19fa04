//! The realism check, and what of it is known to fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use grainloss_simulator::check::check;

/// Rows that the simulator does not meet, with the reason; a row that comes to pass must be taken out here.
///
/// - The speed is held at the entry, so that the torque has settled at 8 s already; the logs show a tail to 10-12 s.
/// - Turns are arcs of one radius with straight ways before and after, so that the median rate is that of an arc or of
///   a straight; steering into and out of an arc is not modelled.
const KNOWN_TO_FAIL: [&str; 2] = ["crop into the header: torque, 90 %", "turning rate, head up: median"];

#[test]
fn figures_lie_where_the_sources_say() {
    let rows = check().unwrap();
    assert!(rows.len() >= 40, "{}", rows.len());
    let failing: Vec<&str> = rows.iter().filter(|row| !row.passes()).map(|row| row.what).collect();
    assert_eq!(failing, KNOWN_TO_FAIL, "{rows:#?}");
    for row in &rows {
        assert!(row.simulated.is_finite() && row.low < row.high && !row.source.is_empty(), "{row:?}");
    }
}
