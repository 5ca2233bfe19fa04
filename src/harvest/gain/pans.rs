//! What a pan says, minutes after its drop.

use super::super::estimate::Stream;
use super::{
    GAIN, GainFilter, HEADER, HEADER_WANDER, HEADER_WANDER_SD, LOCAL_UNSEEN_SD, Lost, Normal, PLATE, POWER, Path,
    State, WANDER, WANDER_MEMORY_S, WANDER_SD,
};

/// Plates whose sight of the loss was better than this at the drop are asked; otherwise the law is (our choice: a factor
/// of 1.6).
const SEEN_VARIANCE: f64 = 0.09;

/// What was known at the drop of a pan.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Drop {
    /// By the law, at gain 1.
    pub lost: Lost,
    /// What the plates of the separator and of the sieves saw of the factor on it; `None` where they did not count.
    pub seen: [Option<Normal>; 2],
    /// How far apart the loads lie that may have left just then, as a standard deviation of the law's logarithm.
    transit_sd: [f64; 2],
    /// Logarithms of the wandering gains: separation, cleaning, header.
    wanders: [f64; 3],
}

/// What a pan says was lost.
#[derive(Clone, Copy, Debug)]
pub(in crate::harvest) struct Observed {
    /// The logarithm of the loss at the drop, kg/s.
    pub log_kg_s: f64,
    /// Its variance: counting, and patches on the ground.
    pub variance: f64,
    /// How long ago the drop was, s.
    pub elapsed_s: f64,
}

/// How a pan fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::harvest) struct Judged {
    /// The logarithm of found over expected, before the pan was taken in.
    pub residual: f64,
    /// Its square over the variance it was expected to have: 1 on average.
    pub surprise: f64,
    /// How much it counted under Student's t, 0..=1: near 0 for a blunder.
    pub weight: f64,
}

/// What is expected of one stream at the drop.
#[derive(Clone, Copy, Debug)]
struct Part {
    kg_s: f64,
    gradient: State,
    /// Of what cannot be learned any more.
    variance: f64,
}

/// Which streams lie in a pan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) struct Caught {
    pub header: bool,
    pub rear: bool,
}

impl GainFilter {
    /// What has to be kept of this second for a pan that may have been dropped in it.
    pub fn drop(&self, lost: Lost, counted: [bool; 2], transit_sd: [f64; 2]) -> Drop {
        let seen = lost.paths().map(|(path, law)| self.seen(path, law.log_load));
        let kept = |at: usize| Some(seen[at]).filter(|seen| counted[at] && seen.variance < SEEN_VARIANCE);
        let wander = |path: Path| self.mean[path as usize + WANDER];
        Drop {
            lost,
            seen: [kept(0), kept(1)],
            transit_sd,
            wanders: [wander(Path::Separation), wander(Path::Cleaning), self.mean[HEADER_WANDER]],
        }
    }

    /// Takes a pan in. `None` when nothing was to be expected.
    pub fn pan(&mut self, drop: &Drop, caught: Caught, observed: &Observed) -> Option<Judged> {
        // A sum of exponentials is linearised where the filter stands, and again where it has moved to.
        let start = self.clone();
        let mut judged = None;
        for _ in 0..3 {
            let parts = [
                self.header_part(drop, observed).filter(|_| caught.header),
                self.path_part(Path::Separation, drop, observed).filter(|_| caught.rear),
                self.path_part(Path::Cleaning, drop, observed).filter(|_| caught.rear),
            ];
            let sum: f64 = parts.iter().flatten().map(|part| part.kg_s).sum();
            if !(sum > 0.0 && sum.is_finite()) {
                *self = start;
                return None;
            }
            let (mut direction, mut variance) = (State::zeros(), observed.variance);
            for part in parts.iter().flatten() {
                direction += part.gradient * (part.kg_s / sum);
                variance += part.variance * (part.kg_s / sum).powi(2);
            }
            // The expectation where the filter began, by the tangent at where it stands now.
            let innovation = observed.log_kg_s - sum.ln() + direction.dot(&(self.mean - start.mean));
            self.clone_from(&start);
            judged.get_or_insert(self.weigh(&direction, innovation, variance));
        }
        judged
    }

    /// A path at the drop: by what its plates saw, less what they are off by; or by the law, with the wander of then.
    fn path_part(&self, path: Path, drop: &Drop, observed: &Observed) -> Option<Part> {
        let at = path as usize;
        let (law, nth) = if path == Path::Separation { (drop.lost.separation, 0) } else { (drop.lost.cleaning, 1) };
        let mut gradient = State::zeros();
        let (log, variance) = if let Some(seen) = drop.seen[nth] {
            gradient[at + PLATE] = -1.0;
            (seen.mean - self.plate(path).mean, seen.variance)
        } else {
            let keep = Self::kept_wander(observed);
            gradient[at + GAIN] = 1.0;
            gradient[at + POWER] = law.log_load;
            gradient[at + WANDER] = keep;
            let wander = Self::at_drop(keep, drop.wanders[nth], self.mean[at + WANDER]);
            let log = self.mean[at + GAIN] + self.mean[at + POWER] * law.log_load + wander;
            (log, Self::forgotten(WANDER_SD, keep) + LOCAL_UNSEEN_SD.powi(2) + drop.transit_sd[nth].powi(2))
        };
        Part::of(law.kg_s, log, gradient, variance)
    }

    fn header_part(&self, drop: &Drop, observed: &Observed) -> Option<Part> {
        let keep = Self::kept_wander(observed);
        let mut gradient = State::zeros();
        gradient[HEADER] = 1.0;
        gradient[HEADER_WANDER] = keep;
        let wander = Self::at_drop(keep, drop.wanders[2], self.mean[HEADER_WANDER]);
        Part::of(drop.lost.header, self.mean[HEADER] + wander, gradient, Self::forgotten(HEADER_WANDER_SD, keep))
    }

    /// A wander at the drop, from what it was taken for `then` and what has been learned until `now`: the smoother of
    /// a stationary process that keeps the share `keep` (Rauch, Tung and Striebel 1965).
    fn at_drop(keep: f64, then: f64, now: f64) -> f64 {
        then + keep * (now - keep * then)
    }

    /// How much of a wander at the drop is in that of now.
    fn kept_wander(observed: &Observed) -> f64 {
        (-observed.elapsed_s.max(0.0) / WANDER_MEMORY_S).exp()
    }

    /// The rest of a wander that spreads so far.
    fn forgotten(sd: f64, keep: f64) -> f64 {
        sd * sd * (1.0 - keep * keep)
    }

    /// A count far from everything expected is more likely a blunder than a miracle, so it weighs as under Student's t
    /// with 4 degrees of freedom.
    fn weigh(&mut self, direction: &State, innovation: f64, variance: f64) -> Judged {
        const FREEDOM: f64 = 4.0;
        let surprise = innovation * innovation / (self.along(direction).variance + variance);
        let weight = ((FREEDOM + 1.0) / (FREEDOM + surprise)).min(1.0);
        self.observe(direction, innovation, variance / weight);
        Judged { residual: innovation, surprise, weight }
    }
}

impl Part {
    fn of(modelled_kg_s: f64, log_factor: f64, gradient: State, variance: f64) -> Option<Self> {
        let kg_s = modelled_kg_s * log_factor.exp();
        (kg_s > 0.0).then_some(Self { kg_s, gradient, variance })
    }
}

impl Lost {
    /// The same crop at another load, by the law that the filter starts from; what it has learned of the power is its own.
    pub fn at_load(mut self, load: f64) -> Self {
        self.separation.log_load = load.ln();
        self.cleaning.log_load = load.ln();
        self
    }
}

impl GainFilter {
    /// What would be known after a pan behind the machine that finds what is expected.
    pub fn as_if_pan_behind(&mut self, lost: Lost, variance: f64) {
        let drop = self.drop(lost, [false; 2], [0.0; 2]);
        let expected = self.rear(lost).0;
        if expected > 0.0 {
            let observed = Observed { log_kg_s: expected.ln(), variance, elapsed_s: 0.0 };
            self.pan(&drop, Caught { header: false, rear: true }, &observed);
        }
    }

    /// The same of a sample in front.
    pub fn as_if_pan_in_front(&mut self, variance: f64) {
        let drop = self.drop(Lost { header: 1.0, ..Lost::default() }, [false; 2], [0.0; 2]);
        let observed = Observed { log_kg_s: self.header().0.ln(), variance, elapsed_s: 0.0 };
        self.pan(&drop, Caught { header: true, rear: false }, &observed);
    }

    /// The path that adds most to what is not known of the rear.
    pub fn worst_known(&self, lost: Lost) -> Stream {
        let [separation, cleaning] = lost.paths().map(|(path, law)| {
            let (factor, log_sd) = self.path(path, law.log_load);
            factor * law.kg_s * log_sd
        });
        if separation >= cleaning { Stream::Separation } else { Stream::Cleaning }
    }
}
