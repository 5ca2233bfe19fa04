//! A file against the schema: unknown keys, wrong types, values out of range. The schema says what is right, this says what
//! is wrong in the user's language.

use std::ops::Range;

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::document::{Source, dotted};
use grainloss_core::data_file::{FileError, line_of};
use grainloss_knowledge::Words;

/// Names are alike when they differ by no more than this (Jaro–Winkler similarity, 1 is equal); assumed.
const ALIKE: f64 = 0.8;

/// Everything that does not fit the schema.
pub(super) fn problems(source: &Source<'_>, words: &Words) -> Vec<FileError> {
    let root = super::schema();
    let mut check = Check { source, words, root: &root, found: Vec::new() };
    check.table("", Form { root: &root, node: &root }, 0..0, source.spans, source.table);
    check.found
}

/// A part of the schema; what it refers to is looked up.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub root: &'a Json,
    pub node: &'a Json,
}

impl<'a> Form<'a> {
    /// A keyword of this part, or of what it refers to.
    pub fn get(self, keyword: &str) -> Option<&'a Json> {
        self.node.get(keyword).or_else(|| {
            let pointer = self.node.get("$ref")?.as_str()?.strip_prefix('#')?;
            self.root.pointer(pointer)?.get(keyword)
        })
    }

    fn at(self, node: &'a Json) -> Self {
        Self { root: self.root, node }
    }

    /// The keys of a section, in order; none where any name is allowed.
    pub fn names(self) -> Vec<&'a str> {
        let properties = self.get("properties").and_then(Json::as_object);
        properties.map_or_else(Vec::new, |all| all.keys().map(String::as_str).collect())
    }

    /// What may stand under this name.
    pub fn member(self, name: &str) -> Option<Self> {
        let known = self.get("properties").and_then(|all| all.get(name));
        known.or_else(|| self.get("additionalProperties").filter(|any| any.is_object())).map(|node| self.at(node))
    }

    /// True when it holds keys of its own.
    pub fn is_section(self) -> bool {
        self.kind() == "object"
    }

    fn kind(self) -> &'a str {
        self.get("type").and_then(Json::as_str).unwrap_or("string")
    }

    fn number(self, keyword: &str) -> Option<f64> {
        self.get(keyword)?.as_f64()
    }

    /// The words that are allowed, where only some are.
    fn choices(self) -> Option<Vec<&'a str>> {
        let listed = self.get("enum").and_then(Json::as_array);
        let listed = listed.map(|all| all.iter().filter_map(Json::as_str).collect());
        listed.or_else(|| {
            let described = self.get("oneOf")?.as_array()?;
            Some(described.iter().filter_map(|one| one.get("const")?.as_str()).collect())
        })
    }
}

struct Check<'a> {
    source: &'a Source<'a>,
    words: &'a Words,
    root: &'a Json,
    found: Vec<FileError>,
}

impl<'a> Check<'a> {
    fn say(&mut self, key: &str, at: &Range<usize>, problem: &str) {
        let problem = format!("{key}: {problem}");
        let line = Some(line_of(self.source.text, at.start));
        self.found.push(FileError { file: self.source.file.to_owned(), line, problem });
    }

    fn table(&mut self, key: &str, form: Form<'a>, at: Range<usize>, spans: &DeTable<'_>, table: &toml::Table) {
        for (name, value) in spans {
            let key = dotted(key, name.get_ref());
            let plain = table.get(name.get_ref().as_ref());
            if let (Some(member), Some(plain)) = (form.member(name.get_ref()), plain) {
                self.value(&key, member, name.span(), value, plain);
            } else {
                let problem = self.unknown(&key, &form.names());
                self.say(&key, &name.span(), &problem);
            }
        }
        let required = form.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for name in required.filter(|name| !table.contains_key(*name)) {
            let problem = self.words.with("config-missing", &[("name", name), ("section", key)]);
            self.say(&dotted(key, name), &at, &problem);
        }
    }

    fn unknown(&self, key: &str, names: &[&str]) -> String {
        let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
        let all = names.join(", ");
        let problem = if section.is_empty() {
            self.words.with("config-unknown-section", &[("all", &all)])
        } else {
            self.words.with("config-unknown-key", &[("section", section), ("all", &all)])
        };
        near(name, names)
            .map_or(problem.clone(), |near| problem + " " + &self.words.with("config-did-you-mean", &[("near", near)]))
    }

    fn value(
        &mut self,
        key: &str,
        form: Form<'a>,
        name_at: Range<usize>,
        spans: &toml::Spanned<DeValue<'_>>,
        value: &toml::Value,
    ) {
        match (form.kind(), spans.get_ref(), value) {
            ("object", DeValue::Table(spans), toml::Value::Table(table)) => {
                self.table(key, form, name_at, spans, table);
            }
            ("array", DeValue::Array(spans), toml::Value::Array(items)) => {
                let each = Form { root: self.root, node: form.get("items").unwrap_or(&Json::Null) };
                for (at, (span, item)) in spans.iter().zip(items).enumerate() {
                    if form.get("uniqueItems").is_some() && items[..at].contains(item) {
                        let problem = self.words.with("config-twice", &[("name", &item.to_string())]);
                        self.say(key, &span.span(), &problem);
                    }
                    self.value(key, each, span.span(), span, item);
                }
            }
            _ if fits(form, value) => {}
            _ => {
                let expected = self.expected(form);
                let found = &self.source.text[spans.span()];
                let found = found.lines().next().unwrap_or_default();
                let empty = value.as_str().is_some_and(|text| text.trim().is_empty());
                let values = [("expected", &*expected), ("found", found)];
                let mut problem = self.words.with(if empty { "config-empty" } else { "config-expected" }, &values);
                if let (Some(choices), Some(text)) = (form.choices(), value.as_str())
                    && let Some(near) = near(text, &choices)
                {
                    problem = problem + " " + &self.words.with("config-did-you-mean", &[("near", near)]);
                }
                if let Some(default) = form.get("default").filter(|default| !default.is_object()) {
                    let default = default.to_string();
                    problem = problem + " " + &self.words.with("config-or-default", &[("default", &default)]);
                }
                self.say(key, &spans.span(), &problem);
            }
        }
    }

    /// What is allowed, in words.
    fn expected(&self, form: Form<'_>) -> String {
        expected(form, self.words)
    }
}

/// What this part of the schema allows, in words.
pub(super) fn expected(form: Form<'_>, words: &Words) -> String {
    if let Some(choices) = form.choices() {
        return words.with("config-expected-one-of", &[("all", &choices.join(", "))]);
    }
    let figure = |value: f64| value.to_string();
    match (form.kind(), form.number("minimum"), form.number("exclusiveMinimum"), form.number("maximum")) {
        (kind, Some(low), _, Some(high)) => {
            let key = if kind == "integer" { "config-expected-integer" } else { "config-expected-number" };
            words.with(key, &[("low", &figure(low)), ("high", &figure(high))])
        }
        (_, _, Some(low), Some(high)) => {
            words.with("config-expected-above", &[("low", &figure(low)), ("high", &figure(high))])
        }
        ("boolean", ..) => words.get("config-expected-switch"),
        ("array", ..) => words.get("config-expected-list"),
        ("object", ..) => words.get("config-expected-section"),
        _ => match form.number("maxLength") {
            Some(most) => words.with("config-expected-short", &[("most", &figure(most))]),
            None => words.get("config-expected-text"),
        },
    }
}

/// True when a value that is no section and no list is allowed.
fn fits(form: Form<'_>, value: &toml::Value) -> bool {
    let within = |value: f64| {
        form.number("minimum").is_none_or(|low| value >= low)
            && form.number("exclusiveMinimum").is_none_or(|low| value > low)
            && form.number("maximum").is_none_or(|high| value <= high)
    };
    match (form.kind(), value) {
        ("boolean", toml::Value::Boolean(_)) => true,
        ("integer" | "number", toml::Value::Integer(value)) => within(*value as f64),
        ("number", toml::Value::Float(value)) => value.is_finite() && within(*value),
        ("string", toml::Value::String(text)) => {
            let length = text.trim().chars().count() as f64;
            form.choices().is_none_or(|all| all.contains(&text.as_str()))
                && form.number("minLength").is_none_or(|least| length >= least)
                && form.number("maxLength").is_none_or(|most| length <= most)
        }
        _ => false,
    }
}

/// The name that is most like this one, if any is alike.
pub(super) fn near<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), other);
    let best = names.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= ALIKE).then_some(best)
}
