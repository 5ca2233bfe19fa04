//! The source itself, on real sockets: filters, order, times.

#![allow(unsafe_code, reason = "counting allocations takes an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grainloss_bus::{BusEventKind, Filter, FrameSource, LiveSource, News, Polled};
use grainloss_can::{Database, Frame};
use socketcan::{CanDataFrame, CanFrame, CanRemoteFrame, CanSocket, EmbeddedFrame, ExtendedId, Id, Socket, StandardId};

use crate::service::{link, wait_for};

/// Counts what all threads ask for.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract, we pass it on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn open(names: &[&str], filter: &Filter) -> LiveSource {
    LiveSource::open(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), filter).unwrap()
}

fn id(flagged: u32) -> Id {
    let extended = || ExtendedId::new(flagged & 0x1FFF_FFFF).map(Id::Extended);
    let standard = || StandardId::new(flagged as u16).map(Id::Standard);
    if flagged >> 31 == 1 { extended() } else { standard() }.unwrap()
}

fn send(socket: &CanSocket, flagged: u32, data: &[u8]) {
    let frame = CanFrame::Data(CanDataFrame::new(id(flagged), data).unwrap());
    wait_for("room to send", || socket.write_frame(&frame).is_ok());
}

/// Frames and news until so many frames have come, or none comes for two seconds.
#[allow(clippy::disallowed_methods, reason = "a deadline")]
fn collect(source: &mut LiveSource, frames: usize) -> (Vec<Frame>, Vec<News>) {
    let (mut found, mut news, mut last) = (Vec::new(), Vec::new(), Instant::now());
    while found.len() < frames && last.elapsed() < Duration::from_secs(2) {
        match source.poll().unwrap() {
            Polled::Frame(frame) => {
                found.push(frame);
                last = Instant::now();
            }
            Polled::News(told) => news.push(told),
            Polled::Quiet(_) | Polled::End => {}
        }
    }
    (found, news)
}

pub fn filters_let_pass_what_the_database_knows(_: &Path) {
    let ids = [
        (0x8CF0_0400, true),
        (0x98F0_0427, true),
        (0x98FF_E381, true),
        (0x98EC_FF26, true),
        (0x98EB_8126, true),
        (0x98FE_CA00, true),
        (0x98EE_FF26, true),
        (0x98EA_FF26, false),
        (0x98FF_F081, false),
        (0x123, false),
    ];
    let database = Database::bundled("combine-demo").unwrap().unwrap();
    let (mut known, mut all) = (
        open(&["vcan0"], &Filter::known(database.messages().iter().map(|m| m.matching))),
        open(&["vcan0"], &Filter::All),
    );
    let socket = CanSocket::open("vcan0").unwrap();
    for (flagged, _) in ids {
        send(&socket, flagged, &[1, 2, 3]);
    }
    let remote = CanFrame::Remote(CanRemoteFrame::new_remote(id(0x8CF0_0400), 8).unwrap());
    socket.write_frame(&remote).unwrap();
    send(&socket, 0x8CF0_0401, &[]);
    let wanted = ids.iter().filter(|(_, passes)| *passes).map(|(flagged, _)| *flagged);
    let found = collect(&mut known, 8).0;
    let found: Vec<u32> = found.iter().map(|frame| frame.id.with_flag()).collect();
    assert_eq!(found, wanted.chain([0x8CF0_0401]).collect::<Vec<_>>());
    assert_eq!(known.health()[0].odd(), 0, "the remote request stayed out");
    let found = collect(&mut all, 11).0;
    assert_eq!(found.len(), 11);
    assert_eq!((found[0].payload(), found[10].payload()), (&[1, 2, 3][..], &[][..]));
    assert_eq!(all.health()[0].odd(), 1, "the remote request was counted");
}

/// Receive thread, inbox and source together, while another process sends.
pub fn a_frame_asks_for_no_memory(_: &Path) {
    const FRAMES: usize = 5000;
    let mut source = open(&["vcan0"], &Filter::All);
    let count = FRAMES.to_string();
    let mut sender = Command::new("cangen").args(["vcan0", "-g", "0", "-i", "-p", "10", "-n", &count]).spawn().unwrap();
    let (mut frames, mut before, mut quiet) = (0, 0, 0);
    while frames < FRAMES && quiet < 50 {
        match source.poll().unwrap() {
            Polled::Frame(_) => {
                frames += 1;
                quiet = 0;
                // What is made once has been made.
                if frames == FRAMES / 10 {
                    before = ALLOCATIONS.load(Ordering::Relaxed);
                }
            }
            _ => quiet += 1,
        }
    }
    let asked = ALLOCATIONS.load(Ordering::Relaxed) - before;
    sender.wait().unwrap();
    assert!(frames > FRAMES / 2, "{frames}");
    assert_eq!(asked, 0, "allocations in {frames} frames");
}

/// One thread sends by turns on two buses: the frames must come out in that order, whatever the receive threads do.
pub fn two_interfaces_are_merged_by_time(_: &Path) {
    const FRAMES: u16 = 4000;
    let mut source = open(&["vcan0", "vcan1", "vcan0"], &Filter::All);
    assert_eq!(source.interfaces(), ["vcan0", "vcan1"]);
    let sender = std::thread::spawn(|| {
        let sockets = ["vcan0", "vcan1"].map(|name| CanSocket::open(name).unwrap());
        for number in 0..FRAMES {
            // Now and then two on the same one.
            send(&sockets[usize::from(number % 7 % 2)], 0x123, &number.to_le_bytes());
        }
    });
    let mut found = collect(&mut source, usize::from(FRAMES)).0;
    sender.join().unwrap();
    assert!(found.iter().is_sorted_by_key(|frame| frame.t_us));
    let number = |frame: &Frame| frame.payload().try_into().map(u16::from_le_bytes).unwrap();
    // Two frames of the same microsecond may come in either order.
    found.sort_by_key(|frame| (frame.t_us, number(frame)));
    let wrong: Vec<_> = found.windows(2).filter(|pair| number(&pair[0]) + 1 != number(&pair[1])).collect();
    assert!(wrong.is_empty() && found.len() == usize::from(FRAMES), "{} frames, {wrong:?}", found.len());
    for (number, frame) in (0..FRAMES).zip(&found) {
        assert_eq!(u16::from(frame.interface), number % 7 % 2);
    }
}

pub fn a_removed_interface_is_waited_for(_: &Path) {
    let make = || {
        link(&["add", "vcan7", "type", "vcan"]);
        link(&["set", "vcan7", "up"]);
    };
    make();
    let mut source = open(&["vcan7"], &Filter::All);
    let engine = || send(&CanSocket::open("vcan7").unwrap(), 0x123, &[]);
    engine();
    assert_eq!(collect(&mut source, 1).0.len(), 1);
    let mut wait_until = |what: BusEventKind| {
        wait_for(what.word(), || {
            collect(&mut source, 0);
            let _ = source.poll().unwrap();
            source.health()[0].times(what) > 0
        });
    };
    link(&["del", "vcan7"]);
    wait_until(BusEventKind::Gone);
    make();
    wait_until(BusEventKind::Back);
    engine();
    assert_eq!(collect(&mut source, 1).0.len(), 1);
    link(&["del", "vcan7"]);
}

/// The clock of this computer is set forward and back while frames come.
#[allow(clippy::disallowed_methods, reason = "what is measured is the wall clock")]
pub fn the_wall_clock_may_be_set(_: &Path) {
    let set = |by: &str| assert!(Command::new("date").args(["-s", by]).output().unwrap().status.success());
    let mut source = open(&["vcan0"], &Filter::All);
    let began = Instant::now();
    let sender = std::thread::spawn(move || {
        let socket = CanSocket::open("vcan0").unwrap();
        for number in 0..300_u16 {
            send(&socket, 0x123, &number.to_le_bytes());
            std::thread::sleep(Duration::from_millis(5));
            match number {
                100 => set("+1 hour"),
                200 => set("-2 hours"),
                _ => {}
            }
        }
    });
    let (found, news) = collect(&mut source, 300);
    sender.join().unwrap();
    let took_us = began.elapsed().as_micros() as i64;
    assert_eq!(found.len(), 300);
    // Bus time runs forward, by no more than really passed, and never stands: 5 ms lie between two frames.
    let steps: Vec<i64> = found.windows(2).map(|pair| pair[1].t_us - pair[0].t_us).collect();
    assert!(steps.iter().all(|step_us| *step_us >= 0), "{steps:?}");
    let passed_us = found[299].t_us - found[0].t_us;
    assert!((1_400_000..=took_us).contains(&passed_us), "{passed_us} of {took_us}");
    let in_place = steps.iter().filter(|step_us| **step_us > 4_000).count();
    assert!(in_place > 250, "{in_place} of 299 steps are longer than 4 ms: dated by the stamps");
    let jumps: Vec<i64> = news
        .iter()
        .filter_map(|told| if let News::ClockSet { by_us, .. } = told { Some(by_us / 1_000_000) } else { None })
        .collect();
    set("+1 hour");
    assert!(matches!(jumps[..], [3598..=3600, -7202..=-7199]), "{jumps:?}");
}
