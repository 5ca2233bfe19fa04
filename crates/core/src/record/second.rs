//! Ten steps become one second.

use crate::advice::Advice;
use crate::crop_conditions::CropConditions;
use crate::harvest::{Activity, Basis, Estimate, Fusions, Interval90, LogNormal, MachineState, Stream, Totals};
use crate::machine::{Channel, Readings};

/// One second of harvest. Rates are means over the second; states are those at its end. `None` is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondRow {
    /// The end of the second, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// What the machine was doing.
    pub doing: MachineState,
    /// The newest record of each measurement; those of this second are later than `t_us` minus a second.
    pub fusions: Fusions,
    /// Speed over ground, m/s.
    pub ground_speed_m_s: Option<f64>,
    /// Height of the knife, m.
    pub header_height_m: Option<f64>,
    /// Crop into the feeder house, kg/s.
    pub feed_kg_s: Option<f64>,
    /// Engine speed, r/min.
    pub engine_rpm: Option<f64>,
    /// Grain entering at the header, kg/s.
    pub grain_in_kg_s: Option<f64>,
    /// Loss at the header, kg/s.
    pub header_kg_s: Option<Interval90>,
    /// Loss behind the machine, kg/s.
    pub rear_kg_s: Option<Interval90>,
    /// Loss behind the separator, unthreshed grain included, kg/s.
    pub separation_kg_s: Option<f64>,
    /// Loss behind the sieves, kg/s.
    pub cleaning_kg_s: Option<f64>,
    /// Loss over grain in of the last ten seconds of cutting, per cent; `None` when not cutting.
    pub total_pct: Option<Interval90>,
    /// The same, kg/ha.
    pub loss_kg_ha: Option<Interval90>,
    /// What the loss rests on: no more than its weakest large part; `None` when no loss is known.
    pub basis: Option<Basis>,
    /// What the header's loss rests on; `None` when it is not known.
    pub basis_header: Option<Basis>,
    /// What the loss behind the machine rests on; `None` when it is not known.
    pub basis_rear: Option<Basis>,
    /// Loss and grain of the last ten seconds of cutting; `None` when not cutting.
    pub recent: Option<RecentRow>,
    /// The session so far.
    pub so_far: SessionSoFar,
    /// The highest level of the active alarms, 0..=3; 0 without one.
    pub alarm_level: u8,
    /// Width being cut, m.
    pub working_width_m: Option<f64>,
    /// Fuel consumption, l/h.
    pub fuel_l_h: Option<f64>,
    /// Water in the grain, share of wet mass.
    pub moisture: Option<f64>,
    /// Where the machine was at the end of the second.
    pub position: Option<Position>,
    /// Course over ground at the end of the second, clockwise from north, rad.
    pub course_rad: Option<f64>,
    /// What the driver has said of the crop until the end of the second.
    pub crop: CropConditions,
    /// What the left loss sensor counts or shows of left and right together, behind separator and sieves, 0..=1; `None`
    /// without both, and while they show nothing. Not stored.
    pub left_shares: [Option<f64>; 2],
    /// How full the returns are, 0..=1. Not stored.
    pub returns: Option<f64>,
}

/// Loss and grain of the last ten seconds of cutting: best estimates of one time and one grain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecentRow {
    /// Loss at the header over grain in, per cent.
    pub header_pct: f64,
    /// Loss behind the machine over grain in, per cent; both together are [`SecondRow::total_pct`].
    pub rear_pct: f64,
    /// Grain in, kg/s.
    pub grain_kg_s: f64,
}

/// Grain and losses of the session from its start to the end of the second, kg: best estimates, as corrected until then.
/// `None` is unknown, and in a loss also that nothing has been lost yet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SessionSoFar {
    /// Grain entering at the header.
    pub grain_kg: Option<f64>,
    /// Loss at the header.
    pub header_kg: Option<f64>,
    /// Loss behind the machine.
    pub rear_kg: Option<f64>,
    /// Both.
    pub total_kg: Option<f64>,
}

impl SessionSoFar {
    fn of(totals: &Totals) -> Self {
        let value = |band: Option<Interval90>| band.map(|band| band.value);
        Self {
            grain_kg: value(totals.grain_kg()),
            header_kg: value(totals.header_loss_kg()),
            rear_kg: value(totals.rear_loss_kg()),
            total_kg: value(totals.total_loss_kg()),
        }
    }
}

/// A place, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// North of the equator, degrees.
    pub latitude_deg: f64,
    /// East of Greenwich, degrees.
    pub longitude_deg: f64,
}

/// Mean over the steps in which a value was known.
#[derive(Clone, Copy, Debug, Default)]
struct KnownMean {
    sum: f64,
    n: u32,
}

impl KnownMean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.n += 1;
        }
    }

    fn get(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / f64::from(self.n))
    }
}

/// Mean of an interval, edge by edge, over the steps in which it was known.
#[derive(Clone, Copy, Debug, Default)]
struct KnownMeanInterval {
    value: KnownMean,
    lo: KnownMean,
    hi: KnownMean,
}

impl KnownMeanInterval {
    fn add(&mut self, loss: Option<LogNormal>) {
        let band = loss.map(LogNormal::band);
        self.value.add(band.map(|band| band.value));
        self.lo.add(band.map(|band| band.lo));
        self.hi.add(band.map(|band| band.hi));
    }

    fn get(self) -> Option<Interval90> {
        Some(Interval90 { value: self.value.get()?, lo: self.lo.get()?, hi: self.hi.get()? })
    }
}

/// The loss sensors that have a left and a right one: plates and bars, behind separator and sieves.
const SIDES: [[[Channel; 2]; 2]; 2] = [
    [
        [Channel::LossSeparationLeft, Channel::LossSeparationRight],
        [Channel::LossIndexSeparationLeft, Channel::LossIndexSeparationRight],
    ],
    [
        [Channel::LossCleaningLeft, Channel::LossCleaningRight],
        [Channel::LossIndexCleaningLeft, Channel::LossIndexCleaningRight],
    ],
];

/// Collects the steps of a second.
#[derive(Clone, Debug, Default)]
pub struct SecondBuilder {
    speed: KnownMean,
    height: KnownMean,
    feed: KnownMean,
    rpm: KnownMean,
    grain: KnownMean,
    header: KnownMeanInterval,
    rear: KnownMeanInterval,
    separation: KnownMean,
    cleaning: KnownMean,
    fuel: KnownMean,
    moisture: KnownMean,
    /// Left and right, behind separator and sieves.
    sides: [[KnownMean; 2]; 2],
    returns: KnownMean,
    position: Option<Position>,
    course_rad: Option<f64>,
}

impl SecondBuilder {
    /// Adds a step.
    pub fn add(&mut self, readings: &Readings, estimate: &Estimate) {
        let mean = |loss: Option<LogNormal>| loss.map(LogNormal::mean);
        self.speed.add(estimate.ground_speed_m_s);
        self.height.add(estimate.header_height_m);
        self.feed.add(estimate.feed_kg_s);
        self.rpm.add(estimate.engine_rpm);
        self.grain.add(mean(estimate.grain_in));
        self.header.add(estimate.header.loss);
        self.rear.add(estimate.rear.loss);
        self.separation.add(mean(estimate.separation.loss));
        self.cleaning.add(mean(estimate.cleaning.loss));
        self.fuel.add(readings.value(Channel::FuelRate));
        self.moisture.add(readings.value(Channel::GrainMoisture));
        self.returns.add(readings.value(Channel::ReturnsVolume));
        for (sides, channels) in self.sides.iter_mut().zip(SIDES) {
            // Plates before bars; left and right of one kind.
            let both = channels.map(|[left, right]| readings.value(left).zip(readings.value(right)));
            let both = both.into_iter().flatten().next();
            sides[0].add(both.map(|(left, _)| left));
            sides[1].add(both.map(|(_, right)| right));
        }
        // Latitude without longitude is no position.
        let (latitude, longitude) = (readings.value(Channel::GnssLatitude), readings.value(Channel::GnssLongitude));
        self.position =
            latitude.zip(longitude).map(|(latitude_deg, longitude_deg)| Position { latitude_deg, longitude_deg });
        self.course_rad = readings.value(Channel::GroundCourse);
    }

    /// Ends the second at `t_us` with the state of its last step and the session's totals, and begins the next.
    pub fn finish(&mut self, t_us: i64, estimate: &Estimate, advice: &Advice, totals: &Totals) -> SecondRow {
        let means = std::mem::take(self);
        let (header_kg_s, rear_kg_s) = (means.header.get(), means.rear.get());
        let cutting = estimate.doing.activity == Some(Activity::Cutting);
        SecondRow {
            t_us,
            doing: estimate.doing,
            fusions: estimate.fusions,
            ground_speed_m_s: means.speed.get(),
            header_height_m: means.height.get(),
            feed_kg_s: means.feed.get(),
            engine_rpm: means.rpm.get(),
            grain_in_kg_s: means.grain.get(),
            header_kg_s,
            rear_kg_s,
            separation_kg_s: means.separation.get(),
            cleaning_kg_s: means.cleaning.get(),
            total_pct: estimate.total_share.map(LogNormal::percent_band),
            loss_kg_ha: estimate.loss_kg_m2.map(|loss| loss.scaled(1e4).band()),
            basis: (header_kg_s.is_some() || rear_kg_s.is_some()).then_some(estimate.total.basis),
            basis_header: header_kg_s.map(|_| estimate.header.basis),
            basis_rear: rear_kg_s.map(|_| estimate.rear.basis),
            recent: estimate.recent.map(|recent| RecentRow {
                header_pct: recent.percent(recent.streams[Stream::Header as usize]),
                rear_pct: recent.percent(recent.rear),
                grain_kg_s: recent.grain_kg_s,
            }),
            so_far: SessionSoFar::of(totals),
            alarm_level: advice.alarm_level(),
            working_width_m: estimate.working_width_m.filter(|_| cutting),
            fuel_l_h: means.fuel.get(),
            moisture: means.moisture.get(),
            position: means.position,
            course_rad: means.course_rad,
            crop: estimate.crop,
            left_shares: means.sides.map(|[left, right]| {
                let (left, right) = left.get().zip(right.get())?;
                (left + right > 0.0).then(|| left / (left + right))
            }),
            returns: means.returns.get(),
        }
    }
}
