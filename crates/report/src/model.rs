//! What a report shows, as plain data: numbers in SI units with their intervals, filled from the journal and written by
//! the writers. A report holds minutes and a thinned track; formats that need every second read the journal themselves.

use grainloss_core::harvest::{Basis, Interval90};
use grainloss_core::record::EventRecord;
use grainloss_journal::{Entered, Seal, StoredAlarm, StoredPan, StoredSetting};
use grainloss_knowledge::{LimitComparison, LimitEntry};

/// Everything that a report shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its sessions, oldest first.
    pub sessions: Vec<SessionReport>,
    /// What was asked for, in words of the command line; empty when sessions were named.
    pub asked: Vec<(&'static str, String)>,
    /// Names, plates and places were taken out.
    pub redacted: bool,
}

/// One session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionReport {
    /// Its number.
    pub id: i64,
    /// Bus time of its start, microseconds since 1970-01-01 UTC.
    pub started_us: i64,
    /// Bus time of its newest second.
    pub last_us: Option<i64>,
    /// Why it ended; `None` while it is open, and after a crash.
    pub end_reason: Option<String>,
    /// Where the frames came from.
    pub source: String,
    /// Whose time it is.
    pub clock: String,
    /// The machine profile's name.
    pub machine: String,
    /// The profile's hash.
    pub profile_sha256: String,
    /// The crop's identifier.
    pub crop: String,
    /// The program that wrote it.
    pub software: String,
    /// The session of which this one is a revision.
    pub revision_of: Option<i64>,
    /// Who, where, which machine.
    pub entered: Entered,
    /// Thousand-kernel weight that counted kernels are weighed with, g, and whether it was entered.
    pub tkw_g: Option<f64>,
    /// Seconds stored.
    pub seconds: i64,
    /// The sums.
    pub totals: Totals,
    /// The limit that it was judged by, and how it stands.
    pub limit: Option<Judged>,
    /// Every limit in use for the crop.
    pub limits: Vec<Judged>,
    /// A row a minute.
    pub minutes: Vec<Minute>,
    /// Drop pans.
    pub pans: Vec<StoredPan>,
    /// Alarms with their acknowledgements.
    pub alarms: Vec<StoredAlarm>,
    /// Settings from a time on.
    pub settings: Vec<StoredSetting>,
    /// Operator faults and other notices.
    pub notices: Vec<EventRecord>,
    /// How long it did what.
    pub activities: Activities,
    /// Samples of loss over feed rate, and the curve through them.
    pub feed: FeedCurve,
    /// The track, thinned.
    pub track: Vec<TrackPoint>,
    /// Mean moisture of the grain while cutting, per cent of wet mass.
    pub moisture_pct: Option<f64>,
    /// Mean height of the knife while cutting, m.
    pub header_height_m: Option<f64>,
    /// Mean width cut, m.
    pub working_width_m: Option<f64>,
    /// First position, degrees: latitude, longitude.
    pub position_deg: Option<(f64, f64)>,
    /// Its seal.
    pub seal: Option<Seal>,
}

/// The sums of a session as the journal has them; 90 % intervals.
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
    /// What they rest on.
    pub basis: Option<Basis>,
    /// Share of the cutting time with a known loss.
    pub known_share: Option<f64>,
    /// Turns at the end of a pass.
    pub turns: Option<i64>,
    /// Curves with the header down.
    pub turning_cuts: Option<i64>,
    /// Times the engine was pulled down while feeding.
    pub luggings: Option<i64>,
    /// Part of the rear loss behind the separator, unthreshed grain included, by the seconds' own ratio.
    pub separation_share: Option<f64>,
}

impl Totals {
    /// The loss over the yield alone, per cent: for p of (yield + loss) it is p / (1 - p).
    pub fn loss_pct_of_yield(&self) -> Option<Interval90> {
        let of_yield = |percent: f64| 100.0 * percent / (100.0 - percent);
        self.loss_pct.filter(|loss| loss.hi < 100.0).map(|loss| Interval90 {
            value: of_yield(loss.value),
            lo: of_yield(loss.lo),
            hi: of_yield(loss.hi),
        })
    }

    /// Grain in over area, kg/ha.
    pub fn grain_kg_ha(&self) -> Option<Interval90> {
        let area = self.area_ha.filter(|area| *area > 0.0)?;
        self.grain_kg.map(|grain| scaled(grain, 1.0 / area))
    }

    /// Loss over area, kg/ha: the share that is lost of the grain on a hectare.
    pub fn loss_kg_ha(&self) -> Option<Interval90> {
        let grain = self.grain_kg_ha()?.value;
        self.loss_pct.map(|loss| scaled(loss, grain / 100.0))
    }
}

/// A band in another unit.
pub fn scaled(band: Interval90, factor: f64) -> Interval90 {
    Interval90 { value: band.value * factor, lo: band.lo * factor, hi: band.hi * factor }
}

/// A limit, and how the loss stands against it; `None` without a loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The limit.
    pub limit: LimitEntry,
    /// How the loss stands.
    pub standing: Option<LimitComparison>,
}

/// One minute of bus time. Means are over the seconds of cutting; `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Minute {
    /// Its start, microseconds.
    pub start_us: i64,
    /// Seconds stored.
    pub seconds: u32,
    /// Seconds of cutting.
    pub cutting_s: u32,
    /// Seconds of cutting with a known loss: what the losses below are of.
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
    /// Loss over grain in, per cent.
    pub loss_pct: Option<Interval90>,
    /// What the loss rested on at its end.
    pub basis: Option<Basis>,
    /// The highest alarm level.
    pub alarm_level: u8,
}

/// How long the machine did what, s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activities {
    /// Not moving.
    pub stopped_s: u32,
    /// Moving without cutting.
    pub transport_s: u32,
    /// Cutting.
    pub cutting_s: u32,
    /// Between two passes.
    pub turning_s: u32,
    /// Nobody knows.
    pub unknown_s: u32,
    /// Cutting in a curve.
    pub turning_cut_s: u32,
    /// Engine pulled down.
    pub lugging_s: u32,
}

/// Loss behind the machine over feed rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedCurve {
    /// Half minutes of settled cutting: feed rate in kg/s, loss behind the machine over grain in, per cent.
    pub samples: Vec<(f64, f64)>,
    /// The power law through them; `None` with too few, or at one feed rate only.
    pub law: Option<PowerLaw>,
}

/// loss in % = at_mean × (feed / mean_feed)^exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// Geometric mean of the feed rates, kg/s.
    pub mean_feed_kg_s: f64,
    /// Loss there, per cent.
    pub at_mean_pct: f64,
    /// The exponent with its 90 % interval.
    pub exponent: Interval90,
    /// Standard deviation of the samples' logarithm about the curve.
    pub scatter: f64,
}

/// A place on the way, with the loss of the crop that stood there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// Metres east and north of the first position.
    pub east_north_m: (f64, f64),
    /// Loss of the crop cut here over its grain, per cent; `None` when not cutting, or unknown.
    pub loss_pct: Option<f64>,
}
