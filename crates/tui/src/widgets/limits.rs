//! The limits of the crop, compared with the loss of the session.

use super::numbers::DASH;
use super::verdict;
use crate::view::View;
use grainloss_knowledge::LimitEntry;

/// Where the session's loss stands against each limit of the crop.
pub(crate) fn limits_line(view: &View<'_>) -> String {
    let (guide, loss) = (&view.snapshot.session.guide, view.snapshot.totals.total_loss_pct());
    let one = |limit: &LimitEntry| {
        let stands = loss.map_or_else(|| DASH.to_owned(), |loss| verdict::look(limit.verdict(loss), view).short);
        format!("{stands} {}", limit.name.get(view.words.lang))
    };
    if guide.limits.is_empty() {
        return view.word("screen-no-limit");
    }
    // Those of another harvest mode judge another machine.
    let mode = view.snapshot.session.limit.as_ref().and_then(|limit| limit.mode);
    let of_mode = |limit: &&LimitEntry| mode.is_none() || limit.mode.is_none() || limit.mode == mode;
    let limits = guide.limits.iter().filter(of_mode).map(one).collect::<Vec<_>>().join("  ");
    view.words.with("limits-line", &[("limits", &limits)])
}

/// The document of the limit in force, and how far it is verified; nothing without a limit.
pub(crate) fn in_force(view: &View<'_>) -> String {
    let Some(limit) = &view.snapshot.session.limit else { return String::new() };
    let standing = view.word(&format!("limit-standing-{}", limit.standing.word()));
    let document = limit.document_in(view.words.lang);
    view.words.with("limit-in-force", &[("document", document), ("standing", &standing)])
}
