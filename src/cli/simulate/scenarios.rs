//! `--list` and `--describe`: the scenarios, in the user's language.

use grainloss_simulator::{Lesson, Scenario};

use super::super::error::CliError;
use super::super::table::say;
use grainloss_knowledge::Lang;

/// What `--describe` calls its lines.
struct Labels {
    machine: &'static str,
    crop: &'static str,
    weather: &'static str,
    operator: &'static str,
    field: &'static str,
    passes: &'static str,
    timeline: &'static str,
    nothing: &'static str,
    until_end: &'static str,
    faults: &'static str,
}

const ZH: Labels = Labels {
    machine: "机器",
    crop: "作物",
    weather: "天气",
    operator: "机手",
    field: "地块",
    passes: "趟",
    timeline: "时间表",
    nothing: "无",
    until_end: "到结束",
    faults: "可以注入的事件和故障 (--fault 名称[:参数][@开始秒[-结束秒]])",
};
const EN: Labels = Labels {
    machine: "machine",
    crop: "crop",
    weather: "weather",
    operator: "operator",
    field: "field",
    passes: "passes",
    timeline: "timeline",
    nothing: "nothing",
    until_end: "end",
    faults: "what can be asked for (--fault NAME[:ARGUMENT][@START[-END]], seconds)",
};

const fn labels(lang: Lang) -> &'static Labels {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

fn lesson(lesson: &Lesson, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &lesson.zh,
        Lang::En => &lesson.en,
    }
}

/// One line for each scenario.
pub(super) fn list(lang: Lang) -> Result<(), CliError> {
    for name in Scenario::bundled_names() {
        let scenario = Scenario::bundled(name).map_err(CliError::failed)?;
        say(&format!("{name}: {}", lesson(scenario.lesson(), lang)))?;
    }
    Ok(())
}

/// What a scenario is made of, and what can go wrong in any.
pub(super) fn describe(scenario: &Scenario, lang: Lang) -> Result<(), CliError> {
    let words = labels(lang);
    say(&format!("{}: {}", scenario.name(), lesson(scenario.lesson(), lang)))?;
    let (length_m, passes) = scenario.field_size();
    for (label, value) in [
        (words.machine, scenario.machine().to_owned()),
        (words.crop, scenario.crop().to_owned()),
        (words.weather, scenario.weather().to_owned()),
        (words.operator, scenario.operator_name().to_owned()),
        (words.field, format!("{length_m} m, {passes} {}", words.passes)),
    ] {
        say(&format!("  {label}: {value}"))?;
    }
    say(&format!("  {}:", words.timeline))?;
    let mut timeline: Vec<_> = scenario.timeline().collect();
    timeline.sort_by(|a, b| a.1.total_cmp(&b.1));
    if timeline.is_empty() {
        say(&format!("    {}", words.nothing))?;
    }
    for (label, start_s, duration_s) in timeline {
        let end = if duration_s.is_finite() { format!("{}", start_s + duration_s) } else { words.until_end.to_owned() };
        say(&format!("    {start_s}-{end} s  {label}"))?;
    }
    say(&format!("  {}:", words.faults))?;
    for (name, key) in Scenario::event_kinds() {
        let argument = if key.is_empty() { String::new() } else { format!(":{key}") };
        say(&format!("    {name}{argument}"))?;
    }
    Ok(())
}
