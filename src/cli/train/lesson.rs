//! The lesson at the end: the score in its parts, what was done well, what cost how much, what to try next.

use serde_json::{Value, json};

use grainloss_knowledge::Words;
use grainloss_simulator::{CauseCost, Faults, Part, Scenario, Score, Task, tasks};

/// A part of which so much was reached was done well.
const WELL: f64 = 0.9;
/// Causes of less than this more than the trained driver's loss are left out, kg.
const LEAST_KG: f64 = 0.5;

/// Everything that the lesson says.
#[derive(Debug)]
pub(super) struct Lesson {
    pub trainee: Option<String>,
    pub scenario: String,
    pub seed: u64,
    pub tasks: Vec<&'static str>,
    pub score: Score,
}

impl Lesson {
    pub fn new(trainee: Option<String>, scenario: &Scenario, seed: u64, score: Score) -> Self {
        let tasks = tasks(scenario).into_iter().map(Task::word).collect();
        Self { trainee, scenario: scenario.name().to_owned(), seed, tasks, score }
    }

    /// What to try next: the dearest habit where grain is what cost most, else the weakest part.
    fn next(&self) -> String {
        let weakest = self.score.weakest();
        let dearest = self.dear().next().filter(|_| matches!(weakest, Part::Loss | Part::Time));
        match dearest {
            _ if !self.score.is_judged() => "train-next-start".to_owned(),
            _ if self.score.total() >= 95.0 => "train-next-nothing".to_owned(),
            Some(cost) => format!("train-next-{}", cost.cause.word()),
            None if weakest == Part::Faults => format!("train-next-fault-{}", worst(&self.score.faults)),
            None => format!("train-next-part-{}", weakest.word()),
        }
    }

    /// What took more grain than a trained driver loses, the dearest first.
    fn dear(&self) -> impl Iterator<Item = &CauseCost> {
        self.score.causes.iter().filter(|cost| cost.more_kg >= LEAST_KG)
    }

    /// The parts that were done well.
    fn well(&self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(|part| self.score.points(*part) >= WELL * part.most())
    }

    /// The lesson as lines.
    pub fn lines(&self, words: &Words) -> Vec<String> {
        let score = &self.score;
        let (work, trained) = (&score.work, &score.trained);
        let one = |value: f64| format!("{value:.1}");
        let or_dash = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), one);
        let nameless = || words.get("train-nameless");
        let trainee = self.trainee.clone().unwrap_or_else(nameless);
        let head = [("trainee", &*trainee), ("scenario", &self.scenario), ("seed", &self.seed.to_string())];
        let mut lines = vec![words.with("train-head", &head)];
        lines.extend(self.tasks.iter().map(|task| format!("  · {}", words.get(&format!("train-task-{task}")))));
        let total = [("points", &*one(score.total())), ("minutes", &one(work.seconds / 60.0))];
        lines.push(words.with("train-total", &total));
        for part in Part::ALL {
            let name = words.get(&format!("train-part-{}", part.word()));
            let values = [("part", &*name), ("points", &one(score.points(part))), ("most", &one(part.most()))];
            lines.push(format!("  {}", words.with("train-part", &values)));
        }
        if !score.is_judged() {
            lines.push(words.get("train-not-judged"));
        }
        for (key, done) in [("train-yours", work), ("train-trained", trained)] {
            let values = [
                ("loss", &*or_dash(done.loss_pct())),
                ("kg", &one(done.loss_kg())),
                ("header", &one(done.header_loss_kg)),
                ("rear", &one(done.rear_loss_kg)),
                ("area", &format!("{:.2}", done.area_ha_h().unwrap_or(0.0))),
                ("grain", &format!("{:.0}", done.grain_kg)),
            ];
            lines.push(words.with(key, &values));
        }
        let time = [
            ("allowed", &*one(score.allowed_pct)),
            ("above", &format!("{:.0}", score.above_s)),
            ("cutting", &format!("{:.0}", score.cutting_s)),
        ];
        lines.push(words.with("train-time-above", &time));
        let answered = [("raised", &*score.alarms.to_string()), ("answered", &score.answered.to_string())];
        lines.push(words.with("train-alarms", &answered));
        if !score.causes.is_empty() {
            lines.push(words.get("train-costs"));
        }
        for cost in &score.causes {
            let name = words.get(&format!("train-cause-{}", cost.cause.word()));
            let values = [
                ("cause", &*name),
                ("s", &format!("{:.0}", cost.seconds)),
                ("kg", &one(cost.kg)),
                ("more", &format!("{:+.1}", cost.more_kg)),
            ];
            lines.push(format!("  {}", words.with("train-cost", &values)));
        }
        let seen = score.faults.costs().into_iter().filter(|(_, count, _)| *count >= 1.0);
        lines.extend(seen.map(|(word, count, _)| {
            words.with(&format!("train-fault-{word}"), &[("n", &format!("{:.0}", count.floor()))])
        }));
        let well: Vec<String> = self.well().map(|part| words.get(&format!("train-part-{}", part.word()))).collect();
        if !well.is_empty() && score.is_judged() {
            lines.push(words.with("train-well", &[("parts", &well.join(&words.get("train-and")))]));
        }
        lines.push(words.with("train-next", &[("next", &words.get(&self.next()))]));
        lines
    }

    /// The lesson as JSON: units in the names, kg of the simulator's truth.
    pub fn json(&self, words: &Words) -> Value {
        let score = &self.score;
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        let work = |work: &grainloss_simulator::Work| {
            json!({
                "seconds": work.seconds,
                "area_ha": round(work.area_m2 / 1e4),
                "area_ha_h": work.area_ha_h().map(round),
                "grain_kg": round(work.grain_kg),
                "loss_kg": round(work.loss_kg()),
                "header_loss_kg": round(work.header_loss_kg),
                "rear_loss_kg": round(work.rear_loss_kg),
                "loss_pct": work.loss_pct().map(round),
            })
        };
        let points: serde_json::Map<String, Value> = Part::ALL
            .into_iter()
            .map(|part| (part.word().to_owned(), json!({"points": score.points(part), "most": part.most()})))
            .collect();
        json!({
            "trainee": self.trainee,
            "scenario": self.scenario,
            "seed": self.seed,
            "tasks": self.tasks,
            "judged": score.is_judged(),
            "points": score.total(),
            "parts": points,
            "learner": work(&score.work),
            "trained_driver": work(&score.trained),
            "allowed_loss_pct": round(score.allowed_pct),
            "cutting_s": score.cutting_s,
            "above_allowed_s": score.above_s,
            "alarms": {"raised": score.alarms, "answered": score.answered},
            "causes": score.causes.iter().map(|cost| json!({
                "cause": cost.cause.word(), "seconds": cost.seconds,
                "loss_kg": round(cost.kg), "more_than_trained_kg": round(cost.more_kg),
            })).collect::<Vec<_>>(),
            "faults": {
                "turns_cut": score.faults.turns_cut,
                "turn_cut_s": score.faults.turn_cut_s,
                "stalls": score.faults.stalls,
                "lugging_s": score.faults.lugging_s,
                "late_turns": score.faults.late_turns,
                "tank_full": score.faults.tank_full,
                "left_standing_kg": round(score.faults.left_standing_kg),
            },
            "done_well": self.well().map(Part::word).collect::<Vec<_>>(),
            "next": words.get(&self.next()),
            "software": concat!("grainloss ", env!("CARGO_PKG_VERSION")),
        })
    }

    /// The lesson as a page that needs nothing else.
    pub fn html(&self, words: &Words) -> String {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let lines: Vec<String> = self.lines(words).iter().map(|line| escaped(line)).collect();
        let title = lines.first().cloned().unwrap_or_default();
        let body = lines.iter().skip(1).fold(String::new(), |body, line| body + "<p>" + line + "</p>\n");
        let lang = words.get("train-lang");
        format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\n\
             <style>body{{font-family:sans-serif;max-width:46em;margin:2em auto}}p{{margin:.3em 0}}</style></head>\n\
             <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
        )
    }
}

/// The fault that cost most points.
fn worst(faults: &Faults) -> &'static str {
    let dearest = faults.costs().into_iter().max_by(|(.., one), (.., other)| one.total_cmp(other));
    dearest.map_or("left", |(word, ..)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_knowledge::Lang;
    use grainloss_simulator::Cause;

    /// Every key of a text that depends on what happened, for the test of the words.
    fn keys() -> Vec<String> {
        let causes = Cause::ALL
            .into_iter()
            .flat_map(|cause| [format!("train-cause-{}", cause.word()), format!("train-next-{}", cause.word())]);
        let parts = Part::ALL.into_iter().map(|part| format!("train-part-{}", part.word()));
        let next = ["area", "alarms", "loss", "time"].into_iter().map(|part| format!("train-next-part-{part}"));
        let of_faults = Faults::default()
            .costs()
            .into_iter()
            .flat_map(|(word, ..)| [format!("train-fault-{word}"), format!("train-next-fault-{word}")]);
        causes.chain(parts).chain(next).chain(of_faults).collect()
    }

    #[test]
    fn whatever_happens_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let words = Words::new(lang);
            for key in keys() {
                assert!(words.has(&key), "{key}");
            }
        }
    }
}
