//! Whether the machine moves, second by second.

use grainloss_core::machine::Channel;

use super::evidence::Evidence;

/// A state a second; `None` where it is not known.
pub(super) type States = Vec<Option<bool>>;

/// Moving by the satellite receiver, else by the profile's own speed.
pub(super) fn moving(evidence: &Evidence<'_>) -> States {
    let reference = evidence.record.reference_speed();
    let own = evidence.series(Channel::GroundSpeed);
    let speed = |at: usize| {
        let value = |series: &[f32]| series.get(at).copied().filter(|speed| speed.is_finite());
        value(reference).or_else(|| value(own))
    };
    (0..evidence.record.len()).map(|at| speed(at).map(|s| f64::from(s) > evidence.params.moving_m_s)).collect()
}
