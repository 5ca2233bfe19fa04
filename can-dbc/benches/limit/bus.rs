//! A bus that the bench makes itself: the messages of the bundled database, each at its cycle, and the same frames as a
//! log of every kind that is read.

use std::fmt::Write as _;
use std::io::Cursor;

use grainloss_can::candump::write_frame;
use grainloss_can::log::{AscWriter, BlfWriter};
use grainloss_can::{Database, Frame, Message};

/// 2025-06-10 02:00:00 UTC.
const BEGAN_US: i64 = 1_749_520_800_000_000;

/// Knuth's MMIX generator: the same frames in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// So many frames, in the order of their times. One signal in twenty is "not available" throughout; the others walk.
pub(crate) fn frames(database: &Database, count: usize) -> Vec<Frame> {
    let mut random = Random(1);
    let messages: Vec<&Message> = database.messages().iter().filter(|message| message.size <= 8).collect();
    let mut payloads: Vec<[u8; 8]> = vec![[0xFF; 8]; messages.len()];
    let missing: Vec<Vec<bool>> =
        messages.iter().map(|message| message.signals.iter().map(|_| random.below(20) == 0).collect()).collect();
    for (message, payload) in messages.iter().zip(&mut payloads) {
        for signal in &message.signals {
            signal.encode(payload, (1 << (signal.width().min(31) - 1)) / 2);
        }
    }
    let mut frames = Vec::with_capacity(count);
    for millis in 0.. {
        for (at, message) in messages.iter().enumerate() {
            let cycle = i64::from(message.cycle_ms.unwrap_or(1000));
            if millis % cycle != at as i64 * 7 % cycle {
                continue;
            }
            let payload = &mut payloads[at];
            for (signal, missing) in message.signals.iter().zip(&missing[at]) {
                let now = signal.decode(&Frame::new(0, message.id, payload).unwrap()).raw;
                // Away from the codes that are no values.
                let most = if signal.width() < 8 { 1 } else { (1i64 << (signal.width().min(32) - 1)) - 1 };
                let is_switch = message.signals.iter().any(|other| {
                    other.pages.as_ref().is_some_and(|pages| message.signals[pages.switch].name == signal.name)
                });
                let next = match (missing, is_switch) {
                    (_, true) => millis / cycle % 4,
                    (true, false) => -1,
                    // A switch or a choice stays for a while.
                    (false, false) if most == 1 => {
                        if random.below(64) == 0 {
                            1 - now.min(1)
                        } else {
                            now
                        }
                    }
                    (false, false) => (now + random.below(17) as i64 - 8).clamp(0, most),
                };
                signal.encode(payload, next);
            }
            let t_us = BEGAN_US + millis * 1000 + random.below(900) as i64;
            frames.push(Frame::new(t_us, message.id, &payload[..message.size]).unwrap());
            if frames.len() == count {
                frames.sort_by_key(|frame| frame.t_us);
                return frames;
            }
        }
    }
    frames
}

/// The frames as `candump -L` writes them.
pub(crate) fn candump(frames: &[Frame]) -> Vec<u8> {
    let mut log = Vec::with_capacity(frames.len() * 56);
    for frame in frames {
        write_frame(&mut log, "can0", frame).unwrap();
    }
    log
}

/// The same frames as a log of every other kind.
pub(crate) fn logs(frames: &[Frame]) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = |frame: &Frame, between: &str| {
        frame.payload().iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}{between}"))
    };
    let text = |head: &str, line: &dyn Fn(&mut String, &Frame, i64)| {
        let mut log = head.to_owned();
        for frame in frames {
            line(&mut log, frame, frame.t_us - BEGAN_US);
            log.push('\n');
        }
        log.into_bytes()
    };
    let clock = |us: i64| (2 + us / 3_600_000_000, us / 60_000_000 % 60, us / 1_000_000 % 60);
    let mut asc = AscWriter::new(Vec::new());
    let mut blf = BlfWriter::new(Cursor::new(Vec::new())).unwrap();
    for frame in frames {
        asc.write(frame).unwrap();
        blf.write(frame).unwrap();
    }
    let trc = |log: &mut String, frame: &Frame, us: i64| {
        let (bits, len) = (frame.id.bits(), frame.len());
        write!(log, "{:>7}) {:>11}.{} Rx     {bits:08X}  {len}  ", 1, us / 1000, us % 1000 / 100).unwrap();
        log.push_str(&bytes(frame, " "));
    };
    let trc_2 = |log: &mut String, frame: &Frame, us: i64| {
        let (bits, len) = (frame.id.bits(), frame.len());
        write!(log, "{:>7} {:>13}.{:03} DT     {bits:08X} Rx {len}  ", 1, us / 1000, us % 1000).unwrap();
        log.push_str(&bytes(frame, " "));
    };
    let screen = |log: &mut String, frame: &Frame, _: i64| {
        let (seconds, micros) = (frame.t_us / 1_000_000, frame.t_us % 1_000_000);
        write!(log, " ({seconds}.{micros:06})  can0  {:08X}   [{}]  ", frame.id.bits(), frame.len()).unwrap();
        log.push_str(bytes(frame, " ").trim_end());
    };
    let gvret = |log: &mut String, frame: &Frame, us: i64| {
        write!(log, "{us},{:08X},true,Rx,0,{},{}", frame.id.bits(), frame.len(), bytes(frame, ",")).unwrap();
    };
    let mdf2csv = |log: &mut String, frame: &Frame, _: i64| {
        let (seconds, micros, len) = (frame.t_us / 1_000_000, frame.t_us % 1_000_000, frame.len());
        write!(log, "{seconds}.{micros:06};1;{:X};1;{len};{len};0;0;0;{}", frame.id.bits(), bytes(frame, "")).unwrap();
    };
    let cl2000 = |log: &mut String, frame: &Frame, us: i64| {
        let (hours, minutes, seconds) = clock(us);
        let millis = us / 1000 % 1000;
        write!(log, "10T{hours:02}{minutes:02}{seconds:02}{millis:03};1;{:x};", frame.id.bits()).unwrap();
        log.push_str(&bytes(frame, ""));
    };
    let busmaster = |log: &mut String, frame: &Frame, us: i64| {
        let (hours, minutes, seconds) = clock(us);
        let tenths = us / 100 % 10_000;
        write!(log, "{hours:02}:{minutes:02}:{seconds:02}:{tenths:04} Rx 1 0x{:08X} x ", frame.id.bits()).unwrap();
        write!(log, "{} {}", frame.len(), bytes(frame, " ")).unwrap();
    };
    vec![
        ("candump on the screen", text("", &screen)),
        ("Vector ASC", asc.finish().unwrap()),
        ("PEAK TRC 1.1", text(";$FILEVERSION=1.1\n;$STARTTIME=45818.0\n", &trc)),
        ("PEAK TRC 2.0", text(";$FILEVERSION=2.0\n;$STARTTIME=45818.0\n;$COLUMNS=N,O,T,I,d,l,D\n", &trc_2)),
        ("SavvyCAN GVRET", text("Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n", &gvret)),
        ("csv of mdf2csv", text("TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes\n", &mdf2csv)),
        ("csv of CL2000", text("# Logger type: CL2000\n# Time: 20250610T020000\nTimestamp;Type;ID;Data\n", &cl2000)),
        (
            "BUSMASTER",
            text("***BUSMASTER Ver 3.2.2***\n***START DATE AND TIME 10:6:2025 2:0:0:0***\n***HEX***\n", &busmaster),
        ),
        ("pcap", pcap(frames)),
        ("pcapng", pcapng(frames)),
        ("Vector BLF", blf.finish().unwrap().into_inner()),
        ("ASAM MDF 4", mdf(frames)),
    ]
}

/// A frame as SocketCAN has it, with its identifier in network byte order (`LINKTYPE_CAN_SOCKETCAN`).
fn socketcan(frame: &Frame) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&frame.id.with_flag().to_be_bytes());
    bytes[4] = frame.len() as u8;
    bytes[8..8 + frame.len()].copy_from_slice(frame.payload());
    bytes
}

fn pcap(frames: &[Frame]) -> Vec<u8> {
    let mut log = Vec::new();
    for number in [0xA1B2_C3D4u32, 0x0004_0002, 0, 0, 0xFFFF, 227] {
        log.extend(number.to_le_bytes());
    }
    for frame in frames {
        let (seconds, micros) = ((frame.t_us / 1_000_000) as u32, (frame.t_us % 1_000_000) as u32);
        for number in [seconds, micros, 16, 16] {
            log.extend(number.to_le_bytes());
        }
        log.extend(socketcan(frame));
    }
    log
}

fn pcapng(frames: &[Frame]) -> Vec<u8> {
    let mut log = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let length = body.len() as u32 + 12;
        log.extend([kind.to_le_bytes(), length.to_le_bytes()].concat());
        log.extend(body);
        log.extend(length.to_le_bytes());
    };
    block(0x0A0D_0D0A, &[&0x1A2B_3C4Du32.to_le_bytes()[..], &1u32.to_le_bytes(), &[0xFF; 8]].concat());
    // if_name "can0", if_tsresol 9: nanoseconds.
    block(1, &[&227u32.to_le_bytes()[..], &[0; 4], b"\x02\0\x04\0can0\x09\0\x01\0\x09\0\0\0\0\0\0\0"].concat());
    for frame in frames {
        let nanos = frame.t_us as u64 * 1000;
        let numbers = [0, (nanos >> 32) as u32, nanos as u32, 16, 16].map(u32::to_le_bytes).concat();
        block(6, &[&numbers[..], &socketcan(frame)].concat());
    }
    log
}

/// As a CANedge writes it: the head is that of a test's file, whose records begin behind the head of its last block.
fn mdf(frames: &[Frame]) -> Vec<u8> {
    const MF4: &[u8] = include_bytes!("../../tests/logs/fd-unfinished.mf4");
    let head = MF4.windows(4).position(|name| name == b"##DT").unwrap() + 24;
    let (mut log, mut offset) = (MF4[..head].to_vec(), 0);
    for frame in frames {
        let len = frame.len();
        log.push(1);
        log.extend(((frame.t_us - BEGAN_US) as u64).to_le_bytes());
        log.extend((frame.id.bits() | 1 << 29).to_le_bytes());
        log.extend([1, len as u8, len as u8]);
        log.extend((offset as u64).to_le_bytes());
        log.push(2);
        log.extend((len as u32).to_le_bytes());
        log.extend(frame.payload());
        offset += 4 + len;
    }
    log
}
