//! Did it help? The loss behind the machine before and after a change of settings, at the same feed rate and moisture.

use super::curve::Sample;
use super::settings::SettingChange;
use crate::harvest::Interval90;
use crate::math::{Z90, exp, square};

/// Classes of feed rate are 15 % wide, from 1 kg/s on; of moisture 3 points, and one for unknown (assumed).
const FEEDS: usize = 24;
const FEED_STEP: f64 = 0.14;
const MOISTURES: usize = 8;
const MOISTURE_STEP: f64 = 0.03;
/// Scatter within a class is taken as this at least; and neighbouring samples tell each other's story, so that so many
/// of them are worth one (assumed: the crop changes over some half a minute).
const LEAST_SD: f64 = 0.15;
const SAMPLES_PER_FACT: f64 = 3.0;
/// Less than 15 % either way is no difference worth a trip to the settings (our choice).
const NOTHING: f64 = 0.14;
/// After so much, what cannot be told will not be told: the crop is another by then.
const MOST_SAMPLES: f64 = 120.0;
const SAMPLE_MIN: f64 = 1.0 / 6.0;

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Less is lost than before.
    Better,
    /// More is lost than before.
    Worse,
    /// The difference is small: within 15 % with the whole interval.
    NoDifference,
    /// Not known yet: about so many more minutes of cutting at the loads of before are needed.
    More(u32),
    /// It cannot be told: too little was seen before, or the loads were others.
    Unclear,
}

impl Verdict {
    /// Every verdict, for tests of the words.
    pub const ALL: [Self; 5] = [Self::Better, Self::Worse, Self::NoDifference, Self::More(5), Self::Unclear];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NoDifference => "no-difference",
            Self::More(_) => "more",
            Self::Unclear => "unclear",
        }
    }
}

/// A change and what became of the loss behind the machine. No plate sees the header's.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Comparison {
    /// When the change was noticed, microseconds of bus time.
    pub t_us: i64,
    /// What was changed.
    pub change: SettingChange,
    /// Loss after over loss before at equal load, with its 90 % interval; `None` without equal loads.
    pub ratio: Option<Interval90>,
    /// What follows.
    pub verdict: Verdict,
}

/// Samples of one class: number, sum, sum of squares.
#[derive(Clone, Copy, Debug, Default)]
struct Class {
    n: f64,
    sum: f64,
    squares: f64,
}

type Classes = [[Class; MOISTURES]; FEEDS];

#[derive(Debug)]
pub(super) struct Compare {
    before: Classes,
    after: Classes,
    running: Option<Comparison>,
}

impl Default for Compare {
    fn default() -> Self {
        let none = [[Class::default(); MOISTURES]; FEEDS];
        Self { before: none, after: none, running: None }
    }
}

impl Compare {
    /// A change: what was seen since the last one is what it is compared with.
    pub fn begin(&mut self, t_us: i64, change: SettingChange) -> Comparison {
        self.before = std::mem::replace(&mut self.after, [[Class::default(); MOISTURES]; FEEDS]);
        let (verdict, n) = (Verdict::More(1), count(&self.before));
        // Less than a minute before tells nothing of before.
        let verdict = if n < 6.0 { Verdict::Unclear } else { verdict };
        let begun = Comparison { t_us, change, ratio: None, verdict };
        self.running = Some(begun);
        begun
    }

    /// A sample. Gives the comparison when its verdict has become another and is final.
    pub fn add(&mut self, sample: &Sample, moisture: Option<f64>) -> Option<Comparison> {
        let feed = (sample.log_feed / FEED_STEP).clamp(0.0, (FEEDS - 1) as f64) as usize;
        let moisture = moisture.map_or(0, |m| 1 + (m / MOISTURE_STEP).clamp(0.0, (MOISTURES - 2) as f64) as usize);
        let class = &mut self.after[feed][moisture];
        class.n += 1.0;
        class.sum += sample.log_share;
        class.squares += sample.log_share * sample.log_share;
        let comparison = self.running.as_mut()?;
        if !matches!(comparison.verdict, Verdict::More(_)) {
            return None;
        }
        (comparison.ratio, comparison.verdict) = judge(&self.before, &self.after);
        (!matches!(comparison.verdict, Verdict::More(_))).then_some(*comparison)
    }

    /// The newest comparison.
    pub fn newest(&self) -> Option<Comparison> {
        self.running
    }
}

fn count(classes: &Classes) -> f64 {
    classes.iter().flatten().map(|class| class.n).sum()
}

/// The mean difference of the classes that both have, each weighted by what it can tell.
fn judge(before: &Classes, after: &Classes) -> (Option<Interval90>, Verdict) {
    let (mut weight, mut difference, mut scatter, mut freedom) = (0.0, 0.0, 0.0, 0.0);
    for (b, a) in before.iter().flatten().zip(after.iter().flatten()).filter(|(b, a)| b.n > 0.0 && a.n > 0.0) {
        let w = b.n * a.n / (b.n + a.n);
        weight += w;
        difference += w * (a.sum / a.n - b.sum / b.n);
        for class in [b, a] {
            scatter += (class.squares - class.sum * class.sum / class.n).max(0.0);
            freedom += class.n - 1.0;
        }
    }
    let late = count(after) >= MOST_SAMPLES;
    if weight <= 0.0 {
        return (None, if late { Verdict::Unclear } else { Verdict::More(2) });
    }
    let mean = difference / weight;
    let sd = (scatter / f64::max(freedom, 1.0)).sqrt().max(LEAST_SD);
    let half = Z90 * sd * (SAMPLES_PER_FACT / weight).sqrt();
    let ratio = Interval90 { value: exp(mean), lo: exp(mean - half), hi: exp(mean + half) };
    // Two minutes at least: the first samples after a change hold crop that was cut before it.
    let enough = count(after) >= 12.0;
    let verdict = match () {
        () if enough && mean + half < 0.0 => Verdict::Better,
        () if enough && mean - half > 0.0 => Verdict::Worse,
        () if enough && mean.abs() + half < NOTHING => Verdict::NoDifference,
        () if late => Verdict::Unclear,
        () => minutes_more(mean, half, weight, count(before), count(after)),
    };
    (Some(ratio), verdict)
}

/// The interval narrows with the root of the weight, and the weight is never more than the samples before.
fn minutes_more(mean: f64, half: f64, weight: f64, before: f64, after: f64) -> Verdict {
    let wanted_half = mean.abs().max(NOTHING - mean.abs()).max(0.03);
    let wanted = weight * square(half / wanted_half);
    let most = if wanted < before { wanted * before / (before - wanted) } else { f64::INFINITY };
    let more = (most - after).clamp(12.0 - after, MOST_SAMPLES - after).max(1.0);
    Verdict::More((more * SAMPLE_MIN).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;

    const CHANGE: SettingChange = SettingChange { setting: None, from_to: None };

    fn sample(feed_kg_s: f64, share: f64) -> Sample {
        Sample { log_feed: ln(feed_kg_s), log_share: ln(share), above: None, grain_kg_s: 3.0 }
    }

    fn seen(compare: &mut Compare, n: usize, feed_kg_s: f64, share: f64) -> Option<Comparison> {
        (0..n).filter_map(|_| compare.add(&sample(feed_kg_s, share), Some(0.14))).last()
    }

    #[test]
    fn a_third_less_at_the_same_load_is_better() {
        let mut compare = Compare::default();
        seen(&mut compare, 30, 6.0, 0.012);
        compare.begin(0, CHANGE);
        let judged = seen(&mut compare, 12, 6.0, 0.008).unwrap();
        // Weight 30 × 12 / 42 = 8.571; half-width 1.645 × 0.15 × √(3 / 8.571) = 0.14598; ln(8 / 12) = -0.40547.
        let ratio = judged.ratio.unwrap();
        assert_eq!(judged.verdict, Verdict::Better);
        assert!((ratio.value - 0.6667).abs() < 1e-3, "{ratio:?}");
        assert!((ratio.lo - exp(-0.40547f64 - 0.14598)).abs() < 1e-3, "{ratio:?}");
        assert!((ratio.hi - exp(-0.40547f64 + 0.14598)).abs() < 1e-3, "{ratio:?}");
    }

    #[test]
    fn more_loss_is_worse_and_as_much_is_no_difference() {
        for (share, verdict) in [(0.018, Verdict::Worse), (0.0122, Verdict::NoDifference)] {
            let mut compare = Compare::default();
            seen(&mut compare, 60, 6.0, 0.012);
            compare.begin(0, CHANGE);
            assert_eq!(seen(&mut compare, 100, 6.0, share).unwrap().verdict, verdict);
        }
    }

    #[test]
    fn more_loss_at_more_load_only_is_no_verdict() {
        let mut compare = Compare::default();
        seen(&mut compare, 60, 5.0, 0.008);
        compare.begin(0, CHANGE);
        assert_eq!(seen(&mut compare, 60, 8.0, 0.020), None);
        let newest = compare.newest().unwrap();
        assert!(newest.ratio.is_none() && matches!(newest.verdict, Verdict::More(_)));
        assert_eq!(seen(&mut compare, 60, 8.0, 0.020).unwrap().verdict, Verdict::Unclear);
    }

    #[test]
    fn a_small_difference_says_how_many_more_minutes() {
        // 12 after 60 at ratio 1.1, ln 0.09531: weight 10, half-width 1.645 × 0.15 × √0.3 = 0.13515. To be as narrow as
        // the difference it takes a weight of 10 × (0.13515 / 0.09531)² = 20.108, that is 20.108 × 60 / 39.892 = 30.24
        // samples after: 18.24 more, 3.04 minutes, told as 4.
        let mut compare = Compare::default();
        seen(&mut compare, 60, 6.0, 0.010);
        compare.begin(0, CHANGE);
        assert_eq!(seen(&mut compare, 12, 6.0, 0.011), None);
        assert_eq!(compare.newest().unwrap().verdict, Verdict::More(4));
    }

    #[test]
    fn without_a_before_nothing_can_be_told() {
        let mut compare = Compare::default();
        seen(&mut compare, 3, 6.0, 0.012);
        assert_eq!(compare.begin(0, CHANGE).verdict, Verdict::Unclear);
        assert_eq!(seen(&mut compare, 60, 6.0, 0.004), None);
    }
}
