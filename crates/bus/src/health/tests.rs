use super::*;

const S: i64 = 1_000_000;

fn error(class: u32, data: [u8; 8]) -> InterfaceReport {
    InterfaceReport::Error(ErrorFrame { class, data })
}

/// `linux/can/error.h`, line by line: class, byte 1, counters, and what must come of it on a healthy bus.
#[test]
fn every_error_class_is_read_as_the_kernel_writes_it() {
    use BusEventKind as H;
    let cases: [(u32, [u8; 8], BusState, &[BusEventKind]); 22] = [
        (0x001, [0; 8], BusState::Active, &[H::TxProblem]),
        (0x002, [7, 0, 0, 0, 0, 0, 0, 0], BusState::Active, &[H::TxProblem]),
        // CAN_ERR_CRTL, CAN_ERR_CRTL_UNSPEC.
        (0x004, [0; 8], BusState::Active, &[]),
        (0x004, [0, 0x01, 0, 0, 0, 0, 0, 0], BusState::Active, &[H::Overrun]),
        (0x004, [0, 0x02, 0, 0, 0, 0, 0, 0], BusState::Active, &[H::TxProblem]),
        (0x004, [0, 0x04, 0, 0, 0, 0, 0, 0], BusState::Warning, &[H::Warning]),
        (0x004, [0, 0x08, 0, 0, 0, 0, 0, 0], BusState::Warning, &[H::Warning]),
        (0x004, [0, 0x10, 0, 0, 0, 0, 0, 0], BusState::Passive, &[H::Passive]),
        (0x004, [0, 0x20, 0, 0, 0, 0, 0, 0], BusState::Passive, &[H::Passive]),
        (0x004, [0, 0x40, 0, 0, 0, 0, 0, 0], BusState::Active, &[]),
        // Receive counter passive while the transmit counter only warns: the worse holds.
        (0x204, [0, 0x18, 0, 0, 0, 0, 100, 130], BusState::Passive, &[H::Passive]),
        (0x008, [0, 0, 0x04, 0, 0, 0, 0, 0], BusState::Active, &[H::BusError]),
        (0x010, [0, 0, 0, 0, 0x04, 0, 0, 0], BusState::Active, &[H::Transceiver]),
        (0x020, [0; 8], BusState::Active, &[H::NoAck]),
        (0x040, [0; 8], BusState::BusOff, &[H::BusOff]),
        (0x080, [0; 8], BusState::Active, &[H::BusError]),
        // A bus error with its kind is one error.
        (0x088, [0, 0, 0x04, 0, 0, 0, 0, 0], BusState::Active, &[H::BusError]),
        (0x100, [0; 8], BusState::Active, &[H::Restarted]),
        // Counters alone: 95 is well, 96 warns, 128 is passive.
        (0x200, [0, 0, 0, 0, 0, 0, 95, 3], BusState::Active, &[]),
        (0x200, [0, 0, 0, 0, 0, 0, 96, 0], BusState::Warning, &[H::Warning]),
        (0x280, [0, 0, 0, 0, 0, 0, 0, 128], BusState::Passive, &[H::Passive, H::BusError]),
        // Without the class's bit the bytes mean nothing.
        (0x080, [0, 0x20, 0, 0, 0, 0, 200, 200], BusState::Active, &[H::BusError]),
    ];
    for (class, data, state, happened) in cases {
        let mut health = BusHealth::default();
        health.take(error(class, data), 5 * S);
        assert_eq!(health.state(), state, "{class:#05X} {data:?}");
        for happening in BusEventKind::ALL {
            let times = u64::from(happened.contains(&happening));
            assert_eq!(health.times(happening), times, "{class:#05X} {data:?} {happening:?}");
        }
        assert_eq!(health.error_frames(), 1);
        assert_eq!(health.error_counters().is_some(), class & 0x200 != 0, "{class:#05X}");
    }
}

#[test]
fn the_states_follow_each_other_as_on_a_bus_that_breaks_and_is_mended() {
    let mut health = BusHealth::default();
    let (warning, passive) = (error(0x204, [0, 0x08, 0, 0, 0, 0, 96, 0]), error(0x204, [0, 0x20, 0, 0, 0, 0, 128, 0]));
    let active = error(0x204, [0, 0x40, 0, 0, 0, 0, 95, 0]);
    for (at, told, state, what) in [
        (1, warning, BusState::Warning, BusEventKind::Warning),
        (2, passive, BusState::Passive, BusEventKind::Passive),
        (3, error(0x040, [0; 8]), BusState::BusOff, BusEventKind::BusOff),
        (4, error(0x100, [0; 8]), BusState::Active, BusEventKind::Restarted),
        (5, InterfaceReport::Down, BusState::Down, BusEventKind::Down),
        (6, InterfaceReport::Up, BusState::Active, BusEventKind::Up),
        (7, InterfaceReport::Gone, BusState::Gone, BusEventKind::Gone),
        (8, InterfaceReport::Back, BusState::Active, BusEventKind::Back),
        (9, passive, BusState::Passive, BusEventKind::Passive),
        (10, active, BusState::Active, BusEventKind::Active),
    ] {
        health.take(told, at * S);
        assert_eq!((health.state(), health.since_us()), (state, Some(at * S)), "{told:?}");
        assert!(health.times(what) > 0, "{told:?}: {what:?}");
    }
    assert_eq!(health.times(BusEventKind::Passive), 2);
}

#[test]
fn a_frame_proves_that_the_bus_is_there_but_not_that_it_is_well() {
    for (told, after) in [
        (error(0x040, [0; 8]), BusState::Active),
        (InterfaceReport::Down, BusState::Active),
        (InterfaceReport::Gone, BusState::Active),
        // A passive controller receives as well.
        (error(0x004, [0, 0x10, 0, 0, 0, 0, 0, 0]), BusState::Passive),
    ] {
        let mut health = BusHealth::default();
        health.take(told, S);
        health.frame(2 * S);
        assert_eq!(health.state(), after, "{told:?}");
        // The kernel's word comes after the frame: nothing happens twice.
        health.take(InterfaceReport::Up, 3 * S);
        health.take(InterfaceReport::Back, 3 * S);
        assert_eq!(health.state(), after);
        assert!(health.times(BusEventKind::Up) + health.times(BusEventKind::Back) <= 1);
    }
}

#[test]
fn counters_do_not_raise_the_dead() {
    for told in [InterfaceReport::Down, InterfaceReport::Gone, error(0x040, [0; 8])] {
        let mut health = BusHealth::default();
        health.take(told, S);
        let before = health.state();
        health.take(error(0x280, [0; 8]), 2 * S);
        assert_eq!(health.state(), before, "{told:?}");
    }
}

#[test]
fn a_storm_of_errors_is_told_at_once_and_then_now_and_then() {
    let mut health = BusHealth::default();
    let mut told = Vec::new();
    // A thousand errors a second for 12 s.
    for ms in 0..12_000 {
        health.take(error(0x020, [0; 8]), ms * 1000);
        while let Some(news) = health.news(3, ms * 1000, false) {
            told.push((news.t_us / 1000, news.what, news.count, news.interface));
        }
    }
    let no_ack = BusEventKind::NoAck;
    assert_eq!(told, [(0, no_ack, 1, 3), (5000, no_ack, 5001, 3), (10_000, no_ack, 10_001, 3)]);
    // At the end the rest is reported, with the time at which it happened.
    let last = health.news(3, 20 * S, true);
    assert_eq!(last, Some(BusNews { t_us: 11_999_000, interface: 3, what: no_ack, count: 12_000 }));
    assert_eq!(health.news(3, 20 * S, true), None);
}

#[test]
fn lost_frames_are_counted_by_the_frame_and_stand_for_ten_seconds() {
    let mut health = BusHealth::default();
    health.take(InterfaceReport::Lost(40), S);
    health.take(InterfaceReport::Lost(2), 2 * S);
    assert_eq!(health.times(BusEventKind::Lost), 42);
    assert_eq!(health.fault(2 * S), Some(BusEventKind::Lost));
    assert_eq!(health.fault(11 * S), Some(BusEventKind::Lost));
    assert_eq!(health.fault(12 * S), None);
}

#[test]
fn the_worst_of_all_interfaces_is_shown() {
    let mut both = [BusHealth::default(), BusHealth::default()];
    assert_eq!(worst(&both, 0), None);
    both[0].take(error(0x004, [0, 0x04, 0, 0, 0, 0, 0, 0]), S);
    assert_eq!(worst(&both, S), Some((0, BusEventKind::Warning)));
    both[1].take(InterfaceReport::Down, S);
    // A state lasts until it changes, however long.
    assert_eq!(worst(&both, 1000 * S), Some((1, BusEventKind::Down)));
    both[1].frame(1001 * S);
    assert_eq!(worst(&both, 1001 * S), Some((0, BusEventKind::Warning)));
}

#[test]
fn happenings_are_ordered_as_they_are_listed() {
    assert!(BusEventKind::ALL.is_sorted());
    for (place, happening) in BusEventKind::ALL.into_iter().enumerate() {
        assert_eq!(happening as usize, place);
    }
}
