//! Messages between two controllers (RTS/CTS) and extended ones (ETP), as a listener sees them: frames made by hand from
//! the layouts of SAE J1939-21 and ISO 11783-3 as AgIsoStack++ (MIT) restates them.

use grainloss_can::candump::{Line, parse_line};
use grainloss_can::{Assembler, CanId, Frame, LONGEST_EXTENDED, Taken, Transfers};
use proptest::prelude::*;

/// A frame at this time, ms.
fn at(t_ms: i64, text: &str) -> Frame {
    match parse_line(format!("(1.0) can0 {text}").as_bytes()) {
        Ok(Line::Frame { mut frame, .. }) => {
            frame.t_us = t_ms * 1000;
            frame
        }
        other => panic!("{text}: {other:?}"),
    }
}

/// Frames in their order, 10 ms apart.
fn frames(texts: &[&str]) -> Vec<Frame> {
    texts.iter().zip(0..).map(|(text, n)| at(n * 10, text)).collect()
}

/// What these frames make whole, and what became of the rest when they have ended.
fn listen<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> (Vec<(CanId, Vec<u8>)>, Transfers) {
    let mut assembler = Assembler::new(Vec::new());
    let mut whole = Vec::new();
    for frame in frames {
        if let Taken::Whole { id, payload } = assembler.take(frame, |_| true) {
            whole.push((id, payload.bytes().to_vec()));
        }
    }
    assembler.end();
    (whole, *assembler.transfers())
}

fn counting(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

/// From 0x26 to 0x00: 20 bytes 01 to 14 of DM1 (0xFECA), two packets, then the last.
const WHOLE: [&str; 7] = [
    "1CEC0026#10140003FFCAFE00", // RTS: 20 bytes, 3 packets
    "1CEC2600#110201FFFFCAFE00", // CTS: 2 packets from 1
    "1CEB0026#0101020304050607",
    "1CEB0026#0208090A0B0C0D0E",
    "1CEC2600#110103FFFFCAFE00", // CTS: 1 packet from 3
    "1CEB0026#030F1011121314FF",
    "1CEC2600#13140003FFCAFE00", // end of message acknowledgement
];

fn twenty() -> Vec<u8> {
    (1..=20).collect()
}

#[test]
fn a_message_to_one_is_put_together_as_one_to_everyone_is() {
    let (whole, counts) = listen(&frames(&WHOLE));
    assert_eq!(whole, [(CanId::extended(0x1CFE_CA26).unwrap(), twenty())]);
    assert_eq!(counts, Transfers { addressed: 1, ..Transfers::default() });
    // A group that has a destination keeps it: proprietary A, 0xEF00.
    let to_one = WHOLE.map(|text| text.replace("CAFE00", "00EF00"));
    let texts: Vec<&str> = to_one.iter().map(String::as_str).collect();
    assert_eq!(listen(&frames(&texts)).0[0].0, CanId::extended(0x1CEF_0026).unwrap());
}

#[test]
fn without_what_the_receiver_says_it_is_put_together_as_well() {
    // A logger behind a gateway may hear one side only.
    let sender: Vec<&str> = WHOLE.into_iter().filter(|text| text.contains("0026#")).collect();
    let (whole, counts) = listen(&frames(&sender));
    assert_eq!((whole.len(), counts.broken()), (1, 0));
}

#[test]
fn a_packet_that_the_receiver_asks_for_again_takes_its_place() {
    // The receiver has missed packet 2, and so has this listener: 1, 3, CTS for one from 2, then 2.
    let again = frames(&[
        WHOLE[0],
        "1CEC2600#110301FFFFCAFE00",
        WHOLE[2],
        WHOLE[5],
        "1CEC2600#110102FFFFCAFE00",
        WHOLE[3],
        WHOLE[6],
    ]);
    let (whole, counts) = listen(&again);
    assert_eq!((whole[0].1.clone(), counts.addressed, counts.broken()), (twenty(), 1, 0));
    // Only the receiver has missed it: the message is whole here before it asks, and is given once.
    let heard = frames(&[
        WHOLE[0],
        "1CEC2600#110301FFFFCAFE00",
        WHOLE[2],
        WHOLE[3],
        WHOLE[5],
        "1CEC2600#110202FFFFCAFE00",
        WHOLE[3],
        WHOLE[5],
        WHOLE[6],
    ]);
    let (whole, counts) = listen(&heard);
    assert_eq!((whole.len(), counts.addressed, counts.broken()), (1, 1, 0));
    // It has missed the second of three, with the third still to come: both come again.
    let back = frames(&[
        WHOLE[0],
        "1CEC2600#110201FFFFCAFE00",
        WHOLE[2],
        WHOLE[3],
        "1CEC2600#110202FFFFCAFE00",
        WHOLE[3],
        WHOLE[5],
        WHOLE[6],
    ]);
    let (whole, counts) = listen(&back);
    assert_eq!((whole[0].1.clone(), counts.addressed, counts.broken()), (twenty(), 1, 0));
}

#[test]
fn packets_out_of_order_find_their_places() {
    let (whole, counts) = listen(&frames(&[WHOLE[0], WHOLE[5], WHOLE[2], WHOLE[3]]));
    assert_eq!((whole[0].1.clone(), counts.broken()), (twenty(), 0));
}

#[test]
fn what_breaks_a_message_is_counted_by_its_kind() {
    let of = |texts: &[&str]| {
        let (whole, counts) = listen(&frames(texts));
        assert_eq!(whole, [], "{texts:?}");
        counts
    };
    let [rts, cts, one, two, next, three, done] = WHOLE;
    // Lost: the receiver has everything, this log has not.
    assert_eq!(of(&[rts, cts, one, next, three, done]), Transfers { lost: 1, ..Transfers::default() });
    // Doubled without a CTS that asks for it: it may be one of the next message, whose RTS was lost.
    assert_eq!(of(&[rts, cts, one, two, one]), Transfers { doubled: 1, ..Transfers::default() });
    // Aborted by the receiver, by the sender, and before the first packet.
    assert_eq!(of(&[rts, cts, one, "1CEC2600#FF03FFFFFFCAFE00"]).aborted, 1);
    assert_eq!(of(&[rts, cts, one, "1CEC0026#FF03FFFFFFCAFE00"]).aborted, 1);
    assert_eq!(of(&[rts, "1CEC2600#FF01FFFFFFCAFE00"]).aborted, 1);
    // Another message instead.
    assert_eq!(of(&[rts, cts, one, rts, cts, one]), Transfers { replaced: 1, cut: 1, ..Transfers::default() });
    // The end of the log.
    assert_eq!(of(&[rts, cts, one, two]), Transfers { cut: 1, ..Transfers::default() });
    // A packet behind the end, number 0, and one that is too short.
    for bad in ["1CEB0026#040F1011121314FF", "1CEB0026#000F1011121314FF", "1CEB0026#02080910"] {
        assert_eq!(of(&[rts, cts, one, bad]).lost, 1, "{bad}");
    }
    // An abort of another group, and between others, is none of this message.
    let (whole, counts) =
        listen(&frames(&[rts, cts, one, "1CEC2600#FF03FFFFFFCBFE00", "1CEC2601#FF03FFFFFFCAFE00", two, next, three]));
    assert_eq!((whole.len(), counts.broken()), (1, 0));
}

#[test]
fn a_request_that_is_repeated_before_the_first_packet_is_one() {
    let (whole, counts) = listen(&frames(&[WHOLE[0], WHOLE[0], WHOLE[2], WHOLE[3], WHOLE[5]]));
    assert_eq!((whole.len(), counts), (1, Transfers { addressed: 1, ..Transfers::default() }));
}

#[test]
fn either_side_keeps_a_message_alive_for_a_second_and_a_quarter() {
    // T2 and T3 are 1250 ms. A receiver that asks to wait (CTS for no packet) keeps it alive.
    for (gap_ms, made) in [(1250, 1), (1251, 0)] {
        let mut all = frames(&WHOLE[..6]);
        all[5].t_us = all[4].t_us + gap_ms * 1000;
        let (whole, counts) = listen(&all);
        assert_eq!((whole.len(), counts.silent), (made, 1 - made as u64), "{gap_ms}");
    }
    let mut all = frames(&["1CEC0026#10140003FFCAFE00", "1CEC2600#1100FFFFFFCAFE00", "1CEC2600#1100FFFFFFCAFE00"]);
    all.extend(WHOLE[1..].iter().map(|text| at(0, text)));
    for (frame, n) in all.iter_mut().zip(0..) {
        frame.t_us = n * 1_000_000;
    }
    assert_eq!(listen(&all).0.len(), 1);
}

#[test]
fn messages_between_different_pairs_and_buses_do_not_mix() {
    // The same sender to two others and to everyone, two senders to one, and another bus; frame by frame in turn.
    let pairs = ["0026", "0126", "0027"];
    let mut lanes: Vec<Vec<Frame>> = pairs
        .iter()
        .map(|pair| {
            let back = format!("{}{}", &pair[2..], &pair[..2]);
            let texts =
                WHOLE.map(|text| text.replace("0026#", &format!("{pair}#")).replace("2600#", &format!("{back}#")));
            texts.iter().map(|text| at(0, text)).collect()
        })
        .collect();
    let mut other_bus: Vec<Frame> = WHOLE.iter().map(|text| at(0, text)).collect();
    for frame in &mut other_bus {
        frame.interface = 1;
    }
    lanes.push(other_bus);
    let everyone = ["1CECFF26#20140003FFCAFE00", "1CEBFF26#0101020304050607", "1CEBFF26#0208090A0B0C0D0E"];
    let mut everyone: Vec<Frame> = everyone.iter().map(|text| at(0, text)).collect();
    everyone.push(at(0, "1CEBFF26#030F1011121314FF"));
    lanes.push(everyone);
    let mut all: Vec<Frame> = (0..7).flat_map(|n| lanes.iter().filter_map(move |lane| lane.get(n).cloned())).collect();
    all.iter_mut().zip(0..).for_each(|(frame, n)| frame.t_us = n * 1000);
    let (whole, counts) = listen(&all);
    assert_eq!((whole.len(), counts.addressed, counts.broadcasts, counts.broken()), (5, 4, 1, 0));
    assert!(whole.iter().all(|(_, payload)| *payload == twenty()));
}

#[test]
fn a_request_that_cannot_be_is_left_alone() {
    for text in [
        "1CEC0026#10140002FFCAFE00", // 20 bytes in 2 packets
        "1CEC0026#10080002FFCAFE00", // 8 bytes
        "1CECFF26#10140003FFCAFE00", // to everyone
        "1CEC0026#20140003FFCAFE00", // a broadcast to one
        "1CEC0026#10140003FFCAFE",   // seven bytes
        "1CEC0026#10140003FFCAFEFF", // a group over 18 bits
        "1CEC2600#110201FFFFCAFE00", // a CTS, an end, an abort and a packet of no message
        "1CEC2600#13140003FFCAFE00",
        "1CEC2600#FF03FFFFFFCAFE00",
        "1CEB0026#0101020304050607",
        "1CC80026#160100000000E700",
    ] {
        let mut assembler = Assembler::new(Vec::new());
        assert!(matches!(assembler.take(&at(0, text), |_| true), Taken::Alone), "{text}");
        assert_eq!(*assembler.transfers(), Transfers::default());
    }
    // What is not asked for costs nothing.
    let mut assembler = Assembler::new(Vec::new());
    assert!(matches!(assembler.take(&at(0, WHOLE[0]), |_| false), Taken::Alone));
}

/// An extended transfer of group 0xE700 from 0x26 to 0x00, in windows of this many packets, a frame each millisecond.
fn extended(payload: &[u8], window: usize) -> Vec<Frame> {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}"));
    let size = hex(&(payload.len() as u32).to_le_bytes());
    let mut texts = vec![format!("1CC80026#14{size}00E700")];
    let packets: Vec<&[u8]> = payload.chunks(7).collect();
    for (n, packets) in packets.chunks(window).enumerate() {
        let count = packets.len() as u8;
        let u24 = |number: usize| hex(&(number as u32).to_le_bytes()[..3]);
        texts.push(format!("1CC82600#15{count:02X}{}00E700", u24(n * window + 1)));
        texts.push(format!("1CC80026#16{count:02X}{}00E700", u24(n * window)));
        for (packet, number) in packets.iter().zip(1u8..=255) {
            let mut packet = packet.to_vec();
            packet.resize(7, 0xFF);
            texts.push(format!("1CC70026#{number:02X}{}", hex(&packet)));
        }
    }
    texts.push(format!("1CC82600#17{size}00E700"));
    texts.iter().zip(0..).map(|(text, n)| at(n, text)).collect()
}

#[test]
fn an_extended_message_is_put_together_by_its_offsets() {
    for (length, window) in [(1786, 255), (2000, 16), (LONGEST_EXTENDED, 255), (30, 1)] {
        let (whole, counts) = listen(&extended(&counting(length), window));
        assert_eq!(
            (whole.len(), counts),
            (1, Transfers { extended: 1, ..Transfers::default() }),
            "{length} by {window}"
        );
        assert_eq!(whole[0], (CanId::extended(0x1CE7_0026).unwrap(), counting(length)));
    }
}

#[test]
fn a_window_that_comes_again_and_a_lost_offset_are_told_apart() {
    // 70 bytes in windows of five packets; frames: RTS, CTS, DPO, 5 packets, CTS, DPO, 5 packets, end.
    let all = extended(&counting(70), 5);
    assert_eq!(all.len(), 16);
    // The receiver asks for the first window again, as it has missed its third packet.
    let mut again = all[..8].to_vec();
    again.remove(5);
    again.extend(all[1..].iter().cloned());
    again.iter_mut().zip(0..).for_each(|(frame, n)| frame.t_us = n * 1000);
    let (whole, counts) = listen(&again);
    assert_eq!((whole[0].1.clone(), counts.broken()), (counting(70), 0));
    // A lost offset: the packets behind it have no place. The first, then the second.
    for (lost, expected) in
        [(2, Transfers { lost: 1, ..Transfers::default() }), (9, Transfers { doubled: 1, ..Transfers::default() })]
    {
        let mut damaged = all.clone();
        damaged.remove(lost);
        assert_eq!(listen(&damaged), (vec![], expected), "{lost}");
    }
    // A lost packet.
    let mut damaged = all;
    damaged.remove(6);
    assert_eq!(listen(&damaged), (vec![], Transfers { lost: 1, ..Transfers::default() }));
}

#[test]
fn longer_than_is_followed_is_counted_and_takes_no_memory() {
    // 65,537 bytes = 0x10001, and the most that the protocol allows: 117,440,505 = 0x06FFFFF9.
    for text in ["1CC80026#140100010000E700", "1CC80026#14F9FFFF0600E700"] {
        let (whole, counts) = listen(&[at(0, text), at(1, text), at(2, "1CC70026#0101020304050607")]);
        assert_eq!((whole.len(), counts), (0, Transfers { too_long: 2, ..Transfers::default() }), "{text}");
    }
}

mod properties {
    use super::*;

    /// Frames of both protocols that nearly fit together, between a few controllers.
    fn any_frame() -> impl Strategy<Value = (u32, u8, u8, i64, Vec<u8>)> {
        let kind = prop_oneof![
            Just(0x10u8),
            Just(0x11),
            Just(0x13),
            Just(0x14),
            Just(0x15),
            Just(0x16),
            Just(0x17),
            Just(0x20),
            Just(0xFF),
            0u8..6
        ];
        let rest = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), 2u8..6, any::<u8>()], 0..=7);
        (0u32..4, 0u8..3, 0u8..4, 0i64..900_000, (kind, rest)).prop_map(
            |(group, from, to, gap_us, (kind, mut rest))| {
                rest.insert(0, kind);
                (group, from, to, gap_us, rest)
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_frames_make_it_panic_or_a_message_too_long(all in proptest::collection::vec(any_frame(), 0..300)) {
            let mut assembler = Assembler::new(Vec::new());
            let (mut t_us, mut whole) = (0i64, 0);
            for (group, from, to, gap_us, mut payload) in all {
                t_us += gap_us;
                if payload.len() == 8 {
                    // A group under 18 bits, so that more of them get through.
                    payload[7] = 0;
                }
                let group = [0x1CEC_0000u32, 0x1CEB_0000, 0x1CC8_0000, 0x1CC7_0000][group as usize];
                let to = [0u32, 1, 2, 255][usize::from(to)];
                let frame = Frame::new(t_us, CanId::extended(group | to << 8 | u32::from(from)).unwrap(), &payload).unwrap();
                if let Taken::Whole { payload, .. } = assembler.take(&frame, |_| true) {
                    whole += 1;
                    prop_assert!((9..=LONGEST_EXTENDED).contains(&payload.len()));
                }
            }
            assembler.end();
            prop_assert_eq!(assembler.transfers().whole(), whole);
        }

        #[test]
        fn lost_frames_never_make_a_wrong_message(
            lengths in proptest::collection::vec(9usize..200, 1..8),
            window in 1usize..12,
            lost in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            // Message k holds nothing but k, so that a mixture would show; one begins every two seconds.
            let mut all = Vec::new();
            for (&length, k) in lengths.iter().zip(0u8..) {
                let mut message = extended(&vec![k; length], window);
                for frame in &mut message {
                    frame.t_us += i64::from(k) * 2_000_000;
                }
                all.extend(message);
            }
            for index in lost {
                all.remove(index.index(all.len()));
                if all.is_empty() { break; }
            }
            let (whole, _) = listen(&all);
            for (_, payload) in whole {
                let k = payload[0];
                prop_assert!(payload.iter().all(|&byte| byte == k) && payload.len() == lengths[usize::from(k)]);
            }
        }
    }
}

/// A real tractor's engine (John Deere 5055E) sends its torque curve (65251) to everyone, then twice to controller 6; the
/// first of those it breaks off when the acknowledgement does not come, though all has been said. Recorded with PolyCAN
/// (github.com/TractorHacking/CAN-data, MIT): the first 28 frames of transport of `start1.log`, ms. An independent
/// reassembly in another language gives the same four messages.
const TRACTOR: [(i64, &str); 28] = [
    (3089, "1CECFF00#20220005FFE3FE00"),
    (3140, "1CEBFF00#01201CDD6842DCA0"),
    (3189, "1CEBFF00#020FD58D20E37A31"),
    (3240, "1CEBFF00#03F1C044FFFF0401"),
    (3290, "1CEBFF00#04204E0001FAC9FA"),
    (3340, "1CEBFF00#05C05D0000FFFFFF"),
    (6040, "1CEC0600#1022000505E3FE00"),
    (6050, "1CEC0006#110501FFFFE3FE00"),
    (6140, "1CEB0600#01201CDD6842DCA0"),
    (6189, "1CEB0600#020FD58D20E37A31"),
    (6240, "1CEB0600#03F1C044FFFF0401"),
    (6289, "1CEB0600#04204E0001FAC9FA"),
    (6340, "1CEB0600#05C05D0000FFFFFF"),
    (7641, "1CEC0600#FF03FFFFFFE3FE00"),
    (8189, "1CECFF00#20220005FFE3FE00"),
    (8241, "1CEBFF00#01201CEC6842EAA0"),
    (8290, "1CEBFF00#020FE38D20F17A31"),
    (8342, "1CEBFF00#03FAC044FFFF0401"),
    (8389, "1CEBFF00#04204E0001FAC9FA"),
    (8441, "1CEBFF00#05C05D0000FFFFFF"),
    (10_789, "1CEC0600#1022000505E3FE00"),
    (10_794, "1CEC0006#110501FFFFE3FE00"),
    (10_889, "1CEB0600#01201CEC6842EAA0"),
    (10_941, "1CEB0600#020FE38D20F17A31"),
    (10_989, "1CEB0600#03FAC044FFFF0401"),
    (11_041, "1CEB0600#04204E0001FAC9FA"),
    (11_089, "1CEB0600#05C05D0000FFFFFF"),
    (11_099, "1CEC0006#13220005FFE3FE00"),
];

#[test]
fn a_real_tractor_says_the_same_to_one_as_to_everyone() {
    let all: Vec<Frame> = TRACTOR.iter().map(|&(t_ms, text)| at(t_ms, text)).collect();
    let (whole, counts) = listen(&all);
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let (first, second) = (
        "201cdd6842dca00fd58d20e37a31f1c044ffff0401204e0001fac9fac05d0000ffff",
        "201cec6842eaa00fe38d20f17a31fac044ffff0401204e0001fac9fac05d0000ffff",
    );
    assert_eq!(whole.iter().map(|(_, payload)| hex(payload)).collect::<Vec<_>>(), [first, first, second, second]);
    assert_eq!(counts, Transfers { broadcasts: 2, addressed: 2, ..Transfers::default() });
}
