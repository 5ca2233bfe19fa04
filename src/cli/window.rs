//! `grainloss window`: go or wait.

use std::io::{BufRead, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::error::CliError;
use super::in_field::{FieldOptions, crop_of, usual_forecast};
use super::option_values::between;
use super::table::say;
use crate::config::Config;
use crate::wall_clock::wall_us;
use grainloss_knowledge::Words;
use grainloss_knowledge::bounded::{LONGEST_TEXT, read_text_bounded};
use grainloss_knowledge::local_time::{date_and_time, short_time, time_us, zone_at};
use grainloss_knowledge::preparation::{CropPreparation, Preparation};
use grainloss_preparation::{Costs, Forecast, Ground, Inputs, Ripeness, card, card_text};

/// Go to the field now, wait, go slower, or race the storm: with the reasons, and what is not known.
///
/// Grain moisture comes from the service or the newest session, the rest by hand and eye; in a terminal it is asked. The
/// forecast is CSV (time, rain_mm, temperature_c, humidity_pct, wind_m_s; times local or with an offset) or the JSON of
/// Open-Meteo with hourly=precipitation,relative_humidity_2m,temperature_2m,wind_speed_10m.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The crop [default: that of the service, or of the newest session]
    #[arg(long, value_name = "NAME", value_parser = crate::cli::option_values::crop)]
    crop: Option<String>,
    /// Moisture of the grain, % of wet mass
    #[arg(long, value_name = "%", value_parser = |text: &str| between(text, 0.0, 100.0))]
    moisture_pct: Option<f64>,
    /// The hand check of the crop
    #[arg(long, value_enum)]
    ripe: Option<RipenessWord>,
    /// The crop is wet to the hand, from dew or rain
    #[arg(long, value_enum)]
    wet: Option<YesNo>,
    /// What the ground carries
    #[arg(long, value_enum)]
    ground: Option<GroundWord>,
    /// The forecast [default: forecast.csv or forecast.json beside grainloss.toml]
    #[arg(long, value_name = "FILE")]
    forecast: Option<PathBuf>,
    /// Expected yield, kg a mu
    #[arg(long, value_name = "KG", value_parser = |text: &str| between(text, 1.0, 3000.0))]
    yield_kg_mu: Option<f64>,
    /// What drying of a tonne costs
    #[arg(long, value_name = "MONEY", value_parser = |text: &str| between(text, 0.0, 10_000.0))]
    drying_per_t: Option<f64>,
    /// Price of a kilogram of grain [default: that of grainloss.toml]
    #[arg(long, value_name = "MONEY", value_parser = |text: &str| between(text, 0.01, 1000.0))]
    price_per_kg: Option<f64>,
    /// What waiting is feared to cost, % of the yield
    #[arg(long, value_name = "%", value_parser = |text: &str| between(text, 0.0, 100.0))]
    risk_pct: Option<f64>,
    /// For this time in place of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    field: FieldOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RipenessWord {
    #[value(alias = "未熟")]
    Unripe,
    #[value(alias = "成熟")]
    Ripe,
    #[value(alias = "过熟")]
    Overripe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum YesNo {
    #[value(alias = "是")]
    Yes,
    #[value(alias = "否")]
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum GroundWord {
    #[value(alias = "硬")]
    Firm,
    #[value(alias = "软")]
    Soft,
    #[value(alias = "泥泞")]
    Boggy,
}

pub(super) fn main(args: &Args, config: &Config, words: &Words) -> Result<(), CliError> {
    let bad_time = |text: &str| CliError::input(words.with("window-bad-time", &[("value", text)]));
    let now_us =
        args.at.as_deref().map_or_else(|| Ok(wall_us()), |text| time_us(text).ok_or_else(|| bad_time(text)))?;
    let field = args.field.look(config, now_us, words);
    let name = crop_of(args.crop.as_deref(), &field, words)?;
    let facts = Preparation::load().map_err(CliError::input)?;
    let crop = facts.crop(&name).ok_or_else(|| CliError::input(words.get("window-needs-crop")))?;
    let title = grainloss_knowledge::crop(&name).map_err(CliError::input)?.name;
    let forecast = match args.forecast.clone().or_else(usual_forecast) {
        Some(path) => Some(read(&path, words)?),
        None => None,
    };
    say(&words.with("window-title", &[("crop", title.get(words.lang))]))?;
    say(&words.with("window-at", &[("time", &date_and_time(now_us)), ("zone", &zone_at(now_us))]))?;
    let said = asked(args, crop, &facts, words)?;
    // The field's moisture is of its own crop.
    let measured = field.moisture.filter(|_| field.crop.as_deref() == Some(&*name));
    let economy = config.prices.get(&name);
    let inputs = Inputs {
        crop,
        facts: &facts,
        now_us,
        moisture_pct: args.moisture_pct.or(measured.as_ref().map(|(pct, _)| *pct)),
        ripeness: said.0,
        wet: said.1,
        ground: said.2,
        forecast: forecast.as_ref(),
        costs: Costs {
            yield_kg_mu: args.yield_kg_mu,
            drying_per_t: args.drying_per_t,
            price_per_kg: args.price_per_kg.or_else(|| economy?.figures().price_per_kg),
            risk_pct: args.risk_pct,
        },
    };
    let currency = economy.map_or("CNY", |economy| &*economy.currency);
    let currency_key = format!("currency-{currency}");
    let currency = if words.has(&currency_key) { words.get(&currency_key) } else { currency.to_owned() };
    let text = card_text(&card(&inputs), &facts, now_us, &currency, words);
    say(&format!("\n{}", text.advice))?;
    for reason in &text.reasons {
        say(&format!("  · {reason}"))?;
    }
    if let Some((_, source)) = measured.filter(|_| args.moisture_pct.is_none()) {
        say(&format!("  · {source}"))?;
    }
    if let Some(forecast) = &forecast {
        let until_us = forecast.hours().last().map_or(now_us, |hour| hour.until_us);
        say(&format!("  · {}", words.with("window-forecast-until", &[("time", &short_time(until_us, now_us))])))?;
    }
    if let Some(missing) = &text.missing {
        say(missing)?;
    }
    for cost in &text.cost {
        say(cost)?;
    }
    if inputs.ripeness.is_none() {
        signs(crop, &facts, words)?;
    }
    text.sources.iter().try_for_each(|source| say(&words.with("window-source", &[("source", source)])))
}

/// What hand and eye look for.
fn signs(crop: &CropPreparation, facts: &Preparation, words: &Words) -> Result<(), CliError> {
    say(&words.get("window-signs"))?;
    for sign in &crop.signs {
        let (mark, source) = (facts.mark(&sign.source, words), facts.source(&sign.source, words.lang));
        say(&format!("  · {}{mark} [{source}]", sign.get(words.lang)))?;
    }
    Ok(())
}

type Said = (Option<Ripeness>, Option<bool>, Option<Ground>);

/// What was said on the command line; what was not is asked in a terminal.
fn asked(args: &Args, crop: &CropPreparation, facts: &Preparation, words: &Words) -> Result<Said, CliError> {
    let mut ripe = args.ripe.map(|ripe| match ripe {
        RipenessWord::Unripe => Ripeness::Unripe,
        RipenessWord::Ripe => Ripeness::Ripe,
        RipenessWord::Overripe => Ripeness::Overripe,
    });
    let mut wet = args.wet.map(|wet| wet == YesNo::Yes);
    let mut ground = args.ground.map(|ground| match ground {
        GroundWord::Firm => Ground::Firm,
        GroundWord::Soft => Ground::Soft,
        GroundWord::Boggy => Ground::Boggy,
    });
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        if ripe.is_none() {
            signs(crop, facts, words)?;
            let all = [Ripeness::Unripe, Ripeness::Ripe, Ripeness::Overripe];
            ripe = ask(&words.get("window-ask-ripe"))?.and_then(|digit| all.get(digit - 1).copied());
        }
        if wet.is_none() {
            wet = ask(&words.get("window-ask-wet"))?.and_then(|digit| [true, false].get(digit - 1).copied());
        }
        if ground.is_none() {
            let all = [Ground::Firm, Ground::Soft, Ground::Boggy];
            ground = ask(&words.get("window-ask-ground"))?.and_then(|digit| all.get(digit - 1).copied());
        }
    }
    Ok((ripe, wet, ground))
}

/// Asks for a digit from 1; `None` for anything else.
fn ask(question: &str) -> Result<Option<usize>, CliError> {
    let line = ask_line(&format!("{question}: "))?;
    Ok(line.and_then(|line| line.parse::<usize>().ok()).filter(|digit| *digit > 0))
}

/// Asks for a line, without its spaces at both ends; `None` when there is no more input.
pub(super) fn ask_line(question: &str) -> Result<Option<String>, CliError> {
    let mut out = std::io::stdout();
    write!(out, "{question}").and_then(|()| out.flush()).map_err(CliError::failed)?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).map_err(CliError::failed)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

/// Reads a forecast; a bad one is refused by line and field.
fn read(path: &Path, words: &Words) -> Result<Forecast, CliError> {
    let file = path.display().to_string();
    let text = read_text_bounded(path, LONGEST_TEXT).map_err(|error| {
        CliError::input(words.with("forecast-unreadable", &[("file", &file), ("problem", &error.to_string())]))
    })?;
    Forecast::parse(&text).map_err(|error| CliError::input(error.text(&file, words)))
}
