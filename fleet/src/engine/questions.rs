//! The questions that come with the program: `fleet/queries/*.sql`.

use grainloss_knowledge::Lang;

/// A question in SQL, for any engine.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Its name, and that of its file.
    pub name: &'static str,
    /// The file: SQL, with a head of comments.
    pub sql: &'static str,
}

impl Question {
    /// What it answers, in one line, in this language.
    pub fn about(&self, lang: Lang) -> &'static str {
        let mark = match lang {
            Lang::Zh => "-- zh: ",
            Lang::En => "-- en: ",
        };
        self.sql.lines().find_map(|line| line.strip_prefix(mark)).unwrap_or(self.name)
    }
}

macro_rules! questions {
    ($($name:literal),+ $(,)?) => {
        &[$(Question { name: $name, sql: include_str!(concat!("../../queries/", $name, ".sql")) }),+]
    };
}

/// Every question.
pub const QUESTIONS: &[Question] = questions![
    "day",
    "township",
    "co-op",
    "machine",
    "driver",
    "habits",
    "alarms",
    "findings",
    "missing",
    "seen",
    "ranking",
    "training",
    "points",
    "map",
    "calibrations",
];

/// The question of this name.
pub fn question(name: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.name == name)
}
