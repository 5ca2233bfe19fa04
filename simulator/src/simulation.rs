//! The running plant: field, operator, machine, sensors and bus, tick by tick.

use grainloss_can::Frame;

use crate::bus::{Bus, BusEvent};
use crate::driver::Driver;
use crate::field::{Field, Leg, Place, Sky, Track};
use crate::hands::Hands;
use crate::learner::{Cab, Learner, Lever};
use crate::plant::{Offer, Plant};
use crate::random::{Random, Stream, Wander};
use crate::scenario::{self, Active, Event, Scenario};
use crate::sensors::{Outside, Plates, Sensors};
use crate::time::{TICK_S, TICK_US};
use crate::truth::{Scene, TruthRow, TruthSum};

/// Ticks between two looks at field and timeline: 0.1 s, some 15 cm of way.
const LOOK_TICKS: u64 = 10;
/// Ticks between two readings of the sensors.
const READ_TICKS: u64 = 2;
/// The operator leaves a little of the header unused: mean share and its spread. Assumed.
const OVERLAP: (f64, f64) = (0.97, 0.012);
const OVERLAP_MEMORY_S: f64 = 8.0;
/// A header in a curve meets less and less standing crop: share at its beginning, and what is lost per rad. Assumed.
const CURVE_SHARE: (f64, f64) = (0.8, 0.2);

/// Crop that was passed over.
#[derive(Default)]
struct Left {
    kg: f64,
    /// Of the turn at hand, which began inside the crop: what it leaves, less what it cuts.
    corner_kg: f64,
    turning: bool,
}

/// A scenario that runs.
///
/// The same scenario and seed give the same frames: nothing reads a clock, and chance is a seeded generator that is the
/// same everywhere; so is the mathematics, which asks nothing of the platform's library.
pub struct Simulation {
    field: Field,
    track: Track,
    hands: Hands,
    left: Left,
    plant: Plant,
    plates: Plates,
    sensors: Sensors,
    bus: Bus,
    truth: TruthSum,
    row: Option<TruthRow>,
    events: Vec<Event>,
    active: Active,
    place: Place,
    random: Random,
    overlap: Wander,
    sky: Sky,
    rated_rpm: f64,
    header_width_m: f64,
    heading_rad: f64,
    start_us: i64,
    ticks: u64,
    /// Reused, so that a tick does not allocate.
    events_of_tick: Vec<BusEvent>,
}

impl Simulation {
    /// Puts the machine beside the field with its engine idling, at the scenario's start time. The seed determines
    /// all random numbers.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        Self::with_machine(scenario, seed, seed)
    }

    /// The same, with the loss plates' gains of the machine that `machine_seed` draws: several fields of one machine.
    pub fn with_machine(scenario: &Scenario, seed: u64, machine_seed: u64) -> Self {
        Self::driven(scenario, Hands::Driver(Box::new(Driver::new(scenario, seed))), [seed, machine_seed])
    }

    /// The same field and machine with a learner at the controls, who finds the machine as the scenario's driver left it;
    /// [`act`](Self::act) moves the controls.
    pub fn for_learner(scenario: &Scenario, seed: u64) -> Self {
        let hands = Hands::Learner(Box::new(Learner::new(scenario)));
        Self::driven(&scenario.well_driven(), hands, [seed, seed])
    }

    fn driven(scenario: &Scenario, hands: Hands, [seed, machine_seed]: [u64; 2]) -> Self {
        let machine = &scenario.machine;
        // Passes lie as far apart as the header cuts on average.
        let pass_width_m = machine.header_width_m * OVERLAP.0;
        let laid_out = laid_out(scenario);
        let steering_m = machine.steering_s * scenario.task.turn_speed_m_s;
        let track = Track::new(&laid_out, pass_width_m, machine.turning_radius_m, steering_m);
        let field = Field::new(&laid_out, &scenario.crop, pass_width_m, track.stretches(), seed);
        let sky = Sky::new(&scenario.weather, scenario.start_unix_s, scenario.field.longitude_deg);
        let pose = track.pose();
        let mut random = Random::new(seed, Stream::Overlap);
        Self {
            place: field.at(&pose, sky.dew_pct(0.0), 0.0),
            hands,
            left: Left::default(),
            plant: Plant::new(scenario, seed),
            plates: Plates::new(scenario, seed, machine_seed),
            sensors: Sensors::new(scenario, seed),
            bus: Bus::new(scenario.start_unix_s * 1_000_000, seed),
            truth: TruthSum::default(),
            row: None,
            events: scenario.events.clone(),
            active: Active::default(),
            overlap: Wander::new(OVERLAP.1, OVERLAP_MEMORY_S, LOOK_TICKS as f64 * TICK_S, &mut random),
            sky,
            rated_rpm: machine.engine.rated_rpm,
            header_width_m: machine.header_width_m,
            heading_rad: pose.heading_rad,
            start_us: scenario.start_unix_s * 1_000_000,
            ticks: 0,
            events_of_tick: Vec::new(),
            field,
            track,
            random,
        }
    }

    /// Bus time: the end of the last tick, µs since 1970-01-01 UTC.
    pub fn now_us(&self) -> i64 {
        self.start_us + self.ticks as i64 * TICK_US
    }

    /// Advances by [`TICK_US`] and appends the frames that a receiver sees in it, in the order of their arrival. Their
    /// times lie within the tick, unless the receiver's clock is wrong: then they are off by what it is off. Error frames
    /// are left out; see [`tick_events`](Self::tick_events).
    pub fn tick(&mut self, frames: &mut Vec<Frame>) {
        let mut events = std::mem::take(&mut self.events_of_tick);
        events.clear();
        self.tick_events(&mut events);
        frames.extend(events.drain(..).filter_map(|event| match event {
            BusEvent::Frame(frame) => Some(frame),
            BusEvent::Error(_) => None,
        }));
        self.events_of_tick = events;
    }

    /// Advances by [`TICK_US`] and appends what a receiver sees in it: data frames, and the error frames of its own
    /// controller. Silence is what is not there.
    pub fn tick_events(&mut self, seen: &mut Vec<BusEvent>) {
        let t_s = self.ticks as f64 * TICK_S;
        let look = self.ticks.is_multiple_of(LOOK_TICKS);
        if look {
            self.active = Active::at(&self.events, t_s);
            self.overlap.step(&mut self.random);
        }
        let controls = self.hands.step(t_s, &self.track, &self.plant, &self.active);
        self.track.advance(self.plant.speed_m_s() * TICK_S, self.hands.overshoot_m());
        let mut pose = self.track.pose();
        pose.heading_rad = (pose.heading_rad + self.hands.weave_rad()).rem_euclid(std::f64::consts::TAU);
        if look {
            self.place = self.field.at(&pose, self.sky.dew_pct(t_s), self.active.wetter_pct);
            self.place.straw_per_grain *= 1.0 + self.active.more_straw;
        }
        let half_turn = std::f64::consts::PI;
        let turned_rad = (pose.heading_rad - self.heading_rad + half_turn).rem_euclid(2.0 * half_turn) - half_turn;
        self.heading_rad = pose.heading_rad;
        let offer = Offer { place: self.place, width_share: self.width_share(), yaw_rate_rad_s: turned_rad / TICK_S };
        self.plant.step(&controls, &offer);
        self.note_left(&offer);
        self.plates.step(self.plant.flows(), self.plant.inside_moisture_pct(), self.plant.run(), &self.active);
        if self.ticks.is_multiple_of(READ_TICKS) {
            let outside = Outside { pose, place: self.place, air_c: self.sky.air_c(t_s) };
            self.sensors.read(&self.plant, &controls, &outside, &self.plates, &self.active);
        }
        let start_us = self.now_us();
        self.ticks += 1;
        self.bus.send(start_us, self.now_us(), self.sensors.readings(), &self.active.wire, seen);

        let scene = Scene {
            is_approach: self.track.is_approach(),
            yaw_rate_rad_s: offer.yaw_rate_rad_s,
            rated_rpm: self.rated_rpm,
            yield_kg_m2: self.place.yield_kg_m2,
            moisture_pct: self.place.moisture_pct,
            lodged: self.place.lodged,
        };
        let t_unix = self.now_us() as f64 / 1e6;
        if let Some(row) = self.truth.add(&self.plant, &scene, &self.events, t_s + TICK_S, t_unix) {
            self.row = Some(row);
        }
    }

    /// Moves one of the learner's controls; false where that makes no sense now, and where nobody learns.
    pub fn act(&mut self, lever: Lever) -> bool {
        self.hands.act(lever, &self.track)
    }

    /// What the learner sees and has set; `None` where nobody learns.
    pub fn cab(&self) -> Option<Cab> {
        self.hands.cab(&self.track, &self.plant, self.left.kg)
    }

    /// Adds up what the header passed over.
    fn note_left(&mut self, offer: &Offer) {
        let kg_m2 = offer.place.yield_kg_m2;
        let cut_kg = self.plant.flows().entering.grain * TICK_S;
        if self.track.leg == Leg::Arc {
            if !std::mem::replace(&mut self.left.turning, true) {
                // What lies between here and the end of the crop is not met again.
                self.left.corner_kg = (-self.hands.overshoot_m()).max(0.0) * self.header_width_m * kg_m2;
            }
            self.left.corner_kg -= cut_kg;
            return;
        }
        if std::mem::take(&mut self.left.turning) {
            self.left.kg += self.left.corner_kg.max(0.0);
        }
        let offered_kg = self.plant.speed_m_s() * self.header_width_m * offer.width_share * kg_m2 * TICK_S;
        self.left.kg += (offered_kg - cut_kg).max(0.0);
    }

    /// The truth of the second that has just ended: once after every hundredth tick, `None` otherwise.
    pub fn take_truth(&mut self) -> Option<TruthRow> {
        self.row.take()
    }

    /// Share of the header before which crop stands.
    fn width_share(&self) -> f64 {
        match self.track.leg {
            Leg::Pass if (0.0..self.track.crop_m()).contains(&self.track.at_m) => {
                (OVERLAP.0 + self.overlap.value()).clamp(0.5, 1.0) * self.hands.width_share(&self.active)
            }
            // The standing crop reaches to the end of the passes; a turn begun inside them still cuts.
            Leg::Arc if self.hands.overshoot_m() < 0.0 => {
                (CURVE_SHARE.0 - CURVE_SHARE.1 * self.track.turned_rad()).max(0.0)
            }
            _ => 0.0,
        }
    }
}

/// The field as the operator divides it: an operator who turns often works it in pieces, one beside the other.
fn laid_out(scenario: &Scenario) -> scenario::Field {
    let mut field = scenario.field.clone();
    let longest_m = scenario.operator().longest_pass_m;
    if field.pass_length_m > longest_m {
        let pieces = (field.pass_length_m / longest_m).ceil();
        field.pass_length_m /= pieces;
        field.passes *= pieces as u32;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs for this many seconds and returns the truth.
    fn run(simulation: &mut Simulation, seconds: usize) -> Vec<TruthRow> {
        let mut frames = Vec::new();
        let mut rows = Vec::with_capacity(seconds);
        for _ in 0..seconds * 100 {
            frames.clear();
            simulation.tick(&mut frames);
            rows.extend(simulation.take_truth());
        }
        rows
    }

    #[test]
    fn grain_is_in_the_machine_in_the_tank_or_on_the_ground() {
        let mut simulation = Simulation::new(&Scenario::bundled("wheat").unwrap(), 11);
        let rows = run(&mut simulation, 1200);
        let total = |column: fn(&TruthRow) -> f64| rows.iter().map(column).sum::<f64>();
        let entered = total(|row| row.grain_in_kg_s);
        let lost = total(|row| {
            row.header_loss_kg_s + row.threshing_loss_kg_s + row.separation_loss_kg_s + row.cleaning_loss_kg_s
        });
        let kept = simulation.plant.tanked_kg + simulation.plant.grain_inside_kg();
        assert!(entered > 2000.0, "{entered}");
        assert!((entered - lost - kept).abs() < 1e-6 * entered, "{entered} in, {lost} lost, {kept} kept");
    }
}
