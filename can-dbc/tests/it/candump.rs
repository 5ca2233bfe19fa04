//! The log reader on mixed and on hostile input: every line is accounted for, and memory stays bounded.

#![allow(unsafe_code, reason = "counting what the reader allocates takes an allocator")]
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{BufReader, Read};

use grainloss_can::log::{LogCounts, LogProblem, Place, Reader};
use proptest::prelude::*;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// Adds up what each thread asks for, so that tests beside one another do not disturb the count.
struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that is ending has no counter any more, and nothing to count.
        let _ = ALLOCATED.try_with(|bytes| bytes.set(bytes.get() + layout.size()));
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

/// Reads a log to its end: the payload of every frame, the interfaces, and the counts.
fn read(log: &[u8]) -> (Vec<Vec<u8>>, Vec<String>, LogCounts) {
    // A small buffer, so that lines straddle it.
    let mut reader = Reader::new(BufReader::with_capacity(7, log));
    let (mut payloads, mut interfaces) = (Vec::new(), Vec::new());
    let take = |interface: &str, frame: &grainloss_can::Frame| (interface.to_owned(), frame.payload().to_vec());
    while let Some((interface, payload)) = reader.next_with(take).unwrap() {
        interfaces.push(interface);
        payloads.push(payload);
    }
    (payloads, interfaces, reader.counts().clone())
}

#[test]
fn a_mixed_log_gives_its_frames_in_order_and_counts_the_rest() {
    let fd = "AB".repeat(64);
    let log = format!(
        "(1436509052.249713)     can0  18FEF31C#3D422397722E724B\r\n\
         (1436509052.249713999) vcan1 123#01 R\n\
         (1436509052.300000) can0 123##0{fd} T\n\
         \n\
         (1436509052.4) can0 123#R\n\
         (1436509052.400000) can0 20000080#0000000000000000\n\
         DROPCOUNT: dropped 12 CAN frames on 'can0' socket (total drops 12)\n\
         DROPCOUNT: dropped 3 CAN frames on 'can0' socket (total drops 15)\n\
         (1436509052.500000) can0 123#0102 X\n\
         (1436509052.600000)  can0  123   [2]  01 02\n\
         (1436509052.700000) slcan12345678 7FF#\n"
    );
    let (payloads, interfaces, counts) = read(log.as_bytes());
    let first = vec![0x3D, 0x42, 0x23, 0x97, 0x72, 0x2E, 0x72, 0x4B];
    assert_eq!(payloads, [first, vec![1], vec![0xAB; 64], vec![]]);
    assert_eq!(interfaces, ["can0", "vcan1", "can0", "slcan12345678"]);
    let expected = LogCounts {
        frames: 4,
        remote: 1,
        bus_errors: 1,
        dropped: 15,
        clock_wraps: 0,
        bad_lines: 2,
        first_bad: Some((Place::Line(9), LogProblem::Tail)),
    };
    assert_eq!(counts, expected);
}

#[test]
fn times_keep_their_microseconds() {
    let times = [
        ("1436509052.249713", 1_436_509_052_249_713),
        ("1436509052.249713999", 1_436_509_052_249_713),
        ("0.5", 500_000),
        ("0.000001", 1),
        ("1.000000001", 1_000_000),
    ];
    for (text, t_us) in times {
        let log = format!("({text}) can0 123#\n");
        let mut reader = Reader::new(log.as_bytes());
        assert_eq!(reader.next_frame().unwrap().unwrap().t_us, t_us, "{text}");
    }
}

#[test]
fn a_classic_frame_ends_at_eight_bytes_and_an_fd_frame_at_64() {
    for (data, is_frame) in [
        (format!("#{}", "00".repeat(8)), true),
        (format!("#{}", "00".repeat(9)), false),
        (format!("##1{}", "00".repeat(64)), true),
        (format!("##1{}", "00".repeat(65)), false),
    ] {
        let (payloads, _, counts) = read(format!("(1.0) can0 123{data}\n").as_bytes());
        assert_eq!((payloads.len(), counts.bad_lines), (usize::from(is_frame), u64::from(!is_frame)), "{data}");
    }
}

#[test]
fn the_last_line_needs_no_end() {
    for end in ["", "\n", "\r\n", "\n\n\n"] {
        let (payloads, _, counts) = read(format!("(1.0) can0 123#01{end}").as_bytes());
        assert_eq!((payloads, counts.bad_lines), (vec![vec![1]], 0), "{end:?}");
    }
}

#[test]
fn a_line_without_end_takes_no_memory() {
    // 64 MiB without a line end between two frames.
    let rubbish = std::io::repeat(b'0').take(64 << 20);
    let line = b"(1.0) can0 123#01\n";
    let input = (&line[..]).chain(rubbish).chain(&b"\n(2.0) can0 123#02\n"[..]);
    let mut reader = Reader::new(BufReader::new(input));
    let before = ALLOCATED.with(Cell::get);
    let mut frames = 0;
    while reader.next_frame().unwrap().is_some() {
        frames += 1;
    }
    let used = ALLOCATED.with(Cell::get) - before;
    assert_eq!((frames, reader.counts().bad_lines), (2, 1));
    assert_eq!(reader.counts().first_bad, Some((Place::Line(2), LogProblem::TooLong)));
    assert!(used < 64 << 10, "{used} bytes");
}

#[test]
fn many_lines_take_no_memory() {
    let log = b"(1436509052.249713) can0 18FEF31C#3D422397722E724B\nrubbish\n".repeat(10_000);
    let mut reader = Reader::new(&log[..]);
    // The first frame brings the interface's name.
    assert!(reader.next_frame().unwrap().is_some());
    let before = ALLOCATED.with(Cell::get);
    while reader.next_frame().unwrap().is_some() {}
    assert_eq!(ALLOCATED.with(Cell::get), before);
    assert_eq!((reader.counts().frames, reader.counts().bad_lines), (10_000, 10_000));
}

#[test]
fn a_stream_that_breaks_is_an_error_and_not_an_end() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("pulled out"))
        }
    }
    let mut reader = Reader::new(BufReader::new((&b"(1.0) can0 123#01\n"[..]).chain(Broken)));
    assert!(reader.next_frame().unwrap().is_some());
    assert!(reader.next_frame().is_err());
}

/// A line of a known kind: frame, remote, bus error, dropped frames, bad, empty.
#[derive(Clone, Debug)]
enum Kind {
    Frame(Vec<u8>),
    Remote,
    BusError,
    Dropped(u32),
    Bad(String),
    Empty,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..=8).prop_map(Kind::Frame),
        1 => Just(Kind::Remote),
        1 => Just(Kind::BusError),
        1 => any::<u32>().prop_map(Kind::Dropped),
        2 => "[a-zA-Z#(][ -~]{0,80}".prop_map(|text| Kind::Bad(format!("~{text}"))),
        1 => Just(Kind::Empty),
    ]
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_line_is_accounted_for(kinds in proptest::collection::vec(kind(), 0..60), crlf: bool) {
            let mut log = String::new();
            let mut expected = LogCounts::default();
            let mut sent = Vec::new();
            for (number, kind) in kinds.into_iter().enumerate() {
                let line = match kind {
                    Kind::Frame(payload) => {
                        expected.frames += 1;
                        let hex = payload.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
                        sent.push(payload);
                        format!("(7.25) can0 18FEF31C#{hex}")
                    }
                    Kind::Remote => { expected.remote += 1; "(7.25) can0 123#R4".to_owned() }
                    Kind::BusError => { expected.bus_errors += 1; "(7.25) can0 20000004#0000000000000000".to_owned() }
                    Kind::Dropped(frames) => {
                        expected.dropped += u64::from(frames);
                        format!("DROPCOUNT: dropped {frames} CAN frames on 'can0' socket (total drops 1)")
                    }
                    Kind::Bad(text) => {
                        expected.bad_lines += 1;
                        expected.first_bad.get_or_insert((Place::Line(number as u64 + 1), LogProblem::Time));
                        text
                    }
                    Kind::Empty => " \t".to_owned(),
                };
                log += &line;
                log += if crlf { "\r\n" } else { "\n" };
            }
            let (payloads, _, counts) = read(log.as_bytes());
            prop_assert_eq!(payloads, sent);
            prop_assert_eq!(counts, expected);
        }

        #[test]
        fn random_bytes_never_make_it_panic_and_every_line_counts_once(
            log in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b'#'), Just(b'(')], 0..4_000)
        ) {
            // The first line says what kind of log it is.
            let log = [b"(1.0) can0 123#01\n", &log[..]].concat();
            let (_, _, counts) = read(&log);
            let filled = log.split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
            let counted = counts.frames + counts.remote + counts.bus_errors + counts.bad_lines;
            prop_assert_eq!(counted, filled as u64);
        }
    }
}
