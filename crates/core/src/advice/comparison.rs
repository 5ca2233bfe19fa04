//! Whether a change of a setting helped: the loss behind the machine before and after it, at the same feed rate and moisture.

use super::load_curve::LoadSample;
use super::setting_watch::SettingChange;
use crate::harvest::Interval90;
use crate::math::{Z90, exp, square};
use crate::params::ComparisonParams;

/// Classes of feed rate, from 1 kg/s on.
const FEED_CLASSES: usize = 24;
/// Classes of moisture; the first is for unknown moisture.
const MOISTURE_CLASSES: usize = 8;
/// Minutes of a sample of ten seconds.
const SAMPLE_MIN: f64 = 1.0 / 6.0;

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The loss is lower than before.
    Better,
    /// The loss is higher than before.
    Worse,
    /// The difference is small: the whole 90 % interval lies within 15 %.
    NoDifference,
    /// Not known yet: about this many more minutes of cutting at the feed rates of before are needed.
    More(u32),
    /// It cannot be decided: too little was cut before, or the feed rates were others.
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

/// A change of a setting and what it did to the loss behind the machine. No plate measures the loss at the header.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Comparison {
    /// When the change was detected, microseconds of bus time.
    pub t_us: i64,
    /// What was changed.
    pub change: SettingChange,
    /// Loss after over loss before at equal feed rate, with its 90 % interval; `None` without equal feed rates.
    pub ratio: Option<Interval90>,
    /// The result so far.
    pub verdict: Verdict,
}

/// Samples of one class: number, sum, sum of squares.
#[derive(Clone, Copy, Debug, Default)]
struct Class {
    n: f64,
    sum: f64,
    squares: f64,
}

type Classes = [[Class; MOISTURE_CLASSES]; FEED_CLASSES];

/// Collects samples before and after the newest change.
#[derive(Debug)]
pub(super) struct SettingComparison {
    params: ComparisonParams,
    before: Classes,
    after: Classes,
    running: Option<Comparison>,
    /// What the newest change replaced, so that it can be withdrawn.
    replaced: Option<Replaced>,
}

/// What a change replaced.
#[derive(Clone, Copy, Debug)]
struct Replaced {
    before: Classes,
    running: Option<Comparison>,
}

impl SettingComparison {
    pub fn new(params: &ComparisonParams) -> Self {
        let none = [[Class::default(); MOISTURE_CLASSES]; FEED_CLASSES];
        Self { params: *params, before: none, after: none, running: None, replaced: None }
    }

    /// A change: what follows is compared with the samples since the last one.
    pub fn begin(&mut self, t_us: i64, change: SettingChange) -> Comparison {
        self.replaced = Some(Replaced { before: self.before, running: self.running });
        self.before = std::mem::replace(&mut self.after, [[Class::default(); MOISTURE_CLASSES]; FEED_CLASSES]);
        let (verdict, n) = (Verdict::More(1), count(&self.before));
        let verdict = if n < self.params.min_before { Verdict::Unclear } else { verdict };
        let begun = Comparison { t_us, change, ratio: None, verdict };
        self.running = Some(begun);
        begun
    }

    /// Adds a sample. Gives the comparison when its verdict becomes final.
    pub fn add(&mut self, sample: &LoadSample, moisture: Option<f64>) -> Option<Comparison> {
        let ComparisonParams { feed_class_log, moisture_class, .. } = self.params;
        let feed = (sample.log_feed / feed_class_log).clamp(0.0, (FEED_CLASSES - 1) as f64) as usize;
        let moisture =
            moisture.map_or(0, |m| 1 + (m / moisture_class).clamp(0.0, (MOISTURE_CLASSES - 2) as f64) as usize);
        let class = &mut self.after[feed][moisture];
        class.n += 1.0;
        class.sum += sample.log_share;
        class.squares += sample.log_share * sample.log_share;
        let comparison = self.running.as_mut()?;
        if !matches!(comparison.verdict, Verdict::More(_)) {
            return None;
        }
        (comparison.ratio, comparison.verdict) = judge(&self.before, &self.after, &self.params);
        (!matches!(comparison.verdict, Verdict::More(_))).then_some(*comparison)
    }

    /// The newest change was none, if an operator has reported it: what was cut since belongs to what was cut before, and the
    /// comparison before it goes on. False when there is nothing to withdraw.
    pub fn withdraw(&mut self) -> bool {
        let is_reported = self.running.is_some_and(|running| running.change.from_to.is_none());
        let Some(Replaced { before, running }) = self.replaced.filter(|_| is_reported) else { return false };
        self.replaced = None;
        for (sum, more) in self.after.iter_mut().flatten().zip(self.before.iter().flatten()) {
            sum.n += more.n;
            sum.sum += more.sum;
            sum.squares += more.squares;
        }
        (self.before, self.running) = (before, running);
        true
    }

    /// The newest comparison; `None` before the first change.
    pub fn newest(&self) -> Option<Comparison> {
        self.running
    }
}

fn count(classes: &Classes) -> f64 {
    classes.iter().flatten().map(|class| class.n).sum()
}

/// The mean difference of the classes that both have, each weighted by its precision.
fn judge(before: &Classes, after: &Classes, params: &ComparisonParams) -> (Option<Interval90>, Verdict) {
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
    let late = count(after) >= params.max_samples;
    if weight <= 0.0 {
        return (None, if late { Verdict::Unclear } else { Verdict::More(2) });
    }
    let mean = difference / weight;
    let sd = (scatter / f64::max(freedom, 1.0)).sqrt().max(params.min_sd);
    let half = Z90 * sd * (params.samples_per_dof / weight).sqrt();
    let ratio = Interval90 { value: exp(mean), lo: exp(mean - half), hi: exp(mean + half) };
    let enough = count(after) >= params.min_after;
    let verdict = if enough && mean + half < 0.0 {
        Verdict::Better
    } else if enough && mean - half > 0.0 {
        Verdict::Worse
    } else if enough && mean.abs() + half < params.min_effect_log {
        Verdict::NoDifference
    } else if late {
        Verdict::Unclear
    } else {
        let needed_half = mean.abs().max(params.min_effect_log - mean.abs()).max(params.min_half_width_log);
        minutes_more(weight * square(half / needed_half), count(before), count(after), params)
    };
    (Some(ratio), verdict)
}

/// More cutting until the comparison has the weight `needed`, with so many samples before and after the change. The interval
/// narrows with the root of the weight, and the weight is never more than the samples before.
fn minutes_more(needed: f64, before: f64, after: f64, params: &ComparisonParams) -> Verdict {
    let samples = if needed < before { needed * before / (before - needed) } else { f64::INFINITY };
    let more = (samples - after).clamp(params.min_after - after, params.max_samples - after).max(1.0);
    Verdict::More((more * SAMPLE_MIN).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;

    const CHANGE: SettingChange = SettingChange { setting: None, from_to: None };

    fn sample(feed_kg_s: f64, share: f64) -> LoadSample {
        LoadSample { log_feed: ln(feed_kg_s), log_share: ln(share), above_typical: None, grain_kg_s: 3.0 }
    }

    fn add_samples(comparison: &mut SettingComparison, n: usize, feed_kg_s: f64, share: f64) -> Option<Comparison> {
        (0..n).filter_map(|_| comparison.add(&sample(feed_kg_s, share), Some(0.14))).last()
    }

    #[test]
    fn a_third_less_loss_at_the_same_load_is_better() {
        let mut comparison = SettingComparison::new(&ComparisonParams::DEFAULT);
        add_samples(&mut comparison, 30, 6.0, 0.012);
        comparison.begin(0, CHANGE);
        let judged = add_samples(&mut comparison, 12, 6.0, 0.008).unwrap();
        // Weight 30 × 12 / 42 = 8.571; half-width 1.645 × 0.15 × √(3 / 8.571) = 0.14598; ln(8 / 12) = -0.40547.
        let ratio = judged.ratio.unwrap();
        assert_eq!(judged.verdict, Verdict::Better);
        assert!((ratio.value - 0.6667).abs() < 1e-3, "{ratio:?}");
        assert!((ratio.lo - exp(-0.40547f64 - 0.14598)).abs() < 1e-3, "{ratio:?}");
        assert!((ratio.hi - exp(-0.40547f64 + 0.14598)).abs() < 1e-3, "{ratio:?}");
    }

    #[test]
    fn more_loss_is_worse_and_equal_loss_is_no_difference() {
        for (share, verdict) in [(0.018, Verdict::Worse), (0.0122, Verdict::NoDifference)] {
            let mut comparison = SettingComparison::new(&ComparisonParams::DEFAULT);
            add_samples(&mut comparison, 60, 6.0, 0.012);
            comparison.begin(0, CHANGE);
            assert_eq!(add_samples(&mut comparison, 100, 6.0, share).unwrap().verdict, verdict);
        }
    }

    #[test]
    fn more_loss_at_a_higher_load_gives_no_verdict() {
        let mut comparison = SettingComparison::new(&ComparisonParams::DEFAULT);
        add_samples(&mut comparison, 60, 5.0, 0.008);
        comparison.begin(0, CHANGE);
        assert_eq!(add_samples(&mut comparison, 60, 8.0, 0.020), None);
        let newest = comparison.newest().unwrap();
        assert!(newest.ratio.is_none() && matches!(newest.verdict, Verdict::More(_)));
        assert_eq!(add_samples(&mut comparison, 60, 8.0, 0.020).unwrap().verdict, Verdict::Unclear);
    }

    #[test]
    fn a_small_difference_gives_the_minutes_still_needed() {
        // 12 after 60 at ratio 1.1, ln 0.09531: weight 10, half-width 1.645 × 0.15 × √0.3 = 0.13515. To be as narrow as
        // the difference it takes a weight of 10 × (0.13515 / 0.09531)² = 20.108, that is 20.108 × 60 / 39.892 = 30.24
        // samples after: 18.24 more, 3.04 minutes, given as 4.
        let mut comparison = SettingComparison::new(&ComparisonParams::DEFAULT);
        add_samples(&mut comparison, 60, 6.0, 0.010);
        comparison.begin(0, CHANGE);
        assert_eq!(add_samples(&mut comparison, 12, 6.0, 0.011), None);
        assert_eq!(comparison.newest().unwrap().verdict, Verdict::More(4));
    }

    #[test]
    fn a_withdrawn_change_leaves_everything_as_if_nothing_was_said() {
        let mut said = SettingComparison::new(&ComparisonParams::DEFAULT);
        let mut unsaid = SettingComparison::new(&ComparisonParams::DEFAULT);
        for comparison in [&mut said, &mut unsaid] {
            add_samples(comparison, 30, 6.0, 0.012);
            comparison.begin(0, CHANGE);
            add_samples(comparison, 4, 6.0, 0.008);
        }
        said.begin(1, CHANGE);
        add_samples(&mut said, 3, 6.0, 0.009);
        assert!(said.withdraw() && !said.withdraw(), "once");
        add_samples(&mut unsaid, 3, 6.0, 0.009);
        let judged = [&mut said, &mut unsaid].map(|comparison| add_samples(comparison, 12, 6.0, 0.008));
        let [Some(one), Some(other)] = judged else { panic!("{judged:?}") };
        let ratios = [one, other].map(|judged| judged.ratio.unwrap().value);
        assert!((ratios[0] - ratios[1]).abs() < 1e-12 && one.verdict == other.verdict, "{judged:?}");
        // What the readings have shown is no mark.
        said.begin(2, SettingChange { setting: None, from_to: Some((1.0, 2.0)) });
        assert!(!said.withdraw());
    }

    #[test]
    fn without_samples_before_the_change_the_result_is_unclear() {
        let mut comparison = SettingComparison::new(&ComparisonParams::DEFAULT);
        add_samples(&mut comparison, 3, 6.0, 0.012);
        assert_eq!(comparison.begin(0, CHANGE).verdict, Verdict::Unclear);
        assert_eq!(add_samples(&mut comparison, 60, 6.0, 0.004), None);
    }
}
