//! Every format against the candump log of the same frames. The samples come from other programs: see `logs/README.md`.

use std::io::Read;
use std::path::PathBuf;

use grainloss_can::log::{Format, LogCounts, Place, Reader};

fn sample(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/logs").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Time, the identifier as candump writes it, payload, interface, and the flags of CAN FD.
type Seen = (i64, String, Vec<u8>, String, Option<u8>);

fn read(log: impl Read) -> (Vec<Seen>, LogCounts, bool) {
    let mut reader = Reader::new(log);
    let mut seen = Vec::new();
    let take = |interface: &str, frame: &grainloss_can::Frame| {
        let fd = frame.fd().map(grainloss_can::FdFlags::bits);
        (frame.t_us, frame.id.to_string(), frame.payload().to_vec(), interface.to_owned(), fd)
    };
    while let Some(frame) = reader.next_with(take).unwrap() {
        assert_eq!(reader.interfaces().last().map(|_| ()), Some(()));
        seen.push(frame);
    }
    (seen, reader.counts().clone(), reader.undated())
}

/// What a format can say of the same bus.
struct Case {
    file: &'static str,
    format: Format,
    /// The candump log of the same frames.
    same_as: &'static str,
    /// Times may differ by so much, as the format's own are coarser.
    resolution_us: i64,
    /// Added to all times: where the log does not say when it began, or says it coarsely.
    start_us: i64,
    /// Names of the interfaces that candump calls can0 and can1.
    interfaces: [&'static str; 2],
    remote: u64,
    bus_errors: u64,
    /// The format has the flags of CAN FD.
    flags: bool,
}

const NAMED: [&str; 2] = ["can0", "can1"];
const NUMBERED: [&str; 2] = ["can1", "can2"];
const CASE: Case = Case {
    file: "",
    format: Format::Candump,
    same_as: "fd.log",
    resolution_us: 0,
    start_us: 0,
    interfaces: NAMED,
    remote: 1,
    bus_errors: 1,
    flags: true,
};
/// When the samples' bus began, and when the first frame came.
const BEGAN_US: i64 = 1_749_520_800_000_000;
const FIRST_US: i64 = BEGAN_US + 250_000;

const CASES: [Case; 36] = [
    Case { file: "fd.log", ..CASE },
    Case { file: "classic.log", same_as: "classic.log", ..CASE },
    Case { file: "fd-screen-absolute.txt", format: Format::CandumpScreen, flags: false, ..CASE },
    Case { file: "fd-screen-date.txt", format: Format::CandumpScreen, flags: false, ..CASE },
    Case { file: "fd-screen-zero.txt", format: Format::CandumpScreen, start_us: FIRST_US, flags: false, ..CASE },
    Case {
        file: "fd-screen-delta.txt",
        format: Format::CandumpScreen,
        start_us: FIRST_US,
        resolution_us: 1,
        flags: false,
        ..CASE
    },
    // python-can counts the microseconds in floating point.
    Case { file: "fd.asc", format: Format::Asc, resolution_us: 1, interfaces: NUMBERED, ..CASE },
    // log2asc dates the log with whole seconds.
    Case { file: "fd-can-utils.asc", format: Format::Asc, start_us: 250_000, interfaces: NUMBERED, ..CASE },
    Case {
        file: "classic-1.0.trc",
        format: Format::Trc,
        same_as: "classic.log",
        resolution_us: 500,
        start_us: BEGAN_US,
        interfaces: ["can1"; 2],
        bus_errors: 0,
        ..CASE
    },
    Case {
        file: "classic-1.1.trc",
        format: Format::Trc,
        same_as: "classic.log",
        resolution_us: 50,
        interfaces: ["can1"; 2],
        ..CASE
    },
    Case { file: "classic-1.3.trc", format: Format::Trc, same_as: "classic.log", interfaces: NUMBERED, ..CASE },
    Case { file: "fd-2.0.trc", format: Format::Trc, interfaces: ["can1"; 2], ..CASE },
    // A start in days of a double is good to a microsecond.
    Case {
        file: "classic-2.1.trc",
        format: Format::Trc,
        same_as: "classic.log",
        resolution_us: 2,
        interfaces: NUMBERED,
        remote: 0,
        bus_errors: 0,
        ..CASE
    },
    Case { file: "classic.csv", format: Format::Gvret, same_as: "classic.log", remote: 0, bus_errors: 0, ..CASE },
    Case { file: "fd.pcap", format: Format::Pcap, interfaces: ["can0"; 2], flags: false, ..CASE },
    Case { file: "fd-nano.pcap", format: Format::Pcap, interfaces: ["can0"; 2], flags: false, ..CASE },
    Case { file: "fd.pcapng", format: Format::PcapNg, flags: false, ..CASE },
    Case { file: "fd.blf", format: Format::Blf, resolution_us: 1, interfaces: NUMBERED, ..CASE },
    Case { file: "fd-64.blf", format: Format::Blf, resolution_us: 1, interfaces: NUMBERED, flags: false, ..CASE },
    Case {
        file: "classic-stored.blf",
        format: Format::Blf,
        same_as: "classic.log",
        resolution_us: 1,
        interfaces: NUMBERED,
        ..CASE
    },
    Case { file: "classic-1.2.trc", format: Format::Trc, same_as: "classic.log", interfaces: NUMBERED, ..CASE },
    Case { file: "fd-cr.log", ..CASE },
    Case { file: "fd-utf16.asc", format: Format::Asc, resolution_us: 1, interfaces: NUMBERED, ..CASE },
    Case { file: "fd-cooked.pcap", format: Format::Pcap, interfaces: ["can0"; 2], flags: false, ..CASE },
    Case { file: "fd-cooked-2.pcap", format: Format::Pcap, interfaces: ["can0"; 2], flags: false, ..CASE },
    Case { file: "fd-python-can.csv", format: Format::Csv, interfaces: ["can0"; 2], flags: false, ..CASE },
    Case { file: "fd-mdf2csv.csv", format: Format::Csv, interfaces: NUMBERED, remote: 0, bus_errors: 0, ..CASE },
    Case {
        file: "classic-cl2000.csv",
        format: Format::Csv,
        same_as: "classic.log",
        resolution_us: 999,
        interfaces: ["can0"; 2],
        remote: 0,
        bus_errors: 0,
        ..CASE
    },
    Case {
        file: "classic-busmaster.log",
        format: Format::Busmaster,
        same_as: "classic.log",
        resolution_us: 99,
        interfaces: NUMBERED,
        bus_errors: 0,
        ..CASE
    },
    Case { file: "fd-python-can.mf4", resolution_us: 1, ..MF4 },
    Case { file: "fd-deflate.mf4", resolution_us: 1, ..MF4 },
    Case { file: "fd-transposed.mf4", resolution_us: 1, ..MF4 },
    Case { file: "fd-unfinished.mf4", ..MF4 },
    Case { file: "fd-unsorted.mf4", ..MF4 },
    Case { file: "fd-sorted.mf4", remote: 0, bus_errors: 0, ..MF4 },
    Case { file: "fd-lists.mf4", remote: 0, bus_errors: 0, ..MF4 },
];
const MF4: Case = Case { format: Format::Mdf, interfaces: NUMBERED, ..CASE };

#[test]
fn every_format_gives_the_frames_of_the_candump_log() {
    for case in CASES {
        let file = case.file;
        let log = sample(file);
        assert_eq!(Reader::new(&log[..]).format(), case.format, "{file}");
        let (expected, _, _) = read(&sample(case.same_as)[..]);
        let (seen, counts, undated) = read(&log[..]);
        assert_eq!(counts.first_bad, None, "{file}");
        assert_eq!((counts.remote, counts.bus_errors, counts.bad_lines), (case.remote, case.bus_errors, 0), "{file}");
        assert_eq!(undated, case.start_us > 1_000_000, "{file}");
        assert_eq!(seen.len(), expected.len(), "{file}");
        for (seen, expected) in seen.iter().zip(&expected) {
            let interface = case.interfaces[usize::from(expected.3 == "can1")];
            assert_eq!((&seen.1, &seen.2, seen.3.as_str()), (&expected.1, &expected.2, interface), "{file}");
            let off = (seen.0 + case.start_us - expected.0).abs();
            if case.flags {
                assert_eq!(seen.4, expected.4, "{file}: {seen:?}");
            }
            assert!(off <= case.resolution_us, "{file}: {off} µs beside {}", expected.0);
        }
    }
}

#[test]
fn cut_anywhere_the_frames_before_the_cut_are_read() {
    for case in CASES {
        let mut log = sample(case.file);
        if case.file == "fd-screen-delta.txt" {
            // Two frames are not enough to tell `-td` from `-tz`: let the first three tell.
            log.splice(
                0..0,
                *b" (000.000000)  can0  123  [0]\n (000.100000)  can0  123  [0]\n (000.050000)  can0  123  [0]\n",
            );
        }
        let (whole, _, _) = read(&log[..]);
        let mut most = 0;
        let first = if case.file == "fd-screen-delta.txt" { 92 } else { 0 };
        for cut in first..log.len() {
            let (seen, _, _) = read(&log[..cut]);
            // The last line of a text may have been shortened to another one that is right too.
            let sure = seen.len().saturating_sub(1);
            assert_eq!(seen[..sure], whole[..sure], "{}, cut at {cut}", case.file);
            most = most.max(seen.len());
        }
        // Only what follows the last frame can be cut off without a loss.
        assert!(most + 1 >= whole.len(), "{}", case.file);
    }
}

#[test]
fn damage_in_the_middle_costs_what_it_hits() {
    for case in CASES {
        let mut log = sample(case.file);
        let (whole, _, _) = read(&log[..]);
        let middle = log.len() / 2;
        // A line of UTF-16 is twice as long; packets of other networks are no damage.
        let damage = match case.file {
            "fd-utf16.asc" => 260,
            "fd-cooked.pcap" | "fd-cooked-2.pcap" => 100,
            _ => 40,
        };
        log[middle..middle + damage].fill(b'~');
        let (seen, counts, _) = read(&log[..]);
        if case.format == Format::Mdf && counts.first_bad.is_none() {
            // A comment was hit.
            assert_eq!(seen, whole, "{}", case.file);
            continue;
        }
        let place = counts.first_bad.unwrap_or_else(|| panic!("{}: nothing told", case.file)).0;
        let text = !matches!(case.format, Format::Pcap | Format::PcapNg | Format::Blf | Format::Mdf);
        assert_eq!(matches!(place, Place::Line(_)), text, "{}", case.file);
        if case.format == Format::Pcap || case.format == Format::PcapNg {
            // Where the next packet would begin is lost with the length.
            assert!(seen.len() > whole.len() / 3, "{}: {} of {}", case.file, seen.len(), whole.len());
        } else if text {
            assert!(seen.len() + 3 >= whole.len(), "{}: {} of {}", case.file, seen.len(), whole.len());
        } else if case.format == Format::Mdf {
            // The head may be hit: what the fields of a frame are is lost with it.
            assert!(seen.len() <= whole.len(), "{}: {}", case.file, seen.len());
        } else {
            assert!(seen.len() >= whole.len() / 3 && seen.len() < whole.len(), "{}: {}", case.file, seen.len());
        }
    }
}

#[test]
fn small_pieces_give_the_same() {
    /// A stream that gives a few bytes at a time, as a slow pipe does.
    struct Slow<'a>(&'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = buffer.len().min(7);
            self.0.read(&mut buffer[..n])
        }
    }
    for case in CASES.iter().filter(|case| case.file != "fd-screen-delta.txt") {
        let log = sample(case.file);
        assert!(read(Slow(&log)) == read(&log[..]), "{}", case.file);
    }
}

/// Frames of all kinds: the interfaces are the first ones of a log.
fn any_frame() -> impl proptest::strategy::Strategy<Value = grainloss_can::Frame> {
    use grainloss_can::{CanId, FdFlags, Frame};
    use proptest::prelude::*;
    let id = (any::<bool>(), 0u32..0x2000_0000).prop_map(|(extended, bits)| {
        if extended { CanId::extended(bits) } else { CanId::standard(bits & 0x7FF) }.unwrap()
    });
    let length = prop::sample::select(vec![0usize, 1, 2, 7, 8, 12, 16, 48, 64]);
    let payload = length.prop_flat_map(|length| proptest::collection::vec(any::<u8>(), length));
    let fd = proptest::option::of((0u8..4).prop_map(FdFlags::from_bits));
    (0i64..3_000_000_000, id, payload, fd)
        .prop_map(|(since_us, id, payload, fd)| Frame::new(BEGAN_US + since_us, id, &payload).unwrap().with_fd(fd))
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_as_asc_and_blf_is_read_back(frames in proptest::collection::vec(any_frame(), 1..200)) {
        use grainloss_can::log::{AscWriter, BlfWriter};
        let mut frames = frames;
        frames.sort_by_key(|frame| frame.t_us);
        let mut asc = AscWriter::new(Vec::new());
        let mut blf = BlfWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
        for frame in &frames {
            asc.write(frame).unwrap();
            blf.write(frame).unwrap();
        }
        proptest::prop_assert_eq!((asc.early(), blf.early()), (0, 0));
        for log in [asc.finish().unwrap(), blf.finish().unwrap().into_inner()] {
            let mut reader = Reader::new(&log[..]);
            let read: Vec<_> = std::iter::from_fn(|| reader.next_frame().unwrap()).collect();
            proptest::prop_assert_eq!(reader.counts().bad_lines, 0);
            proptest::prop_assert_eq!(&read, &frames);
        }
    }

    /// No sample with one byte changed makes a panic, whatever the byte, and reading it ends.
    #[test]
    fn a_flipped_byte_does_no_harm(case in 0usize..CASES.len(), at in proptest::prelude::any::<proptest::sample::Index>(),
                                   bits in 1u8..) {
        let mut log = sample(CASES[case].file);
        let at = at.index(log.len());
        log[at] ^= bits;
        let mut reader = Reader::new(&log[..]);
        let frames = std::iter::from_fn(|| reader.next_frame().unwrap()).count();
        proptest::prop_assert!(frames < 2 * log.len());
    }
}

/// Lines that nearly are those of a format: spaces, digits and separators more or fewer than usual.
fn bent(log: &[u8], bends: &[(proptest::sample::Index, u8)]) -> Vec<u8> {
    let mut log = log.to_vec();
    for (at, kind) in bends {
        let at = at.index(log.len());
        match kind % 8 {
            0 => drop(log.remove(at)),
            1 => log.insert(at, b' '),
            2 => log.insert(at, b'0'),
            3 => log[at] = b'\t',
            4 => log.insert(at, b'\r'),
            5 => log[at] = b'F',
            6 => log[at] = b'x',
            _ => log[at] ^= kind,
        }
    }
    log
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    /// What is read eight bytes at a time, and what is read byte by byte because no more is there, is the same.
    #[test]
    fn a_bent_line_is_the_same_at_once_and_in_pieces(
        case in 0usize..CASES.len(),
        bends in proptest::collection::vec(proptest::prelude::any::<(proptest::sample::Index, u8)>(), 1..20),
    ) {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let n = buffer.len().min(3);
                self.0.read(&mut buffer[..n])
            }
        }
        let log = bent(&sample(CASES[case].file), &bends);
        let whole = read(&log[..]);
        // Whether times are relative is told by the beginning that is there at first.
        if Reader::new(&log[..]).format() != Format::CandumpScreen {
            proptest::prop_assert!(whole == read(Slow(&log)), "{}", CASES[case].file);
        }
    }
}

#[test]
fn the_samples_of_the_field_are_read() {
    // Each as it came from a user's report; the frame is the same but for two, whose data are told.
    let first = |log: &[u8]| {
        let mut reader = Reader::new(log);
        let frame = reader.next_frame().unwrap().unwrap_or_else(|| panic!("{:?}", reader.counts()));
        format!("{frame:?}")
    };
    let eec1 = "0CF00400#FFFFFF401FFFFFFF";
    // By the head's date and the line's own time, by hand.
    for (log, expected) in [
        (&b"Timestamp;Type;ID;Data\n11T082554602;1;cf00400;ffffff401fffffff\n"[..], format!("{eec1} at 894354.602000 s")),
        (
            b"TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes\n\
              1578926829.807850;1;CF00400;1;8;8;0;0;0;FFFFFF401FFFFFFF\n",
            format!("{eec1} at 1578926829.807850 s"),
        ),
        (
            b"timestamp,arbitration_id,extended,remote,error,dlc,data\n1700000000.5,0xcf00400,1,0,0,8,////QB////8=\n",
            format!("{eec1} at 1700000000.500000 s"),
        ),
        // date -u -d '2015-09-23 22:20:14' +%s
        (
            b"***BUSMASTER Ver 3.2.2***\n***START DATE AND TIME 23:9:2015 22:17:28:928***\n***HEX***\n\
              22:20:14:9920 Rx 1 0x18FEF100 x 8 FE 36 12 FE 69 05 07 AD\n",
            "18FEF100#FE3612FE690507AD at 1443046814.992000 s".to_owned(),
        ),
        // 45,488.4 days are 1,721,036,160 s; 2427 ms.
        (
            b";$FILEVERSION=1.2\n;$STARTTIME=45488.4\n     1)      2427.0  1  Rx     0CF00400  8  F8 7D 7D 00 00 00 00 00 \n",
            "0CF00400#F87D7D0000000000 at 1721036162.427000 s".to_owned(),
        ),
    ] {
        assert_eq!(first(log), expected);
    }
}

#[test]
fn a_clock_of_32_bits_goes_on_when_it_begins_anew() {
    let log = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1\n4294957296,0CF00400,true,Rx,0,1,FF\n0,0CF00400,true,Rx,0,1,FF\n\
               10000,0CF00400,true,Rx,0,1,FF\n9000,0CF00400,true,Rx,0,1,FF\n";
    let mut reader = Reader::new(log.as_bytes());
    let times: Vec<_> = std::iter::from_fn(|| reader.next_frame().unwrap()).map(|frame| frame.t_us).collect();
    // 2^32 = 4,294,967,296; a millisecond back is a frame out of order.
    assert_eq!(times, [4_294_957_296, 4_294_967_296, 4_294_977_296, 4_294_976_296]);
    assert_eq!(reader.counts().clock_wraps, 1);
}

#[test]
fn zeros_that_a_recorder_left_out_are_zeros() {
    // hardbyte/python-can#1905: 64 valid bytes, 48 stored. python-can 4.6 reads 01 to 30 and 16 zeros, three times.
    let log = sample("fd64-short.blf");
    let mut reader = Reader::new(&log[..]);
    let frames: Vec<_> = std::iter::from_fn(|| reader.next_frame().unwrap()).collect();
    let expected: Vec<u8> = (1..=0x30).chain([0; 16]).collect();
    assert_eq!(frames.iter().map(grainloss_can::Frame::payload).collect::<Vec<_>>(), [&expected[..]; 3]);
    assert_eq!(reader.counts().bad_lines, 0);
}
