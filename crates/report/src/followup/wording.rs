//! Conclusions of comparisons in words.

use super::matched::{NotMatched, Verdict, Weight};
use crate::text::ReportText;

/// The conclusion.
pub(super) fn verdict_text(verdict: Verdict, text: &ReportText) -> String {
    match verdict {
        Verdict::Different => text.get("followup-told"),
        Verdict::Alike => text.get("followup-alike"),
        Verdict::Untold(None) => text.get("followup-untold"),
        Verdict::Untold(Some(hours)) => {
            let digits = usize::from(hours < 10.0);
            text.with("followup-untold-hours", &[("hours", &format!("{hours:.digits$}"))])
        }
    }
}

/// Why nothing is compared.
pub(super) fn not_matched(why: NotMatched, text: &ReportText) -> String {
    text.get(match why {
        NotMatched::NoWork => "followup-no-work",
        NotMatched::NothingAlike => "followup-nothing-alike",
        NotMatched::OtherBasis => "followup-basis-differs",
    })
}

/// The strata with their weights.
pub(super) fn strata_text(weights: &[Weight], text: &ReportText) -> String {
    let one = |of: &Weight| {
        let [low, high] = of.feed_kg_s;
        let moisture = of.moisture_pct.map_or_else(|| text.unknown(), |[low, high]| format!("{low:.0}–{high:.0} %"));
        let basis = text.basis(Some(of.basis));
        let (feed, weight) = (format!("{low:.1}–{high:.1}"), format!("{:.2}", of.weight));
        let figures = [("feed", &*feed), ("moisture", &*moisture), ("basis", &*basis), ("weight", &*weight)];
        text.with("followup-stratum", &figures)
    };
    weights.iter().map(one).collect::<Vec<_>>().join("; ")
}
