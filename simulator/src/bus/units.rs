//! Readings as a controller with the wrong unit sends them, and the trouble code of an engine that is asked for one.

use crate::scenario::Wire;
use crate::sensors::Readings;

/// km/h for m/s, and t/h for kg/s.
const PER_HOUR: f64 = 3.6;
/// cm for mm.
const CM_FOR_MM: f64 = 0.1;

/// The readings as they are sent, when that is not as they are.
pub(super) fn wrong(readings: &Readings, wire: &Wire) -> Option<Readings> {
    let [speed, height, grain_flow] = wire.wrong_unit;
    if !(speed || height || grain_flow || wire.dm1_one) {
        return None;
    }
    let mut sent = readings.clone();
    if speed {
        for value in [&mut sent.wheel_m_s, &mut sent.ground_m_s, &mut sent.selected_m_s, &mut sent.gnss_m_s] {
            *value *= PER_HOUR;
        }
    }
    if height {
        sent.height_m = sent.height_m.map(|height_m| height_m * CM_FOR_MM);
    }
    if grain_flow {
        sent.grain_flow_kg_s *= PER_HOUR;
    }
    sent.engine_fault |= wire.dm1_one;
    Some(sent)
}
