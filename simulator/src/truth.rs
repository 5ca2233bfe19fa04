//! The truth: what happened in the machine, one row a second.

use crate::plant::Plant;
use crate::scenario::Event;

/// Ticks in a second.
const TICKS: u32 = 100;
/// Below this speed the machine stands, m/s.
const STANDING_M_S: f64 = 0.1;
/// Cutting while turning: faster than this with the header in the crop. The rates are those of 1 Hz logs of two maize
/// combines (Illinois, 2000), where straight cutting stays below 3 °/s.
const TURNING_DEG_S: f64 = 5.0;
const TURNING_M_S: f64 = 0.28;
/// Lugging: the engine below this share of rated speed while crop is fed.
const LUGGING_SHARE: f64 = 0.95;
const LUGGING_FEED_KG_S: f64 = 1.0;

/// What the machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Standing.
    Stopped,
    /// On the way to the field.
    Transport,
    /// Crop goes into the header.
    Cutting,
    /// Between two passes, from the last crop of one to the first of the next.
    Turning,
}

impl Activity {
    const ALL: [Self; 4] = [Self::Stopped, Self::Transport, Self::Cutting, Self::Turning];

    /// `stopped`, `transport`, `cutting` or `turning`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Transport => "transport",
            Self::Cutting => "cutting",
            Self::Turning => "turning",
        }
    }
}

/// One second of truth. Flows are means over the second; states and flags hold for at least half of it.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct TruthRow {
    /// The end of the second, seconds since 1970-01-01 UTC.
    pub t_unix: f64,
    /// What the machine was doing for most of it.
    pub state: Activity,
    /// Cutting while the heading changed by more than 5 ° a second.
    pub turning_cut: bool,
    /// Engine below 95 % of rated speed while crop was fed.
    pub lugging: bool,
    /// The unloading auger ran, on the go or standing.
    pub unloading: bool,
    /// Grain entering with the crop at the header, before any loss, kg/s.
    pub grain_in_kg_s: f64,
    /// Grain left by the header, kg/s.
    pub header_loss_kg_s: f64,
    /// Unthreshed grain leaving the rear, kg/s.
    pub threshing_loss_kg_s: f64,
    /// Threshed grain leaving the rear with the straw, kg/s.
    pub separation_loss_kg_s: f64,
    /// Grain leaving the rear from the shoe, kg/s.
    pub cleaning_loss_kg_s: f64,
    /// Material other than grain entering at the header, kg/s.
    pub mog_kg_s: f64,
    /// Grain moisture at the header, % wet basis; beside the crop that of the nearest.
    pub moisture_pct: f64,
    /// Yield at the header, kg/ha; beside the crop that of the nearest.
    pub yield_kg_ha: f64,
    /// What goes wrong: the scenario's events that are on, joined by `;`.
    pub faults: String,
    /// The engine stood, pulled down by its load.
    pub stalled: bool,
    /// Speed over ground, m/s.
    pub ground_speed_m_s: f64,
    /// Of the knife above ground, m.
    pub header_height_m: f64,
    /// r/min.
    pub engine_rpm: f64,
    /// % of the torque at rated speed.
    pub engine_torque_pct: f64,
    /// How fast the heading changed, clockwise, °/s.
    pub turn_rate_deg_s: f64,
    /// Grain that reached the tank, kg/s.
    pub tank_in_kg_s: f64,
    /// Share of the crop at the header that was lodged, 0..=1.
    pub lodged_share: f64,
}

impl TruthRow {
    /// The columns of [`csv`](Self::csv).
    pub const HEADER: &'static str = "t_unix,state,turning_cut,lugging,unloading,grain_in_kg_s,header_loss_kg_s,\
threshing_loss_kg_s,separation_loss_kg_s,cleaning_loss_kg_s,mog_kg_s,moisture_pct,yield_kg_ha,faults,\
stalled,ground_speed_m_s,header_height_m,engine_rpm,engine_torque_pct,turn_rate_deg_s,tank_in_kg_s,lodged_share";

    /// The row as a line of CSV, without its end. Flags are 0 or 1; no field needs quotes.
    pub fn csv(&self) -> String {
        format!(
            "{:.0},{},{},{},{},{:.6},{:.6},{:.6},{:.6},{:.6},{:.6},{:.3},{:.1},{},{},{:.3},{:.3},{:.0},{:.1},{:.2},{:.6},{:.3}",
            self.t_unix,
            self.state.word(),
            u8::from(self.turning_cut),
            u8::from(self.lugging),
            u8::from(self.unloading),
            self.grain_in_kg_s,
            self.header_loss_kg_s,
            self.threshing_loss_kg_s,
            self.separation_loss_kg_s,
            self.cleaning_loss_kg_s,
            self.mog_kg_s,
            self.moisture_pct,
            self.yield_kg_ha,
            self.faults,
            u8::from(self.stalled),
            self.ground_speed_m_s,
            self.header_height_m,
            self.engine_rpm,
            self.engine_torque_pct,
            self.turn_rate_deg_s,
            self.tank_in_kg_s,
            self.lodged_share
        )
    }
}

/// What the truth looks at beside the plant.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    pub is_approach: bool,
    pub yaw_rate_rad_s: f64,
    pub rated_rpm: f64,
    pub yield_kg_m2: f64,
    pub moisture_pct: f64,
    pub lodged: f64,
}

/// Sums up a second.
#[derive(Default)]
pub(crate) struct TruthSum {
    ticks: u32,
    states: [u32; 4],
    turning_cut: u32,
    lugging: u32,
    unloading: u32,
    stalled: u32,
    /// In the order of the row.
    sums: [f64; 15],
}

impl TruthSum {
    /// Adds a tick; the row, when it was the second's last.
    pub fn add(&mut self, plant: &Plant, scene: &Scene, events: &[Event], t_s: f64, t_unix: f64) -> Option<TruthRow> {
        let flows = plant.flows();
        let state = if plant.speed_m_s() < STANDING_M_S {
            Activity::Stopped
        } else if flows.entering.grain > 0.0 {
            Activity::Cutting
        } else if scene.is_approach {
            Activity::Transport
        } else {
            Activity::Turning
        };
        let turning = scene.yaw_rate_rad_s.abs().to_degrees() > TURNING_DEG_S && plant.speed_m_s() > TURNING_M_S;
        let fed = plant.feeder().total() > LUGGING_FEED_KG_S;
        self.ticks += 1;
        self.states[state as usize] += 1;
        self.turning_cut += u32::from(state == Activity::Cutting && turning && plant.header().is_down());
        self.lugging += u32::from(fed && plant.engine().rpm < LUGGING_SHARE * scene.rated_rpm);
        self.unloading += u32::from(plant.unloading());
        self.stalled += u32::from(plant.engine().stalled());
        let values = [
            flows.entering.grain,
            flows.header_loss,
            flows.threshing_loss,
            flows.separation_loss,
            flows.cleaning_loss,
            flows.entering.straw,
            scene.moisture_pct,
            scene.yield_kg_m2 * 1e4,
            plant.speed_m_s(),
            plant.header().height_m(),
            plant.engine().rpm,
            plant.engine().torque_pct,
            scene.yaw_rate_rad_s.to_degrees(),
            flows.elevator,
            scene.lodged,
        ];
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += value;
        }
        if self.ticks < TICKS {
            return None;
        }
        let done = std::mem::take(self);
        // A fault is named when it was on in the middle of the second.
        let on = events.iter().filter(|event| event.is_on(t_s - 0.5));
        // Without faults the text is empty, and nothing is allocated.
        let faults: Vec<&str> = on.map(|event| event.label.as_str()).collect();
        Some(done.row(t_unix, faults.join(";")))
    }

    fn row(&self, t_unix: f64, faults: String) -> TruthRow {
        let most = |flag: u32| flag * 2 >= TICKS;
        let longest = self.states.iter().max().copied().unwrap_or_default();
        let state = Activity::ALL.into_iter().find(|&state| self.states[state as usize] == longest);
        let mean = self.sums.map(|sum| sum / f64::from(TICKS));
        let [grain, header, threshing, separation, cleaning, mog, moisture_pct, yield_kg_ha, ..] = mean;
        let [.., speed_m_s, height_m, rpm, torque_pct, turn_deg_s, tank_kg_s, lodged] = mean;
        TruthRow {
            t_unix,
            state: state.unwrap_or(Activity::Stopped),
            turning_cut: most(self.turning_cut),
            lugging: most(self.lugging),
            unloading: most(self.unloading),
            grain_in_kg_s: grain,
            header_loss_kg_s: header,
            threshing_loss_kg_s: threshing,
            separation_loss_kg_s: separation,
            cleaning_loss_kg_s: cleaning,
            mog_kg_s: mog,
            moisture_pct,
            yield_kg_ha,
            faults,
            stalled: most(self.stalled),
            ground_speed_m_s: speed_m_s,
            header_height_m: height_m,
            engine_rpm: rpm,
            engine_torque_pct: torque_pct,
            turn_rate_deg_s: turn_deg_s,
            tank_in_kg_s: tank_kg_s,
            lodged_share: lodged,
        }
    }
}
