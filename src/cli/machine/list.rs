//! `grainloss machine list`.

use crate::cli::error::CliError;
use crate::cli::table::{columns, say};
use grainloss_core::machine::Profile;
use grainloss_fitting::{Enough, Level};
use grainloss_knowledge::Words;
use grainloss_knowledge::profiles;

pub(super) fn main(words: &Words) -> Result<(), CliError> {
    let heads =
        ["name", "standing", "width", "feed", "channels", "enough"].map(|key| words.get(&format!("machine-{key}")));
    let mut rows = vec![heads.to_vec()];
    for name in profiles::names() {
        // A broken profile of the user's own must not hide the others.
        rows.push(match profiles::load(&name) {
            Ok(profile) => vec![
                name,
                standing(&profile, words),
                format!("{} m", profile.geometry.header_width_m),
                format!("{} kg/s", profile.geometry.rated_feed_kg_s),
                profile.mapped().count().to_string(),
                words.get(&format!("judge-short-{}", level(&profile).word())),
            ],
            Err(error) => vec![name, error.to_string()],
        });
    }
    columns(&rows)?;
    say(&words.get("machine-list-hint"))
}

/// How far a profile can be trusted, in words.
pub(super) fn standing(profile: &Profile, words: &Words) -> String {
    words.get(&format!("standing-{}", profile.standing.map_or("own", |standing| standing.word())))
}

/// What the profile is enough for, should the machine send all that it maps.
fn level(profile: &Profile) -> Level {
    Enough::of(|channel| profile.mapped().any(|name| name == channel.name())).level
}
