//! The pan that would reduce the uncertainty most.

use super::numbers::two_digits;
use crate::view::View;

/// Which pan to take next and what it would help, the longest text first; empty where none would.
pub(crate) fn texts(view: &View<'_>) -> Vec<String> {
    let Some(worth) = view.snapshot.pan_worth else { return Vec::new() };
    let (kind, stream) =
        (view.word(&format!("pan-{}", worth.kind.word())), view.word(&format!("stream-{}", worth.stream.word())));
    let load = worth.load.map(|load| format!("{:.0}", 100.0 * load));
    let (now, after) = (two_digits(worth.factor_now), two_digits(worth.factor_after));
    let key = if load.is_some() { "pans-worth" } else { "pans-worth-any-load" };
    let load = load.unwrap_or_default();
    let figures = [("kind", &*kind), ("stream", &stream), ("load", &load), ("now", &now), ("after", &after)];
    vec![view.words.with(key, &figures), view.words.with("pans-worth-short", &figures)]
}
