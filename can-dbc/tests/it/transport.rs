//! Messages longer than a frame: against published frames, frames made by hand from the layout (can-signals.md, sections
//! 1.5 and 1.6), and frames that come as a bus loses them.

use grainloss_can::candump::{Line, parse_line};
use grainloss_can::{Assembler, CanId, Database, Frame, LONGEST_BROADCAST, LONGEST_FAST_PACKET, Pgn, Taken};
use proptest::prelude::*;

fn frame(text: &str) -> Frame {
    match parse_line(format!("(1.0) can0 {text}").as_bytes()) {
        Ok(Line::Frame { frame, .. }) => frame,
        other => panic!("{text}: {other:?}"),
    }
}

/// 129029, GNSS position: the group that is declared in these tests.
const GNSS: u32 = 129_029;

fn assembler() -> Assembler {
    Assembler::new(vec![Pgn::new(GNSS).unwrap()])
}

/// What these frames make whole: identifiers and payloads.
fn whole<'a>(assembler: &mut Assembler, frames: impl IntoIterator<Item = &'a Frame>) -> Vec<(CanId, Vec<u8>)> {
    let mut all = Vec::new();
    for frame in frames {
        if let Taken::Whole { id, payload } = assembler.take(frame, |_| true) {
            all.push((id, payload.bytes().to_vec()));
        }
    }
    all
}

fn at(t_ms: i64, id: u32, payload: &[u8]) -> Frame {
    Frame::new(t_ms * 1000, CanId::extended(id).unwrap(), payload).unwrap()
}

/// A broadcast of this group from this source at this priority, a packet each 50 ms.
fn broadcast(priority: u32, source: u8, pgn: u32, payload: &[u8]) -> Vec<Frame> {
    let id = |group: u32| priority << 26 | group << 16 | 0xFF00 | u32::from(source);
    let [low, high] = (payload.len() as u16).to_le_bytes();
    let [pgn0, pgn1, pgn2, _] = pgn.to_le_bytes();
    let packets = payload.len().div_ceil(7) as u8;
    let mut frames = vec![at(0, id(0xEC), &[0x20, low, high, packets, 0xFF, pgn0, pgn1, pgn2])];
    for (seven, number) in payload.chunks(7).zip(1u8..=255) {
        let mut data = vec![number];
        data.extend(seven);
        data.resize(8, 0xFF);
        frames.push(at(i64::from(number) * 50, id(0xEB), &data));
    }
    frames
}

/// A fast packet of 129029 from this source, a frame each millisecond.
fn fast_packet(source: u8, sequence: u8, payload: &[u8]) -> Vec<Frame> {
    let mut rest = vec![payload.len() as u8];
    rest.extend(payload);
    rest.chunks(7)
        .zip(0u8..32)
        .map(|(seven, number)| {
            let mut data = vec![sequence << 5 | number];
            data.extend(seven);
            data.resize(8, 0xFF);
            at(i64::from(number), 0x0DF8_0500 | u32::from(source), &data)
        })
        .collect()
}

fn counting(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

#[test]
fn the_published_gnss_position_is_put_together() {
    let text = format!(
        "VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_: X\n\nBO_ {} GNSS: 47 X\n SG_ Latitude : 56|64@1- (1e-16,0) [0|0] \"deg\" X\n \
         SG_ Longitude : 120|64@1- (1e-16,0) [0|0] \"deg\" X\n SG_ Method : 252|4@1+ (1,0) [0|0] \"\" X\n \
         SG_ Satellites : 264|8@1+ (1,0) [0|0] \"\" X\n\n\
         BA_DEF_ \"ProtocolType\" STRING ;\nBA_DEF_DEF_ \"ProtocolType\" \"\";\nBA_ \"ProtocolType\" \"J1939\";\n",
        0x8DF8_05FE_u32
    );
    let database = Database::parse("own.dbc", text.as_bytes()).unwrap();
    let mut assembler = Assembler::new(database.fast_packets().collect());
    // pysobus (MIT); the last two bytes are padding.
    let frames = [
        "602FD6004154534F",
        "612740B7D83CDCCF",
        "620B06009479BE0C",
        "633C6CF4D13E1B0A",
        "6400000000230009",
        "656300AF0065F2FF",
        "66FF015F08BC0201",
    ]
    .map(|data| frame(&format!("19F8051C#{data}")));
    let message = &database.messages()[0];
    for (frame, number) in frames.iter().zip(1..) {
        match assembler.take(frame, |_| panic!("only broadcasts are asked for")) {
            Taken::Part => assert!(number < 7),
            Taken::Whole { id, payload } => {
                assert_eq!((number, payload.len()), (7, 47));
                assert_eq!(database.message_of(id).unwrap().name, "GNSS");
                let value = |name| message.signal(name).unwrap().decode(payload).physical;
                assert_eq!(value("Latitude"), 43.567_033_379_197_525);
                assert_eq!(value("Longitude"), -83.422_580_553_747_15);
                return;
            }
            Taken::Alone => panic!("129029 is declared"),
        }
    }
    panic!("not whole");
}

#[test]
fn a_broadcast_of_any_priority_is_put_together() {
    for priority in [6, 7] {
        let mut assembler = assembler();
        let frames = broadcast(priority, 0x21, 65_226, &counting(14));
        let made = whole(&mut assembler, &frames);
        assert_eq!(made.len(), 1);
        let id = made[0].0.j1939().unwrap();
        assert_eq!((id.pgn.number(), id.source.0), (65_226, 0x21));
        assert_eq!((made[0].1.clone(), assembler.broken()), (counting(14), 0));
    }
}

#[test]
fn a_broadcast_of_an_addressed_group_goes_to_everyone() {
    // Proprietary A, 0xEF00.
    let made = whole(&mut assembler(), &broadcast(6, 0x80, 0xEF00, &counting(20)));
    let id = made[0].0.j1939().unwrap();
    assert_eq!((id.pgn.number(), id.destination), (0xEF00, Some(255)));
}

#[test]
fn only_wanted_broadcasts_are_followed() {
    let mut assembler = assembler();
    for frame in broadcast(7, 0, 65_226, &counting(14)) {
        let taken = assembler.take(&frame, |id| {
            assert_eq!(id.j1939().unwrap().pgn.number(), 65_226);
            false
        });
        assert!(matches!(taken, Taken::Alone));
    }
    assert_eq!(assembler.broken(), 0);
}

#[test]
fn senders_and_interfaces_are_kept_apart() {
    let mut assembler = assembler();
    let one = broadcast(7, 0x00, 65_226, &counting(30));
    let other = broadcast(7, 0x27, 65_226, &counting(23));
    let mut third = one.clone();
    for frame in &mut third {
        frame.interface = 1;
    }
    let position = fast_packet(0x00, 3, &counting(43));
    let all = (0..7).flat_map(|i| [one.get(i), other.get(i), third.get(i), position.get(i)]).flatten();
    let lengths: Vec<usize> = whole(&mut assembler, all).iter().map(|(_, payload)| payload.len()).collect();
    assert_eq!(lengths, [23, 30, 30, 43]);
    assert_eq!(assembler.broken(), 0);
}

#[test]
fn a_lost_doubled_or_swapped_frame_breaks_one_message_and_no_other() {
    let good = counting(40);
    for frames in [broadcast(7, 1, 65_226, &good), fast_packet(1, 2, &good)] {
        let swapped = {
            let mut all = frames.clone();
            all.swap(2, 3);
            all
        };
        let doubled = {
            let mut all = frames.clone();
            all.insert(3, frames[2].clone());
            all
        };
        let lost = {
            let mut all = frames.clone();
            all.remove(3);
            all
        };
        let beheaded = frames[1..].to_vec();
        for (damaged, broken) in [(swapped, 1), (doubled, 1), (lost, 1), (beheaded, 0)] {
            let mut assembler = assembler();
            assert_eq!(whole(&mut assembler, &damaged), []);
            assert_eq!(assembler.broken(), broken);
            assert_eq!(whole(&mut assembler, &frames)[0].1, good);
        }
        // The last one lost: it is seen when the sender begins again.
        let mut assembler = assembler();
        assert_eq!(whole(&mut assembler, &frames[..frames.len() - 1]), []);
        assert_eq!((whole(&mut assembler, &frames).len(), assembler.broken()), (1, 1));
    }
}

#[test]
fn a_frame_that_is_too_short_never_shifts_the_rest() {
    // Nine bytes in two packets of up to seven: with five and seven there are enough, but not in their places.
    let mut frames = broadcast(7, 1, 65_226, &counting(9));
    frames[1] = at(50, 0x1CEB_FF01, &[1, 0, 1, 2, 3, 4]);
    let mut broken = assembler();
    assert_eq!((whole(&mut broken, &frames), broken.broken()), (vec![], 1));
    // The last one may leave out the padding.
    let mut frames = broadcast(7, 1, 65_226, &counting(9));
    frames[2] = at(100, 0x1CEB_FF01, &[2, 7, 8]);
    assert_eq!(whole(&mut assembler(), &frames)[0].1, counting(9));
    let mut frames = fast_packet(1, 0, &counting(9));
    frames[0] = at(0, 0x0DF8_0501, &[0, 9, 0, 1, 2]);
    let mut broken = assembler();
    assert_eq!((whole(&mut broken, &frames), broken.broken()), (vec![], 1));
}

#[test]
fn an_announcement_that_cannot_be_is_left_alone() {
    for (size, packets) in [(14u16, 3u8), (14, 1), (8, 2), (0, 0), (1786, 255), (65535, 255)] {
        let [low, high] = size.to_le_bytes();
        let frame = at(0, 0x1CEC_FF01, &[0x20, low, high, packets, 0xFF, 0xCA, 0xFE, 0]);
        assert!(matches!(assembler().take(&frame, |_| true), Taken::Alone), "{size} bytes in {packets}");
    }
    // A talk between two (RTS), a broadcast to one, a short frame, a group over 18 bits.
    for text in [
        "1CECFF01#100E0002FFCAFE00",
        "1CEC2701#200E0002FFCAFE00",
        "1CECFF01#200E0002FFCAFE",
        "1CECFF01#200E0002FFCAFEFF",
    ] {
        assert!(matches!(assembler().take(&frame(text), |_| true), Taken::Alone), "{text}");
    }
}

#[test]
fn the_longest_and_the_shortest_are_put_together() {
    let longest = counting(LONGEST_BROADCAST);
    assert_eq!(whole(&mut assembler(), &broadcast(7, 1, 65_226, &longest))[0].1, longest);
    for length in [1, 6, 7, LONGEST_FAST_PACKET] {
        assert_eq!(whole(&mut assembler(), &fast_packet(1, 7, &counting(length)))[0].1, counting(length));
    }
    // 32 frames hold no more than 223 bytes.
    let mut assembler = assembler();
    assert!(matches!(assembler.take(&at(0, 0x0DF8_0501, &[0, 224, 0, 0, 0, 0, 0, 0]), |_| true), Taken::Part));
    assert!(matches!(assembler.take(&at(0, 0x0DF8_0501, &[0, 0, 0, 0, 0, 0, 0, 0]), |_| true), Taken::Part));
}

#[test]
fn frames_of_the_range_that_are_not_declared_stay_ordinary() {
    // A combine sends plain frames with identifiers 0x19FFA3xx (can-signals.md, section 3.3), and 129025 is one frame.
    for text in ["19FFA310#0001020304050607", "09F80101#602FD60041545300", "0DF80501#60", "123#6006010203040506"] {
        let mut none = Assembler::new(Vec::new());
        assert!(matches!(none.take(&frame(text), |_| true), Taken::Alone), "{text}");
        let declared = matches!(assembler().take(&frame(text), |_| true), Taken::Part);
        assert_eq!(declared, text.starts_with("0DF805"), "{text}");
    }
    // CAN FD frames are no part of either protocol.
    assert!(matches!(assembler().take(&at(0, 0x0DF8_0501, &[0; 12]), |_| true), Taken::Alone));
}

#[test]
fn two_messages_of_a_group_are_told_apart_by_their_sequence() {
    let mut assembler = assembler();
    let (one, other) = (fast_packet(1, 4, &counting(50)), fast_packet(1, 5, &counting(43)));
    let both = (0..8).flat_map(|i| [one.get(i), other.get(i)]).flatten();
    let lengths: Vec<usize> = whole(&mut assembler, both).iter().map(|(_, payload)| payload.len()).collect();
    assert_eq!((lengths, assembler.broken()), (vec![43, 50], 0));
    // Older ones are given up: a message without its second frame, seven whole ones, one without its first frame.
    let mut frames: Vec<_> = (0..9).flat_map(|sequence| fast_packet(1, sequence % 8, &counting(13))).collect();
    frames.remove(16);
    frames.remove(1);
    assert_eq!((whole(&mut assembler, &frames).len(), assembler.broken()), (7, 1));
}

#[test]
fn a_sender_that_falls_silent_has_given_up() {
    for (gap_ms, made) in [(750, 1), (751, 0)] {
        for mut frames in [broadcast(7, 1, 65_226, &counting(14)), fast_packet(1, 0, &counting(14))] {
            let mut assembler = assembler();
            let last = frames.len() - 1;
            frames[last].t_us = frames[last - 1].t_us + gap_ms * 1000;
            assert_eq!((whole(&mut assembler, &frames).len(), assembler.broken()), (made, 1 - made as u64), "{gap_ms}");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_breaks_only_what_is_on_its_way() {
    let mut assembler = assembler();
    let frames = |t_us: i64| {
        let mut all = broadcast(7, 1, 65_226, &counting(14));
        for frame in &mut all {
            frame.t_us += t_us;
        }
        all
    };
    whole(&mut assembler, &frames(3_600_000_000)[..2]);
    assert_eq!(whole(&mut assembler, &frames(0)).len(), 1);
    assert_eq!(assembler.broken(), 1);
    // The ends of the clock's range are no exception.
    for t_us in [i64::MIN, i64::MAX - 1_000_000, i64::MIN] {
        assert_eq!(whole(&mut assembler, &frames(t_us)).len(), 1);
    }
}

#[test]
fn more_senders_than_a_bus_has_take_no_more_memory() {
    // 200 begin; the last 64 are kept, and the 136 before them are given up.
    let mut assembler = assembler();
    let all: Vec<_> = (0..200u8).map(|source| broadcast(7, source, 65_226, &counting(14))).collect();
    for (frames, t_us) in all.iter().zip(0..) {
        let mut announcement = frames[0].clone();
        announcement.t_us = t_us;
        whole(&mut assembler, &[announcement]);
    }
    assert_eq!(assembler.broken(), 136);
    let sources: Vec<u8> = all
        .iter()
        .flat_map(|frames| whole(&mut assembler, &frames[1..]))
        .map(|(id, _)| id.j1939().unwrap().source.0)
        .collect();
    assert_eq!(sources, (136..200).collect::<Vec<u8>>());
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_split_comes_back(
            payload in proptest::collection::vec(any::<u8>(), 9..=LONGEST_BROADCAST),
            priority in 0u32..8, source: u8, sequence in 0u8..8,
        ) {
            let made = whole(&mut assembler(), &broadcast(priority, source, 65_226, &payload));
            prop_assert_eq!(&made[0].1, &payload);
            let short = &payload[..payload.len().min(LONGEST_FAST_PACKET)];
            let made = whole(&mut assembler(), &fast_packet(source, sequence, short));
            prop_assert_eq!(&made[0].1[..], short);
        }

        #[test]
        fn lost_frames_never_make_a_wrong_message(
            lengths in proptest::collection::vec(9usize..60, 1..12),
            lost in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
            by_fast_packet: bool,
        ) {
            // Message k holds nothing but k, so that a mixture would show. One begins each second, as DM1 does: a broadcast
            // has nothing but time to tell its packets from those of the next.
            let mut frames = Vec::new();
            for (&length, k) in lengths.iter().zip(0u8..) {
                let payload = vec![k; length];
                let mut message =
                    if by_fast_packet { fast_packet(9, k % 8, &payload) } else { broadcast(7, 9, 65_226, &payload) };
                for frame in &mut message {
                    frame.t_us += i64::from(k) * 1_000_000;
                }
                frames.extend(message);
            }
            for index in lost {
                frames.remove(index.index(frames.len()));
                if frames.is_empty() { break; }
            }
            let mut assembler = assembler();
            for (_, payload) in whole(&mut assembler, &frames) {
                let k = payload[0];
                prop_assert!(payload.iter().all(|&byte| byte == k) && payload.len() == lengths[usize::from(k)], "{payload:?}");
            }
        }

        #[test]
        fn no_frames_make_it_panic_or_a_message_too_long(
            frames in proptest::collection::vec(
                (0u32..3, 0u8..3, any::<i64>(), proptest::collection::vec(prop_oneof![0u8..4, Just(0x20), any::<u8>()], 0..=9)),
                0..200,
            )
        ) {
            let mut assembler = assembler();
            for (group, source, t_us, payload) in frames {
                let group = [0x1CEC_FF00, 0x1CEB_FF00, 0x0DF8_0500][group as usize];
                let id = CanId::extended(group | u32::from(source)).unwrap();
                let frame = Frame::new(t_us, id, &payload).unwrap();
                if let Taken::Whole { payload, .. } = assembler.take(&frame, |_| true) {
                    prop_assert!((1..=LONGEST_BROADCAST).contains(&payload.len()));
                }
            }
        }
    }
}
