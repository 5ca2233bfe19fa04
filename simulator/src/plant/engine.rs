//! The engine: a governor with droop, and a torque that has an end.

use crate::controls::Controls;
use crate::random::{Random, Wander};
use crate::scenario;
use crate::time::TICK_S;

/// The governor settles with this time constant, s. Assumed.
const GOVERNOR_S: f64 = 0.7;
/// Run-up from idle takes longer, r/min per s. Assumed.
const RUN_UP_RPM_S: f64 = 450.0;
/// How fast the speed falls when the torque does not suffice, r/min per s and %. Assumed.
const STALL_RPM_S_PER_PCT: f64 = 8.0;
/// Scatter about the droop line, r/min: 13 and 17 in 1 Hz logs of two maize combines (Illinois, 2000), means of a second.
const SCATTER_RPM: f64 = 16.0;
const SCATTER_MEMORY_S: f64 = 2.0;
/// What ground, chopper and hydraulics take more or less, % of torque: 5 and 7 % of scatter straight on in the same
/// logs, crop included.
const UNEVEN_TORQUE_PCT: f64 = 4.5;
const UNEVEN_TORQUE_S: f64 = 6.0;
/// Fan, pumps and generator take this, %. Assumed.
const IDLE_TORQUE_PCT: f64 = 4.0;
/// The torque reserve is reached at this share of rated speed. Assumed.
const RESERVE_AT: f64 = 0.7;
/// Overloaded and pulled below this share of rated speed it stalls. Assumed.
const STALL_SHARE: f64 = 0.55;
/// With the clutch out and the throttle closed it is started again within this time, s. Assumed.
const RESTART_S: f64 = 8.0;
/// A stalled engine stops within this time constant, s. Assumed.
const STOPPING_S: f64 = 0.4;

/// The engine.
pub(crate) struct Engine {
    data: scenario::Engine,
    /// r/min.
    pub rpm: f64,
    /// % of the torque at rated speed.
    pub torque_pct: f64,
    /// What the machine asks for, %; over `torque_pct` when the engine cannot give it.
    pub demand_pct: f64,
    /// Position of the throttle, 0..=1.
    pub throttle: f64,
    scatter: Wander,
    uneven: Wander,
    governed_rpm: f64,
    crop_share: f64,
    /// How long it has stood with the clutch out, s; `None` while it runs.
    stalled_s: Option<f64>,
}

impl Engine {
    /// `crop_share` is the torque for a kg of the crop over that for wheat.
    pub(super) fn new(data: &scenario::Engine, crop_share: f64, random: &mut Random) -> Self {
        Self {
            rpm: data.idle_rpm,
            torque_pct: 0.0,
            demand_pct: 0.0,
            throttle: 0.0,
            scatter: Wander::new(SCATTER_RPM, SCATTER_MEMORY_S, TICK_S, random),
            uneven: Wander::new(UNEVEN_TORQUE_PCT, UNEVEN_TORQUE_S, TICK_S, random),
            governed_rpm: data.idle_rpm,
            crop_share,
            stalled_s: None,
            data: data.clone(),
        }
    }

    pub(super) fn step(
        &mut self,
        controls: &Controls,
        speed_m_s: f64,
        crop_load_kg_s: f64,
        run: f64,
        extra_pct: f64,
        random: &mut Random,
    ) {
        self.throttle = controls.throttle;
        if let Some(stalled_s) = self.stalled_s {
            self.stand(stalled_s, controls);
            return;
        }
        self.demand_pct = IDLE_TORQUE_PCT
            + self.data.running_torque_pct * run
            + self.data.travel_torque_pct_per_m_s * speed_m_s
            + self.data.crop_torque_pct_per_kg_s * self.crop_share * crop_load_kg_s
            + extra_pct
            // An idling machine has nothing that could vary.
            + self.uneven.step(random) * run;
        let most = self.most_torque_pct();
        self.torque_pct = self.demand_pct.min(most);
        let range = self.data.high_idle_rpm - self.data.idle_rpm;
        let unloaded = self.data.idle_rpm + range * self.throttle;
        let target = (unloaded - self.data.droop_rpm_per_pct * self.torque_pct).max(self.data.idle_rpm);
        let change = if self.demand_pct > most {
            -STALL_RPM_S_PER_PCT * (self.demand_pct - most)
        } else {
            ((target - self.governed_rpm) / GOVERNOR_S).min(RUN_UP_RPM_S)
        };
        self.governed_rpm += change * TICK_S;
        self.rpm = self.governed_rpm + self.scatter.step(random);
        if self.demand_pct > most && self.governed_rpm < STALL_SHARE * self.data.rated_rpm {
            self.stalled_s = Some(0.0);
        }
    }

    /// Stands until the operator has taken the load off and started it.
    fn stand(&mut self, stalled_s: f64, controls: &Controls) {
        self.rpm -= self.rpm * TICK_S / STOPPING_S;
        (self.torque_pct, self.demand_pct) = (0.0, 0.0);
        let unloaded = controls.throttle <= 0.0 && !controls.thresher_engaged;
        let stalled_s = if unloaded { stalled_s + TICK_S } else { 0.0 };
        self.stalled_s = Some(stalled_s);
        if stalled_s >= RESTART_S {
            (self.stalled_s, self.governed_rpm) = (None, self.data.idle_rpm);
        }
    }

    /// It was pulled down until it stood.
    pub fn stalled(&self) -> bool {
        self.stalled_s.is_some()
    }

    /// Rises from rated speed down to the reserve, as a diesel's does, and falls off towards idle.
    fn most_torque_pct(&self) -> f64 {
        let speed = self.governed_rpm / self.data.rated_rpm;
        let reserve = self.data.torque_reserve_pct - 100.0;
        if speed >= RESERVE_AT {
            100.0 + reserve * ((1.0 - speed) / (1.0 - RESERVE_AT)).max(0.0)
        } else {
            (100.0 + reserve) * (0.4 + 0.6 * speed / RESERVE_AT)
        }
    }

    /// The governor's aim without load, r/min.
    pub fn desired_rpm(&self) -> f64 {
        self.data.idle_rpm + (self.data.high_idle_rpm - self.data.idle_rpm) * self.throttle
    }

    /// Share of the torque available at this speed, %.
    pub fn load_pct(&self) -> f64 {
        100.0 * self.torque_pct / self.most_torque_pct()
    }

    /// Brake power, kW.
    pub fn power_kw(&self) -> f64 {
        self.data.rated_power_kw * self.torque_pct / 100.0 * self.rpm / self.data.rated_rpm
    }
}
