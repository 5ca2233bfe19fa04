//! Trouble codes, from frames to faults, against bytes that were put together by hand from the layout (can-signals.md,
//! section 1.5) and the demonstration database's vector, which cantools has encoded.

use grainloss_can::candump::{Line, parse_line};
use grainloss_can::{Assembler, Flash, Frame, Lamp, Taken, TroubleCode, TroubleCodes, WarningLamp};
use proptest::prelude::*;

fn frame(text: &str) -> Frame {
    match parse_line(format!("(1.0) can0 {text}").as_bytes()) {
        Ok(Line::Frame { frame, .. }) => frame,
        other => panic!("{text}: {other:?}"),
    }
}

fn faults(payload: &[u8]) -> Vec<TroubleCode> {
    TroubleCodes::parse(payload).unwrap().iter().collect()
}

#[test]
fn the_golden_vector_has_one_fault_and_no_lamps() {
    // SPN 1488 (thresher speed), FMI 2, three times; FF FF in the lamp bytes: a device by ISO 11783-12.
    let frame = frame("18FECA00#FFFFD0050203FFFF");
    assert_eq!(frame.id.j1939().unwrap().pgn, TroubleCodes::PGN);
    let codes = TroubleCodes::parse(frame.payload()).unwrap();
    assert_eq!([codes.protect(), codes.amber(), codes.red(), codes.malfunction()], [Lamp::NotAvailable; 4]);
    let fault = TroubleCode { spn: 1488, fmi: 2, count: 3, older_conversion: false };
    assert_eq!(codes.iter().collect::<Vec<_>>(), [fault]);
}

#[test]
fn three_faults_come_in_a_broadcast() {
    // Amber on (bits 3 and 4 of byte 1). SPN 190 = BE 00, FMI 2, 5 times; SPN 1488 = 5D0 hexadecimal, FMI 2, 3 times;
    // SPN 520192 = 7F000 hexadecimal: bytes 00 and F0, the upper three bits 7 above FMI 31 make FF; 126 times, by an
    // older conversion: FE. Two bytes and three times four: 0E.
    let mut assembler = Assembler::new(Vec::new());
    assert!(matches!(assembler.take(&frame("1CECFF00#200E0002FFCAFE00"), |_| true), Taken::Part));
    assert!(matches!(assembler.take(&frame("1CEBFF00#0104FFBE000205D0"), |_| true), Taken::Part));
    let last = frame("1CEBFF00#0205020300F0FFFE");
    let Taken::Whole { id, payload } = assembler.take(&last, |_| true) else { panic!("not whole") };
    assert_eq!(id.j1939().unwrap().pgn, TroubleCodes::PGN);
    let codes = TroubleCodes::parse(payload.bytes()).unwrap();
    let lamps = [codes.protect(), codes.amber(), codes.red(), codes.malfunction()];
    assert_eq!(lamps, [Lamp::Off, Lamp::On, Lamp::Off, Lamp::Off]);
    let expected = [
        TroubleCode { spn: 190, fmi: 2, count: 5, older_conversion: false },
        TroubleCode { spn: 1488, fmi: 2, count: 3, older_conversion: false },
        TroubleCode { spn: 520_192, fmi: 31, count: 126, older_conversion: true },
    ];
    assert_eq!(codes.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn each_lamp_has_its_own_two_bits() {
    // From the lowest bits up: protect, amber, red, malfunction. 0 is off, 1 on, 2 an error, 3 not available.
    let lamps = |byte| {
        let payload = [byte, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF];
        let codes = TroubleCodes::parse(&payload).unwrap();
        [codes.protect(), codes.amber(), codes.red(), codes.malfunction()]
    };
    assert_eq!(lamps(0b11_10_01_00), [Lamp::Off, Lamp::On, Lamp::Error, Lamp::NotAvailable]);
    assert_eq!(lamps(0b01_01_00_01), [Lamp::On, Lamp::Off, Lamp::On, Lamp::On]);
}

#[test]
fn each_lamp_flashes_by_itself() {
    // Byte 2 in the same places: 0 slow, 1 fast, 3 not at all (AgIsoStack++); 2 is reserved. Red, amber and protect are on.
    let payload = [0b00_01_01_01, 0b11_00_01_11, 0, 0, 0, 0, 0xFF, 0xFF];
    let on: Vec<_> = TroubleCodes::parse(&payload).unwrap().lamps().on().collect();
    let (amber, red) = ((WarningLamp::Amber, Flash::Fast), (WarningLamp::Red, Flash::Slow));
    assert_eq!(on, [(WarningLamp::Protect, Flash::Steady), amber, red]);
    assert_eq!(
        [5, 6, 7, 8, 9, 10, 11, 14].map(TroubleCodes::is_length),
        [false, true, false, true, false, true, false, true]
    );
}

#[test]
fn no_fault_is_no_fault_in_every_form() {
    assert_eq!(faults(&[0x00, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF]), []);
    assert_eq!(faults(&[0x00, 0x00, 0, 0, 0, 0, 0, 0]), []);
    assert_eq!(faults(&[0xFF; 8]), []);
    assert_eq!(faults(&[0x00, 0xFF, 0, 0, 0, 0]), []);
}

#[test]
fn what_is_too_short_is_no_dm1() {
    for length in 0..6 {
        assert_eq!(TroubleCodes::parse(&[0; 6][..length]), None);
    }
}

mod properties {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_packed_bit_by_bit_is_read_back(
            lamps: u8,
            codes in proptest::collection::vec((1u32..524_287, 0u8..32, 0u8..127, any::<bool>()), 0..440),
            padding in 0usize..4,
        ) {
            let mut payload = vec![lamps, 0xFF];
            for &(spn, fmi, count, older) in &codes {
                // 32 bits: 16 of the number, five of the mode, the upper three of the number, seven of the count, one.
                let whole = (spn & 0xFFFF) | u32::from(fmi) << 16 | (spn >> 16) << 21 | u32::from(count) << 24 | u32::from(older) << 31;
                payload.extend(whole.to_le_bytes());
            }
            if codes.is_empty() {
                payload.extend([0; 4]);
            }
            payload.extend(&[0xFF; 3][..padding]);
            let expected: Vec<_> = codes
                .iter()
                .map(|&(spn, fmi, count, older_conversion)| TroubleCode { spn, fmi, count, older_conversion })
                .collect();
            prop_assert_eq!(faults(&payload), expected);
        }

        #[test]
        fn no_payload_makes_it_panic(payload in proptest::collection::vec(any::<u8>(), 0..1785)) {
            if let Some(codes) = TroubleCodes::parse(&payload) {
                prop_assert!(codes.iter().count() <= payload.len() / 4);
            }
        }
    }
}
