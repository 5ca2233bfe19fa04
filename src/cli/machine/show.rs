//! `grainloss machine show`.

use super::frames::warnings;
use crate::cli::error::CliError;
use crate::cli::table::{columns, say};
use grainloss_core::machine::{Channel, ChannelBank, Profile, Router};
use grainloss_fitting::{Enough, lacks};
use grainloss_knowledge::profiles;
use grainloss_knowledge::{Words, peoples_value};

/// Show what a profile says of a machine.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A profile's name, or a .toml file
    machine: String,
}

pub(super) fn main(args: &Args, words: &Words) -> Result<(), CliError> {
    let profile = profiles::load(&args.machine).map_err(CliError::input)?;
    let bank = ChannelBank::new(Router::new(&profile).map_err(CliError::input)?);
    say(&format!("{}: {}", profile.name, super::list::standing(&profile, words)))?;
    if !profile.about.is_empty() {
        say(&profile.about)?;
    }
    let g = &profile.geometry;
    let measure = |value: Option<f64>, unit| value.map_or_else(|| words.get("unknown"), |v| format!("{v} {unit}"));
    let threshing =
        g.threshing.map_or_else(|| words.get("unknown"), |kind| words.get(&format!("threshing-{}", kind.word())));
    let mut rows = vec![
        vec![words.get("machine-width"), format!("{} m", g.header_width_m)],
        vec![words.get("machine-discharge"), format!("{} m", g.discharge_width_m)],
        vec![words.get("machine-reel"), measure(g.reel_diameter_m.map(|m| (m * 1000.0).round()), "mm")],
        vec![words.get("machine-feed"), format!("{} kg/s", g.rated_feed_kg_s)],
        vec![words.get("machine-engine"), format!("{} r/min", g.rated_engine_rpm)],
        vec![words.get("machine-threshing"), threshing],
        vec![words.get("machine-yield-lag"), measure(g.yield_lag_s, "s")],
    ];
    rows.push(vec![
        words.get("machine-plates"),
        profile.loss_plates.as_ref().map_or_else(
            || words.get("machine-no-plates"),
            |p| format!("{} × {}, {} s", p.area_share, p.detection_share, p.dead_time_s),
        ),
    ]);
    columns(&rows)?;
    say("")?;
    let mut rows =
        vec![["quantity", "channel", "unit", "sources"].map(|key| words.get(&format!("machine-{key}"))).to_vec()];
    for &channel in Channel::ALL {
        let origins: Vec<&str> = bank.sources(channel, 0).map(|source| source.origin).collect();
        let origins = if origins.is_empty() { words.get("state-not-mapped") } else { origins.join(" > ") };
        let named = words.get(&format!("channel-{}", channel.name().replace(['.', '_'], "-")));
        rows.push(vec![named, channel.name().to_owned(), shown_unit(channel, words), origins]);
    }
    columns(&rows)?;
    say("")?;
    say(&lacks_text(&profile, words))?;
    warnings(&profile, words);
    Ok(())
}

/// The unit in which people read a channel.
fn shown_unit(channel: Channel, words: &Words) -> String {
    match (peoples_value(0.0, channel.unit(), channel.name()), channel.unit()) {
        (Some(read), _) => read.unit.to_owned(),
        (None, "flag") => format!("{}/{}", words.get("machine-on"), words.get("machine-off")),
        (None, "1/s") => words.get("machine-kernels-a-second"),
        (None, "deg") => "°".to_owned(),
        (None, unit) => unit.to_owned(),
    }
}

/// What the profile does not map although it matters, and what therefore cannot be given.
fn lacks_text(profile: &Profile, words: &Words) -> String {
    let lacks = lacks(profile);
    if lacks.is_empty() {
        return words.get("lacks-nothing");
    }
    let text = |(what, channels): &(&str, Vec<Channel>)| {
        let names: Vec<&str> = channels.iter().map(|channel| channel.name()).collect();
        words.with(&format!("lacks-{what}"), &[("channels", &names.join(&words.get("judge-or")))])
    };
    let all: Vec<String> = lacks.iter().map(text).collect();
    let enough = Enough::of(|channel| profile.mapped().any(|name| name == channel.name()));
    let lacks = words.with("lacks", &[("what", &all.join(&words.get("judge-and")))]);
    format!("{lacks}\n{}", super::check::enough_text(&enough, words))
}
