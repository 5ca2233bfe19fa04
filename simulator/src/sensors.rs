//! What the machine measures: the plant through sensors with noise, bias, drift and delay.

mod plates;

pub(crate) use plates::Plates;

use crate::controls::Controls;
use crate::field::{Place, Pose};
use crate::math::atan;
use crate::plant::Plant;
use crate::random::{Random, Stream, Wander};
use crate::scenario::{Active, Scenario};

/// How often the sensors are read, s: as often as the fastest message is sent.
pub(crate) const READ_S: f64 = 0.02;

// Errors of the sensors; assumed where no source is named.
/// Feed rate: drift and noise, as fractions.
const FEED_DRIFT_SD: f64 = 0.02;
const FEED_NOISE_SD: f64 = 0.04;
/// The scatter of the grain flow keeps its sign for about this long, s: it is that of one-second means.
const FLOW_NOISE_MEMORY_S: f64 = 0.6;
const FLOW_GAIN_SD: f64 = 0.02;
const MOISTURE_BIAS_SD_PCT: f64 = 0.3;
const MOISTURE_NOISE_PCT: f64 = 0.15;
const MOISTURE_TIME_S: f64 = 6.0;
const HEIGHT_NOISE_M: f64 = 0.006;
const GROUND_WAVE_M: f64 = 0.012;
/// The height sensors' zero drifts with linkage and warmth, m, within this time, s.
const HEIGHT_DRIFT_M: f64 = 0.006;
const HEIGHT_DRIFT_S: f64 = 900.0;
/// Returned grain at full scale of the returns sensor, over the rated feed.
const RETURNS_SCALE: f64 = 0.025;
const SPEED_NOISE_M_S: f64 = 0.015;
/// Wheels turn further than the machine goes.
const WHEEL_SLIP: f64 = 0.03;
/// The header is called down below this height, m.
const WORK_HEIGHT_M: f64 = 0.40;
/// Time constants of coolant, engine oil and hydraulic oil, s.
const WARMING_S: [f64; 3] = [240.0, 300.0, 600.0];
/// Diesel: 0.24 l/kWh and what the engine needs to turn, l/h.
const FUEL_L_PER_KWH: f64 = 0.24;
const FUEL_IDLE_L_H: f64 = 3.0;
/// The season before this day, so that counters do not begin at zero.
const SEASON_GRAIN_KG: f64 = 412_000.0;
const SEASON_AREA_M2: f64 = 561_000.0;
const SEASON_ENGINE_H: f64 = 1_843.0;
const SEASON_THRESHER_H: f64 = 1_207.0;
const FUEL_TANK_L: f64 = 300.0;

/// Every reading that a message may carry. Units are in the names; `_pct` is per cent.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the bus")]
pub(crate) struct Readings {
    pub engine_rpm: f64,
    pub desired_rpm: f64,
    pub torque_pct: f64,
    pub demand_pct: f64,
    pub load_pct: f64,
    pub throttle_pct: f64,
    pub fuel_l_h: f64,
    pub fuel_level_pct: f64,
    pub engine_h: f64,
    pub engine_turns: f64,
    pub coolant_c: f64,
    pub oil_c: f64,
    pub hydraulic_c: f64,
    pub air_c: f64,
    pub grain_c: f64,
    pub wheel_m_s: f64,
    pub wheel_m: f64,
    pub ground_m_s: f64,
    pub ground_m: f64,
    pub selected_m_s: f64,
    pub gnss_m_s: f64,
    pub course_rad: f64,
    pub pitch_deg: f64,
    pub roll_deg: f64,
    pub altitude_m: f64,
    pub latitude_deg: f64,
    pub longitude_deg: f64,
    /// Left, centre, right.
    pub height_m: [f64; 3],
    pub tilt_deg: f64,
    pub header_engaged: bool,
    pub header_low: bool,
    pub working_width_m: f64,
    pub header_width_m: f64,
    pub height_control: bool,
    pub header_type: f64,
    pub reel_rpm: f64,
    /// Threshing gear over rated speed.
    pub run: f64,
    pub feed_kg_s: f64,
    pub thresher_engaged: bool,
    /// The rotor is being freed after a stall.
    pub deslug: bool,
    pub rotor_load_pct: f64,
    pub returns_pct: f64,
    pub grain_flow_kg_s: f64,
    pub moisture_pct: f64,
    pub tank_pct: f64,
    pub unloading: bool,
    pub yield_hold: bool,
    pub season_grain_kg: f64,
    pub season_area_m2: f64,
    pub thresher_h: f64,
    pub moving: bool,
    pub plate_rate: [f64; 4],
    pub plate_count: [u16; 4],
    pub plate_dead: [bool; 4],
    /// A trouble code that the engine's controller is asked to show.
    pub engine_fault: bool,
    // What is set, not measured.
    pub drum_rpm: f64,
    pub separator_rpm: f64,
    pub concave_mm: f64,
    pub fan_rpm: f64,
    pub upper_sieve_mm: f64,
    pub lower_sieve_mm: f64,
    pub crop_type: f64,
    pub test_weight_kg_hl: f64,
    pub set_height_m: f64,
    pub set_reel_rpm: f64,
    pub set_speed_m_s: f64,
    pub set_feed_kg_s: f64,
}

/// What the sensors see beside the machine.
pub(crate) struct Outside {
    pub pose: Pose,
    pub place: Place,
    pub air_c: f64,
}

/// The sensors.
pub(crate) struct Sensors {
    random: Random,
    now: Readings,
    feed_drift: Wander,
    ground: [Wander; 3],
    height_drift: Wander,
    flow_noise: Wander,
    rated_feed_kg_s: f64,
    slip: Wander,
    flow_gain: f64,
    moisture_bias: f64,
    header_up_s: f64,
}

impl Sensors {
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut random = Random::new(seed, Stream::Sensors);
        let machine = &scenario.machine;
        let now = Readings {
            fuel_level_pct: 92.0,
            engine_h: SEASON_ENGINE_H,
            engine_turns: SEASON_ENGINE_H * 60.0 * 2050.0,
            coolant_c: 74.0,
            oil_c: 78.0,
            hydraulic_c: 48.0,
            air_c: 0.5 * (scenario.weather.air_low_c + scenario.weather.air_high_c),
            altitude_m: scenario.field.altitude_m,
            moisture_pct: scenario.field.moisture_pct,
            season_grain_kg: SEASON_GRAIN_KG,
            season_area_m2: SEASON_AREA_M2,
            thresher_h: SEASON_THRESHER_H,
            header_width_m: machine.header_width_m,
            header_type: f64::from(scenario.crop.header.dbc_header_type),
            crop_type: f64::from(scenario.crop.dbc_crop_type),
            test_weight_kg_hl: scenario.crop.test_weight_kg_hl,
            set_height_m: scenario.task.cut_height_m,
            set_speed_m_s: scenario.task.speed_m_s,
            set_feed_kg_s: scenario.task.feed_kg_s,
            ..Readings::default()
        };
        Self {
            feed_drift: Wander::new(FEED_DRIFT_SD, 300.0, READ_S, &mut random),
            ground: [(); 3].map(|()| Wander::new(GROUND_WAVE_M, 1.5, READ_S, &mut random)),
            height_drift: Wander::new(HEIGHT_DRIFT_M, HEIGHT_DRIFT_S, READ_S, &mut random),
            flow_noise: Wander::new(machine.tank.flow_noise_kg_s, FLOW_NOISE_MEMORY_S, READ_S, &mut random),
            rated_feed_kg_s: machine.rated_feed_kg_s,
            slip: Wander::new(0.01, 10.0, READ_S, &mut random),
            flow_gain: 1.0 + FLOW_GAIN_SD * random.gaussian(),
            moisture_bias: MOISTURE_BIAS_SD_PCT * random.gaussian(),
            header_up_s: 0.0,
            now,
            random,
        }
    }

    /// What they show.
    pub fn readings(&self) -> &Readings {
        &self.now
    }

    /// Reads them, every [`READ_S`].
    pub fn read(&mut self, plant: &Plant, controls: &Controls, outside: &Outside, plates: &Plates, active: &Active) {
        self.now.air_c = outside.air_c;
        self.read_engine(plant);
        self.read_ground(plant, outside);
        self.read_header(plant, controls, active.height_stuck);
        self.read_crop(plant, controls);
        self.now.plate_rate = plates.rates_s();
        self.now.plate_count = plates.counts();
        self.now.plate_dead = active.dead_plates;
    }

    fn noise(&mut self, sd: f64) -> f64 {
        sd * self.random.gaussian()
    }

    fn read_engine(&mut self, plant: &Plant) {
        let engine = plant.engine();
        self.now.engine_rpm = engine.rpm + self.noise(2.0);
        self.now.desired_rpm = engine.desired_rpm();
        self.now.torque_pct = engine.torque_pct + self.noise(0.7);
        self.now.demand_pct = engine.demand_pct;
        self.now.load_pct = engine.load_pct();
        self.now.throttle_pct = 100.0 * engine.throttle;
        self.now.fuel_l_h = FUEL_IDLE_L_H + FUEL_L_PER_KWH * engine.power_kw() + self.noise(0.2);
        self.now.fuel_level_pct -= self.now.fuel_l_h * READ_S / 3600.0 / FUEL_TANK_L * 100.0;
        self.now.engine_h += READ_S / 3600.0;
        self.now.engine_turns += engine.rpm * READ_S / 60.0;
        // Temperatures settle within minutes at a level that follows the load.
        let warm = engine.load_pct() / 100.0;
        self.now.coolant_c += (82.0 + 10.0 * warm - self.now.coolant_c) * READ_S / WARMING_S[0];
        self.now.oil_c += (88.0 + 20.0 * warm - self.now.oil_c) * READ_S / WARMING_S[1];
        self.now.hydraulic_c += (55.0 + 12.0 * warm - self.now.hydraulic_c) * READ_S / WARMING_S[2];
    }

    fn read_ground(&mut self, plant: &Plant, outside: &Outside) {
        let pose = &outside.pose;
        let speed_m_s = plant.speed_m_s();
        let standing = speed_m_s < 0.02;
        let slip = 1.0 + WHEEL_SLIP + self.slip.step(&mut self.random);
        let seen = |true_m_s: f64, noise: f64| if standing { 0.0 } else { (true_m_s + noise).max(0.0) };
        self.now.wheel_m_s = seen(speed_m_s * slip, self.random.gaussian() * SPEED_NOISE_M_S);
        self.now.ground_m_s = seen(speed_m_s, self.random.gaussian() * SPEED_NOISE_M_S);
        self.now.selected_m_s += (self.now.ground_m_s - self.now.selected_m_s) * READ_S / 0.2;
        self.now.gnss_m_s = (speed_m_s + self.random.gaussian() * 0.02).max(0.0);
        self.now.wheel_m += speed_m_s * slip * READ_S;
        self.now.ground_m += speed_m_s * READ_S;
        self.now.moving = !standing;
        // Course over ground of a GNSS receiver means little when standing; receivers hold the last one.
        if speed_m_s > 0.1 {
            let course = pose.heading_rad + self.noise(0.006);
            self.now.course_rad = course.rem_euclid(std::f64::consts::TAU);
        }
        self.now.pitch_deg = 0.4 + outside.place.pitch_rad.to_degrees() + self.noise(0.1);
        self.now.roll_deg = outside.place.roll_rad.to_degrees() + self.noise(0.1);
        self.now.latitude_deg = pose.latitude_deg;
        self.now.longitude_deg = pose.longitude_deg;
    }

    fn read_header(&mut self, plant: &Plant, controls: &Controls, stuck: bool) {
        let header = plant.header();
        let drift = self.height_drift.step(&mut self.random);
        for side in 0..3 {
            let wave = self.ground[side].step(&mut self.random) + self.noise(HEIGHT_NOISE_M);
            if !stuck {
                self.now.height_m[side] = (header.height_m() + drift + wave).max(0.0);
            }
        }
        let difference_m = self.now.height_m[0] - self.now.height_m[2];
        self.now.tilt_deg = atan(difference_m / self.now.header_width_m).to_degrees();
        self.now.header_engaged = header.running();
        self.now.header_low = header.height_m() < WORK_HEIGHT_M;
        self.now.working_width_m = self.now.header_width_m * header.width_share();
        self.now.height_control = self.now.header_low && header.running();
        self.now.reel_rpm = (header.reel_rpm() + self.noise(0.15)).max(0.0);
        self.now.set_reel_rpm = controls.reel_rpm;
        if self.now.header_low && header.running() && self.now.moving {
            self.now.season_area_m2 += self.now.ground_m_s * READ_S * self.now.working_width_m;
        }
        self.header_up_s = if self.now.header_low { 0.0 } else { self.header_up_s + READ_S };
        // Yield monitors stop logging when the machine has emptied after header-up: 8-15 s.
        self.now.yield_hold = self.header_up_s > 10.0;
    }

    fn read_crop(&mut self, plant: &Plant, controls: &Controls) {
        let flows = plant.flows();
        self.now.run = plant.run();
        let set = controls.settings;
        (self.now.drum_rpm, self.now.separator_rpm) = (set.drum_rpm, set.separator_rpm);
        (self.now.concave_mm, self.now.fan_rpm) = (set.concave_mm, set.fan_rpm);
        (self.now.upper_sieve_mm, self.now.lower_sieve_mm) = (set.upper_sieve_mm, set.lower_sieve_mm);
        self.now.thresher_engaged = controls.thresher_engaged;
        self.now.deslug = plant.engine().stalled();
        let feed = plant.feeder().total() * (1.0 + self.feed_drift.step(&mut self.random) + self.noise(FEED_NOISE_SD));
        self.now.feed_kg_s = feed.max(0.0);
        self.now.rotor_load_pct = 12.0 * self.now.run + 64.0 * plant.separator_load() + self.noise(1.0);
        let returned = flows.returns / (RETURNS_SCALE * self.rated_feed_kg_s);
        self.now.returns_pct = (100.0 * returned + self.noise(1.0)).clamp(0.0, 100.0);
        let scatter = self.flow_noise.step(&mut self.random);
        let noise_kg_s = if flows.elevator > 0.05 { scatter } else { self.noise(0.01) };
        let flow = flows.elevator * self.flow_gain + noise_kg_s;
        self.now.grain_flow_kg_s = flow.max(0.0);
        let moisture = plant.inside_moisture_pct() + self.moisture_bias;
        self.now.moisture_pct += (moisture - self.now.moisture_pct) * READ_S / MOISTURE_TIME_S;
        self.now.moisture_pct += self.noise(MOISTURE_NOISE_PCT) * (2.0 * READ_S / MOISTURE_TIME_S).sqrt();
        self.now.grain_c = self.now.air_c + 2.0;
        self.now.tank_pct = (100.0 * plant.tank_level()).min(100.0);
        self.now.unloading = plant.unloading();
        self.now.season_grain_kg = SEASON_GRAIN_KG + plant.tanked_kg * self.flow_gain;
        if self.now.run > 0.3 {
            self.now.thresher_h += READ_S / 3600.0;
        }
    }
}
