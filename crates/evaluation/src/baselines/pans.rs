//! Drop pans as the simple monitors use them.

use super::inputs::MonitorInput;
use grainloss_core::harvest::{Pan, PanKind};

/// The pans of a session.
#[derive(Clone, Debug, Default)]
pub struct Pans {
    all: Vec<(Pan, usize, usize)>,
}

/// The loss that a rear pan shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanLoss {
    /// The second of the drop, and that from which it is known.
    pub at: usize,
    /// From when on.
    pub known_at: usize,
    /// Loss behind the machine at the drop, kg/s.
    pub kg_s: f64,
}

impl Pans {
    /// By the time that they are known; the first second of the harvest ends at `first_unix`.
    pub fn new(pans: &[Pan], first_unix: f64) -> Self {
        let second = |t_us: i64| (t_us as f64 / 1e6 - first_unix).round().max(0.0) as usize;
        let mut all: Vec<_> = pans.iter().map(|pan| (*pan, second(pan.t_us), second(pan.known_us))).collect();
        all.sort_by_key(|&(pan, ..)| (pan.known_us, pan.t_us));
        Self { all }
    }

    /// Rear pans known before this second, the first known first. A pan at whose drop the area cut is unknown is
    /// left out.
    pub fn rear(&self, inputs: &[Option<MonitorInput>], until: usize) -> Vec<PanLoss> {
        let known = self.all.iter().filter(|(pan, _, known_at)| pan.kind == PanKind::Rear && *known_at < until);
        known
            .filter_map(|&(pan, at, known_at)| {
                let area_m2_s = inputs.get(at)?.as_ref()?.area_m2_s?;
                Some(PanLoss { at, known_at, kg_s: pan.sample().net_kg_m2() * area_m2_s })
            })
            .collect()
    }

    /// Share of the grain lost at the header, by the front samples known before this second whose shed is known.
    pub fn header_share(&self, inputs: &[Option<MonitorInput>], until: usize) -> Option<f64> {
        let known = self.all.iter().filter(|(pan, _, known_at)| pan.kind == PanKind::Front && *known_at < until);
        let (mut lost, mut grain) = (0.0, 0.0);
        for (pan, at, _) in known {
            let input = inputs.get(*at).and_then(Option::as_ref);
            if pan.shed_kg_m2.is_some()
                && let Some((area_m2_s, grain_kg_s)) = input.and_then(|input| input.area_m2_s.zip(input.grain_kg_s))
            {
                lost += pan.sample().net_kg_m2() * area_m2_s;
                grain += grain_kg_s;
            }
        }
        (grain > 0.0).then(|| (lost / grain).max(0.0))
    }

    /// A figure that changes when a pan becomes known, for each second.
    pub fn follow<T: Copy>(&self, seconds: usize, figure: impl Fn(usize) -> T) -> Vec<T> {
        let mut now = figure(0);
        let is_change = |at: usize| self.all.iter().any(|&(.., known_at)| known_at + 1 == at);
        (0..seconds)
            .map(|at| {
                if is_change(at) {
                    now = figure(at);
                }
                now
            })
            .collect()
    }
}
