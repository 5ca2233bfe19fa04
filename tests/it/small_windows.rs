//! Every screen in windows from 40×10 on: what matters stays, nothing is cut within a figure, the rest is scrolled to.

use std::collections::BTreeSet;

use crate::support::screen::{Drawn, LANGS, SCREENS, app, at, draw_app, key};
use crossterm::event::{KeyCode, KeyEvent};
use grainloss_core::advice::{Alarm, AlarmId, KeptStep, NextStep, NowAndGoal};
use grainloss_core::harvest::{Activity, Basis, LogNormal, PanKind, PanWorth, PassLoss, Passes, Stream};
use grainloss_core::machine::Channel;
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::snapshot::Snapshot;
use grainloss_tui::{Action, App};

const SIZES: [(u16, u16); 16] = [
    (40, 10),
    (40, 11),
    (40, 16),
    (40, 24),
    (50, 12),
    (59, 13),
    (60, 10),
    (60, 16),
    (79, 23),
    (79, 24),
    (80, 10),
    (80, 23),
    (80, 24),
    (100, 30),
    (120, 36),
    (160, 50),
];
/// What the digits in blocks are made of.
const BLOCKS: &str = "▀▄█▌▐▖▗▘▙▚▛▜▝▞▟";

/// Wheat being cut, with a plate that has failed.
fn cutting() -> Snapshot {
    let mut snapshot = at("wheat", 11, 300);
    snapshot.advice.clear(AlarmId::LossLevel);
    snapshot.advice.activate(Alarm {
        id: AlarmId::PlateFault(Channel::LossCleaningLeft),
        level: 1,
        stream: None,
        since_us: snapshot.readings.t_us,
        share: None,
        times: 1,
        excess: None,
    });
    snapshot
}

fn pass(number: u32, header_kg: f64, rear_kg: f64) -> PassLoss {
    let sure = |median| LogNormal { median, log_sd: 0.0 };
    PassLoss {
        number,
        ended_us: 0,
        cutting_s: 60.0,
        area_m2: Some(240.0),
        grain_kg: 240.0,
        streams: [sure(header_kg), sure(0.75 * rear_kg), sure(0.25 * rear_kg)],
        rear: sure(rear_kg),
        total: sure(header_kg + rear_kg),
        header_basis: Basis::ModelOnly,
        rear_basis: Basis::Sensed,
    }
}

/// The same machine standing at the headland: 1.2 + 1.8 kg of 240 kg were lost in the last pass, 1.2 + 1.2 before.
fn standing() -> Snapshot {
    let mut snapshot = cutting();
    let estimate = snapshot.estimate.as_mut().unwrap();
    estimate.doing.activity = Some(Activity::Stopped);
    (estimate.total_share, estimate.loss_kg_m2, estimate.stream_shares, estimate.recent) = (None, None, None, None);
    let t_us = snapshot.readings.t_us;
    snapshot.passes = Passes {
        last: Some(PassLoss { ended_us: t_us - 90_000_000, ..pass(2, 1.2, 1.8) }),
        before: Some(pass(1, 1.2, 1.2)),
    };
    snapshot.advice.next_step = None;
    snapshot.advice.kept = Some(KeptStep {
        step: NextStep::CheckSeparation,
        adjustment: 1,
        now_and_goal: Some(NowAndGoal { channel: Channel::ThresherSpeed, now: 800.0, goal: Some(848.0) }),
        sample_of: None,
    });
    snapshot.pan_worth = Some(PanWorth {
        kind: PanKind::Rear,
        stream: Stream::Separation,
        load: None,
        factor_now: 2.6,
        factor_after: 1.9,
    });
    snapshot
}

fn opened(snapshot: &Snapshot, lang: Lang, opens: &str) -> App {
    let mut app = app(snapshot, lang);
    app.key(&key("esc"));
    app.key(&key(opens));
    app
}

/// All lines of the open screen, one page after the other.
fn all_pages(app: &mut App, size: (u16, u16)) -> Vec<Drawn> {
    let mut pages = vec![draw_app(app, size)];
    for _ in 0..60 {
        app.key(&KeyEvent::from(KeyCode::PageDown));
        let next = draw_app(app, size);
        if pages.last().is_some_and(|last| last.text() == next.text()) {
            break;
        }
        pages.push(next);
    }
    pages
}

/// The figures of a text: digits with points and dashes between them; perhaps without lines that count those out of sight.
fn figures(text: &str, with_counts: bool) -> impl Iterator<Item = String> + '_ {
    let lines = text.lines().filter(move |line| with_counts || !line.contains(['↑', '↓']));
    let words = lines.flat_map(|line| line.split(|sign: char| !sign.is_ascii_digit() && !".–".contains(sign)));
    words.map(|word| word.trim_matches('.').to_owned()).filter(|word| word.contains(|sign: char| sign.is_ascii_digit()))
}

#[test]
fn what_matters_is_in_every_window_and_no_figure_is_cut() {
    for (what, snapshot) in [("cutting", cutting()), ("standing", standing())] {
        for lang in LANGS {
            let words = Words::new(lang);
            let plate = if lang == Lang::Zh { "清选传感器(左)" } else { "cleaning left" };
            for (name, opens) in SCREENS {
                let wide: BTreeSet<String> = [(80, 24), (160, 50), (200, 60)]
                    .into_iter()
                    .flat_map(|size| all_pages(&mut opened(&snapshot, lang, opens), size))
                    .flat_map(|page| figures(&page.text(), true).collect::<Vec<_>>())
                    .collect();
                for size in SIZES {
                    let mut app = opened(&snapshot, lang, opens);
                    let first = draw_app(&app, size);
                    let text = first.text();
                    let here = format!("{what} {lang:?} {name} {size:?}\n{text}");
                    assert!(first.cut.is_empty(), "{here}{:?}", first.cut);
                    let alarm = usize::from(size.1 >= 23 || (name == "main" && text.contains("grainloss  ")));
                    assert!(
                        text.lines().nth(alarm).is_some_and(|line| line.contains(plate)) || text.contains(plate),
                        "{here}"
                    );
                    for menu in ["help", "quit"] {
                        assert!(text.contains(&words.get(&format!("menu-{menu}"))), "{menu}: {here}");
                    }
                    if name == "main" {
                        let digits = text.lines().filter(|line| {
                            line.starts_with(' ') && line.chars().take(28).any(|sign| BLOCKS.contains(sign))
                        });
                        assert!(digits.count() >= 4, "digits: {here}");
                    } else {
                        let title =
                            words.get(&if name == "help" { "key-help".to_owned() } else { title_key(opens, &words) });
                        let begin: String = title.chars().take(5).collect();
                        assert!(text.contains(&format!("─ {begin}")), "{title}: {here}");
                    }
                    // Charts have axes of their own for each width.
                    if !matches!(name, "speed" | "history") {
                        for page in all_pages(&mut app, size) {
                            for figure in figures(&page.text(), false) {
                                assert!(wide.contains(&figure), "'{figure}' of {here}\n{}\n{wide:?}", page.text());
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The text key of the title of the screen that a key opens.
fn title_key(opens: &str, words: &Words) -> String {
    let keys = grainloss_tui::KeyMap::default();
    let action = Action::all().find(|action| keys.key(*action) == opens).unwrap();
    let own = format!("title-{}", action.word());
    if words.has(&own) { own } else { format!("key-{}", action.word()) }
}

#[test]
fn one_row_less_costs_one_row() {
    for lang in LANGS {
        let app = app(&cutting(), lang);
        let rows = |size| -> Vec<String> {
            let text = draw_app(&app, size).text();
            text.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect()
        };
        let mut before = rows((80, 24));
        for height in (10..24).rev() {
            let now = rows((80, height));
            let missing = before.iter().filter(|line| !now.contains(line) && !line.starts_with('─')).count();
            // A table may become one line.
            assert!(missing <= 5, "{height}: {missing} lines have gone\n{}", now.join("\n"));
            assert!(now.len() + 2 >= usize::from(height), "{height}: empty rows\n{}", now.join("\n"));
            before = now;
        }
    }
}

#[test]
fn all_of_the_help_can_be_read_and_begins_with_the_screen_behind_it() {
    for lang in LANGS {
        let words = Words::new(lang);
        for size in [(40, 10), (80, 24)] {
            for (opens, screen) in [("esc", "main"), ("p", "pans")] {
                let mut app = opened(&cutting(), lang, opens);
                app.key(&key("?"));
                let pages = all_pages(&mut app, size);
                let squeezed = |text: &str| text.split_whitespace().collect::<String>();
                let first = squeezed(&pages[0].text());
                let here = squeezed(&words.get(&format!("help-on-{screen}")));
                let begin: String = here.chars().take(12).collect();
                assert!(first.contains(&begin), "{begin}: {}", pages[0].text());
                let all: String = pages.iter().map(|page| squeezed(&page.text())).collect();
                for action in Action::all() {
                    assert!(all.contains(&squeezed(&words.get(&format!("key-{}", action.word())))), "{action:?} {all}");
                }
                for about in ["interval", "basis", "verdict", "age", "alarm", "pan", "undo", "mouse"] {
                    let text = squeezed(&words.get(&format!("help-{about}")));
                    let end: String = text.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
                    assert!(all.contains(&end), "{about} {end}: {all}");
                }
            }
        }
    }
}

#[test]
fn standing_shows_the_last_pass_the_session_and_what_to_set() {
    for (lang, texts) in [
        (
            Lang::Zh,
            // 3 of 240 kg are 1.25 %, 2.4 before: 25 % more; behind the machine 1.35 beside 0.9 kg: 50 % more.
            [
                "上一趟总损失率(90 秒前)",
                "比前一趟多 25 %",
                "夹带           0.56 %",
                "比前一趟多 50 %",
                "现在可调",
                "滚筒 800 → 848",
                "本次: ",
                "建议再取一个样",
                "停车",
            ],
        ),
        (
            Lang::En,
            [
                "Last pass, 90 s ago",
                "25 % more than before",
                "separation     0.56 %",
                "50 % more than before",
                "Set now",
                "800 → 848",
                "So far: ",
                "tells most (separation)",
                "stopped",
            ],
        ),
    ] {
        let text = draw_app(&app(&standing(), lang), (80, 24)).text();
        for part in texts {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        let small = draw_app(&app(&standing(), lang), (40, 10)).text();
        assert!(small.contains(&texts[0][..12]), "{small}");
    }
    // Before the first pass is over there is nothing, and the reason stands beside it.
    let mut snapshot = standing();
    snapshot.passes = Passes::default();
    let text = draw_app(&app(&snapshot, Lang::Zh), (80, 24)).text();
    assert!(text.contains("尚未收完一趟") && !text.contains("上一趟"), "{text}");
}

/// What the pipeline makes of a scenario: in each turn behind a pass there is one, and its figure is that of its seconds.
#[test]
fn every_turn_of_a_harvest_shows_the_pass_before_it() {
    let (mut turns, mut numbers) = (0, BTreeSet::new());
    crate::support::screen::each_10_s("wheat-steady", 3, 1200, |second, snapshot| {
        let activity = snapshot.estimate.as_ref().and_then(|estimate| estimate.doing.activity);
        let Some(pass) = snapshot.passes.last.filter(|_| activity == Some(Activity::Turning)) else { return };
        turns += 1;
        numbers.insert(pass.number);
        let share = pass.share(pass.total).mean();
        assert!((0.003..0.03).contains(&share), "{second}: {share}");
        let text = draw_app(&app(&snapshot, Lang::Zh), (80, 24)).text();
        assert!(text.contains("上一趟"), "{second} s:\n{text}");
    });
    assert!(turns >= 2 && numbers.len() >= 2, "{turns} turns, passes {numbers:?}");
}
