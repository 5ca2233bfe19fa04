//! The office's page: losses by township, co-op, machine and driver, a map of fields, what needs attention. One HTML document;
//! all figures are in it as whole numbers, and its script adds them up.

use serde_json::{Value as Json, json};

use crate::answers::{Verdict, training};
use crate::engine::{Answer, AskError, Asked, StorePlace, Value, ask, question};
use crate::words::words;
use grainloss_knowledge::local_time::{offset_s, zone_at};
use grainloss_knowledge::{Lang, Words};

const PAGE: &str = include_str!("page/page.html");
/// The page's styles.
pub const STYLE: &str = include_str!("page/page.css");
/// The page's script.
pub const SCRIPT: &str = include_str!("page/page.js");

/// The texts that the script shows, by the last part of their keys; `_` there is `-` in the key.
const TEXTS: [&str; 53] = [
    "all",
    "allowed",
    "alarms",
    "area",
    "basis",
    "basis_calibrated",
    "basis_fault",
    "basis_model_only",
    "basis_sensed",
    "before",
    "after",
    "by_co_op",
    "by_day",
    "by_device",
    "by_driver",
    "by_township",
    "change",
    "co_op",
    "crop",
    "day",
    "faults",
    "fields",
    "from",
    "grain",
    "hours",
    "interval",
    "limit",
    "loss",
    "loss_kg",
    "luggings",
    "machines",
    "made",
    "map_hint",
    "measured",
    "mu",
    "never",
    "no_limit",
    "no_limit_short",
    "no_positions",
    "none",
    "not_entered",
    "region",
    "rule",
    "scale",
    "sensor",
    "sessions",
    "sessions_known",
    "several_limits",
    "show_all",
    "state",
    "to",
    "trained",
    "turning_cuts",
];
/// Further ones.
const MORE_TEXTS: [&str; 16] = [
    "activity",
    "blocks_waiting",
    "clock_ahead",
    "connection",
    "last_alarm",
    "last_seen",
    "offline",
    "online",
    "seen_at",
    "seen_by",
    "session_loss",
    "township",
    "unknown",
    "value",
    "verdict",
    "zone",
];
/// The headings of the sections, as the template names them.
const HEADINGS: [&str; 12] = [
    "title", "filters", "sum", "map", "table", "training", "findings", "missing", "seen", "points", "notes", "noscript",
];
/// How many notes stand at the end.
const NOTES: usize = 4;
/// The rules of findings that come with the cab; another one is shown by its key.
const RULES: [&str; 3] = ["loss-above-limit", "cuts-while-turning", "throttle"];

/// The alarms of the cab; another one is shown by its key.
const ALARMS: [&str; 9] = [
    "loss-level",
    "loss-step",
    "loss-relative",
    "plate-fault",
    "signal-fault",
    "bus-silent",
    "plates-silent",
    "plugged",
    "engine-stalling",
];

/// Where styles and script are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// In the document: one file that needs nothing else.
    Within,
    /// Beside it, as `page.css` and `page.js`.
    Beside,
}

/// The figures of a page.
#[derive(Clone, Debug)]
pub struct Figures {
    answers: Vec<(&'static str, Answer)>,
    made_s: i64,
}

impl Figures {
    /// Asks the store for them.
    ///
    /// # Errors
    /// [`AskError`] when the store cannot be read.
    pub fn ask(store: &StorePlace, asked: &Asked) -> Result<Self, AskError> {
        let own = [
            ("rows", include_str!("page/rows.sql")),
            ("drivers", include_str!("page/drivers.sql")),
            ("fields", include_str!("page/fields.sql")),
            ("machines", include_str!("page/machines.sql")),
        ];
        let shared = ["training", "findings", "missing", "seen", "points"]
            .into_iter()
            .filter_map(|name| Some((name, question(name)?.sql)));
        let answers = own.into_iter().chain(shared).map(|(name, sql)| Ok((name, ask(store, sql, asked)?)));
        Ok(Self { answers: answers.collect::<Result<_, AskError>>()?, made_s: asked.now_s })
    }

    /// How many machines have work in it.
    pub fn machines(&self) -> usize {
        let rows = self.answers.iter().find(|(name, _)| *name == "rows").map(|(_, answer)| answer);
        let devices = rows.and_then(|rows| Some((rows, rows.column("device")?)));
        devices.map_or(0, |(rows, at)| {
            rows.rows.iter().filter_map(|row| row[at].text()).collect::<std::collections::BTreeSet<_>>().len()
        })
    }

    /// The page.
    pub fn html(&self, lang: Lang, parts: Parts) -> String {
        let words = words(lang);
        let data = script_text(&self.json(&words).to_string());
        let (style, script) = match parts {
            Parts::Within => (format!("<style>\n{STYLE}</style>"), format!("<script>\n{SCRIPT}</script>")),
            Parts::Beside => {
                let style = "<link rel=\"stylesheet\" href=\"page.css\">".to_owned();
                (style, "<script src=\"page.js\"></script>".to_owned())
            }
        };
        let mut filled = vec![("lang", if lang == Lang::Zh { "zh-CN" } else { "en" }.to_owned())];
        filled.extend(HEADINGS.map(|key| (key, words.get(&format!("fleet-page-{key}")))));
        filled.extend([("style", style), ("script", script), ("data", data)]);
        fill(PAGE, &filled)
    }

    fn json(&self, words: &Words) -> Json {
        // Without their names crops are shown by their keys.
        let crops = grainloss_knowledge::crops().unwrap_or_default();
        let crops = crops.iter().map(|(crop, name)| json!([crop, name.get(words.lang)]));
        let made_us = self.made_s.saturating_mul(1_000_000);
        let mut json = json!({
            "version": 1,
            "lang": if words.lang == Lang::Zh { "zh" } else { "en" },
            "made_s": self.made_s,
            "zone": zone_at(made_us),
            "zone_s": offset_s(made_us),
            "crops": crops.collect::<Vec<_>>(),
            "words": texts(words),
        });
        for (name, answer) in &self.answers {
            json[*name] = answer_json(answer);
        }
        // The verdict on a training is that of `ask training`: from the scatter of sessions, not from sums of their intervals.
        let trainings = self.answers.iter().find(|(name, _)| *name == "training").map(|(_, answer)| training(answer));
        let verdicts = trainings.unwrap_or_default();
        json["training_verdicts"] = verdicts.iter().map(|one| one.verdict.word()).collect();
        json
    }
}

fn answer_json(answer: &Answer) -> Json {
    let value = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Whole(whole) => json!(whole),
        Value::Text(text) => json!(text),
    };
    let rows = answer.rows.iter().map(|row| Json::Array(row.iter().map(value).collect()));
    json!({ "columns": answer.columns, "rows": rows.collect::<Vec<_>>() })
}

fn texts(words: &Words) -> Json {
    let mut texts = serde_json::Map::new();
    for key in TEXTS.into_iter().chain(MORE_TEXTS) {
        texts.insert(key.to_owned(), words.get(&format!("fleet-page-{}", key.replace('_', "-"))).into());
    }
    for key in ["above", "probably-above", "cannot-tell", "probably-below", "below"] {
        texts.insert(format!("verdict-{key}"), words.get(&format!("verdict-{key}")).into());
    }
    texts.insert("verdict-none".to_owned(), words.get("fleet-page-no-limit-short").into());
    for key in ["calibrated", "sensed", "model-only", "fault"] {
        texts.insert(format!("basis-{key}"), words.get(&format!("basis-{key}")).into());
    }
    texts.insert("basis-unknown".to_owned(), words.get("fleet-page-unknown").into());
    for key in ["open", "assigned", "closed"] {
        texts.insert(format!("state-{key}"), words.get(&format!("fleet-state-{key}")).into());
    }
    for key in RULES {
        texts.insert(format!("rule-{key}"), words.get(&format!("fleet-rule-{key}")).into());
    }
    for key in ALARMS {
        texts.insert(format!("alarm-{key}"), words.get(&format!("fleet-alarm-{key}")).into());
    }
    for key in ["stopped", "transport", "cutting", "turning"] {
        texts.insert(format!("activity-{key}"), words.get(&format!("activity-{key}")).into());
    }
    for key in ["packets", "mqtt"] {
        texts.insert(format!("by-{key}"), words.get(&format!("fleet-seen-by-{key}")).into());
    }
    for verdict in [Verdict::Lower, Verdict::Higher, Verdict::Alike, Verdict::Untold] {
        let key = format!("change-{}", verdict.word());
        texts.insert(key.clone(), words.get(&format!("fleet-page-{key}")).into());
    }
    let notes = (1..=NOTES).map(|n| Json::from(words.get(&format!("fleet-page-note-{n}"))));
    texts.insert("notes".to_owned(), Json::Array(notes.collect()));
    Json::Object(texts)
}

/// JSON that may stand within a script of HTML: nothing in it ends the script or begins a comment.
fn script_text(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The template with `{name}` filled in, in one pass: what is filled in is not looked at again.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(template.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let found =
            values.iter().find(|(name, _)| from[1..].strip_prefix(name).is_some_and(|after| after.starts_with('}')));
        if let Some((name, value)) = found {
            filled.push_str(value);
            rest = &from[name.len() + 2..];
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled + rest
}
