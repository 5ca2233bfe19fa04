//! The machine and the grain in it. Grain that enters is in the machine, in the tank, or on the ground: nothing is made
//! or lost otherwise.

mod cell;
mod engine;
pub(crate) mod flows;
mod header;
mod lags;
mod load;
mod rotor;
mod shoe;
mod thresher;
mod walkers;

use cell::Work;
use engine::Engine;
pub(crate) use flows::{Crops, Flows, Offer};
use header::Header;
use lags::Lags;
use load::CropLoad;
use shoe::{Shaking, Shoe};
use thresher::Thresher;

use crate::controls::Controls;
use crate::random::{Random, Stream};
use crate::scenario::{Scenario, Settings, Tank};
use crate::time::TICK_S;

/// Acceleration and braking by the drive lever, m/s². Assumed.
const ACCELERATION_M_S2: f64 = 0.5;
const BRAKING_M_S2: f64 = 0.9;
/// Reserve of the hydrostatic drive: down to this share of rated engine speed the lever still gives its speed. Assumed.
const DRIVE_RESERVE_AT: f64 = 0.85;
/// Torque of the unloading auger, %. Assumed.
const UNLOADING_TORQUE_PCT: f64 = 6.0;
/// The thresher runs up and down in about this time, s. Assumed.
const RUN_UP_S: f64 = 2.0;

/// The machine.
pub(crate) struct Plant {
    random: Random,
    rated_rpm: f64,
    tank: Tank,
    /// What is right for machine and crop.
    right: Settings,
    engine: Engine,
    header: Header,
    gather_grain: Lags<3>,
    gather_straw: Lags<3>,
    thresher: Thresher,
    straw_hood: [Lags<2>; 2],
    shoe: Shoe,
    elevator: Lags<4>,
    speed_m_s: f64,
    run: f64,
    crop_load: CropLoad,
    inside_moisture_pct: f64,
    tank_kg: f64,
    unloading: bool,
    flows: Flows,
    /// All grain that ever reached the tank, kg.
    pub tanked_kg: f64,
}

impl Plant {
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let machine = &scenario.machine;
        let mut random = Random::new(seed, Stream::Plant);
        let half = machine.rated_feed_kg_s / 2.0;
        let gather = || Lags::new(machine.header.residence_s, half);
        let hood = || Lags::new(machine.threshing.discharge_s, 0.01 * half);
        Self {
            rated_rpm: machine.engine.rated_rpm,
            tank: machine.tank.clone(),
            right: Settings::right(machine, &scenario.crop),
            engine: Engine::new(&machine.engine, scenario.crop.threshing.torque_share, &mut random),
            header: Header::new(machine, &scenario.crop, scenario.operator().carry_height_m),
            gather_grain: gather(),
            gather_straw: gather(),
            thresher: Thresher::new(&machine.threshing, &scenario.crop.threshing, half, &mut random),
            straw_hood: [hood(), hood()],
            shoe: Shoe::new(&machine.shoe, &scenario.crop.cleaning, half, &mut random),
            elevator: Lags::new(machine.tank.elevator_s, half),
            speed_m_s: 0.0,
            run: 0.0,
            crop_load: CropLoad::default(),
            inside_moisture_pct: scenario.field.moisture_pct,
            tank_kg: 0.0,
            unloading: false,
            flows: Flows::default(),
            tanked_kg: 0.0,
            random,
        }
    }

    /// One tick on.
    pub fn step(&mut self, controls: &Controls, offer: &Offer) {
        self.drive(controls);
        let running = f64::from(u8::from(controls.thresher_engaged)) * self.engine.rpm / self.rated_rpm;
        self.run += (running - self.run) * TICK_S / RUN_UP_S;
        // Belts and chains carry the crop: when they run slower, so does everything on them.
        let moved_s = TICK_S * self.run;

        let header_run = if controls.header_engaged { self.run } else { 0.0 };
        self.header.step(controls, header_run);
        let cut = self.header.cut(self.speed_m_s, offer);
        let taken = Crops { grain: cut.entering.grain - cut.loss_kg_s, straw: cut.entering.straw }.scaled(TICK_S);
        let fed = Crops {
            grain: self.gather_grain.step(taken.grain, moved_s),
            straw: self.gather_straw.step(taken.straw, moved_s),
        };
        if cut.entering.grain > 0.0 {
            self.inside_moisture_pct += (offer.place.moisture_pct - self.inside_moisture_pct) * TICK_S / 4.0;
        }

        let speed = self.engine.rpm / self.rated_rpm;
        let (set, right, place) = (&controls.settings, &self.right, &offer.place);
        let work = Work {
            fed,
            returned_kg: self.shoe.returned_kg(),
            moved_s,
            drum: speed * set.drum_rpm / right.drum_rpm,
            concave: set.concave_mm / right.concave_mm,
            moisture_pct: self.inside_moisture_pct,
            roll_rad: place.roll_rad,
            pitch_rad: place.pitch_rad,
        };
        let threshed = self.thresher.step(&work, &mut self.random);
        let unthreshed = self.straw_hood[0].step(threshed.out.unthreshed_kg, moved_s);
        let unseparated = self.straw_hood[1].step(threshed.out.free_kg, moved_s);
        let shaking = Shaking {
            moved_s,
            speed,
            fan: set.fan_rpm / right.fan_rpm,
            upper: set.upper_sieve_mm / right.upper_sieve_mm,
            lower: set.lower_sieve_mm / right.lower_sieve_mm,
            moisture_pct: self.inside_moisture_pct,
            roll_rad: place.roll_rad,
            pitch_rad: place.pitch_rad,
        };
        let cleaned = self.shoe.step(threshed.to_shoe, &shaking, &mut self.random);
        let tanked = self.elevator.step(cleaned.clean_kg, moved_s);
        self.tank_kg += tanked;
        self.tanked_kg += tanked;
        let crop_load_kg_s = self.crop_load.step(taken.total() / TICK_S, fed.total() / TICK_S);
        self.flows = Flows {
            entering: cut.entering,
            header_loss: cut.loss_kg_s,
            feeder: fed.scaled(1.0 / TICK_S),
            threshing_loss: unthreshed / TICK_S,
            separation_loss: unseparated / TICK_S,
            cleaning_loss: cleaned.lost_kg / TICK_S,
            straw_out: threshed.out.straw_kg / TICK_S,
            chaff_out: cleaned.chaff_kg / TICK_S,
            returns: self.shoe.returned_kg() / TICK_S,
            elevator: tanked / TICK_S,
            lean: [threshed.lean, cleaned.lean],
        };
        self.unload(controls.unloading);
        let extra_pct = if self.unloading { UNLOADING_TORQUE_PCT } else { 0.0 };
        self.engine.step(controls, self.speed_m_s, crop_load_kg_s, self.run, extra_pct, &mut self.random);
    }

    fn drive(&mut self, controls: &Controls) {
        // A hydrostatic drive follows its pump, and the pump follows the engine.
        let target_m_s = controls.lever_m_s * (self.engine.rpm / self.rated_rpm / DRIVE_RESERVE_AT).min(1.0);
        let change = (target_m_s - self.speed_m_s).clamp(-BRAKING_M_S2 * TICK_S, ACCELERATION_M_S2 * TICK_S);
        self.speed_m_s = (self.speed_m_s + change).max(0.0);
    }

    fn unload(&mut self, wanted: bool) {
        self.unloading = wanted;
        if wanted {
            self.tank_kg = (self.tank_kg - self.tank.unload_kg_s * TICK_S).max(0.0);
        }
    }

    /// What passes where, kg/s.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// Through the feeder house, kg/s.
    pub fn feeder(&self) -> Crops {
        self.flows.feeder
    }

    /// Over ground, m/s.
    pub fn speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    /// The engine: speed and torque.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Header height, drive and reel.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Speed of the threshing gear over that at rated engine speed.
    pub fn run(&self) -> f64 {
        self.run
    }

    /// Filling of the tank, 0..=1 and a little over.
    pub fn tank_level(&self) -> f64 {
        self.tank_kg / self.tank.capacity_kg
    }

    /// Whether the unloading auger runs.
    pub fn unloading(&self) -> bool {
        self.unloading
    }

    /// Moisture of the grain in the machine, % wet basis.
    pub fn inside_moisture_pct(&self) -> f64 {
        self.inside_moisture_pct
    }

    /// Straw on the separator over that at rated feed.
    pub fn separator_load(&self) -> f64 {
        self.thresher.load()
    }

    /// Grain between the knife and the tank, kg.
    #[cfg(test)]
    pub fn grain_inside_kg(&self) -> f64 {
        self.gather_grain.held_kg()
            + self.thresher.grain_kg()
            + self.straw_hood.iter().map(Lags::held_kg).sum::<f64>()
            + self.shoe.grain_kg()
            + self.elevator.held_kg()
    }
}
