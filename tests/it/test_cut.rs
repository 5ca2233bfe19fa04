//! The test cut through the service: measured on the bus, one record with its samples, in journal and report.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::run::{Sandbox, wait_for};
use crate::support::screen::{pipeline, session};
use crate::support::session_loop;
use grainloss::service::{self, Speed};
use grainloss_core::pan_sample::GrainAmount;
use grainloss_core::test_cut::{Concern, TestCutRecord};
use grainloss_journal::Journal;
use grainloss_protocol::command::{CommandError, CommandReply, OperatorCommand, PanCount};
use grainloss_protocol::test_cut::{TestCutCommand, TestCutStep};
use grainloss_simulator::Scenario;

#[test]
fn fifty_metres_are_measured_on_the_bus_and_the_record_is_in_journal_and_report() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("j.sqlite");
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let (outputs, screens, sender) = session_loop::outputs(&path, &scenario, session());
    let stop = Arc::new(AtomicBool::new(false));
    let source = grainloss::simulated::SimulatedSource::new(&scenario, 1, None);
    let running = service::start_loop(source, pipeline(), outputs, Speed::Times(20.0), Arc::clone(&stop)).unwrap();
    wait_for("a step", || screens.borrow().estimate.is_some().then_some(()));
    let tell = |command: OperatorCommand| {
        let waiting = sender.named("uid 7").send(command);
        wait_for("an answer", || waiting.poll())
    };
    let cut = |word| tell(OperatorCommand::TestCut(word));
    assert_eq!(cut(TestCutCommand::Frame), CommandReply::Refused(CommandError::NotThisStep), "none runs");
    assert_eq!(cut(TestCutCommand::Begin { goal_m: 50.0 }), CommandReply::Taken);
    let step = || screens.borrow().test_cut.as_ref().map(|cut| cut.step);
    // The machine does not stop by itself in this scenario: it is told that it stands.
    wait_for("fifty metres", || (step() == Some(TestCutStep::Stop)).then_some(()));
    let shown = screens.borrow().test_cut.clone().unwrap();
    assert!(shown.driven_m.unwrap() >= 50.0, "{shown:?}");
    assert_eq!(cut(TestCutCommand::GoOn), CommandReply::Taken);
    let CommandReply::Dropped(drop) = cut(TestCutCommand::Frame) else { panic!("no drop") };
    // 7.5 g on a square metre, of a yield of 0.75 kg/m² or what the estimate has learned: near 1 %.
    let count =
        PanCount { amount: GrainAmount::Grams(7.5), area_m2: 1.0, discharge_width_m: None, shed_kernels_m2: Some(0.0) };
    assert!(matches!(tell(OperatorCommand::Count { drop, count }), CommandReply::Pan(_)));
    for (what, value) in [(Concern::Broken, 1.6), (Concern::Stubble, 0.12)] {
        assert_eq!(cut(TestCutCommand::Found { what, value: Some(value) }), CommandReply::Taken);
    }
    assert_eq!(cut(TestCutCommand::Finish), CommandReply::Taken);
    wait_for("its end on the screen", || step().is_none().then_some(()));
    stop.store(true, Ordering::Relaxed);
    running.join().unwrap();

    let events = Journal::open(&path).unwrap().events(1).unwrap();
    let records: Vec<_> = events.iter().filter_map(TestCutRecord::of).collect();
    let [record] = &*records else { panic!("{records:?}") };
    assert!(record.driven_m.is_some_and(|m| (50.0..500.0).contains(&m)), "{record:?}");
    let loss = record.found.loss_pct.unwrap();
    assert!((0.6..1.6).contains(&loss), "7.5 g/m² over the yield: {loss}");
    assert_eq!(
        (record.limits.loss_pct, record.limits.broken_pct, record.limits.stubble_m),
        (Some(1.2), Some(1.0), Some(0.15))
    );
    let expected = if loss > 1.2 { "loss" } else { "broken-grain" };
    assert_eq!((record.advised.as_deref(), &*record.samples), (Some(expected), &[drop][..]));
    // The sample that it rests on is in the journal as every other.
    let pans: Vec<_> =
        events.iter().filter(|event| event.kind == "pan" && event.count == Some(i64::from(drop))).collect();
    assert_eq!(pans.len(), 1);
    let html = |lang: &str| sandbox.ok(&["report", "1", "--db", "j.sqlite", "--format", "html", "--lang", lang]).out;
    let (zh, en) = (html("zh"), html("en"));
    assert!(zh.contains("取样 1 框") && zh.contains("破碎率 1.60 %(指标 1.00 %): 高于指标"), "{zh}");
    assert!(en.contains("stubble 12 cm (limit 15 cm): within"), "{en}");
    sandbox.ok(&["verify", "1", "--db", "j.sqlite"]);
}
