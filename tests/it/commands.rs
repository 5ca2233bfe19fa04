//! Marks through the loop, and a snapshot on its way to another process and back.

use crate::support::run::wait_for;
use crate::support::screen::{at, pipeline, session};
use crate::support::session_loop;
use grainloss::service::{self, Lifecycle, Outputs, Speed};
use grainloss_core::advice::{Economy, RainAhead};
use grainloss_core::harvest::Fusions;
use grainloss_core::harvest::{PanKind, PanOutcome, PanRejection};
use grainloss_core::pan_sample::GrainAmount;
use grainloss_journal::{Journal, StoredPan};
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::command::{self, CommandError, CommandReply, OperatorCommand, PanCount};
use grainloss_protocol::prices::PriceEntry;
use grainloss_protocol::snapshot::{Measures, SessionInfo, Snapshot};
use grainloss_simulator::Scenario;
use tokio::sync::watch;

#[test]
fn a_snapshot_travels_whole() {
    let mut sent = at("wheat", 1, 300);
    sent.readings = at("wheat-dead-plate", 1, 120).readings;
    // What each measurement told the filter is for the journal and does not travel.
    sent.estimate.as_mut().unwrap().fusions = Fusions::default();
    sent.advice.judged = None;
    let bytes = rmp_serde::to_vec_named(&sent).unwrap();
    let came: Snapshot = rmp_serde::from_slice(&bytes).unwrap();
    assert_eq!(format!("{came:?}"), format!("{sent:?}"));
    assert!(bytes.len() < 100_000, "{}", bytes.len());
}

#[test]
fn every_refusal_has_words() {
    for lang in [Lang::Zh, Lang::En] {
        let words = Words::new(lang);
        for why in CommandError::ALL {
            assert!(words.has(&format!("refused-{}", why.word())), "{lang:?} {}", why.word());
        }
    }
}

/// Values that no setting can have, and names that nobody can read.
fn refuses_what_cannot_be(tell: &impl Fn(OperatorCommand) -> CommandReply) {
    for (what, to) in [("fan.speed", 1e308), ("fan.speed", -1.0), ("fan.speed", f64::NAN), ("my own lever", 2e6)] {
        let told = tell(OperatorCommand::Setting { what: what.to_owned(), to: Some(to) });
        assert_eq!(told, CommandReply::Refused(CommandError::ImpossibleValue), "{what} {to}");
    }
    for name in ["\u{202e}evil", "\u{2066}x", "\u{200b}", "\u{feff}", "a\u{9b}31m", "a\u{1b}[1m"] {
        let refused = CommandReply::Refused(CommandError::BadName);
        assert_eq!(tell(OperatorCommand::Operator(name.to_owned())), refused, "{name:?}");
        assert_eq!(tell(OperatorCommand::Setting { what: name.to_owned(), to: None }), refused, "{name:?}");
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "one visit of an operator, key by key")]
fn marks_are_answered_journaled_and_on_the_screens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    // On a field so long that the machine turns after an hour only: a pan is dropped where it cuts, however late this looks.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/simulator/scenarios/wheat-steady.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let long = text.replace("pass_length_m = 250.0", "pass_length_m = 5000.0");
    assert_ne!(long, text);
    let scenario = Scenario::parse(file, &long).unwrap();
    let measures = Measures {
        kernel_mass_kg: 40e-6,
        yield_kg_m2: 0.6,
        header_width_m: 2.75,
        discharge_width_m: 1.10,
        rated_feed_kg_s: 6.0,
    };
    let (outputs, screens, sender) = session_loop::outputs(&path, &scenario, SessionInfo { measures, ..session() });
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(50.0), stop.clone()).unwrap();
    let tell = |mark: OperatorCommand| {
        let waiting = sender.named("uid 7").send(mark);
        wait_for("an answer", || waiting.poll())
    };
    wait_for("two minutes of cutting", || (screens.borrow().totals.cutting_s() > 120.0).then_some(()));

    assert_eq!(tell(OperatorCommand::Operator(" 张三 ".to_owned())), CommandReply::Taken);
    assert_eq!(tell(OperatorCommand::Operator("\n".to_owned())), CommandReply::Refused(CommandError::BadName));
    assert_eq!(tell(OperatorCommand::Setting { what: "fan.speed".to_owned(), to: Some(950.0) }), CommandReply::Taken);
    refuses_what_cannot_be(&tell);
    let economy = Economy { price_per_kg: Some(2.4), cost_per_h: Some(300.0), drying_per_kg: None };
    let rain = RainAhead { hours_left: Some(2.0), area_left_ha: Some(3.0) };
    assert_eq!(tell(OperatorCommand::Prices(PriceEntry { economy, rain })), CommandReply::Taken);
    let free = PriceEntry { economy: Economy { price_per_kg: Some(-1.0), ..economy }, rain };
    assert_eq!(tell(OperatorCommand::Prices(free)), CommandReply::Refused(CommandError::ImpossibleValue));
    let prices = screens.borrow().session.prices.clone();
    assert_eq!((prices.economy, prices.currency.as_str()), (economy, "CNY"));
    // Two hours from then, and three hectares more than were cut.
    assert!(prices.rain_us.unwrap() > 7_200_000_000 && prices.done_at_ha.unwrap() > 3.0, "{prices:?}");
    assert_eq!(tell(OperatorCommand::EndSession), CommandReply::Refused(CommandError::NotHere));
    assert_eq!(tell(OperatorCommand::Drop { kind: PanKind::Rear }), CommandReply::Dropped(1));
    assert_eq!(tell(OperatorCommand::Drop { kind: PanKind::Front }), CommandReply::Dropped(2));
    let dropped = wait_for("drops on the screen", || {
        let drops = screens.borrow().drops.clone();
        (drops.len() == 2).then_some(drops)
    });
    assert_eq!((dropped[0].id, dropped[0].kind, dropped[1].kind), (1, PanKind::Rear, PanKind::Front));

    let count =
        PanCount { amount: GrainAmount::Kernels(500.0), area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None };
    let wrong = PanCount { amount: GrainAmount::Kernels(-1.0), ..count };
    assert_eq!(
        tell(OperatorCommand::Count { drop: 1, count: wrong }),
        CommandReply::Refused(CommandError::ImpossibleAmount)
    );
    assert_eq!(tell(OperatorCommand::Count { drop: 9, count }), CommandReply::Refused(CommandError::UnknownDrop));
    assert_eq!(tell(OperatorCommand::Count { drop: 2, count }), CommandReply::Refused(CommandError::ShedMissing));
    let CommandReply::Pan(pan) = tell(OperatorCommand::Count { drop: 1, count }) else { panic!("a pan") };
    // 500 × 40 mg on 0.3 m² is 66.7 g/m², over 2.75 / 1.10 = 2.5: 26.7 g/m².
    assert!((pan.found_kg_m2 - 26.667e-3).abs() < 1e-5, "{pan:?}");
    let PanOutcome::Used { residual, .. } = pan.entry.outcome else { panic!("{pan:?}") };
    // So much was found that more is believed to be lost.
    assert!(residual > 0.0 && pan.gain_factor().unwrap() > 1.0, "{pan:?}");
    assert!(pan.after.total_pct.unwrap().value > pan.before.total_pct.unwrap().value, "{pan:?}");
    assert_eq!(tell(OperatorCommand::Discard { drop: 2 }), CommandReply::Taken);
    wait_for("the pan on the screen", || {
        let shown = screens.borrow();
        (shown.pans.len() == 1 && shown.drops.is_empty() && shown.session.operator.as_deref() == Some("张三"))
            .then_some(())
    });
    let shown = screens.borrow().clone();
    assert!(shown.trend.len() >= 12 && shown.sources.len() > 20 && shown.session.started_us.is_some());
    assert!(shown.timeline.iter().any(|moment| moment.kind == "operator" && moment.id == "张三"));

    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    running.join().unwrap();
    assert_eq!(sender.send(OperatorCommand::Acknowledge).poll(), Some(CommandReply::Refused(CommandError::Gone)));
    let events = Journal::open(&path).unwrap().events(1).unwrap();
    let by_us: Vec<_> = events.iter().filter(|event| event.stream.as_deref() == Some("uid 7")).collect();
    let kinds: Vec<(&str, &str, Option<i64>)> =
        by_us.iter().map(|event| (&*event.kind, &*event.id, event.count)).collect();
    assert_eq!(
        kinds,
        [
            ("operator", "张三", None),
            ("setting-marked", "fan.speed", None),
            ("price", "grain", None),
            ("price", "hour", None),
            ("price", "drying", None),
            ("price", "rain-in-h", None),
            ("price", "area-left-ha", None),
            ("pan-dropped", "rear", Some(1)),
            ("pan-dropped", "front", Some(2)),
            ("pan", "used", Some(1)),
            ("pan-discarded", "discarded", Some(2)),
        ]
    );
    assert_eq!((by_us[1].value, by_us[9].value), (Some(950.0), Some(residual)));
    assert_eq!(
        by_us[2..7].iter().map(|event| event.value).collect::<Vec<_>>(),
        [Some(2.4), Some(300.0), None, Some(2.0), Some(3.0)]
    );
    let turns = events.iter().find(|event| event.kind == "turns").unwrap();
    assert_eq!((turns.t_us, turns.count), (by_us[0].t_us, Some(0)), "turns are counted where the driver changes");
    assert!(by_us.iter().all(|event| event.t_us % 100_000 == 0), "commands stand on steps");
}

/// What was marked and is taken back stays in the journal, with an event that says so, and counts for nothing.
#[test]
fn what_is_taken_back_is_in_the_journal_and_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let (outputs, screens, sender) = session_loop::outputs(&path, &scenario, session());
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(50.0), stop.clone()).unwrap();
    let tell = |mark: OperatorCommand| {
        let waiting = sender.named("uid 7").send(mark);
        wait_for("an answer", || waiting.poll())
    };
    let compares = |what: &str, is: bool| {
        wait_for(what, || (screens.borrow().advice.comparison.is_some() == is).then_some(()));
    };
    let mark = |what: &str| OperatorCommand::Setting { what: what.to_owned(), to: None };
    wait_for("two minutes of cutting", || (screens.borrow().totals.cutting_s() > 120.0).then_some(()));
    let nothing = CommandReply::Refused(CommandError::NothingToWithdraw);
    assert_eq!(tell(OperatorCommand::WithdrawSetting), nothing);
    // A key pressed by mistake, without an answer; then one with an answer, which is compared until it is taken back.
    assert_eq!(tell(mark("marked")), CommandReply::Taken);
    assert_eq!(tell(OperatorCommand::WithdrawSetting), CommandReply::Taken);
    assert_eq!(tell(OperatorCommand::WithdrawSetting), nothing, "once");
    assert_eq!(tell(mark("fan.speed")), CommandReply::Taken);
    compares("a comparison", true);
    assert_eq!(tell(OperatorCommand::WithdrawSetting), CommandReply::Taken);
    compares("no comparison", false);
    let CommandReply::Dropped(drop) = tell(OperatorCommand::Drop { kind: PanKind::Rear }) else { panic!() };
    assert_eq!(tell(OperatorCommand::Discard { drop }), CommandReply::Taken);
    wait_for("no drop", || screens.borrow().drops.is_empty().then_some(()));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    running.join().unwrap();
    let events = Journal::open(&path).unwrap().events(1).unwrap();
    let by_us = events.iter().filter(|event| event.stream.as_deref() == Some("uid 7"));
    let kinds: Vec<(&str, &str)> = by_us.map(|event| (&*event.kind, &*event.id)).collect();
    assert_eq!(
        kinds,
        [
            ("setting-marked", "marked"),
            ("setting-withdrawn", "marked"),
            ("setting-marked", "fan.speed"),
            ("setting-withdrawn", "marked"),
            ("pan-dropped", "rear"),
            ("pan-discarded", "discarded"),
        ]
    );
}

#[test]
fn a_second_sample_that_finds_the_same_makes_both_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.sqlite");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/simulator/scenarios/wheat-steady.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let scenario = Scenario::parse(file, &text.replace("pass_length_m = 250.0", "pass_length_m = 5000.0")).unwrap();
    let measures =
        Measures { kernel_mass_kg: 40e-6, header_width_m: 2.75, discharge_width_m: 1.1, ..Measures::default() };
    let (outputs, screens, sender) = session_loop::outputs(&path, &scenario, SessionInfo { measures, ..session() });
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(50.0), stop.clone()).unwrap();
    wait_for("two minutes of cutting", || (screens.borrow().totals.cutting_s() > 120.0).then_some(()));
    let tell = |mark: OperatorCommand| {
        let waiting = sender.named("uid 7").send(mark);
        wait_for("an answer", || waiting.poll())
    };
    // 2 kg on 0.3 m², whatever was expected.
    let sample = || {
        let CommandReply::Dropped(drop) = tell(OperatorCommand::Drop { kind: PanKind::Rear }) else { panic!("a drop") };
        let amount = GrainAmount::Grams(2000.0);
        let count = PanCount { amount, area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None };
        let CommandReply::Pan(pan) = tell(OperatorCommand::Count { drop, count }) else { panic!("a pan") };
        pan
    };
    let first = sample();
    assert!(matches!(first.entry.outcome, PanOutcome::Doubtful { weight, .. } if weight < 0.5), "{first:?}");
    assert_eq!(first.before, first.after, "it changes nothing");
    let second = sample();
    assert!(matches!(second.entry.outcome, PanOutcome::Used { .. }), "{second:?}");
    wait_for("both on the screen", || {
        let pans = screens.borrow().pans.clone();
        let used = pans.iter().filter(|pan| matches!(pan.outcome, PanOutcome::Used { .. })).count();
        (used == 2 && pans.len() == 2).then_some(())
    });
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    running.join().unwrap();
    let journal = Journal::open(&path).unwrap();
    let events = journal.events(1).unwrap();
    let told: Vec<(&str, Option<i64>)> =
        events.iter().filter(|event| event.kind == "pan").map(|event| (&*event.id, event.count)).collect();
    assert_eq!(told, [("doubtful", Some(1)), ("used", Some(2)), ("used", None)]);
    let pans: Vec<StoredPan> = journal.all(1).unwrap();
    assert!(pans.len() == 2 && pans.iter().all(|pan| pan.outcome == "used" && pan.grams == Some(2000.0)), "{pans:?}");
    assert!(pans.iter().all(|pan| pan.who.as_deref() == Some("uid 7")));
}

#[test]
fn a_pan_that_hit_the_ground_where_nothing_was_cut_is_counted_and_rejected() {
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let measures =
        Measures { kernel_mass_kg: 40e-6, header_width_m: 2.75, discharge_width_m: 1.1, ..Measures::default() };
    let (snapshot, _screens) = watch::channel(Snapshot::empty(SessionInfo { measures, ..session() }));
    let (sender, inbox) = command::channel();
    let drop = sender.send(OperatorCommand::Drop { kind: PanKind::Rear });
    let outputs = Outputs {
        journal: None,
        trace: None,
        capture: None,
        snapshot,
        commands: Some(inbox),
        lifecycle: Lifecycle::default(),
        pans_found: Vec::new(),
        past: None,
    };
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(1.0), stop.clone()).unwrap();
    assert_eq!(wait_for("an answer", || drop.poll()), CommandReply::Refused(CommandError::NoTime));
    let told = |mark: &OperatorCommand| {
        let waiting = sender.send(mark.clone());
        wait_for("an answer", || waiting.poll())
    };
    wait_for("bus time", || {
        (told(&OperatorCommand::Drop { kind: PanKind::Rear }) == CommandReply::Dropped(1)).then_some(())
    });
    let count =
        PanCount { amount: GrainAmount::Grams(5.0), area_m2: 0.3, discharge_width_m: None, shed_kernels_m2: None };
    let CommandReply::Pan(pan) = told(&OperatorCommand::Count { drop: 1, count }) else { panic!("a pan") };
    assert_eq!(pan.entry.outcome, PanOutcome::Rejected(PanRejection::NotCutting));
    assert_eq!((pan.before, pan.gain_factor()), (pan.after, None));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    running.join().unwrap();
}
