//! The field map: where the machine has been, and what was lost there.

use serde::{Deserialize, Serialize};

use grainloss_core::harvest::PanKind;

/// Mean radius of the earth, m (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_009.0;

/// What the machine has left on the field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldMap {
    /// Where metres are counted from; `None` when the session has had no position from a satellite receiver: then no point
    /// has a place, and the track tells times only.
    pub origin: Option<Origin>,
    /// Cutting width of the header, m; `None` when it is not known.
    pub width_m: Option<f64>,
    /// Seconds in which the machine moved, oldest first; thinned in a long session, in which of the seconds that are taken
    /// together the one with the highest loss stays.
    pub track: Vec<TrackPoint>,
    /// Pans that lie on the ground, and those that were counted, oldest first.
    pub pans: Vec<PanMark>,
    /// Alarms as they were raised, oldest first.
    pub alarms: Vec<AlarmMark>,
    /// Where the machine is; `None` before the first second.
    pub here: Option<Here>,
}

/// The place that metres are counted from, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// North of the equator, degrees.
    pub latitude_deg: f64,
    /// East of Greenwich, degrees.
    pub longitude_deg: f64,
}

impl Origin {
    /// A place in metres from here, to a decimetre. Right to a thousandth within 50 km.
    pub fn place(&self, latitude_deg: f64, longitude_deg: f64) -> Place {
        let metres = |degrees: f64| degrees.to_radians() * EARTH_RADIUS_M;
        let tenths = |metres: f64| ((metres * 10.0).round() / 10.0) as f32;
        let east_m = metres(longitude_deg - self.longitude_deg) * self.latitude_deg.to_radians().cos();
        Place { east_m: tenths(east_m), north_m: tenths(metres(latitude_deg - self.latitude_deg)) }
    }
}

/// A place on the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// East of the origin, m.
    pub east_m: f32,
    /// North of the origin, m.
    pub north_m: f32,
}

/// A second of the track that stands for those beside it.
///
/// On the wire an array: `t_s, east_m, north_m, loss_pct, mean_pct, width_m, flags`; flags are 1 cutting, 2 turning, 4 cut in
/// the turn, 8 after a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "PointRow", into = "PointRow")]
#[allow(clippy::struct_excessive_bools, reason = "each can be with each")]
pub struct TrackPoint {
    /// Its end, s since the session began.
    pub t_s: u32,
    /// Where the machine was; `None` without a position.
    pub place: Option<Place>,
    /// Loss over grain in of the ten seconds of cutting before, per cent, 0..=100; `None` when not cutting, or not known.
    pub loss_pct: Option<f32>,
    /// Mean of it over the seconds that this one stands for, per cent; `None` when none of them knows it.
    pub mean_pct: Option<f32>,
    /// Width that was cut, m; `None` when not cutting.
    pub width_m: Option<f32>,
    /// The machine cut.
    pub is_cutting: bool,
    /// It turned between two passes.
    pub is_turning: bool,
    /// It cut in a turn.
    pub is_turning_cut: bool,
    /// Something between the point before and this one was not recorded: no line leads here.
    pub is_after_gap: bool,
}

type PointRow = (u32, Option<f32>, Option<f32>, Option<f32>, Option<f32>, Option<f32>, u8);

impl From<TrackPoint> for PointRow {
    fn from(point: TrackPoint) -> Self {
        let flags = u8::from(point.is_cutting)
            | u8::from(point.is_turning) << 1
            | u8::from(point.is_turning_cut) << 2
            | u8::from(point.is_after_gap) << 3;
        let (east, north) = (point.place.map(|at| at.east_m), point.place.map(|at| at.north_m));
        (point.t_s, east, north, point.loss_pct, point.mean_pct, point.width_m, flags)
    }
}

impl From<PointRow> for TrackPoint {
    fn from((t_s, east, north, loss_pct, mean_pct, width_m, flags): PointRow) -> Self {
        Self {
            t_s,
            place: east.zip(north).map(|(east_m, north_m)| Place { east_m, north_m }),
            loss_pct,
            mean_pct,
            width_m,
            is_cutting: flags & 1 != 0,
            is_turning: flags & 2 != 0,
            is_turning_cut: flags & 4 != 0,
            is_after_gap: flags & 8 != 0,
        }
    }
}

/// What has become of a pan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanState {
    /// It lies on the ground, to be counted.
    OnTheGround,
    /// It was counted and used.
    Used,
    /// It was counted, and may be a blunder.
    Doubtful,
    /// It was counted, and cannot be compared.
    Rejected,
}

/// A pan on the map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanMark {
    /// Its number among the pans that lie on the ground; `None` once it is counted.
    pub drop: Option<u32>,
    /// When it was dropped, s since the session began; below 0 when that was before.
    pub t_s: i32,
    /// Behind the machine or in front of it.
    pub kind: PanKind,
    /// Where; `None` when that is not known.
    pub place: Option<Place>,
    /// What has become of it.
    pub state: PanState,
    /// What it holds over the grain that stood there, per cent: of a rear pan the loss behind the machine, of a front sample
    /// the header's, of one over the whole width both. `None` until it is counted, and where the grain is not known.
    pub loss_pct: Option<f32>,
    /// Feed rate at the drop, kg/s; `None` when it is not known.
    pub feed_kg_s: Option<f32>,
}

/// An alarm on the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmMark {
    /// When it was raised, s since the session began.
    pub t_s: i32,
    /// Which alarm, in the journal's word.
    pub id: String,
    /// Its level: 1 low, 2 medium, 3 high.
    pub level: u8,
    /// Where grain is lost, or the sensor; `None` for others.
    pub stream: Option<String>,
    /// Where the machine was; `None` when that is not known.
    pub place: Option<Place>,
}

/// Where the machine is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Here {
    /// The second, s since the session began.
    pub t_s: u32,
    /// Its place; `None` without a position.
    pub place: Option<Place>,
    /// Course over ground, clockwise from north, degrees; `None` when it is not known.
    pub heading_deg: Option<f32>,
}
