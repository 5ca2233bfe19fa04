//! The state of a service in Prometheus' text format (version 0.0.4), from the JSON object: one gauge for each figure, and what
//! is not known as `grainloss_unknown` with its reason, so that a missing value is never a 0.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The parts of the object that hold figures.
const PARTS: [&str; 3] = ["now", "loss_10s", "session_totals"];

/// Text of all figures.
pub(super) fn text(status: &Value) -> String {
    let mut out = String::new();
    let mut unknown = Vec::new();
    gauge(&mut out, "grainloss_status_version", "Version of docs/status.md", &[("", status["version"].clone())]);
    for part in PARTS {
        for (name, entry) in object(&status[part]) {
            let metric = format!("grainloss_{part}_{name}");
            let Some(entry) = entry.as_object() else { continue };
            match &entry["value"] {
                Value::Null => unknown.push((metric, entry.get("reason").and_then(Value::as_str).unwrap_or_default())),
                Value::String(word) => {
                    let labels = format!("{{value=\"{}\"}}", escaped(word));
                    gauge(&mut out, &metric, "1 for what it is now", &[(&labels, 1.into())]);
                }
                value => {
                    let bounds = ["lo", "hi"].map(|end| (end, entry.get(end).cloned()));
                    let mut samples = vec![(String::new(), number(value))];
                    for (end, bound) in bounds {
                        samples.extend(bound.map(|bound| (format!("{{bound=\"{end}\"}}"), number(&bound))));
                    }
                    let samples: Vec<(&str, Value)> =
                        samples.iter().map(|(labels, value)| (&**labels, value.clone())).collect();
                    gauge(&mut out, &metric, "docs/status.md; bound: 5 % and 95 % quantile", &samples);
                }
            }
        }
    }
    let channels: Vec<(String, Value)> = object(&status["channels"])
        .filter_map(|(name, entry)| {
            let labels = format!("{{channel=\"{name}\",unit=\"{}\"}}", escaped(entry["unit"].as_str()?));
            Some((labels, number(entry.get("value").filter(|value| value.is_number())?)))
        })
        .collect();
    family(&mut out, "grainloss_channel", "Value of a channel of the machine", &channels);
    let alarms: Vec<(String, Value)> = list(&status["alarms"])
        .map(|alarm| {
            let word = |key: &str| escaped(alarm[key].as_str().unwrap_or_default());
            (format!("{{id=\"{}\",stream=\"{}\"}}", word("id"), word("stream")), number(&alarm["level"]))
        })
        .collect();
    family(&mut out, "grainloss_alarm_level", "Level of an active alarm, 0 to 3; none without alarms", &alarms);
    let of_buses = |key: &str| -> Vec<(String, Value)> {
        let of = |bus: &Value| {
            (format!("{{interface=\"{}\"}}", escaped(bus["interface"].as_str().unwrap_or_default())), number(&bus[key]))
        };
        list(&status["buses"]).map(of).collect()
    };
    family(&mut out, "grainloss_bus_frames", "Data frames received since the start", &of_buses("frames"));
    family(&mut out, "grainloss_bus_lost", "Frames that the kernel lost", &of_buses("lost"));
    for key in ["stored_s", "waiting", "lost"] {
        gauge(&mut out, &format!("grainloss_journal_{key}"), "docs/status.md", &[("", status["journal"][key].clone())]);
    }
    let unknown: Vec<(String, Value)> = unknown
        .into_iter()
        .map(|(figure, reason)| (format!("{{figure=\"{figure}\",reason=\"{}\"}}", escaped(reason)), 1.into()))
        .collect();
    family(&mut out, "grainloss_unknown", "1 for each figure that is not known, with the reason", &unknown);
    out
}

fn family(out: &mut String, name: &str, help: &str, samples: &[(String, Value)]) {
    let samples: Vec<(&str, Value)> = samples.iter().map(|(labels, value)| (&**labels, value.clone())).collect();
    gauge(out, name, help, &samples);
}

fn gauge(out: &mut String, name: &str, help: &str, samples: &[(&str, Value)]) {
    if samples.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (labels, value) in samples {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

/// A flag as 1 or 0.
fn number(value: &Value) -> Value {
    value.as_bool().map_or_else(|| value.clone(), |flag| u8::from(flag).into())
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// As the format asks it of a label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_gauges_and_what_is_not_known_has_a_reason_and_no_value() {
        let status = json!({
            "version": 1,
            "now": {"ground_speed_m_s": {"value": 1.5}, "activity": {"value": "cut \"x\""}},
            "loss_10s": {"total_pct": {"value": 1.2, "lo": 0.5, "hi": 2.5}, "rear_pct": {"value": null, "reason": "not-cutting"}},
            "session_totals": {},
            "channels": {
                "fan.speed": {"unit": "r/min", "state": "valid", "value": 900.0},
                "feed.rate": {"unit": "kg/s", "state": "stale", "value": null},
            },
            "alarms": [{"id": "loss-level", "stream": null, "level": 2}],
            "buses": [],
            "journal": {"stored_s": 5, "waiting": 0, "lost": 0},
        });
        let text = text(&status);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "grainloss_status_version 1",
                r#"grainloss_now_activity{value="cut \"x\""} 1"#,
                "grainloss_now_ground_speed_m_s 1.5",
                "grainloss_loss_10s_total_pct 1.2",
                r#"grainloss_loss_10s_total_pct{bound="lo"} 0.5"#,
                r#"grainloss_loss_10s_total_pct{bound="hi"} 2.5"#,
                r#"grainloss_channel{channel="fan.speed",unit="r/min"} 900.0"#,
                r#"grainloss_alarm_level{id="loss-level",stream=""} 2"#,
                "grainloss_journal_stored_s 5",
                "grainloss_journal_waiting 0",
                "grainloss_journal_lost 0",
                r#"grainloss_unknown{figure="grainloss_loss_10s_rear_pct",reason="not-cutting"} 1"#,
            ]
        );
        // A family has its type once, before its samples.
        assert_eq!(text.matches("# TYPE grainloss_loss_10s_total_pct gauge").count(), 1);
    }
}
