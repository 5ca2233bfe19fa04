//! The domain: what the machine is doing, what goes through it, and what it loses. Pure: no I/O, no clock, no thread.
//! Time is an argument, a tenth of a second of bus time is one [`Harvest::step`], and the same readings give the same
//! estimates, always.
//!
//! ```text
//! Readings ──► activity ──► feed ──► lag ──► loss model × factor ──► Estimate ──► Totals
//!                                                    ▲
//!                     plates, loss index, pans ──► loss filter
//! ```
//!
//! The loss model gives a shape (loss rises with load); the loss filter holds what is not known about its
//! level, as logarithms with a covariance, and narrows it by what plates count and pans hold. Nothing here can be zero
//! because it is unknown: an unknown is a `None`.

mod activity;
mod budget;
mod calibration;
mod checkpoint;
mod conditions;
mod crop;
mod estimate;
mod feed;
mod filter;
mod fusion;
mod header;
mod interval;
mod lag;
mod loss_index;
mod loss_sums;
mod pan;
mod pan_worth;
mod pass;
mod plate_faults;
mod plates;
mod rear;
mod recent;
mod settings;
mod state;
mod totals;
mod work_breakdown;
mod work_kind;
mod zero;

pub use budget::{Amount, BudgetLine, Grounds, LossBudget, LossCategory, NotMeasured};
pub use calibration::{
    Adopted, Calibration, CalibrationError, CalibrationOrigin, CalibrationProblem, Changed, PansOutside, PansTaught,
};
pub use checkpoint::EstimatorCheckpoint;
pub use crop::{Crop, ORDINARY_LOAD, Setup};
pub use estimate::{Basis, Estimate, PlateFault, RecentLoss, Stream, StreamLoss};
pub use fusion::{DiscountReason, Fusion, FusionOutcome, Fusions, Innovation, Measurement, NotFusedReason};
pub use interval::{Interval90, LogNormal};
pub use pan::{OutsidePans, Pan, PanEntry, PanKind, PanOutcome, PanRejection, PendingDrop};
pub use pan_worth::PanWorth;
pub use pass::{PassLoss, Passes};
pub use state::{Activity, CuttingEvidence, MachineState};
pub use totals::{FaultCounts, Totals};
pub use work_breakdown::WorkSum;
pub use work_kind::WorkKind;

use crate::crop_conditions::CropConditions;
use crate::machine::{Channel, Readings, StuckSignals};
use crate::params::Params;
use crate::time::BusTime;

/// The estimator: one machine in one crop.
#[derive(Debug)]
pub struct Harvest {
    setup: Setup,
    params: Params,
    stuck: StuckSignals,
    activity: activity::ActivityTracker,
    plates: plate_faults::PlateFaultDetector,
    feed: feed::FeedModel,
    rear: rear::RearModel,
    header: header::HeaderModel,
    filter: filter::LossFilter,
    recent: recent::RecentTotal,
    passes: pass::PassSums,
    pans: pan::PanBook,
    totals: Totals,
    fusions: Fusions,
    /// What the model says is lost now, at gain 1; `None` while the machine does not cut.
    losses: Option<filter::ModelLosses>,
    /// Load and moisture now; `None` while the machine does not cut.
    conditions: Option<conditions::Conditions>,
    /// What the driver has said of the crop, and when, bus time; 0 before the first step.
    crop: CropConditions,
    crop_said_us: Option<i64>,
    /// Share of the grain that stays at the header by the model, in the step before; 0 where it is not known.
    header_share: f64,
    /// Share of the grain that leaves at the rear, over the ten seconds before; 0 where it is not known.
    rear_share: f64,
}

impl Harvest {
    /// An estimator that has seen nothing, with the default parameters.
    pub fn new(setup: Setup) -> Self {
        Self::with_params(setup, &Params::default())
    }

    /// The same with other parameters.
    pub fn with_params(setup: Setup, params: &Params) -> Self {
        Self {
            stuck: StuckSignals::new(&params.stuck_signal),
            activity: activity::ActivityTracker::new(&setup, params),
            plates: plate_faults::PlateFaultDetector::new(params),
            feed: feed::FeedModel::new(&setup, params),
            rear: rear::RearModel::new(&setup, params),
            header: header::HeaderModel::new(&setup, params),
            filter: {
                let mut filter = filter::LossFilter::new(params);
                if setup.loss_plates.is_none() {
                    filter.forget_sheet();
                }
                filter
            },
            recent: recent::RecentTotal::default(),
            passes: pass::PassSums::new(&params.passes),
            pans: pan::PanBook::new(params),
            totals: Totals::default(),
            fusions: Fusions::default(),
            losses: None,
            conditions: None,
            crop: CropConditions::UNKNOWN,
            crop_said_us: None,
            header_share: 0.0,
            rear_share: 0.0,
            params: params.clone(),
            setup,
        }
    }

    /// The session so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The last two passes that are over.
    pub const fn passes(&self) -> &Passes {
        self.passes.passes()
    }

    /// Continues the sums of a session that was interrupted.
    pub fn restore_totals(&mut self, totals: Totals) {
        self.totals = totals;
    }

    /// The driver says what the crop is like, from now on.
    pub fn set_crop(&mut self, crop: CropConditions) {
        self.crop = crop;
        self.crop_said_us = Some(self.pans.now_us());
        self.rear.set_crop(crop, &mut self.filter);
    }

    /// When the driver last said something of the crop, bus time; `None` when nothing was said yet.
    pub const fn crop_said_us(&self) -> Option<i64> {
        self.crop_said_us
    }

    /// What the driver has said of the crop.
    pub const fn crop(&self) -> CropConditions {
        self.crop
    }

    /// Fuses what was found in a pan, when it is known.
    pub fn pan(&mut self, pan: &Pan) -> PanEntry {
        let pan::PanFusion { entry, fusion, saturated } =
            self.pans.fuse(pan, self.setup.crop.kernel_mass_kg, &mut self.filter);
        self.fusions.record(fusion);
        if matches!(entry.outcome, PanOutcome::Used { .. }) {
            if pan.kind != PanKind::Front {
                for (dropped_us, evidence) in saturated.into_iter().flatten() {
                    self.rear.calibrated(evidence, dropped_us);
                }
            }
            self.totals.follow(&mut self.filter);
        }
        entry
    }

    /// An earlier pan that was doubtful and that another one has confirmed since this was last asked for: it is used now.
    pub const fn take_confirmed_pan(&mut self) -> Option<PanEntry> {
        self.pans.take_confirmed()
    }

    /// Every pan so far, as they became known: what it found, and whether it was used.
    pub fn pans(&self) -> &[PanEntry] {
        self.pans.ledger()
    }

    /// Every way in which grain is lost now.
    pub fn budget(&self, estimate: &Estimate) -> LossBudget {
        LossBudget::now(estimate, self.natural_shed())
    }

    /// The same of the session so far.
    pub fn session_budget(&self) -> LossBudget {
        self.totals.budget(self.natural_shed())
    }

    /// Grain that lay on the ground before the harvest, from samples beside the pans.
    fn natural_shed(&self) -> Option<budget::NaturalShed> {
        budget::NaturalShed::of(self.pans.ledger(), self.setup.crop.kernel_mass_kg, &self.params.totals)
    }

    /// Which pan would teach most, as information; `None` while the machine does not cut, and when no pan would.
    pub fn pan_worth(&self) -> Option<PanWorth> {
        pan_worth::best(&self.params.pan_worth, &self.params.pans, &self.filter, self.losses?)
    }

    /// Time has passed in which nothing was recorded: what went before tells nothing of now.
    pub fn interrupt(&mut self) {
        self.recent = recent::RecentTotal::default();
        self.passes.interrupt();
        self.rear.interrupt();
    }

    /// Takes the values of signals out that stand still while they must move. Called once before each step.
    pub fn check(&mut self, readings: &mut Readings) {
        self.stuck.check(readings);
    }

    /// One tenth of a second later: takes the readings in, gives the estimate out. Does not allocate.
    pub fn step(&mut self, readings: &Readings) -> Estimate {
        self.pans.set_time(readings.t_us);
        let doing = self.activity.step(readings);
        let may_be_saturated = self.rear.may_be_saturated();
        let without_faulty = self.plates.step(readings, &doing, readings.value(Channel::FeedRate), may_be_saturated);
        let readings = without_faulty.as_ref().unwrap_or(readings);
        let cutting = doing.activity.map(|activity| activity == Activity::Cutting);
        // Speed and course alone show that it cuts: the interval is wider for it.
        let presumed = doing.known_by == Some(CuttingEvidence::Speed);
        let width_m = readings.value(Channel::HeaderWorkingWidth).unwrap_or(self.setup.geometry.header_width_m);
        let speed_m_s = readings.value(Channel::GroundSpeed);
        let area_m2_s = cutting.and_then(|cutting| if cutting { Some(width_m * speed_m_s?) } else { Some(0.0) });

        let mut feed = self.feed.step(cutting, presumed, area_m2_s, readings);
        // What stays at the header does not come in.
        feed.at_feeder = feed.at_feeder.map(|(grain, straw)| (grain * (1.0 - self.header_share), straw));
        let rear = self.rear.step(&feed, readings, &mut self.filter, &self.pans);
        for fusion in rear.fusions.0 {
            self.fusions.record(fusion);
        }
        let inflation = self.pans.inflation(&rear.conditions);
        let header_now = self.header.loss(doing, readings, self.crop, feed.grain_in, &self.filter, inflation.header);
        // What leaves at the rear, as a share over ten seconds, has not been left at the header.
        let left = feed.grain_in.map(|grain| grain.mean() * (1.0 - self.rear_share));
        let header = header_now.map(|header| left.map_or(header.loss, |left| header.loss.at_most(left)));
        // As modelled: a sample in front of the machine tells nothing of what comes out behind it.
        self.header_share = header_now
            .zip(feed.grain_in.filter(|grain| grain.median > 0.0))
            .map_or(0.0, |(header, grain)| (header.modelled.kg_s / grain.median).clamp(0.0, 1.0));
        self.conditions = (cutting == Some(true)).then_some(rear.conditions);
        let basis = rear.basis();
        let header_basis = if self.pans.header_holds(&rear.conditions) { Basis::Calibrated } else { Basis::ModelOnly };
        self.losses = cutting.filter(|&cutting| cutting).and_then(|_| {
            let header = header_now?.modelled;
            let filter::PerPath([separation, cleaning]) = rear.modelled?;
            Some(filter::ModelLosses { header, separation, cleaning })
        });
        if let (Some(losses), Some(area_m2_s)) = (self.losses, area_m2_s.filter(|&area| area > 0.0))
            && BusTime::from_us(readings.t_us).begins_second()
        {
            let context = self.filter.pan_context(losses, rear.plates_are_fresh, rear.ambiguity, rear.transit_sd);
            self.pans.remember(readings.t_us, context, area_m2_s, rear.conditions, self.crop);
        }
        let total_basis = Basis::of_total([
            (header, header_basis),
            (rear.separation.loss, rear.separation.basis),
            (rear.cleaning.loss, rear.cleaning.basis),
        ]);
        let total = match (header, rear.total) {
            (Some(header), Some(rear)) => Some(header.plus(rear)),
            _ => None,
        };
        let known = || {
            let streams = [header?, rear.separation.loss?, rear.cleaning.loss?];
            Some(recent::KnownRates { streams, rear: rear.total?, grain: feed.grain_in?, area_m2_s })
        };
        let known = known();
        let recent = self.recent.step(cutting, known);
        let now = pass::PassStep { t_us: readings.t_us, activity: doing.activity, bases: [header_basis, basis] };
        self.passes.step(now, known);
        // In a gap of the crop more may leave than comes in, which says nothing of the header.
        let rear_share = recent.map(|recent| recent.share(recent.rear).mean());
        self.rear_share = rear_share.filter(|share| *share < 1.0).unwrap_or(0.0);
        let estimate = Estimate {
            t_us: readings.t_us,
            doing,
            cutting_is_presumed: presumed,
            ground_speed_m_s: speed_m_s,
            header_height_m: readings.value(Channel::HeaderHeight),
            working_width_m: area_m2_s.map(|_| width_m),
            feed_kg_s: feed.into_feeder_kg_s,
            feed_is_measured: feed.is_measured,
            engine_rpm: readings.value(Channel::EngineSpeed),
            crop: self.crop,
            grain_in: feed.grain_in,
            header: StreamLoss { loss: header, basis: header_basis },
            separation: rear.separation,
            cleaning: rear.cleaning,
            rear: StreamLoss { loss: rear.total, basis },
            total: StreamLoss { loss: total, basis: total_basis },
            recent,
            stream_shares: recent.map(|recent| recent.streams.map(|loss| recent.share(loss).mean())),
            total_share: recent.map(|recent| recent.share(recent.total)),
            loss_kg_m2: recent.and_then(|recent| recent.kg_m2(recent.total)),
            plate_faults: self.plates.add_to(rear.plate_faults),
            fusions: self.fusions,
        };
        let header_point = header_now.map(|header| header.modelled.point).unwrap_or_default();
        self.totals.add(&estimate, area_m2_s, (&header_point, &rear), &mut self.filter, inflation, &self.params.totals);
        estimate
    }
}
