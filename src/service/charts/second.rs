//! A second as charts need it, from the pipeline or from the journal.

use grainloss_core::harvest::{Activity, Interval90};
use grainloss_core::record::SecondRow;
use grainloss_journal::StoredSecond;

/// A second. `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChartSecond {
    /// Its end, bus time.
    pub t_us: i64,
    /// What the machine did.
    pub activity: Option<Activity>,
    /// It cut in a turn.
    pub is_turning_cut: bool,
    /// Speed over ground, m/s.
    pub speed_m_s: Option<f64>,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Grain in, kg/s.
    pub grain_kg_s: Option<f64>,
    /// Loss at the header, kg/s.
    pub header_kg_s: Option<f64>,
    /// Loss behind the machine, kg/s.
    pub rear_kg_s: Option<Interval90>,
    /// Loss over grain in of the last ten seconds of cutting, per cent.
    pub total_pct: Option<Interval90>,
    /// The header's part of it.
    pub header_pct: Option<f64>,
    /// The part behind the machine.
    pub rear_pct: Option<f64>,
    /// Width being cut, m.
    pub width_m: Option<f64>,
    /// Latitude and longitude, degrees.
    pub position: Option<(f64, f64)>,
    /// Course over ground, rad.
    pub course_rad: Option<f64>,
    /// What the left sensor behind separator and sieves shows of left and right together, 0..=1.
    pub left_shares: [Option<f64>; 2],
    /// How full the returns are, 0..=1.
    pub returns: Option<f64>,
}

impl From<&SecondRow> for ChartSecond {
    fn from(row: &SecondRow) -> Self {
        Self {
            t_us: row.t_us,
            activity: row.doing.activity,
            is_turning_cut: row.doing.turning_cut == Some(true),
            speed_m_s: row.ground_speed_m_s,
            feed_kg_s: row.feed_kg_s,
            grain_kg_s: row.grain_in_kg_s,
            header_kg_s: row.header_kg_s.map(|header| header.value),
            rear_kg_s: row.rear_kg_s,
            total_pct: row.total_pct,
            header_pct: row.recent.map(|recent| recent.header_pct),
            rear_pct: row.recent.map(|recent| recent.rear_pct),
            width_m: row.working_width_m,
            position: row.position.map(|position| (position.latitude_deg, position.longitude_deg)),
            course_rad: row.course_rad,
            left_shares: row.left_shares,
            returns: row.returns,
        }
    }
}

impl From<&StoredSecond> for ChartSecond {
    fn from(row: &StoredSecond) -> Self {
        Self {
            t_us: row.t_us,
            activity: row.activity,
            is_turning_cut: row.turning_cut == Some(true),
            speed_m_s: row.ground_speed_m_s,
            feed_kg_s: row.feed_kg_s,
            grain_kg_s: row.grain_in_kg_s,
            header_kg_s: row.header_kg_s.map(|header| header.value),
            rear_kg_s: row.rear_kg_s,
            total_pct: row.total_pct,
            header_pct: row.header_pct,
            rear_pct: row.rear_pct,
            width_m: row.working_width_m,
            position: row.position_deg,
            course_rad: row.course_deg.map(f64::to_radians),
            // The journal does not hold them.
            left_shares: [None; 2],
            returns: None,
        }
    }
}
