//! A learner at the controls: what the hands do is what the machine does, and driving well scores higher than driving badly.

use grainloss_simulator::{Cab, Lever, Part, Scenario, Score, Scoring, Simulation, Way};

/// How somebody drives: looks at the cab ten times a second, and presses.
type Hands = fn(&Cab, &Aim) -> Vec<Lever>;

/// What the hands aim at.
struct Aim {
    speed_m_s: f64,
    height_m: f64,
    reel_forward: bool,
}

fn toward(now: f64, goal: f64, half_step: f64, up: Lever, down: Lever) -> Vec<Lever> {
    if now < goal - half_step {
        vec![up]
    } else if now > goal + half_step {
        vec![down]
    } else {
        Vec::new()
    }
}

/// Does everything right: full throttle, the fan as it should be, header lifted for the turn and lowered before the crop.
fn careful(cab: &Cab, aim: &Aim) -> Vec<Lever> {
    let mut pressed = Vec::new();
    if !cab.engaged {
        pressed.push(Lever::Engage);
    }
    let turning = matches!(cab.way, Way::Turning | Way::Beyond(_));
    let goal_m_s = if turning { 1.2 } else { aim.speed_m_s };
    let waits = cab.engine_rpm < 1500.0 && matches!(cab.way, Way::Before(_)) && cab.lifted;
    pressed.extend(toward(cab.set_speed_m_s, if waits { 0.0 } else { goal_m_s }, 0.05, Lever::Faster, Lever::Slower));
    pressed.extend(toward(cab.throttle, 1.0, 0.02, Lever::ThrottleUp, Lever::ThrottleDown));
    pressed.extend(toward(cab.work_height_m, aim.height_m, 0.005, Lever::HeaderUp, Lever::HeaderDown));
    pressed.extend(toward(cab.set_over_right[2], 1.0, 0.016, Lever::FanFaster, Lever::FanSlower));
    if aim.reel_forward && !cab.reel_forward {
        pressed.push(Lever::ReelForward);
    }
    match cab.way {
        Way::Before(m) if m < 6.0 && cab.lifted => pressed.push(Lever::Lower),
        Way::InCrop(_) if cab.lifted => pressed.push(Lever::Lower),
        Way::Beyond(_) if !cab.lifted => pressed.push(Lever::Lift),
        Way::Beyond(m) if m > 4.0 => pressed.push(Lever::Turn),
        _ => {}
    }
    if cab.tank_level > 0.7 && !cab.unloading {
        pressed.push(Lever::Unload);
    }
    pressed
}

/// Drives off with everything as it was left, much too fast, and cuts the turns.
fn careless(cab: &Cab, aim: &Aim) -> Vec<Lever> {
    let mut pressed = Vec::new();
    if !cab.engaged {
        pressed.push(Lever::Engage);
    }
    pressed.extend(toward(cab.set_speed_m_s, 1.7 * aim.speed_m_s, 0.05, Lever::Faster, Lever::Slower));
    match cab.way {
        Way::Before(_) | Way::InCrop(_) if cab.lifted => pressed.push(Lever::Lower),
        Way::InCrop(m) if m < 6.0 => pressed.push(Lever::Turn),
        _ => {}
    }
    pressed
}

/// Drives a scenario by these hands.
fn drive(scenario: &Scenario, seconds: u64, aim: &Aim, hands: Hands) -> Score {
    let mut simulation = Simulation::for_learner(scenario, 1);
    let mut scoring = Scoring::new(scenario, 1);
    let mut seen = Vec::new();
    for tick in 0..seconds * 100 {
        if tick % 10 == 0 {
            let cab = simulation.cab().unwrap();
            for lever in hands(&cab, aim) {
                if simulation.act(lever) {
                    scoring.moved(simulation.now_us() as f64 / 1e6);
                }
            }
        }
        seen.clear();
        simulation.tick_events(&mut seen);
        if let Some(row) = simulation.take_truth() {
            scoring.look(&row, &simulation.cab().unwrap());
        }
    }
    scoring.score(None, &[])
}

#[test]
fn in_every_scenario_careful_hands_score_higher_than_careless_ones() {
    // Speed and height of cut of each scenario's task.
    let aims = [
        ("wheat", 1.4, 0.15),
        ("wheat-header", 1.4, 0.15),
        ("wheat-lodged", 0.9, 0.08),
        ("wheat-weedy", 1.3, 0.15),
        ("wheat-corners", 1.4, 0.15),
        ("rice-tracked", 0.95, 0.15),
        ("barley-walker", 1.2, 0.15),
        ("maize-rotor", 1.28, 0.30),
        ("canola-fan", 1.5, 0.30),
        ("soybean-low", 1.35, 0.08),
    ];
    for (name, speed_m_s, height_m) in aims {
        let (scenario, aim) =
            (Scenario::bundled(name).unwrap(), Aim { speed_m_s, height_m, reel_forward: name == "wheat-lodged" });
        let good = drive(&scenario, 600, &aim, careful);
        let bad = drive(&scenario, 600, &aim, careless);
        assert!(good.total() > bad.total() + 20.0, "{name}: {} and {}", good.total(), bad.total());
        assert!(good.total() >= 80.0, "{name}: {}", good.total());
        for score in [&good, &bad] {
            let parts: f64 = Part::ALL.map(|part| score.points(part)).iter().sum();
            assert!((score.total() - parts).abs() < 0.05, "{name}: the parts add up");
            let kg: f64 = score.causes.iter().map(|cost| cost.kg).sum();
            assert!((kg - score.work.loss_kg()).abs() < 1e-6 * kg.max(1.0), "{name}: every kg has one cause");
        }
        let dearest = bad.causes[0];
        assert!(dearest.more_kg > 0.0, "{name}: {dearest:?}");
    }
}

#[test]
fn what_the_hands_do_is_what_the_machine_does_and_an_idle_learner_gets_no_point() {
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let mut simulation = Simulation::for_learner(&scenario, 1);
    let seen = |simulation: &mut Simulation, seconds: u32| {
        (0..seconds * 100).for_each(|_| simulation.tick_events(&mut Vec::new()));
        simulation.cab().unwrap()
    };
    assert!(!simulation.act(Lever::Turn) && !simulation.act(Lever::Slower), "no turn here, and it stands already");
    assert!(simulation.act(Lever::Engage) && !simulation.act(Lever::Engage));
    let started = seen(&mut simulation, 10);
    // Full throttle was left: 2000 r/min and more without a load.
    assert!(started.engine_rpm > 1900.0 && started.speed_m_s == 0.0, "{started:?}");
    (0..12).for_each(|_| assert!(simulation.act(Lever::Faster)));
    simulation.act(Lever::Lower);
    let cutting = seen(&mut simulation, 60);
    // 30 m to the crop, then in it: 60 s at 1.2 m/s are about 70 m.
    assert!((cutting.speed_m_s - 1.2).abs() < 0.02 && (cutting.height_m - 0.15).abs() < 1e-6, "{cutting:?}");
    assert!(matches!(cutting.way, Way::InCrop(m) if (200.0..225.0).contains(&m)), "{cutting:?}");
    assert_eq!(cutting.left_standing_kg, 0.0);
    // Lifted in the crop: 2.75 m at 1.2 m/s and about 0.7 kg/m2 pass under it, some 2.3 kg/s.
    simulation.act(Lever::Lift);
    let lifted = seen(&mut simulation, 10);
    assert!((15.0..27.0).contains(&lifted.left_standing_kg), "{}", lifted.left_standing_kg);
    let idle = drive(&scenario, 120, &Aim { speed_m_s: 0.0, height_m: 0.15, reel_forward: false }, |_, _| Vec::new());
    assert!(!idle.is_judged() && idle.total() == 0.0);
}

#[test]
fn the_trained_driver_without_a_learner_is_the_one_of_the_scenario() {
    // In a scenario in which nothing is done wrong both are the same, to the last bit.
    let scenario = Scenario::bundled("wheat-steady").unwrap();
    let mut as_it_is = Simulation::new(&scenario, 3);
    let mut well = Simulation::new(&scenario.well_driven(), 3);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..12_000 {
        as_it_is.tick_events(&mut one);
        well.tick_events(&mut other);
    }
    assert_eq!(one, other);
}
