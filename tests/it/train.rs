//! `train`: a learner drives by a script of keys; the score, the lesson, what is kept, what is refused.

use crate::support::run::Sandbox;
use serde_json::Value;

/// The first pass of ordinary wheat as a good driver works it: thresher on, 1.4 m/s, header down before the crop, up behind
/// it, a turn outside the crop, and on. Times are from a pass of 250 m, 30 m behind the gate.
const GOOD: &str = "\
1 engage
1 throttle-up 20
6 faster 14
18 lower
208 lift
210 slower 2
211 turn
226 faster 2
228 lower
";

/// The same field, driven off at 2.4 m/s with the throttle as it was left, turned in the crop with the header down.
const BAD: &str = "\
1 engage
3 lower
3 faster 24
118 turn
";

fn lesson(sandbox: &Sandbox, scenario: &str, keys: &str, seconds: &str) -> Value {
    sandbox.write("keys.txt", keys);
    sandbox.ok(&[
        "train",
        "--scenario",
        scenario,
        "--keys",
        "keys.txt",
        "--seconds",
        seconds,
        "--trainee",
        "张三",
        "--db",
        "j.sqlite",
        "--out",
        "lesson.json",
        "--save-keys",
        "again.txt",
    ]);
    sandbox.json("lesson.json")
}

fn points(lesson: &Value) -> f64 {
    lesson["points"].as_f64().unwrap()
}

#[test]
fn a_good_script_scores_higher_than_a_bad_one_and_the_same_script_scores_the_same() {
    let sandbox = Sandbox::new();
    let good = lesson(&sandbox, "wheat", GOOD, "380");
    let saved = sandbox.text("again.txt");
    let bad = lesson(&sandbox, "wheat", BAD, "380");
    assert!(points(&good) > points(&bad) + 30.0, "{} and {}", points(&good), points(&bad));
    assert_eq!(lesson(&sandbox, "wheat", GOOD, "380"), good);
    assert_eq!(lesson(&sandbox, "wheat", &saved, "380"), good, "what was pressed is a script of the same lesson");
    for lesson in [&good, &bad] {
        let parts: f64 =
            lesson["parts"].as_object().unwrap().values().map(|part| part["points"].as_f64().unwrap()).sum();
        assert!((parts - points(lesson)).abs() < 0.05);
        let kg: f64 = lesson["causes"].as_array().unwrap().iter().map(|cause| cause["loss_kg"].as_f64().unwrap()).sum();
        assert!((kg - lesson["learner"]["loss_kg"].as_f64().unwrap()).abs() < 0.02);
    }
    assert_eq!((good["faults"]["turns_cut"].as_u64(), good["trainee"].as_str()), (Some(0), Some("张三")));
    assert!(bad["faults"]["turns_cut"].as_u64() >= Some(1), "{}", bad["faults"]);
    // The session is kept under the learner's name, as any other.
    let sessions = sandbox.ok(&["sessions", "--db", "j.sqlite"]).out;
    assert!(sessions.contains("wheat"), "{sessions}");
}

#[test]
fn the_lesson_says_what_cost_how_much_and_what_to_try_in_both_languages() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.txt", BAD);
    let run = |lang: &str, out: &str| {
        let ended = sandbox.ok(&[
            "--lang",
            lang,
            "train",
            "--keys",
            "keys.txt",
            "--seconds",
            "200",
            "--db",
            "j.sqlite",
            "--out",
            out,
        ]);
        (ended.out, sandbox.text(out))
    };
    let (zh, text) = run("zh", "lesson.txt");
    for said in ["驾驶训练成绩", "总分", "熟练机手同地同时", "边转边收(割台)", "失误: 在作物里掉头 1 次", "下次: "]
    {
        assert!(zh.contains(said) && text.contains(said), "{said}: {zh}");
    }
    let (en, html) = run("en", "lesson.html");
    for said in ["of 100 points", "Trained driver, same field and time", "cutting in a turn (header)", "Next time: "] {
        assert!(en.contains(said) && html.contains(said), "{said}: {en}");
    }
    assert!(html.starts_with("<!doctype html>") && !html.contains("http"), "a page of its own");
}

#[test]
fn a_slip_in_a_script_is_refused_by_its_line_and_a_lesson_without_screen_needs_a_script() {
    let sandbox = Sandbox::new();
    for (text, words) in [
        ("1 engage\n2 fastr\n", ["k.txt:2", "'fastr'", "faster"]),
        ("1 engage\nsoon lower\n", ["k.txt:2", "'soon'", "seconds"]),
        ("5 engage\n4 lower\n", ["k.txt:2", "'4'", "before"]),
        ("1 faster 0\n", ["k.txt:1", "'0' times", "1 to 100"]),
        ("1 faster 3 km/h\n", ["k.txt:1", "1 faster 3 km/h", "CONTROL"]),
    ] {
        sandbox.write("k.txt", text);
        sandbox.refused(&["train", "--keys", "k.txt", "--db", "j.sqlite"], &words);
        let zh = sandbox.refused(&["--lang", "zh", "train", "--keys", "k.txt"], &words[..1]);
        assert!(zh.chars().any(|letter| letter > '\u{4e00}'), "{zh}");
    }
    sandbox.refused(&["train", "--keys", "none.txt"], &["none.txt"]);
    sandbox.refused(&["train"], &["terminal"]);
    sandbox.write("k.txt", "1 engage\n");
    sandbox.refused(&["train", "--keys", "k.txt", "--out", "k.txt"], &["--out k.txt", "--keys"]);
}
