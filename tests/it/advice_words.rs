//! The words of alarm and advice on the drawn screen.

use crate::support::screen::{at, draw_screen, draw_sized};
use grainloss_core::advice::{Alarm, AlarmId, Excess, LoadBasis, NextStep, NowAndGoal, Suppression, TargetLoad};
use grainloss_core::harvest::{Activity, Stream};
use grainloss_core::machine::Channel;
use grainloss_knowledge::Lang;
use grainloss_protocol::snapshot::Snapshot;
use std::cell::OnceCell;

thread_local! {
    static CUTTING: OnceCell<Snapshot> = const { OnceCell::new() };
}

fn cutting() -> Snapshot {
    CUTTING.with(|cell| cell.get_or_init(|| at("wheat", 11, 300)).clone())
}

/// The rows of alarm and next step in either size.
const SIZES: [((u16, u16), u16, u16); 2] = [((80, 24), 1, 21), ((80, 23), 1, 20)];

fn with_alarm(excess: Excess, level: u8) -> Snapshot {
    let mut snapshot = cutting();
    for id in AlarmId::all() {
        snapshot.advice.clear(id);
    }
    snapshot.advice.activate(Alarm {
        id: AlarmId::LossLevel,
        level,
        stream: Some(Stream::Separation),
        since_us: snapshot.readings.t_us,
        share: Some(0.02),
        times: 1,
        excess: Some(excess),
    });
    snapshot
}

#[test]
fn probably_above_above_and_far_above_are_three_words_and_three_weights() {
    for (excess, level, zh, en, heavy) in [
        (
            Excess::Probable,
            1,
            "提示  损失率可能超过全国指导意见 1.2%:主要在夹带",
            "Note  loss may be above national guidance 1.2 %: mainly separation",
            false,
        ),
        (
            Excess::Above,
            1,
            "! 低  损失率超过全国指导意见 1.2%:主要在夹带",
            "! Low  loss above national guidance 1.2 %: mainly separation",
            true,
        ),
        (
            Excess::Far,
            2,
            "!! 中  损失率严重超过全国指导意见 1.2%:主要在夹带",
            "!! Medium  loss far above national guidance 1.2 %: mainly separation",
            true,
        ),
    ] {
        let snapshot = with_alarm(excess, level);
        for (size, row, _) in SIZES {
            for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
                let drawn = draw_sized(&snapshot, lang, size);
                let line = drawn.line(row);
                assert!(
                    line.trim_start().to_lowercase().starts_with(&expected.to_lowercase()),
                    "{size:?}\n{line}\n{expected}"
                );
                // A notice has the ground of the screen, and does not ask for a key.
                let ground = drawn.buffer[(0, size.1 - 3)].bg;
                assert_eq!(drawn.buffer[(0, row)].bg != ground, heavy, "{size:?} {excess:?}");
                assert!(heavy || !(line.contains("确认") || line.contains("space")), "{line}");
                assert!(drawn.cut.iter().all(|cut| !cut.contains(expected)), "{:?}", drawn.cut);
            }
        }
        // The list of alarms says the same.
        assert!(draw_screen(&snapshot, Lang::Zh, "w", (80, 24)).line(3).contains(zh), "{excess:?}");
    }
}

#[test]
fn a_step_says_the_value_now_and_the_goal_in_the_machines_own_unit() {
    let figures = |channel, now, goal| NowAndGoal { channel, now, goal };
    for (step, adjustment, told, zh, en) in [
        (
            NextStep::CheckHeader,
            0,
            Some(figures(Channel::ReelSpeed, 32.2, Some(35.9))),
            "割台损失偏高:拨禾轮 32 → 36 转/分",
            "grain at the header: reel 32 → 36 r/min",
        ),
        (
            NextStep::CheckHeader,
            1,
            Some(figures(Channel::HeaderHeight, 0.18, Some(0.15))),
            "割台损失偏高:割台高度 18 → 15 厘米",
            "grain at the header: header height 18 → 15 cm",
        ),
        (
            NextStep::CheckSeparation,
            0,
            Some(figures(Channel::ConcaveClearance, 0.020, Some(0.017))),
            "夹带损失偏高:凹板间隙 20 → 17 毫米",
            "grain in the straw: concave 20 → 17 mm",
        ),
        (
            NextStep::SlowDown,
            0,
            Some(figures(Channel::GroundSpeed, 1.5, Some(1.35))),
            "喂入量过大:车速 5.4 → 4.9 km/h",
            "too much crop: speed 5.4 → 4.9 km/h",
        ),
        (
            NextStep::CheckCleaning,
            0,
            Some(figures(Channel::FanSpeed, 950.0, None)),
            "清选损失偏高:筛上杂余少就减小风量,铺厚了就加大 (现 950 转/分)",
            "grain over sieves: fan down if chaffer is clean, up if matted",
        ),
        // Without the value: what to look at.
        (
            NextStep::CheckHeader,
            0,
            None,
            "割台损失偏高:拨禾轮线速度调到车速的1.1–1.2倍",
            "grain at the header: reel at 1.1-1.2 × ground speed",
        ),
    ] {
        let mut snapshot = cutting();
        let advice = &mut snapshot.advice;
        (advice.next_step, advice.adjustment, advice.now_and_goal) = (Some(step), adjustment, told);
        for (size, _, row) in SIZES {
            for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
                let drawn = draw_sized(&snapshot, lang, size);
                assert!(drawn.line(row).contains(expected), "{size:?}\n{}\n{expected}", drawn.line(row));
            }
        }
    }
}

#[test]
fn a_modelled_loss_asks_for_a_sample_in_words() {
    for (stream, zh, en) in [
        (
            Stream::Header,
            "割台损失只是模型估算:先在割台后取样",
            "header loss is only modelled: take a pan sample in front",
        ),
        (
            Stream::Cleaning,
            "清选损失只是模型估算:先在机后取样",
            "cleaning loss is only modelled: take a pan sample behind",
        ),
    ] {
        let mut snapshot = cutting();
        (snapshot.advice.next_step, snapshot.advice.sample_of) = (Some(NextStep::TakePan), Some(stream));
        for (size, _, row) in SIZES {
            for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
                let drawn = draw_sized(&snapshot, lang, size);
                assert!(drawn.line(row).contains(expected), "{size:?} {}", drawn.line(row));
            }
        }
    }
}

#[test]
fn without_a_limit_the_screen_says_why_no_alarm_comes() {
    let mut snapshot = cutting();
    for id in AlarmId::all() {
        snapshot.advice.clear(id);
    }
    (snapshot.session.limit, snapshot.advice.suppressed) = (None, Some(Suppression::NoLimit));
    for (size, row, _) in SIZES {
        for (lang, expected) in [
            (Lang::Zh, "该作物未设损失限值,不报警:在“设置”中选限值"),
            (Lang::En, "no limit set for this crop, no alarm: choose one in settings"),
        ] {
            assert!(draw_sized(&snapshot, lang, size).line(row).contains(expected), "{size:?} {lang:?}");
        }
    }
}

#[test]
fn the_goal_of_the_speed_says_what_it_rests_on() {
    let mut snapshot = cutting();
    snapshot.estimate.as_mut().unwrap().doing.activity = Some(Activity::Cutting);
    for (load, zh, en) in [
        (None, "(依据不足:请报作物状况)", "(no basis: tell the crop)"),
        (Some(LoadBasis::Learned), "(按本次损失与负荷)", "(from this session's losses)"),
        (Some(LoadBasis::Stated), "(按所报作物状况)", "(from the crop as told)"),
    ] {
        snapshot.advice.target_load = load.map(|basis| TargetLoad { low_kg_s: 3.2, high_kg_s: 4.0, basis });
        for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
            let text = draw_screen(&snapshot, lang, "v", (80, 24)).text();
            assert!(text.contains(expected), "{text}");
        }
    }
}
