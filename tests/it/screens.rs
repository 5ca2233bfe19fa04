//! The dashboard, drawn on a terminal of 80×24 and read back.

use std::path::PathBuf;

use crate::support::screen::{
    Drawn, LANGS, SCREENS, app, at, draw, draw_app, draw_screen, draw_sized, each_10_s, key, pipeline, session,
    snapshot,
};
use grainloss_bus::BusEventKind;
use grainloss_core::advice::{
    Alarm, AlarmId, Comparison, Economy, Excess, LoadBasis, NextStep, NoticeState, NowAndGoal, SettingChange,
    SpeedBasis, SpeedStep, Suppression, TargetLoad, Verdict,
};
use grainloss_core::habits::{Habit, HabitPrice, Untold};
use grainloss_core::harvest::{
    Activity, Amount, Basis, BudgetLine, Estimate, Fusions, Grounds, Interval90, LogNormal, LossBudget, LossCategory,
    MachineState, NotMeasured, Pan, PanEntry, PanKind, PanOutcome, PanRejection, PanWorth, PlateFault, RecentLoss,
    Stream, StreamLoss,
};
use grainloss_core::machine::{
    ActiveTrouble, Channel, ControllerLamps, LampLight, Reading, ReadingState, Readings, Trouble,
};
use grainloss_core::pan_sample::GrainAmount;
use grainloss_knowledge::{Guide, Lang, Words};
use grainloss_protocol::command::{CommandReply, OperatorCommand, PanAnswer, PanCount, PanEffect};
use grainloss_protocol::snapshot::{
    Bus, BusFault, EventRecord, Health, HistoryPoint, PendingDrop, Snapshot, SourceKind, SourceLine,
};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

/// Rows of the screen, as the layout has them.
const ALARM: u16 = 1;
const DIGITS: std::ops::Range<u16> = 4..8;
const STREAMS: std::ops::Range<u16> = 11..14;
const LABELS: u16 = 15;
const VALUES: u16 = 16;
const AGES: u16 = 17;
const NEXT: u16 = 21;
const STATUS: u16 = 23;

/// What was cut off, and words that are missing: a missing one shows its key.
fn flaws(snapshot: &Snapshot, what: &str) -> Vec<String> {
    const KEYS: &str = "state- next- basis- screen- activity- mark- stream- source- alarm- suppressed- bus- channel- change- worth- why- menu- key- help- budget- pans- crop-said- palm- machine- clock- item- sound- device- note- event- notice- refused- speed- goal- excess- chart- history- settings- theme- glyphs- switch- action- limit- {$";
    let mut flaws = Vec::new();
    for lang in LANGS {
        for (name, opens) in SCREENS {
            let drawn = draw_screen(snapshot, lang, opens, (80, 24));
            let text = drawn.text();
            flaws.extend(drawn.cut.iter().map(|cut| format!("{what} {lang:?} {name}: cut off: {cut}")));
            let keys = KEYS.split(' ').filter(|key| text.contains(key));
            flaws.extend(keys.map(|key| format!("{what} {lang:?} {name}: {key} is a key, not a word\n{text}")));
        }
    }
    flaws
}

fn assert_none(flaws: &[String]) {
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

/// Rows in which block digits have ink.
fn ink(drawn: &Drawn) -> usize {
    DIGITS.filter(|&y| !drawn.part(y, 1, 30).trim().is_empty()).count()
}

/// On another ground than the rest, with the weight of what must be seen.
fn is_highlighted(drawn: &Drawn, x: u16, y: u16) -> bool {
    let (cell, ground) = (&drawn.buffer[(x, y)], drawn.buffer[(0, 3)].bg);
    cell.bg != ground && cell.modifier.contains(Modifier::BOLD)
}

fn labels(drawn: &Drawn) -> [String; 4] {
    [1, 21, 41, 61].map(|x| drawn.part(LABELS, x, x + 19).trim_end().to_owned())
}

#[test]
fn half_an_hour_of_harvest_fits_the_screen_with_labels_at_fixed_places() {
    // With alarms and the three operator faults; and with a plate that fails at 300 s.
    for (scenario, seconds) in [("wheat", 1800), ("wheat-dead-plate", 600)] {
        let (mut activities, mut alarms, mut notices, mut found) = (Vec::new(), 0, 0, Vec::new());
        each_10_s(scenario, 11, seconds, |second, snapshot| {
            let what = format!("{scenario} at {second} s");
            found.extend(flaws(&snapshot, &what));
            for (lang, expected) in [
                (Lang::Zh, ["割台高度", "喂入量", "车速(目标) km/h", "发动机"]),
                (Lang::En, ["Header height", "Feed rate", "Speed (goal) km/h", "Engine"]),
            ] {
                let drawn = draw(&snapshot, lang);
                assert_eq!(labels(&drawn), expected, "{what}");
                for x in [1, 21, 41] {
                    let age = drawn.part(AGES, x, x + 19);
                    assert!(age.contains("秒前") || age.contains("s ago"), "{what}: age '{age}'");
                }
                // Of the last ten seconds of cutting, else of the last pass.
                let share = snapshot.estimate.as_ref().and_then(|estimate| estimate.total_share);
                let is_known = share.is_some() || snapshot.passes.last.is_some();
                assert_eq!(ink(&drawn) >= 3, is_known, "{what}: block digits\n{}", drawn.text());
                let is_alarmed = snapshot.advice.alarms().any(|alarm| !alarm.is_notice());
                assert_eq!(is_highlighted(&drawn, 1, ALARM), is_alarmed, "{what}");
            }
            activities.extend(snapshot.estimate.as_ref().and_then(|estimate| estimate.doing.activity));
            alarms += usize::from(snapshot.advice.alarm_level() > 0);
            notices += usize::from(snapshot.advice.notices.iter().any(|notice| notice.active));
        });
        assert_none(&found);
        for activity in [Activity::Stopped, Activity::Cutting, Activity::Turning] {
            assert!(activities.contains(&activity), "{scenario} never {activity:?}");
        }
        assert!(alarms > 3 && (notices > 3 || scenario != "wheat"), "{scenario}: {alarms} alarms, {notices} notices");
    }
}

#[test]
fn every_possible_text_fits() {
    let cutting = at("wheat", 11, 300);
    let found = std::cell::RefCell::new(flaws(&Snapshot::empty(session()), "nothing known"));
    let change = |what: &str, change: &dyn Fn(&mut Snapshot)| {
        let mut snapshot = cutting.clone();
        change(&mut snapshot);
        found.borrow_mut().extend(flaws(&snapshot, what));
    };
    for why in Suppression::ALL.map(Some).into_iter().chain([None]) {
        change(&format!("{why:?}"), &|s| {
            s.advice.suppressed = why;
            s.advice.clear(AlarmId::LossLevel);
        });
    }
    let alarm = |id, level, stream| Alarm { id, level, stream, since_us: 0, share: Some(0.03), times: 1, excess: None };
    let crop = grainloss_knowledge::crop("wheat").unwrap();
    for limit in ["cn.wheat.industry_2pct", "cn.wheat.guidance_1p2", "cn-sd.wheat.target_2025", "12.375"] {
        let limit = grainloss_knowledge::limit(Some(limit), "wheat", &crop).unwrap();
        for (level, stream) in
            [(1, None), (1, Some(Stream::Header)), (2, Some(Stream::Separation)), (3, Some(Stream::Cleaning))]
        {
            for excess in Excess::ALL {
                change(&format!("{limit:?} {level} {stream:?} {excess:?}"), &|s| {
                    s.session.limit.clone_from(&limit);
                    s.advice.activate(Alarm { excess: Some(excess), ..alarm(AlarmId::LossLevel, level, stream) });
                });
            }
        }
    }
    for id in AlarmId::all() {
        // Changes of the loss may be lowered to notices.
        let lowest = u8::from(!matches!(id, AlarmId::LossStep | AlarmId::LossRelative));
        for (level, stream) in [(lowest, Some(Stream::Separation)), (3, Some(Stream::Cleaning)), (2, None)] {
            change(&format!("{id:?} {level}"), &|s| s.advice.activate(alarm(id, level, stream)));
        }
    }
    // The unloading auger may run whatever the machine does; curves and lugging are of cutting alone.
    let activities = [Activity::Stopped, Activity::Transport, Activity::Cutting, Activity::Turning];
    for activity in activities.map(Some).into_iter().chain([None]) {
        let marked = (activity == Some(Activity::Cutting)).then_some(true);
        let doing = MachineState {
            activity,
            turning_cut: marked,
            lugging: marked,
            unloading: Some(true),
            ..MachineState::default()
        };
        change(&format!("{doing:?}"), &|s| s.estimate.as_mut().unwrap().doing = doing);
    }
    for basis in [Basis::ModelOnly, Basis::Sensed, Basis::Calibrated, Basis::Fault] {
        change(&format!("{basis:?}"), &|s| {
            let estimate = s.estimate.as_mut().unwrap();
            for stream in [&mut estimate.header, &mut estimate.separation, &mut estimate.cleaning, &mut estimate.total]
            {
                stream.basis = basis;
            }
        });
    }
    for state in [
        ReadingState::NotMapped,
        ReadingState::NeverSeen,
        ReadingState::NotAvailable,
        ReadingState::Error,
        ReadingState::NotCalibrated,
        ReadingState::Stale,
        ReadingState::Implausible,
    ] {
        change(&format!("{state:?}"), &|s| {
            for &channel in Channel::ALL {
                let gone = Reading { value: None, state, age_us: Some(99_999_900_000), impacts: 0.0 };
                s.readings.set(channel, gone);
            }
        });
    }
    change("modelled feed", &|s| s.estimate.as_mut().unwrap().feed_is_measured = false);
    change("no limit", &|s| s.session.limit = None);
    change("no journal", &|s| s.session.id = None);
    change("a long life", &|s| s.session.id = Some(123_456));
    change("ended", &|s| s.ended = true);
    for (lost, error) in [(0, Some("database or disk is full".to_owned())), (123_456, None), (1, Some("x".repeat(500)))]
    {
        change("journal failing", &|s| {
            s.health = Health {
                journal_waiting: 10_000,
                journal_lost: lost,
                journal_error: error.clone(),
                ..s.health.clone()
            };
        });
    }
    change("silent bus", &|s| s.health.bus_age_us = Some(3_600_000_000));
    change("busy bus", &|s| s.health.frames_per_s = 16_000);
    for source in [SourceKind::Live, SourceKind::Replay, SourceKind::Demo] {
        change(&format!("{source:?}"), &|s| s.session.source = source);
    }
    for name in ["wheat", "barley", "rice", "maize", "soybean", "canola"] {
        change(name, &|s| s.session.crop = grainloss_knowledge::crop(name).unwrap().name);
    }
    change("every notice", &|s| s.advice.notices = [NoticeState { active: true, count: 999 }; 3]);
    assert_none(&found.borrow());
}

#[test]
fn every_possible_advice_fits() {
    let cutting = at("wheat", 11, 300);
    let found = std::cell::RefCell::new(Vec::new());
    let change = |what: &str, change: &dyn Fn(&mut Snapshot)| {
        let mut snapshot = cutting.clone();
        change(&mut snapshot);
        found.borrow_mut().extend(flaws(&snapshot, what));
    };
    for step in NextStep::ALL.map(Some).into_iter().chain([None]) {
        for crop in ["wheat", "barley", "rice", "maize", "soybean", "canola"] {
            let guide = Guide::load(crop).unwrap();
            let adjustments = step.and_then(|step| guide.rules.get(step)).map_or(0, |rule| rule.adjust.len());
            for adjustment in 0..adjustments.max(1) {
                change(&format!("{step:?} {adjustment} {crop}"), &|s| {
                    (s.advice.next_step, s.advice.adjustment) = (step, adjustment);
                    s.session.guide = guide.clone();
                });
            }
        }
    }
    let settings = [
        None,
        Some(Channel::ConcaveClearance),
        Some(Channel::UpperSieve),
        Some(Channel::LowerSieve),
        Some(Channel::FanSpeed),
        Some(Channel::ThresherSpeed),
        Some(Channel::ReelSpeed),
        Some(Channel::HeaderHeight),
    ];
    for (setting, verdict) in settings.into_iter().flat_map(|s| Verdict::ALL.map(|verdict| (s, verdict))) {
        change(&format!("{setting:?} {verdict:?}"), &|s| {
            s.advice.comparison =
                Some(comparison(setting, Some(Interval90 { value: 3.456, lo: 1.234, hi: 99.9 }), verdict));
            s.advice.next_step = Some(NextStep::Compare);
        });
    }
    assert_none(&found.borrow());
}

#[test]
fn losses_of_any_size_fit() {
    let cutting = at("wheat", 11, 300);
    let mut found = Vec::new();
    for power in -8..=2 {
        for log_sd in [0.0, 0.1, 0.6, 1.2, 2.0] {
            let mut snapshot = cutting.clone();
            let estimate = snapshot.estimate.as_mut().unwrap();
            let loss = LogNormal { median: 3.456 * 10f64.powi(power), log_sd };
            for stream in [&mut estimate.header, &mut estimate.separation, &mut estimate.cleaning, &mut estimate.total]
            {
                stream.loss = Some(loss);
            }
            // A share is never over one; per area it is that of some 10 t/ha.
            let share = LogNormal { median: loss.median.min(1.0), log_sd };
            (estimate.total_share, estimate.loss_kg_m2) = (Some(share), Some(share));
            let recent = RecentLoss {
                streams: [loss; 3],
                rear: loss,
                total: loss,
                grain_kg_s: 1.0,
                area_m2_s: Some(loss.median.max(1.0)),
            };
            estimate.recent = Some(recent);
            found.extend(flaws(&snapshot, &format!("{loss:?}")));
        }
    }
    assert_none(&found);
}

#[test]
fn unknown_values_are_dashes_and_never_zero() {
    // Nothing at all; an engine that speaks alone, as on a tractor's bus; and a bus that fell silent.
    let empty = Snapshot::empty(session());
    let mut engine = pipeline();
    let eec1 = |t_us| {
        let id = grainloss_can::CanId::extended(0x0CF0_0400).unwrap();
        grainloss_can::Frame::new(t_us, id, &[0xF0, 0xFF, 0xFF, 0x40, 0x1F, 0xFF, 0xFF, 0xFF]).unwrap()
    };
    for t_us in (0..5_000_000).step_by(20_000) {
        engine.frame(&eec1(t_us), t_us, &mut |_| {});
    }
    let engine = snapshot(&engine, 5);
    assert_eq!(engine.readings.value(Channel::EngineSpeed), Some(1000.0), "8000 × 0.125");
    for (what, snapshot) in [("empty", &empty), ("engine", &engine)] {
        for lang in LANGS {
            let drawn = draw(snapshot, lang);
            assert_eq!(ink(&drawn), 1, "{what}: '--' is one row high");
            // Interval, loss per area, basis.
            for y in 3..6 {
                assert_eq!(drawn.part(y, 46, 80).trim(), "—", "{what} {lang:?} row {y}");
            }
            for y in STREAMS {
                assert!(!drawn.part(y, 1, 15).trim().is_empty(), "{what} {lang:?}: the streams keep their places");
                for (from, to) in [(16, 29), (30, 56), (57, 79)] {
                    assert_eq!(drawn.part(y, from, to).trim(), "—", "{what} {lang:?} row {y}");
                }
            }
            for x in [1, 21, 41] {
                assert_eq!(drawn.part(VALUES, x, x + 19).trim(), "—", "{what} {lang:?}");
                assert!(!drawn.part(AGES, x, x + 19).trim().is_empty(), "{what} {lang:?}: why there is none");
            }
        }
    }
    assert!(draw(&engine, Lang::En).part(VALUES, 61, 80).starts_with("1000 r/min"));
    assert!(draw(&engine, Lang::En).line(LABELS + 2).contains("never seen"));
    assert!(draw(&empty, Lang::En).line(STATUS).contains("bus silent"));
}

#[test]
fn full_disk_and_silent_bus_are_highlighted() {
    let mut snapshot = at("wheat", 11, 300);
    snapshot.health.journal_error = Some("database or disk is full".to_owned());
    snapshot.health.journal_waiting = 17;
    snapshot.health.bus_age_us = Some(5_000_000);
    for (lang, failing, silent) in [(Lang::En, "NOT STORED", "bus silent"), (Lang::Zh, "无法存储", "总线无数据")]
    {
        let drawn = draw(&snapshot, lang);
        let status = drawn.line(STATUS);
        assert!(status.contains(failing) && status.contains("17") && status.contains(silent), "{status}");
        for x in [1, 24] {
            assert!(is_highlighted(&drawn, x, STATUS), "column {x}");
        }
    }
}

#[test]
fn every_bus_fault_is_highlighted_and_fits() {
    let mut snapshot = at("wheat", 11, 20);
    let healthy = draw(&snapshot, Lang::En).line(STATUS);
    assert!(healthy.starts_with(" bus 242 frames/s"), "{healthy}");
    for what in BusEventKind::ALL {
        let mut fault = |interface: &str| {
            snapshot.health.bus_fault = Some(BusFault { interface: interface.to_owned(), word: what.word().into() });
            assert_none(&flaws(&snapshot, what.word()));
            LANGS.map(|lang| draw(&snapshot, lang))
        };
        for drawn in fault("can0") {
            assert!(drawn.part(STATUS, 1, 6).starts_with("can0 "), "{}", drawn.line(STATUS));
            assert!(is_highlighted(&drawn, 1, STATUS));
        }
        // A name of 15 letters, the longest that Linux allows, gives way to what is wrong.
        for (drawn, lang) in fault("can-left-rear-1").iter().zip(LANGS) {
            let word = Words::new(lang).get(&format!("bus-{}", what.word()));
            assert!(drawn.part(STATUS, 1, 24).contains(&word), "{}", drawn.line(STATUS));
        }
    }
    // It says why the bus is silent, and the end of the data says more.
    snapshot.health.bus_fault =
        Some(BusFault { interface: "can1".to_owned(), word: BusEventKind::BusOff.word().into() });
    snapshot.health.bus_age_us = Some(5_000_000);
    assert!(draw(&snapshot, Lang::En).line(STATUS).starts_with(" can1 bus off "));
    assert!(draw(&snapshot, Lang::Zh).line(STATUS).starts_with(" can1 总线关闭 "));
    snapshot.ended = true;
    assert!(draw(&snapshot, Lang::En).line(STATUS).starts_with(" end of data "));
}

#[test]
fn plate_fault_is_on_the_alarm_line() {
    // The scenario's left shoe plate dies at 300 s.
    let snapshot = at("wheat-dead-plate", 4, 330);
    for (lang, plate) in [(Lang::En, "cleaning left"), (Lang::Zh, "清选传感器(左)")] {
        let drawn = draw(&snapshot, lang);
        assert!(drawn.line(ALARM).contains(plate), "{}", drawn.text());
        // The second cell of a wide character is never drawn; a terminal gives it the style of the first.
        let mut x = 0;
        while x < 80 {
            let cell = &drawn.buffer[(x, ALARM)];
            assert!(is_highlighted(&drawn, x, ALARM), "the whole line, column {x}");
            x += cell.symbol().width().max(1) as u16;
        }
        assert!(drawn.text().contains(&Words::new(lang).get("basis-fault")), "{}", drawn.text());
    }
    let before = at("wheat-dead-plate", 4, 290);
    assert!(!draw(&before, Lang::En).line(ALARM).contains("plate"));
}

#[test]
fn every_size_is_drawn_or_called_too_small() {
    let cutting = at("wheat", 11, 300);
    let empty = Snapshot::empty(session());
    for width in (1..=200).filter(|w| w % 17 == 0 || [1, 39, 40, 79, 80, 81, 200].contains(w)) {
        for height in [1, 9, 10, 11, 23, 24, 25, 33, 34, 60] {
            for (snapshot, lang) in [(&cutting, Lang::Zh), (&cutting, Lang::En), (&empty, Lang::Zh)] {
                for (name, opens) in SCREENS {
                    let drawn = draw_screen(snapshot, lang, opens, (width, height));
                    let none = width < 40 || height < 10;
                    let said = drawn.text().contains("40×10");
                    assert!(if none { said || width < 32 } else { !said }, "{width}×{height} {lang:?} {name}");
                    assert!(drawn.cut.is_empty(), "{width}×{height} {name}: {:?}", drawn.cut);
                    // What matters most is left on the smallest screen too: digits, and what to do.
                    if !none && (width < 80 || height < 24) {
                        assert!((1..6).any(|y| !drawn.part(y, 1, 29).trim().is_empty()), "{width}×{height}");
                        assert!(drawn.line(height - 1).width() > 12, "{width}×{height} {name}");
                    }
                }
                if width >= 80 && height == 24 {
                    assert!(draw_sized(snapshot, lang, (width, height)).line(NEXT).width() > 12, "{width}×{height}");
                }
            }
        }
    }
}

fn economy() -> Economy {
    Economy { price_per_kg: Some(2.4), cost_per_h: Some(300.0), drying_per_kg: None }
}

/// What three habits have cost, by hand.
fn habit_prices() -> Vec<HabitPrice> {
    let band = |value: f64, lo, hi| Interval90 { value, lo, hi };
    let of = |habit, count, seconds, kg, lost_s| HabitPrice { habit, count, seconds, lost_kg: 40.0, kg, lost_s };
    vec![
        of(Habit::TurningCut, 11, 69.0, Ok(band(0.39, 0.015, 1.6)), Ok(band(19.0, 17.0, 21.0))),
        of(Habit::Throttle, 6, 76.0, Err(Untold::WithinScatter), Err(Untold::WithinScatter)),
        of(Habit::HighCut, 6, 753.0, Ok(band(37.0, 2.4, 168.0)), Ok(band(-43.0, -69.0, -17.0))),
    ]
}

fn comparison(setting: Option<Channel>, ratio: Option<Interval90>, verdict: Verdict) -> Comparison {
    Comparison { t_us: 0, change: SettingChange { setting, from_to: None }, ratio, verdict }
}

/// A moment with figures that can be checked by hand. A standard deviation of ln 2 / 1.644854 makes 90 % intervals of
/// ÷2 to ×2.
pub fn by_hand(limit: &str) -> Snapshot {
    let twofold = |median| Some(LogNormal { median, log_sd: 2f64.ln() / 1.644_853_627 });
    let crop = grainloss_knowledge::crop("wheat").unwrap();
    let t_us = 1_749_521_405_000_000;
    let mut readings = Readings::unknown(t_us);
    for (channel, value, age_us) in [
        (Channel::HeaderHeight, 0.151, 30_000),
        (Channel::FeedRate, 6.24, 40_000),
        (Channel::GroundSpeed, 1.41, 140_000),
        (Channel::EngineSpeed, 2153.4, 20_000),
    ] {
        readings.set(
            channel,
            Reading { value: Some(value), state: ReadingState::Valid, age_us: Some(age_us), impacts: 0.0 },
        );
    }
    let doing = MachineState {
        activity: Some(Activity::Cutting),
        turning_cut: Some(false),
        lugging: Some(true),
        unloading: None,
        turned: false,
        ..MachineState::default()
    };
    let estimate = Estimate {
        t_us,
        doing,
        cutting_is_presumed: false,
        crop: grainloss_core::crop_conditions::CropConditions::UNKNOWN,
        ground_speed_m_s: Some(1.41),
        header_height_m: Some(0.151),
        working_width_m: Some(2.7),
        feed_kg_s: Some(6.24),
        feed_is_measured: true,
        engine_rpm: Some(2153.4),
        // Shares of the grain: 0.64 %, 0.40 %, 0.24 %.
        grain_in: Some(LogNormal { median: 3.0, log_sd: 0.05 }),
        header: StreamLoss { loss: twofold(0.0192), basis: Basis::ModelOnly },
        separation: StreamLoss { loss: twofold(0.012), basis: Basis::Sensed },
        cleaning: StreamLoss { loss: twofold(0.0072), basis: Basis::Fault },
        rear: StreamLoss { loss: twofold(0.0192), basis: Basis::Fault },
        total: StreamLoss { loss: twofold(0.0384), basis: Basis::Fault },
        recent: Some(RecentLoss {
            grain_kg_s: 3.0,
            area_m2_s: Some(4.0),
            streams: [twofold(0.0192), twofold(0.012), twofold(0.0072)].map(Option::unwrap),
            rear: twofold(0.0192).unwrap(),
            total: twofold(0.0384).unwrap(),
        }),
        // 1.28 %: shown as 1.3, interval 0.64 to 2.56. 96 kg/ha = 6.4 kg/mu, intervals 48 to 192 and 3.2 to 12.8.
        stream_shares: Some([0.0064, 0.0040, 0.0024]),
        total_share: twofold(0.0128),
        loss_kg_m2: twofold(0.0096),
        plate_faults: [None, None, Some(PlateFault { plate: Channel::LossCleaningLeft }), None],
        fusions: Fusions::default(),
    };
    let mut snapshot = Snapshot { readings, estimate: Some(estimate), ..Snapshot::empty(session()) };
    snapshot.session.limit = grainloss_knowledge::limit(Some(limit), "wheat", &crop).unwrap();
    snapshot.budget = Some(budget(false));
    let fault = AlarmId::PlateFault(Channel::LossCleaningLeft);
    snapshot.advice.activate(Alarm {
        id: fault,
        level: 1,
        stream: None,
        since_us: t_us,
        share: None,
        times: 1,
        excess: None,
    });
    snapshot.advice.next_step = Some(NextStep::HoldThrottle);
    snapshot.health = Health {
        frames: 146_410,
        frames_per_s: 242,
        bus_age_us: Some(3_000),
        journal_stored: 605,
        ..Health::default()
    };
    snapshot
}

/// Header, separation and cleaning as in [`by_hand`]: 0.64 %, 0.40 % and 0.24 % of 7500 kg/ha; and of a session of 2 ha.
/// Natural shed of one sample of 12 kg/ha, 6 to 24.
fn budget(of_session: bool) -> LossBudget {
    let twofold = |value: f64| Interval90 { value, lo: value / 2.0, hi: value * 2.0 };
    let amount = |kg_s: f64, kg_ha: f64, grounds| {
        Ok(Amount {
            kg_s: (!of_session).then(|| twofold(kg_s)),
            kg: of_session.then(|| twofold(2.0 * kg_ha)),
            kg_ha: Some(twofold(kg_ha)),
            grounds,
        })
    };
    let lines = LossCategory::ALL.map(|part| BudgetLine {
        part,
        amount: match part {
            LossCategory::NaturalShed => amount(0.005, 12.0, Grounds::Samples(1)),
            LossCategory::Header => amount(0.0192, 48.0, Grounds::Estimate(Basis::ModelOnly)),
            LossCategory::Threshing => Err(NotMeasured::InSeparation),
            LossCategory::Separation => amount(0.012, 30.0, Grounds::Estimate(Basis::Sensed)),
            LossCategory::Cleaning => amount(0.0072, 18.0, Grounds::Estimate(Basis::Fault)),
        },
    });
    LossBudget { lines }
}

#[test]
fn budget_names_what_is_measured_and_why_the_rest_is_not() {
    let mut s = with_past(&by_hand("cn.wheat.guidance_1p2"));
    for (lang, in_separation, counted) in
        [(Lang::En, "in separation", "samples: 1"), (Lang::Zh, "计入夹带", "取样 1 个")]
    {
        let drawn = draw_screen(&s, lang, "b", (80, 24));
        let rows: Vec<String> = (4..12).map(|y| drawn.line(y)).collect();
        // 12 of 7500 kg/ha are 0.16 %; 12 kg/ha are 0.8 kg/mu.
        assert!(rows[0].contains("0.16%") && rows[0].ends_with(counted), "{rows:#?}");
        let (area, session) =
            if lang == Lang::En { ("12 (6.0–24)", "24 (12–48)") } else { ("0.80 (0.40–1.6)", "24 (12–48)") };
        assert!(rows[0].contains(area) && rows[0].contains(session), "{rows:#?}");
        // Header: a median of 0.64 % and a mean of 0.64 e^(0.4214² / 2) = 0.70 %, in a session of 2 ha 96 kg.
        assert!(rows[1].contains("0.70%") && rows[1].contains("96 (48–192)"), "{rows:#?}");
        assert!(rows[2].ends_with(in_separation) && rows[2].matches('—').count() == 3, "{rows:#?}");
    }
    // Nothing sampled, nothing known: reasons, never a 0.
    for why in NotMeasured::ALL {
        let lines = LossCategory::ALL.map(|part| BudgetLine { part, amount: Err(why) });
        (s.budget, s.session_budget) = (Some(LossBudget { lines }), Some(LossBudget { lines }));
        assert_none(&flaws(&s, why.word()));
        for lang in LANGS {
            let drawn = draw_screen(&s, lang, "b", (80, 24));
            let word = Words::new(lang).get(&format!("budget-{}", why.word()));
            for y in 4..9 {
                assert!(drawn.line(y).ends_with(&word) && drawn.line(y).matches('—').count() == 3, "{}", drawn.line(y));
            }
        }
    }
}

#[test]
fn most_useful_next_pan_fits_and_is_shown_only_when_known() {
    let mut s = with_past(&by_hand("cn.wheat.guidance_1p2"));
    for stream in Stream::ALL {
        for (kind, load) in [(PanKind::Rear, Some(1.0)), (PanKind::Front, None)] {
            s.pan_worth = Some(PanWorth { kind, stream, load, factor_now: 3.456, factor_after: 1.8 });
            assert_none(&flaws(&s, "pan worth"));
        }
    }
    for (lang, text) in [
        (Lang::En, " A sample in front tells most (cleaning): ×÷3.5 → ×÷1.8"),
        (Lang::Zh, " 建议再取一个样: 割台后(清选)  区间 ×÷3.5 → ×÷1.8"),
    ] {
        assert_eq!(draw_screen(&s, lang, "p", (80, 24)).line(15), text);
    }
    s.pan_worth = None;
    assert_eq!(draw_screen(&s, Lang::En, "p", (80, 24)).line(15), "");
}

#[test]
fn active_trouble_codes_and_lamps_are_on_the_machine_screen() {
    let mut s = with_past(&by_hand("cn.wheat.guidance_1p2"));
    let trouble = |spn, fmi| Trouble { interface: 0, source: 0, spn, fmi };
    // More than are listed.
    s.troubles =
        (0..6).map(|n| ActiveTrouble { trouble: trouble(100 + n, 1), count: (n > 0).then_some(n as u8) }).collect();
    s.lamps = vec![ControllerLamps {
        interface: 0,
        source: 0,
        malfunction: LampLight::Off,
        protect: LampLight::Off,
        amber: LampLight::On,
        red: LampLight::FlashingFast,
    }];
    assert_none(&flaws(&s, "trouble codes"));
    for (lang, words) in [
        (
            Lang::En,
            [
                "SPN 100 FMI 1, engine oil pressure, below normal, most severe (address 0)",
                "SPN 102 FMI 1, intake manifold pressure, below normal, most severe (address 0",
                "address 0 red stop lamp: flashing fast  address 0 amber warning lamp: on",
                "2 more trouble codes",
            ],
        ),
        (
            Lang::Zh,
            [
                "SPN 100 FMI 1, 机油压力, 过低(最严重) (地址 0)",
                "SPN 102 FMI 1, 进气歧管压力, 过低(最严重) (地址 0, 2 次)",
                "地址 0 红色停机灯: 快闪  地址 0 琥珀色警告灯: 亮",
                "另有 2 个故障码",
            ],
        ),
    ] {
        let text = draw_screen(&s, lang, "m", (80, 24)).text();
        assert!(words.iter().all(|words| text.contains(words)), "{text}");
    }
}

#[test]
fn quarantined_journal_is_reported_on_every_screen_with_its_file() {
    let mut s = with_past(&by_hand("cn.wheat.guidance_1p2"));
    s.health.journal_aside = Some(format!("/var/lib/grainloss/{}/journal.damaged-1.sqlite", "d".repeat(60)));
    s.health.journal_stored = 36_000;
    assert_none(&flaws(&s, "set aside"));
    for (lang, said) in [(Lang::En, "DAMAGED"), (Lang::Zh, "旧记录已损坏")] {
        let drawn = draw(&s, lang);
        assert!(drawn.line(STATUS).contains(said) && is_highlighted(&drawn, 24, STATUS), "{}", drawn.line(STATUS));
        assert!(draw_screen(&s, lang, "m", (80, 24)).text().contains("/var/lib/grainloss"), "{lang:?}");
    }
}

#[test]
fn names_are_in_the_title_if_there_is_room() {
    let mut s = with_past(&by_hand("cn.wheat.guidance_1p2"));
    for lang in LANGS {
        assert!(draw(&s, lang).line(0).contains("· 东地 · 张三  "), "{}", draw(&s, lang).line(0));
    }
    s.session.field = Some("长".repeat(40));
    assert_none(&flaws(&s, "a long field"));
    assert!(draw(&s, Lang::Zh).line(0).ends_with("02:10:05 UTC"));
    // What pans taught and a restart could not read again is said where the basis stands.
    s.session.pans_forgotten = 3;
    s.estimate.as_mut().unwrap().rear.basis = Basis::Sensed;
    assert_none(&flaws(&s, "pans forgotten"));
    assert_eq!(draw(&s, Lang::En).part(5, 46, 80).trim(), "sensed; 3 pans lost in a restart");
}

#[test]
fn screens_equal_their_snapshots() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let main = by_hand("cn.wheat.guidance_1p2");
    let mut whole = with_past(&main);
    whole.advice.target_load = Some(TargetLoad { low_kg_s: 3.6, high_kg_s: 4.5, basis: LoadBasis::Stated });
    let mut advising = whole.clone();
    (advising.advice.next_step, advising.advice.adjustment) = (Some(NextStep::CheckSeparation), 1);
    advising.advice.now_and_goal = Some(NowAndGoal { channel: Channel::ThresherSpeed, now: 800.0, goal: Some(848.0) });
    let ratio = Some(Interval90 { value: 0.82, lo: 0.61, hi: 1.1 });
    advising.advice.comparison = Some(comparison(Some(Channel::ConcaveClearance), ratio, Verdict::More(4)));
    let band = |value: f64, lo, hi| Interval90 { value, lo, hi };
    let speed = |factor, loss_kg_h, more_kg_ha, gain| SpeedStep {
        factor,
        area_ha_h: 1.37 * factor,
        loss_kg_h,
        more_kg_ha,
        gain_per_ha: Some(gain),
    };
    advising.advice.worth = Some([
        speed(0.9, band(121.0, 60.0, 243.0), band(-8.1, -15.0, -1.2), band(-3.9, -18.0, 10.0)),
        speed(1.0, band(138.0, 69.0, 277.0), band(0.0, 0.0, 0.0), band(0.0, 0.0, 0.0)),
        speed(1.1, band(158.0, 78.0, 318.0), band(9.4, 0.7, 18.0), band(-2.7, -20.0, 15.0)),
    ]);
    (advising.advice.raised, advising.advice.shelved) = (3, 1);
    advising.session.prices.economy = economy();
    advising.habits = habit_prices();
    advising.advice.speed_basis = Some(SpeedBasis {
        speed_m_s: 5.1 / 3.6,
        area_m2_s: 1.37 * 1e4 / 3600.0,
        yield_kg_m2: 0.6,
        header: [0.005, 0.5],
        rear: [0.010, 0.3],
        exponent: [1.9, 0.4],
        tried_log: [-0.3, 0.2],
        most_log: Some(0.15),
        samples: 60.0,
        is_hard_crop: false,
    });
    let mut agreed = Vec::new();
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for size @ (width, height) in [(40, 10), (80, 24), (120, 36), (200, 60)] {
            agreed.push((format!("main-{code}-{width}x{height}"), draw_app(&app(&whole, lang), size)));
        }
        for (name, opens) in &SCREENS[1..] {
            let shown = match *name {
                "advice" | "speed" | "habits" => &advising,
                _ => &whole,
            };
            let mut app = app(shown, lang);
            app.key(&key(opens));
            agreed.push((format!("{name}-{code}"), draw_app(&app, (80, 24))));
        }
    }
    for (name, drawn) in agreed {
        assert!(drawn.cut.is_empty(), "{name}: {:?}", drawn.cut);
        let file = folder.join(format!("{name}.txt"));
        // UPDATE_SNAPSHOTS=1 writes them anew, to be looked at before they are kept.
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&file, drawn.text()).unwrap();
        }
        let agreed = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(drawn.text(), agreed, "{name} is now:\n{}", drawn.text());
    }
}

#[test]
fn a_doubtful_pan_says_why_it_is_not_used_and_what_to_do() {
    let mut snapshot = with_past(&at("wheat", 11, 300));
    let answered =
        PanEntry { outcome: PanOutcome::Doubtful { residual: 6.2f64.ln(), weight: 0.1 }, ..snapshot.pans[0] };
    snapshot.pans = vec![answered];
    snapshot.timeline.clear();
    let nothing = PanEffect { part_kg: None, total_pct: None };
    let answer = PanAnswer { entry: answered, found_kg_m2: 7.6e-3, before: nothing, after: nothing };
    let count =
        PanCount { amount: GrainAmount::Kernels(142.0), area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None };
    for (lang, lines) in [
        (Lang::En, ["Not used, because it found 6.2 times what was expected.", "Take a second sample beside it"]),
        (Lang::Zh, ["未采用:取到的是估算的 6.2 倍", "请在旁边再取一个样"]),
    ] {
        let mut app = app(&snapshot, lang);
        app.answer(&OperatorCommand::Count { drop: 3, count }, &CommandReply::Pan(answer));
        app.key(&key("p"));
        let drawn = draw_app(&app, (80, 24));
        assert!(drawn.cut.is_empty(), "{:?}", drawn.cut);
        for line in lines {
            assert!(drawn.text().contains(line), "{line}:\n{}", drawn.text());
        }
        let listed =
            if lang == Lang::En { "not used, because 6.2 x expected" } else { "未采用:是估算的 6.2 倍" };
        assert!(drawn.text().contains(listed), "{}", drawn.text());
    }
}

/// The same moment with a past: half an hour of figures, pans, alarms, and what the buses said.
pub fn with_past(now: &Snapshot) -> Snapshot {
    let mut s = now.clone();
    let t_us = s.readings.t_us;
    let past = |ago_s: i64, area_ha: f64, pct: Option<f64>| HistoryPoint {
        t_us: t_us - ago_s * 1_000_000,
        activity: Some(if pct.is_some() { Activity::Cutting } else { Activity::Turning }),
        area_ha: Some(area_ha),
        total_pct: pct.map(|value| Interval90 { value, lo: value / 2.0, hi: value * 2.0 }),
        feed_kg_s: pct.map(|pct| 3.0 + 2.0 * pct),
        alarm_level: 0,
    };
    // A saw of 0.5 to 1.7 %, with a turn in every tenth point.
    let pct = |n: i64| (n % 10 != 0).then_some(0.5 + 0.15 * (n % 9) as f64);
    s.trend = (0..60).map(|n| past(590 - 10 * n, 1.0, pct(n))).collect();
    s.history = (0..100).map(|n| past(2000 - 20 * n, 0.02 * n as f64, pct(n))).collect();
    let drop = |id, ago_s: i64, kind| PendingDrop { id, t_us: t_us - ago_s * 1_000_000, kind };
    s.drops = vec![drop(3, 400, PanKind::Rear), drop(4, 70, PanKind::Front)];
    let pan = |ago_s: i64, kind, grain_kg, outcome| PanEntry {
        pan: Pan {
            t_us: t_us - ago_s * 1_000_000,
            known_us: t_us,
            kind,
            area_m2: 0.3,
            concentration: if kind == PanKind::Rear { 2.5 } else { 1.0 },
            grain_kg,
            shed_kg_m2: Some(0.0018),
        },
        outcome,
    };
    s.pans = vec![
        pan(1500, PanKind::Rear, 5.68e-3, PanOutcome::Used { residual: 2f64.ln(), weight: 0.9 }),
        pan(900, PanKind::Front, 2.4e-3, PanOutcome::Rejected(PanRejection::NotCutting)),
    ];
    let moment = |ago_s: i64, kind: &'static str, id: &'static str| EventRecord {
        t_us: t_us - ago_s * 1_000_000,
        kind: kind.into(),
        id: id.into(),
        level: None,
        stream: None,
        count: None,
        value: None,
    };
    s.timeline = vec![
        moment(1500, "pan-dropped", "rear"),
        EventRecord { level: Some(1), stream: Some("header".into()), ..moment(600, "alarm-raised", "loss-level") },
        EventRecord { stream: Some("dashboard".into()), ..moment(590, "acknowledged", "all") },
        EventRecord { count: Some(2), ..moment(300, "notice", "cuts-while-turning") },
        EventRecord { stream: Some("dashboard".into()), ..moment(60, "operator", "张三") },
    ];
    let bus = |name: &str, state: &'static str, errors| Bus {
        interface: name.to_owned(),
        state: state.into(),
        since_us: None,
        frames: 146_410,
        error_frames: errors,
        lost: 0,
        error_counters: Some((0, 12)),
        happened: Vec::new(),
    };
    s.health.buses = vec![bus("can0", "active", 0), bus("can1", "passive", 311)];
    s.clock.source = "system".into();
    s.sources = vec![SourceLine {
        channel: Channel::GroundSpeed,
        origin: "MSS.MachineSelectedSpeed".to_owned(),
        state: ReadingState::Valid,
        value: Some(1.41),
        raw: None,
        age_us: Some(140_000),
    }];
    s.session_budget = Some(budget(true));
    s.pan_worth = Some(PanWorth {
        kind: PanKind::Rear,
        stream: Stream::Separation,
        load: Some(0.8),
        factor_now: 2.6,
        factor_after: 1.9,
    });
    s.session.field = Some("东地".to_owned());
    s.session.operator = Some("张三".to_owned());
    s
}
