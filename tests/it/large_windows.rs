//! Large windows: the machine, the field map and the charts, drawn and read back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::screens::{by_hand, with_past};
use crate::support::screen::{Drawn, LANGS, app, draw_app, key};
use grainloss::service::{ChartBook, ChartSecond};
use grainloss_core::harvest::{Activity, Interval90, Pan, PanEntry, PanKind, PanOutcome, Passes};
use grainloss_core::record::EventRecord;
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::snapshot::Snapshot;
use grainloss_tui::{App, Capabilities, Colours, Remembered};
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr;

const S: i64 = 1_000_000;
const M_PER_DEG: f64 = 111_195.0;

fn band(value: f64) -> Interval90 {
    Interval90 { value, lo: value * 0.6, hi: value * 1.7 }
}

/// A second of forty minutes: passes of 200 s to and fro, turns of 20 s; the sixth pass is driven too fast.
fn second(start_us: i64, nth: i64, has_position: bool) -> ChartSecond {
    let (pass, at) = (nth / 220, nth % 220);
    let is_cutting = at < 200;
    let speed = if pass == 5 { 2.0 } else { 1.4 };
    let along = 1.4 * if pass % 2 == 0 { at.min(200) } else { 200 - at.min(200) } as f64;
    let loss = if pass == 5 { 3.1 } else { 0.9 + 0.2 * (nth as f64 / 35.0).sin() };
    ChartSecond {
        t_us: start_us + (nth + 1) * S,
        activity: Some(if is_cutting { Activity::Cutting } else { Activity::Turning }),
        speed_m_s: Some(speed),
        feed_kg_s: is_cutting.then_some(3.0 * speed),
        grain_kg_s: is_cutting.then_some(1.7 * speed),
        header_kg_s: is_cutting.then_some(0.017 * speed * 0.3),
        rear_kg_s: is_cutting.then(|| band(0.017 * speed * (loss - 0.3))),
        total_pct: is_cutting.then(|| band(loss)),
        header_pct: is_cutting.then_some(0.3),
        rear_pct: is_cutting.then_some(loss - 0.3),
        width_m: is_cutting.then_some(2.75),
        position: has_position.then(|| (36.0 + along / M_PER_DEG, 114.0 + 2.75 * pass as f64 / (M_PER_DEG * 0.809))),
        course_rad: Some(if pass % 2 == 0 { 0.0 } else { std::f64::consts::PI }),
        left_shares: [Some(0.44), Some(0.58)],
        returns: Some(0.35),
        ..ChartSecond::default()
    }
}

/// A snapshot with map and charts of forty minutes that end at its time.
fn large(has_position: bool) -> Snapshot {
    let mut snapshot = with_past(&by_hand("cn.wheat.guidance_1p2"));
    let seconds = 2400;
    let start_us = snapshot.readings.t_us - seconds * S;
    let mut book = ChartBook::default();
    let pan = Pan {
        t_us: start_us + 700 * S,
        known_us: start_us + 900 * S,
        kind: PanKind::Rear,
        area_m2: 0.3,
        concentration: 2.5,
        grain_kg: 0.0035,
        shed_kg_m2: None,
    };
    snapshot.pans = vec![PanEntry { pan, outcome: PanOutcome::Used { residual: 0.1, weight: 1.0 } }];
    book.mark(pan.t_us);
    for nth in 0..seconds {
        book.second(&second(start_us, nth, has_position));
        if nth == 1150 {
            let t_us = start_us + nth * S;
            book.event(&EventRecord { level: Some(2), ..EventRecord::new(t_us, "alarm-raised", "loss-level") });
        }
    }
    snapshot.charts = Some(Arc::new(book.charts(&snapshot.session, &[], &snapshot.pans)));
    snapshot
}

fn drawn(snapshot: &Snapshot, lang: Lang, keys: &[&str], size: (u16, u16)) -> Drawn {
    let mut app = app(snapshot, lang);
    for word in keys {
        app.key(&key(word));
    }
    draw_app(&app, size)
}

#[test]
fn large_windows_equal_their_pictures() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let (snapshot, without) = (large(true), large(false));
    let mut wrong = Vec::new();
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for size @ (width, height) in [(100, 30), (160, 50)] {
            for (name, shown, keys) in [
                ("main", &snapshot, &[][..]),
                ("map", &snapshot, &["z"]),
                ("history", &snapshot, &["h", "left", "left"]),
                ("speed", &snapshot, &["v"]),
                ("map-passes", &without, &["z"]),
            ] {
                let drawn = drawn(shown, lang, keys, size);
                let name = format!("large-{name}-{code}-{width}x{height}");
                assert!(drawn.cut.is_empty(), "{name}: {:?}", drawn.cut);
                let file = folder.join(format!("{name}.txt"));
                if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                    std::fs::write(&file, drawn.text()).unwrap();
                }
                if drawn.text() != std::fs::read_to_string(&file).unwrap_or_default() {
                    wrong.push(format!("{name} is now:\n{}", drawn.text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_works_in_the_smallest_window_and_without_colours() {
    let snapshot = large(true);
    for lang in LANGS {
        for size in [(40, 10), (60, 16), (80, 23), (80, 24), (100, 30), (200, 60)] {
            for keys in [&["z"][..], &["z", "+", "+", "left", "up"], &["z", "enter"], &["z", "-"]] {
                let drawn = drawn(&snapshot, lang, keys, size);
                assert!(drawn.cut.is_empty(), "{size:?} {keys:?}: {:?}", drawn.cut);
                assert!(drawn.text().contains(" m "), "{size:?} {keys:?}: no scale\n{}", drawn.text());
                let braille = drawn.text().chars().filter(|sign| ('\u{2801}'..='\u{28ff}').contains(sign)).count();
                assert!(braille > 5, "{size:?} {keys:?}: no track\n{}", drawn.text());
            }
        }
    }
    // Signs in place of colours: the fast pass is of the densest one, the others of the fourth.
    let plain = Capabilities { colours: Colours::None, ascii: true, remote: false };
    let mut app = App::new(Words::new(Lang::En), Remembered::default(), plain, snapshot.clone());
    app.key(&key("z"));
    let text = draw_app(&app, (80, 24)).text();
    let lines: Vec<&str> = text.lines().skip(3).take(18).collect();
    let count = |sign| lines.iter().map(|line| line.matches(sign).count()).sum::<usize>();
    assert!(lines.iter().all(|line| line.is_ascii()), "{text}");
    assert!(count('#') > 10 && count('=') + count('-') > 40, "{text}");
}

/// The colours of the track are others where the loss is above the limit.
#[test]
fn a_pass_above_the_limit_has_another_colour_on_the_map() {
    let snapshot = large(true);
    let drawn = drawn(&snapshot, Lang::Zh, &["z"], (100, 30));
    let mut colours = Vec::new();
    for y in 3..27 {
        for x in 1..64 {
            let cell = &drawn.buffer[(x, y)];
            let is_dots = cell.symbol().chars().next().is_some_and(|sign| ('\u{2801}'..='\u{28ff}').contains(&sign));
            if let (true, Color::Indexed(colour)) = (is_dots, cell.fg) {
                colours.push(colour);
            }
        }
    }
    colours.sort_unstable();
    colours.dedup();
    // 0.7 to 1.1 % are the third and fourth step, 3.1 % the last; and the turns.
    assert!(colours.len() >= 3, "{colours:?}");
}

#[test]
fn the_machine_is_drawn_with_every_loss_at_its_place() {
    let snapshot = large(true);
    let text = drawn(&snapshot, Lang::En, &[], (100, 30)).text();
    let line = |what: &str| text.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}:\n{text}"));
    let column = |what: &str| {
        let line = line(what);
        line[..line.find(what).unwrap()].width()
    };
    assert!(column("knife") < 12, "the header is in front:\n{text}");
    assert!(line("├─▶").contains("separation"), "{text}");
    // Nothing known is a dash, never 0.
    let mut unknown = snapshot;
    (unknown.estimate, unknown.passes) = (None, Passes::default());
    let text = drawn(&unknown, Lang::En, &[], (100, 30)).text();
    let separation = text.lines().find(|line| line.contains("├─▶")).unwrap();
    assert!(separation.contains("— %"), "{text}");
}

#[test]
fn the_cursor_reads_the_chart_in_words() {
    let snapshot = large(true);
    let at = |keys: &[&str]| drawn(&snapshot, Lang::En, keys, (160, 50)).text();
    assert!(at(&["h"]).contains("move the cursor"));
    // The newest stretch of ten minutes is at 2400 s: the 200th second of pass 10, in the turn. Ten stretches back is cutting
    // at 0.9 + 0.2 sin: between 0.7 and 1.1 %, of which 0.3 are the header's, at 1.4 m/s and 4.2 kg/s.
    let mut keys = vec!["h"];
    keys.extend(["left"; 11]);
    let text = at(&keys);
    let line = text.lines().find(|line| line.contains("header 0.30 %")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("feed 4.2 kg/s") && line.contains("speed 5.0 km/h"), "{line}");
}

#[test]
fn a_filter_narrows_the_list_as_it_is_typed_and_esc_shows_all() {
    let snapshot = large(true);
    let mut app = app(&snapshot, Lang::En);
    app.take(snapshot.clone(), Duration::ZERO);
    "m/engine".chars().for_each(|sign| app.key(&key(&sign.to_string())));
    let text = draw_app(&app, (80, 24)).text();
    assert!(text.contains("engine speed") && !text.contains("header height"), "{text}");
    app.key(&key("esc"));
    let text = draw_app(&app, (80, 24)).text();
    assert!(text.contains("header height"), "all again, on the same screen:\n{text}");
    // A letter in a filter is no command.
    "/q".chars().for_each(|sign| app.key(&key(&sign.to_string())));
    assert!(app.effects().is_empty());
}
