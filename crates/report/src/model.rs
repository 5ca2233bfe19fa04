//! What a report shows, as plain data: numbers in SI units with their intervals, read from the journal. It holds minutes
//! and a thinned track; formats that need every second read the journal themselves.

mod feed;

pub use self::feed::{FeedCurve, FeedSample, PowerLaw};
use crate::points::PointReport;
use grainloss_core::advice::Excess;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::habits::HabitPrice;
use grainloss_core::harvest::{Basis, CalibrationOrigin, Interval90};
use grainloss_core::like_work::LikeWork;
use grainloss_core::record::{EventRecord, TravelLosses};
use grainloss_journal::{Entered, Seal, StoredAlarm, StoredPan, StoredSetting};
use grainloss_knowledge::{LimitEntry, LimitVerdict};

/// Mu in a hectare.
pub const MU_PER_HA: f64 = 15.0;
/// A report of more sessions shows an overview in place of each session in detail; the workbook has the minutes of any
/// number of sessions (assumed: what can still be read on pages).
pub const MAX_DETAILED_SESSIONS: usize = 5;

/// Everything that a report shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The sessions, oldest first.
    pub sessions: Vec<SessionReport>,
    /// The selection in words of the command line, item and value; empty when sessions were named.
    pub asked: Vec<(&'static str, String)>,
    /// True when names, plates and places were taken out.
    pub redacted: bool,
}

/// One session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionReport {
    /// The session's number in the journal.
    pub id: i64,
    /// Bus time of its start, microseconds since 1970-01-01 UTC.
    pub started_us: i64,
    /// Bus time of its newest second, microseconds since 1970-01-01 UTC; `None` without a second.
    pub last_us: Option<i64>,
    /// Why it ended; `None` while it is open, and after a crash.
    pub end_reason: Option<String>,
    /// Source of the frames: a socket, a log or the simulator.
    pub source: String,
    /// Clock that the times are of.
    pub clock: String,
    /// The machine profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The crop's identifier.
    pub crop: String,
    /// Program and version that recorded it.
    pub software: String,
    /// The session of which this one is a revision; `None` for an original.
    pub revision_of: Option<i64>,
    /// What the operator entered: names of people, places and the machine.
    pub entered: Entered,
    /// Thousand-kernel weight that turns counted kernels into grain, g: entered, or the crop's; `None` for an unknown
    /// crop.
    pub tkw_g: Option<f64>,
    /// Seconds stored.
    pub seconds: i64,
    /// Its totals.
    pub totals: Totals,
    /// The journal has totals: minutes, samples and track are corrected to them. False after damage.
    pub has_totals: bool,
    /// The limit that it is judged by; `None` without one.
    pub limit: Option<JudgedLimit>,
    /// Every limit in use for the crop.
    pub limits: Vec<JudgedLimit>,
    /// A row a minute.
    pub minutes: Vec<Minute>,
    /// Drop pans.
    pub pans: Vec<StoredPan>,
    /// The measured points that name the session and hold.
    pub points: Vec<PointReport>,
    /// Alarms with their acknowledgements.
    pub alarms: Vec<ReportedAlarm>,
    /// Settings that a person changed.
    pub settings: Vec<ChangedSetting>,
    /// Settings that stayed as they were; not those that the throttle or the speed moves.
    pub kept: Vec<StoredSetting>,
    /// Operator faults, trouble codes and readings that contradict each other.
    pub notices: Vec<EventRecord>,
    /// What was said of the crop, each from a time on, µs.
    pub crop_said: Vec<(i64, CropConditions)>,
    /// The check lists that were gone through, and their items that were not in order.
    pub checks: Vec<EventRecord>,
    /// The test cuts.
    pub test_cuts: Vec<EventRecord>,
    /// What each driver did, in the order in which they first drove.
    pub drivers: Vec<DriverPart>,
    /// Prices that were said.
    pub prices: Prices,
    /// Losses in lodged crop by how the machine drove to it.
    pub by_travel: TravelLosses,
    /// Time spent in each activity.
    pub activities: Activities,
    /// Loss over feed rate: samples, and the curve through them.
    pub feed: FeedCurve,
    /// The track, thinned; empty without positions, and in a report of many sessions.
    pub track: Vec<TrackPoint>,
    /// Mean moisture of the grain while cutting, per cent of wet mass; `None` is unknown, here and below.
    pub moisture_pct: Option<f64>,
    /// Mean height of the knife while cutting, m.
    pub header_height_m: Option<f64>,
    /// Mean width of cut, m.
    pub working_width_m: Option<f64>,
    /// First position, degrees (WGS 84): latitude, longitude.
    pub position_deg: Option<(f64, f64)>,
    /// The calibration of an earlier field that it began with; `None` without one.
    pub calibration: Option<CalibrationOrigin>,
    /// Its seal; `None` while it is open, and after a crash.
    pub seal: Option<Seal>,
    /// The text of its square code; `None` where no page shows it.
    pub code: Option<String>,
}

/// What one driver did in a session. The parts of all drivers add up to the session; intervals add by their ends, since the
/// error of the estimator's levels is common to all of it. `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DriverPart {
    /// The driver's name; `None` when none was entered.
    pub operator: Option<String>,
    /// Seconds stored.
    pub seconds: u32,
    /// Seconds of cutting.
    pub cutting_s: u32,
    /// Seconds of turning.
    pub turning_s: u32,
    /// Area cut, m².
    pub area_m2: f64,
    /// Grain in, kg.
    pub grain_kg: Option<f64>,
    /// Loss at the header, kg.
    pub header_kg: Option<Interval90>,
    /// Loss behind the machine, kg.
    pub rear_kg: Option<Interval90>,
    /// Both, kg.
    pub loss_kg: Option<Interval90>,
    /// Both over the grain of the same time, per cent.
    pub loss_pct: Option<Interval90>,
    /// Basis of the newest known loss.
    pub basis: Option<Basis>,
    /// Turns at the end of a pass.
    pub turns: Option<i64>,
    /// Turns cut through with the header down.
    pub turning_cuts: Option<i64>,
    /// Times that the engine was pulled down, or the throttle was worked.
    pub luggings: Option<i64>,
    /// Alarms that were raised.
    pub alarms: u32,
    /// Seconds of cutting with a known loss.
    pub known_s: i64,
    /// Seconds of cutting whose best estimate of the loss was above the limit.
    pub above_s: i64,
    /// Seconds of cutting whose whole 90 % interval was above it.
    pub surely_above_s: i64,
    /// What habits have cost.
    pub habits: Vec<HabitPrice>,
    /// Settled cutting by feed rate, moisture and basis.
    pub work: LikeWork,
}

/// Prices that were said in a session, in its currency; `None` when not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// Of a kilogram of grain.
    pub grain_per_kg: Option<f64>,
    /// Of an hour of the machine.
    pub hour: Option<f64>,
}

/// Adds a second's interval: the error of the estimator's levels is common to all seconds, so the ends add up.
pub(crate) fn add_interval(sum: &mut Option<Interval90>, second: Interval90) {
    let s = sum.get_or_insert(Interval90 { value: 0.0, lo: 0.0, hi: 0.0 });
    *s = Interval90 { value: s.value + second.value, lo: s.lo + second.lo, hi: s.hi + second.hi };
}

/// The totals of a session as the journal has them, with 90 % intervals; `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Time stored, s.
    pub duration_s: Option<f64>,
    /// Time of cutting, s.
    pub cutting_s: Option<f64>,
    /// Area cut, ha.
    pub area_ha: Option<f64>,
    /// Grain entering at the header, kg: what was harvested and what was lost together.
    pub grain_kg: Option<Interval90>,
    /// Loss at the header, kg.
    pub header_kg: Option<Interval90>,
    /// Loss behind the machine, kg.
    pub rear_kg: Option<Interval90>,
    /// Both, kg.
    pub loss_kg: Option<Interval90>,
    /// Both over grain in (yield and loss together), per cent.
    pub loss_pct: Option<Interval90>,
    /// Basis of the losses: no more than that of their weakest large part.
    pub basis: Option<Basis>,
    /// Basis of the header's loss and of the loss behind the machine.
    pub stream_bases: [Option<Basis>; 2],
    /// Share of the cutting time in which the loss is known, 0 to 1.
    pub known_share: Option<f64>,
    /// Turns at the end of a pass.
    pub turns: Option<i64>,
    /// Turns cut through with the header down.
    pub turning_cuts: Option<i64>,
    /// Times that the engine speed dropped under load while feeding.
    pub luggings: Option<i64>,
    /// Share of the rear loss that left the separator, unthreshed grain included, 0 to 1; the rest left the sieves.
    pub separation_share: Option<f64>,
}

impl Totals {
    /// The loss over the yield alone, per cent: where p is the share of (yield + loss), it is p / (1 - p). `None` when the
    /// loss is unknown or its upper edge is everything.
    pub fn loss_pct_of_yield(&self) -> Option<Interval90> {
        let of_yield = |percent: f64| 100.0 * percent / (100.0 - percent);
        self.loss_pct.filter(|loss| loss.hi < 100.0).map(|loss| Interval90 {
            value: of_yield(loss.value),
            lo: of_yield(loss.lo),
            hi: of_yield(loss.hi),
        })
    }

    /// Grain in over area, kg/ha; `None` without area or grain.
    pub fn grain_kg_ha(&self) -> Option<Interval90> {
        let area = self.area_ha.filter(|area| *area > 0.0)?;
        self.grain_kg.map(|grain| scaled(grain, 1.0 / area))
    }

    /// Loss over area, kg/ha: the lost share of the grain on a hectare.
    pub fn loss_kg_ha(&self) -> Option<Interval90> {
        let grain = self.grain_kg_ha()?.value;
        self.loss_pct.map(|loss| scaled(loss, grain / 100.0))
    }

    /// Grain harvested over area, without what was lost, kg/mu.
    pub fn harvested_kg_mu(&self) -> Option<f64> {
        let grain = self.grain_kg_ha()?.value / MU_PER_HA;
        Some(grain * (1.0 - self.loss_pct?.value / 100.0))
    }
}

/// The interval times a factor: the same in another unit.
pub fn scaled(interval: Interval90, factor: f64) -> Interval90 {
    Interval90 { value: interval.value * factor, lo: interval.lo * factor, hi: interval.hi * factor }
}

/// A limit, and the verdict on the session's loss: that of the screens.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedLimit {
    /// The limit.
    pub limit: LimitEntry,
    /// Where the loss stands; `None` when it is unknown.
    pub verdict: Option<LimitVerdict>,
}

/// One minute of bus time. Means are over the seconds of cutting in which the value is known; grain and losses are sums over
/// all seconds, as corrected at the end of the session: the minutes add up to it. `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Minute {
    /// Its start, microseconds since 1970-01-01 UTC.
    pub start_us: i64,
    /// Seconds stored.
    pub seconds: u32,
    /// Seconds of cutting.
    pub cutting_s: u32,
    /// Seconds of cutting with a known loss.
    pub known_s: u32,
    /// Speed over ground, m/s.
    pub ground_speed_m_s: Option<f64>,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Height of the knife, m.
    pub header_height_m: Option<f64>,
    /// Engine speed, r/min.
    pub engine_rpm: Option<f64>,
    /// Water in the grain, per cent of wet mass.
    pub moisture_pct: Option<f64>,
    /// Grain in, kg.
    pub grain_kg: Option<f64>,
    /// Loss at the header, kg.
    pub header_kg: Option<Interval90>,
    /// Loss behind the machine, kg.
    pub rear_kg: Option<Interval90>,
    /// Both losses over the grain of the time in which they are known, per cent, at most 100; `None` when less than ten
    /// seconds were cut: what leaves the rear then is of the minute before.
    pub loss_pct: Option<Interval90>,
    /// Basis of the loss in the minute's last second with a known loss.
    pub basis: Option<Basis>,
    /// The highest alarm level; 0 without an alarm.
    pub alarm_level: u8,
}

/// Time spent in each activity, s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activities {
    /// Not moving.
    pub stopped_s: u32,
    /// Moving without cutting.
    pub transport_s: u32,
    /// Cutting.
    pub cutting_s: u32,
    /// Turning between two passes.
    pub turning_s: u32,
    /// Activity unknown.
    pub unknown_s: u32,
    /// Cutting through a turn.
    pub turning_cut_s: u32,
    /// Engine speed dropped under load.
    pub lugging_s: u32,
}

/// A point of the track, with the loss of the crop that stood there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// When, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// Metres east and north of the first position.
    pub east_north_m: (f64, f64),
    /// Loss of the crop cut here over its grain, per cent; `None` when not cutting, or unknown.
    pub loss_pct: Option<f64>,
}

/// A setting that a person changed: seen on the bus, or marked.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedSetting {
    /// When, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// The channel's name, or the operator's word for the setting.
    pub setting: String,
    /// Values before and after, in `unit`; `None` where they are not known.
    pub from_to: [Option<f64>; 2],
    /// Unit of the values; `None` when there is none.
    pub unit: Option<String>,
    /// `bus` or `operator`.
    pub origin: String,
    /// Name of the person who marked it.
    pub who: Option<String>,
}

/// An alarm of the session.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedAlarm {
    /// As the journal has it; its level is the highest that it had.
    pub stored: StoredAlarm,
    /// How far above the limit the loss was at most; `None` for other alarms, and in journals that did not record it.
    pub excess: Option<Excess>,
}
