//! The loss that the main screen shows: that of now while the machine cuts, otherwise that of the last pass.

use super::verdict;
use crate::view::View;
use grainloss_core::harvest::{Activity, Basis, Estimate, Interval90, LogNormal, PassLoss, Stream};
use grainloss_knowledge::LimitVerdict;

/// Of which time the loss is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LossShown<'a> {
    /// The last ten seconds of cutting.
    Now(&'a Estimate, LogNormal),
    /// The last pass, while the machine turns, stands or drives on.
    LastPass(&'a PassLoss),
    /// None is known.
    Unknown(WhyUnknown),
}

/// Why no loss is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhyUnknown {
    /// Nothing has come from the service, or only old figures.
    NoData,
    /// The machine has not cut a pass yet.
    NoPass,
    /// It has just begun to cut: ten seconds are needed.
    JustBegun,
    /// A signal that the estimate needs is missing.
    NoSignals,
}

impl WhyUnknown {
    const fn key(self) -> &'static str {
        match self {
            Self::NoData => "screen-total-no-data",
            Self::NoPass => "screen-total-no-pass",
            Self::JustBegun => "screen-total-just-begun",
            Self::NoSignals => "screen-total-no-signals",
        }
    }
}

impl<'a> LossShown<'a> {
    /// What there is to show.
    pub fn of(view: &View<'a>) -> Self {
        let Some(estimate) = view.snapshot.estimate.as_ref() else { return Self::Unknown(WhyUnknown::NoData) };
        if let Some(share) = estimate.total_share {
            return Self::Now(estimate, share);
        }
        match (&view.snapshot.passes.last, estimate.doing.activity) {
            (Some(pass), Some(_)) => Self::LastPass(pass),
            (_, None) => Self::Unknown(WhyUnknown::NoSignals),
            (None, Some(Activity::Cutting)) if estimate.total.loss.is_none() => Self::Unknown(WhyUnknown::NoSignals),
            (None, Some(Activity::Cutting)) => Self::Unknown(WhyUnknown::JustBegun),
            (None, Some(_)) => Self::Unknown(WhyUnknown::NoPass),
        }
    }

    /// What it is and of which time, or why there is none.
    pub fn label(&self, view: &View<'_>) -> String {
        match self {
            Self::Now(..) => view.word("screen-total-now"),
            Self::LastPass(pass) => view.words.with("screen-total-pass", &[("age", &view.since(pass.ended_us))]),
            Self::Unknown(why) => view.word(why.key()),
        }
    }

    /// All loss over the grain, 0..1; `None` when it is not known.
    pub fn share(&self) -> Option<LogNormal> {
        match self {
            Self::Now(_, share) => Some(*share),
            Self::LastPass(pass) => Some(pass.share(pass.total)),
            Self::Unknown(_) => None,
        }
    }

    /// The same in per cent.
    pub fn percent(&self) -> Option<Interval90> {
        self.share().map(LogNormal::percent_band)
    }

    /// All loss over the area, kg/m²; `None` when it is not known.
    pub fn kg_m2(&self) -> Option<LogNormal> {
        match self {
            Self::Now(estimate, _) => estimate.loss_kg_m2,
            Self::LastPass(pass) => pass.kg_m2(pass.total),
            Self::Unknown(_) => None,
        }
    }

    /// What the losses at the header and behind the machine rest on; `None` when they are not known.
    pub fn bases(&self) -> Option<(Basis, Basis)> {
        match self {
            Self::Now(estimate, _) => Some((estimate.header.basis, estimate.rear.basis)),
            Self::LastPass(pass) => Some((pass.header_basis, pass.rear_basis)),
            Self::Unknown(_) => None,
        }
    }

    /// Where it stands against the limit; `None` without either.
    pub fn verdict(&self, view: &View<'_>) -> Option<LimitVerdict> {
        let (limit, percent) = (view.snapshot.session.limit.as_ref()?, self.percent()?);
        Some(match self {
            Self::Now(..) => verdict::of_now(limit, percent, view),
            _ => limit.verdict(percent),
        })
    }

    /// A stream's loss as share of the grain, per cent, and its amount: kg/s of now, kg of a pass.
    pub fn stream(&self, stream: Stream) -> Option<(f64, LogNormal)> {
        match self {
            Self::Now(estimate, _) => {
                let recent = estimate.recent?;
                let loss = recent.streams[stream as usize];
                Some((recent.percent(loss), loss))
            }
            Self::LastPass(pass) => {
                let loss = pass.streams[stream as usize];
                Some((pass.share(loss).percent_band().value, loss))
            }
            Self::Unknown(_) => None,
        }
    }

    /// The last pass beside the one before it, as text; empty while the machine cuts.
    pub fn trend(&self, view: &View<'_>) -> String {
        let Self::LastPass(pass) = self else { return String::new() };
        let before = view.snapshot.passes.before.as_ref();
        ratio_text(before.and_then(|before| pass.ratio_to(before)), view)
    }

    /// The same of one stream.
    pub fn stream_trend(&self, stream: Stream, view: &View<'_>) -> String {
        let (Self::LastPass(pass), Some(before)) = (self, &view.snapshot.passes.before) else { return String::new() };
        let share = |pass: &PassLoss| pass.share(pass.streams[stream as usize]).mean();
        let (now, then) = (share(pass), share(before));
        ratio_text((now > 0.0 && then > 0.0).then(|| now / then), view)
    }
}

/// `18 % more than the pass before`; `None` without a pass before, or without figures to compare.
fn ratio_text(ratio: Option<f64>, view: &View<'_>) -> String {
    /// Passes that differ by less are alike (our choice: a load that is 3 % higher makes as much).
    const ALIKE: f64 = 0.05;
    /// A larger ratio is shown as "more than twice" by its figure; more than this says nothing more.
    const MOST_PCT: f64 = 999.0;
    let Some(ratio) = ratio else { return view.word("pass-trend-none") };
    let percent = ((ratio - 1.0).abs() * 100.0).min(MOST_PCT);
    let text = format!("{percent:.0}");
    if (ratio - 1.0).abs() < ALIKE {
        view.word("pass-trend-alike")
    } else if ratio > 1.0 {
        view.words.with("pass-trend-more", &[("percent", &text)])
    } else {
        view.words.with("pass-trend-less", &[("percent", &text)])
    }
}
