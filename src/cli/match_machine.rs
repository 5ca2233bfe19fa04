//! `grainloss match`: machine and crop matched, and the settings to begin with.

use super::error::CliError;
use super::in_field::{FieldOptions, crop_of};
use super::option_values::between;
use super::table::say;
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::params::HarvestWindowParams;
use grainloss_knowledge::preparation::Preparation;
use grainloss_knowledge::{Words, profiles};
use grainloss_preparation::{Matching, StartInputs, start_lines};

/// Mu in a hectare.
const MU_PER_HA: f64 = 15.0;
/// kg/mu in a kg/m².
const KG_MU: f64 = 10_000.0 / MU_PER_HA;

/// The speed, or the width of cut, at which the crop is what the machine can take, and the settings to begin with.
///
/// v km/h = 2400 q / (B Y (1 + r)): q kg/s of crop, B m of cut, Y kg of grain a mu, r straw for each unit of grain. It is a
/// ceiling in dry crop that stands; in lodged, wet or weedy crop there is no target.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The crop [default: that of the service, or of the newest session]
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
    /// The machine: a bundled profile's name, or the path of a .toml file [default: that of the service or grainloss.toml]
    #[arg(long, value_name = "NAME|FILE", value_parser = crate::cli::option_values::machine)]
    machine: Option<String>,
    /// What the machine takes, kg/s, in place of its profile's
    #[arg(long, value_name = "KG/S")]
    feed_kg_s: Option<f64>,
    /// Width of cut, m, in place of the header's
    #[arg(long, value_name = "M", value_parser = |text: &str| between(text, 0.3, 20.0))]
    width_m: Option<f64>,
    /// Yield of this field, kg a mu
    #[arg(long, value_name = "KG")]
    yield_kg_mu: Option<f64>,
    /// Straw for each unit of grain, by mass
    #[arg(long, value_name = "RATIO")]
    straw_to_grain: Option<f64>,
    /// Solve for the width of cut at this speed
    #[arg(long, value_name = "KM/H", value_parser = |text: &str| between(text, 0.1, 30.0))]
    speed_km_h: Option<f64>,
    /// Size of the field, mu
    #[arg(long, value_name = "MU", value_parser = |text: &str| between(text, 0.01, 1e6))]
    field_mu: Option<f64>,
    /// Share of the time in which it cuts, %
    #[arg(long, value_name = "%", value_parser = |text: &str| between(text, 1.0, 100.0))]
    efficiency_pct: Option<f64>,
    /// Moisture of the grain, % of wet mass
    #[arg(long, value_name = "%", value_parser = |text: &str| between(text, 0.0, 100.0))]
    moisture_pct: Option<f64>,
    /// Diameter of the threshing drum, mm: then its speed is said in r/min as well
    #[arg(long, value_name = "MM", value_parser = |text: &str| between(text, 100.0, 2000.0))]
    drum_diameter_mm: Option<f64>,
    /// What the crop is like, as `lodged wet weedy slope` [default: what was said to the service]
    #[arg(long, value_name = "WORDS", value_parser = crate::cli::option_values::conditions)]
    conditions: Option<CropConditions>,
    #[command(flatten)]
    field: FieldOptions,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let field = args.field.look(config, wall_us(), words);
    let name = crop_of(args.crop.as_deref(), &field, words)?;
    let entry = grainloss_knowledge::crop(&name).map_err(CliError::input)?;
    let facts = Preparation::load().map_err(CliError::input)?;
    let crop = facts.crop(&name).ok_or_else(|| CliError::input(words.get("window-needs-crop")))?;
    let live = field.live.as_ref().map(|live| live.session.measures).filter(|m| m.header_width_m > 0.0);
    let named = args.machine.clone().or_else(|| config.service.machine().filter(|_| live.is_none()));
    let profile = named.map(|name| profiles::load(&name)).transpose().map_err(CliError::input)?;
    let geometry = profile.as_ref().map(|profile| &profile.geometry);
    let header_m = geometry.map(|g| g.header_width_m).or(live.map(|m| m.header_width_m));
    let feed = args.feed_kg_s.or(geometry.map(|g| g.rated_feed_kg_s)).or(live.map(|m| m.rated_feed_kg_s));
    let (Some(feed), Some(width_m)) = (feed, args.width_m.or(header_m)) else {
        return Err(CliError::input(words.get("match-unknown")));
    };
    let model = entry.model(None, None);
    let yield_kg_mu = args.yield_kg_mu.unwrap_or(model.yield_kg_m2 * KG_MU);
    let straw = args.straw_to_grain.unwrap_or(model.straw_to_grain);
    let matching = Matching::new(feed, yield_kg_mu, straw)
        .map_err(|field| CliError::input(words.get(&format!("match-bad-{}", field.word()))))?;

    say(&words.with("match-title", &[("crop", entry.name.get(words.lang))]))?;
    let (feed, width) = (format!("{feed}"), format!("{width_m}"));
    let (yields, straw_text) = (format!("{yield_kg_mu:.0}"), format!("{straw}"));
    let speed_km_h = matching.speed_km_h(width_m);
    let speed = format!("{speed_km_h:.2}");
    let values = [("feed", &*feed), ("width", &width), ("yield", &yields), ("straw", &straw_text), ("speed", &speed)];
    say(&words.with("match-inputs", &values))?;
    if args.yield_kg_mu.is_none() {
        say(&words.get("match-yield-assumed"))?;
    }
    if args.straw_to_grain.is_none() {
        say(&words.get("match-straw-assumed"))?;
        if let Some(range) = &crop.straw {
            let ends = [("low", &*range.low.to_string()), ("high", &range.high.to_string())];
            say(&format!("{}{}", words.with("match-straw-range", &ends), facts.mark(&range.source, words)))?;
        }
    }
    let said = args.conditions.or_else(|| Some(field.live.as_ref()?.estimate.as_ref()?.crop)).unwrap_or_default();
    if said.is_lodged() || said.is_wet() || said.is_weedy() {
        say(&words.with("match-no-target", &[("said", &words.crop_said(&said))]))?;
    } else {
        say(&words.with("match-formula", &values))?;
        say(&words.with("match-ceiling", &values))?;
        if let Some(wished) = args.speed_km_h {
            let width_m = matching.width_m(wished);
            let values = [("speed", &*format!("{wished}")), ("width", &format!("{width_m:.2}"))];
            let wide = header_m.filter(|header_m| width_m > *header_m).map_or_else(String::new, |header_m| {
                words.with("match-width-wide", &[("header", &format!("{header_m}"))])
            });
            say(&format!("{}{wide}", words.with("match-width", &values)))?;
        }
        let efficiency = args.efficiency_pct.map_or(HarvestWindowParams::DEFAULT.efficiency, |pct| pct / 100.0);
        let ha_h = matching.area_ha_h(efficiency);
        let (ha, mu) = (format!("{ha_h:.2}"), format!("{:.1}", ha_h * MU_PER_HA));
        let pct = format!("{:.0}", 100.0 * efficiency);
        say(&words.with("match-area", &[("ha", &ha), ("mu", &mu), ("efficiency", &pct)]))?;
        if let Some(field_mu) = args.field_mu {
            let hours = format!("{:.1}", field_mu / MU_PER_HA / ha_h);
            say(&words.with("match-hours", &[("field", &format!("{field_mu}")), ("hours", &hours)]))?;
        }
    }
    say("")?;
    let measured = field.moisture.filter(|_| field.crop.as_deref() == Some(&*name)).map(|(pct, _)| pct);
    let inputs = StartInputs {
        crop,
        facts: &facts,
        moisture_pct: args.moisture_pct.or(measured),
        drum_diameter_m: args.drum_diameter_mm.map(|mm| mm / 1000.0),
    };
    start_lines(&inputs, words).iter().try_for_each(|line| say(line))?;
    let source = facts.source("deere-moisture", words.lang);
    say(&words.with("window-source", &[("source", source)]))
}
