//! One path behind the machine: the law of its loss, its plates or bars, and the counts gathered for the filter.

use super::super::crop::{Crop, ORDINARY_LOAD, Setup};
use super::super::estimate::{Basis, PlateFault};
use super::super::gain::{At, GainFilter, Modelled, Path, Window};
use super::super::loss_index::LossIndexWindow;
use super::super::plates::PlatePair;
use super::super::settings::Moves;
use super::super::zero::ZeroCheck;
use super::blinded::Blinded;
use super::transit::{Compared, Transit};
use crate::machine::{Channel, Readings};
use crate::math::{exp, ln, pow, square};
use crate::params::ResidenceParams;
use crate::time::STEP_S;

/// The share lost rises with load as a power of it (Nyborg 1967); the exponent is about 1.9 for the separator (1.0 to
/// 3.8 seen) and lower for the sieves, which lose least at a middling load (Craessaerts et al. 2010; assumed). The filter learns what it is here.
const SEPARATION_POWER: f64 = 1.9;
const CLEANING_POWER: f64 = 0.5;
/// The law is not followed beyond these loads, as shares of the rated one.
const LOAD_RANGE: (f64, f64) = (0.2, 2.0);
/// Below this share of the rated straw, counts tell of shaking and the last straw, not of the law.
const WORKING_SHARE: f64 = 0.1;
/// False counts: kernels a plate counts for each kilogram of straw that passes (our choice: a twentieth of the counts
/// in ordinary work; what is no grain must not hide a small loss).
const FALSE_SHARE: f64 = 0.05;
/// The filter looks at counts when so many have come together over at least so long, or after so long.
const WINDOW_KERNELS: f64 = 30.0;
const WINDOW_S: (f64, f64) = (1.95, 10.0);
/// Both plates of a path are out when they count nothing for so long while so many kernels are expected: the level would
/// have to be wrong by a factor of more than 10 (our choice).
const SILENT_S: f64 = 60.0;
const SILENT_KERNELS: f64 = 60.0;
/// Where it is not known to better than this when the crop came in that is counted now (standard deviation of the law's
/// logarithm), counts are not looked at; below that they weigh the less (our choice).
const TRANSIT_MOST: f64 = 0.4;
/// So much of it is the unevenness of ordinary work, which the filter knows of (our choice).
const TRANSIT_USUAL: f64 = 0.12;
/// After so long under load without a count, a path is no longer sensed, s; and what it said is old after so long.
const SENSED_FOR_S: f64 = 120.0;
const FRESH_FOR_S: f64 = 15.0;

/// One path.
#[derive(Debug)]
pub(super) struct PathModel {
    pub path: Path,
    usual_share: f64,
    power: f64,
    transit: Transit,
    plates: Option<PlatePair>,
    zero: ZeroCheck,
    /// Looked at where there are no plates.
    bars: LossIndexWindow,
    /// Kernels counted by one plate for each kilogram lost, as the sensor sheet has it, and how long it is blind then.
    kernels_per_kg: f64,
    dead_time_s: f64,
    false_per_kg_straw: f64,
    transit_sd: f64,
    gathered: Gathered,
    blinded: Blinded,
    /// Both plates have been silent where they should have counted.
    silent: bool,
    since_counted_s: f64,
    at: At,
}

/// Counts on their way to the filter.
#[derive(Debug, Default)]
struct Gathered {
    kernels: f64,
    plate_s: f64,
    from_loss: f64,
    from_straw: f64,
    log_load_s: f64,
    moves_s: Moves,
    transit_s: f64,
    elapsed_s: f64,
}

impl PathModel {
    pub fn new(setup: &Setup, path: Path) -> Self {
        let Crop { kernel_mass_kg, straw_to_grain, .. } = setup.crop;
        let (residence, usual_share, power, channels, bars) = match path {
            Path::Separation => (
                ResidenceParams::DEFAULT.separation(),
                setup.crop.separation_loss,
                SEPARATION_POWER,
                [Channel::LossSeparationLeft, Channel::LossSeparationRight],
                [Channel::LossIndexSeparationLeft, Channel::LossIndexSeparationRight],
            ),
            Path::Cleaning => (
                ResidenceParams::DEFAULT.cleaning(),
                setup.crop.cleaning_loss,
                CLEANING_POWER,
                [Channel::LossCleaningLeft, Channel::LossCleaningRight],
                [Channel::LossIndexCleaningLeft, Channel::LossIndexCleaningRight],
            ),
        };
        let sheet = setup.loss_plates.as_ref();
        let kernels_per_kg = sheet.map_or(0.0, |p| p.area_share * p.detection_share / kernel_mass_kg);
        Self {
            path,
            usual_share,
            power,
            transit: Transit::new(residence.delay_s, residence.lag_s),
            plates: sheet.map(|_| PlatePair::new(channels)),
            zero: ZeroCheck::default(),
            bars: LossIndexWindow::new(bars),
            kernels_per_kg,
            dead_time_s: sheet.map_or(0.0, |sheet| sheet.dead_time_s),
            false_per_kg_straw: FALSE_SHARE * kernels_per_kg * usual_share / straw_to_grain,
            transit_sd: 0.0,
            gathered: Gathered::default(),
            blinded: Blinded::new(sheet.map_or(0.0, |sheet| sheet.dead_time_s)),
            silent: false,
            since_counted_s: f64::INFINITY,
            at: At::default(),
        }
    }

    /// The load that the law is followed to, over that of ordinary work, for a share of the rated straw.
    fn load(share: f64) -> f64 {
        share.clamp(LOAD_RANGE.0, LOAD_RANGE.1) / ORDINARY_LOAD
    }

    /// The loss at gain 1, kg/s.
    fn law(&self, grain_kg_s: f64, share: f64) -> f64 {
        self.usual_share * pow(Self::load(share), self.power) * grain_kg_s
    }

    /// One step with this grain and straw at the feeder, kg/s, and with settings that have gone so far; the loss at gain 1.
    pub fn step(
        &mut self,
        at_feeder: (f64, f64),
        rated_straw_kg_s: f64,
        known: bool,
        settings: Moves,
        readings: &Readings,
        gains: &mut GainFilter,
    ) -> Modelled {
        let ways = self.transit.step(at_feeder.0, at_feeder.1);
        let straw = self.transit.mean(&ways.map(|way| way.straw_kg_s));
        let share = straw / rated_straw_kg_s;
        let working = share > WORKING_SHARE;
        let lost = ways.map(|way| self.law(way.grain_kg_s, way.straw_kg_s / rated_straw_kg_s));
        self.transit_sd = self.transit.log_sd(&lost);
        // The median of what has this mean.
        let kg_s = self.transit.mean(&lost) / exp(0.5 * self.transit_sd * self.transit_sd);
        self.at = At { log_load: ln(Self::load(share)), settings };
        let modelled = Modelled { kg_s, at: self.at };
        if working {
            self.since_counted_s += STEP_S;
        }
        let Some(plates) = &mut self.plates else {
            if let Some(shown) = working.then(|| self.bars.step(readings, kg_s)).flatten() {
                gains.bar(self.path, &self.at, shown);
                self.since_counted_s = 0.0;
            }
            return modelled;
        };
        let counted = plates.step(readings);
        if counted.plates > 0 {
            self.zero.step(readings, counted.kernels / counted.plates as f64, share);
        }
        if self.zero.is_lost() {
            // What they count is not loss: they are left out until they have run empty in silence.
            self.gathered = Gathered::default();
            return modelled;
        }
        if counted.plates == 0 || !known {
            self.transit.interrupt();
            return modelled;
        }
        let plate_s = counted.plates as f64 * STEP_S;
        if !self.blinded.may_be_silenced() {
            let step = Compared {
                kernels: counted.kernels,
                plate_s,
                from_loss: lost.map(|kg_s| counted.worth * STEP_S * self.kernels_per_kg * kg_s),
                from_straw: ways
                    .map(|way| plate_s * (self.false_per_kg_straw * way.straw_kg_s).max(self.zero.rate_s())),
            };
            self.transit.learn(self.path, &self.at, self.dead_time_s, &step, gains);
        }
        if working && self.transit_sd < TRANSIT_MOST {
            // Of straw as the prior has it, or as the plates counted without grain, whichever is more.
            let not_grain_s = (self.false_per_kg_straw * straw).max(self.zero.rate_s());
            self.blinded.step(counted.kernels, plate_s);
            let gathered = &mut self.gathered;
            gathered.kernels += counted.kernels;
            gathered.plate_s += plate_s;
            gathered.from_loss += counted.worth * STEP_S * self.kernels_per_kg * kg_s;
            gathered.from_straw += plate_s * not_grain_s;
            gathered.log_load_s += self.at.log_load * STEP_S;
            gathered.moves_s = std::array::from_fn(|nth| gathered.moves_s[nth] + settings[nth] * STEP_S);
            gathered.transit_s += self.transit_sd * STEP_S;
            gathered.elapsed_s += STEP_S;
            self.hand_over(gains);
        }
        modelled
    }

    /// Gives the filter what was gathered, when it is enough.
    fn hand_over(&mut self, gains: &mut GainFilter) {
        let gathered = &self.gathered;
        let window = gathered.window(self.dead_time_s, self.blinded.may_be_silenced());
        if gathered.kernels > 0.0 {
            self.silent = false;
        } else if gathered.elapsed_s >= SILENT_S && gains.kernels(self.path, &window) >= SILENT_KERNELS {
            // Both plates silent for so long is not a harvest without loss.
            self.silent = true;
            self.gathered = Gathered::default();
            return;
        }
        let (least_s, most_s) = WINDOW_S;
        let enough = gathered.kernels >= WINDOW_KERNELS && gathered.elapsed_s > least_s;
        // A window without a single kernel stays open: it may be a harvest with little loss, or two dead plates.
        if enough || gathered.elapsed_s >= most_s && gathered.kernels > 0.0 {
            let doubt = gains.counted(self.path, &window);
            self.since_counted_s = 0.0;
            let (_, believed) = window.hits(gains.seen(self.path, &window.at).mean);
            self.blinded.believe(believed, doubt);
            self.gathered = Gathered::default();
        }
    }

    pub fn faults(&self) -> [Option<PlateFault>; 2] {
        self.plates.as_ref().map_or([None; 2], |plates| plates.faults(self.is_out()))
    }

    /// Both plates are.
    fn is_out(&self) -> bool {
        self.silent || self.zero.is_lost()
    }

    /// What is not known of the loss now since it is not known when the crop came in: standard deviation of the logarithm.
    pub const fn transit_sd(&self) -> f64 {
        self.transit_sd
    }

    /// The same beside the unevenness of ordinary work.
    pub fn unusual_transit_sd(&self) -> f64 {
        (square(self.transit_sd) - square(TRANSIT_USUAL)).max(0.0).sqrt()
    }

    /// What was found of plates that may be silenced, to be kept over an interruption.
    pub const fn blinded(&self) -> Blinded {
        self.blinded
    }

    /// Goes on with it.
    pub const fn go_on(&mut self, blinded: Blinded) {
        self.blinded.go_on(blinded);
    }

    /// What is not known of the loss since plates may be silenced: standard deviation of the logarithm.
    pub fn doubt_sd(&self) -> f64 {
        self.blinded.doubt().sqrt()
    }

    /// Logarithm of the load over that of ordinary work.
    pub const fn log_load(&self) -> f64 {
        self.at.log_load
    }

    /// Plates have just counted, and can be believed.
    pub fn is_fresh(&self) -> bool {
        !self.is_out() && self.plates.is_some() && self.since_counted_s < FRESH_FOR_S && self.blinded.doubt() <= 0.0
    }

    /// Plates carry the level, as far as they have ever been told what it is.
    pub fn is_counted(&self) -> bool {
        !self.is_out() && self.plates.is_some() && self.since_counted_s < SENSED_FOR_S
    }

    pub fn basis(&self) -> Basis {
        if self.faults().iter().any(Option::is_some) {
            Basis::Fault
        } else if self.since_counted_s < SENSED_FOR_S {
            Basis::Sensed
        } else {
            Basis::ModelOnly
        }
    }
}

impl Gathered {
    fn window(&self, dead_time_s: f64, may_silence: bool) -> Window {
        Window {
            kernels: self.kernels,
            plate_s: self.plate_s,
            from_loss: self.from_loss,
            from_straw: self.from_straw,
            at: At {
                log_load: self.log_load_s / self.elapsed_s,
                settings: self.moves_s.map(|moves_s| moves_s / self.elapsed_s),
            },
            transit_sd: self.transit_s / self.elapsed_s,
            dead_time_s,
            may_silence,
        }
    }
}
