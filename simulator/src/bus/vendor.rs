//! Frames as vendors send them, from public decode lists (pysobus; a dashboard's sources): the layouts are theirs, their
//! senders here are not. What those lists leave open is assumed.

use crate::sensors::Readings;

/// Loss in the vendors' bars: so many counts a second fill them. Assumed, as makers do not publish such scales.
const FULL_BAR_COUNTS_S: f64 = 25.0;
/// An analogue header height: counts for each metre. Assumed.
const HEIGHT_COUNTS_PER_M: f64 = 800.0;

/// What is sent in a second: µs after its beginning, identifier and bytes.
pub(super) fn each_in_a_second(r: &Readings, put: &mut impl FnMut(i64, u32, [u8; 8])) {
    for nth in 0..5 {
        let at = 200_000 * nth;
        // Left and right walker loss of 0.4 %, temperatures over -40 °C, fuel and bin of 0.4 %, load of 1 %.
        let [left, right] = [bar(r.plate_rate[0]), bar(r.plate_rate[1])];
        let warm = |celsius: f64| byte(celsius + 40.0);
        let oil = warm(r.oil_c);
        let (fuel, bin) = (byte(r.fuel_level_pct / 0.4), byte(r.tank_pct / 0.4));
        put(at + 11_000, 0x18FF_6627, [left, right, warm(r.coolant_c), oil, 0xFF, fuel, bin, byte(r.load_pct)]);
        // Sieve loss of 0.4 %.
        let sieve = bar(r.plate_rate[2] + r.plate_rate[3]);
        put(at + 23_000, 0x18FF_4680, [sieve, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        // Fan, feeder, left returns, clean grain elevator, r/min.
        put(at + 37_000, 0x18FF_4480, words([r.fan_rpm * r.run, 410.0 * r.run, 385.0 * r.run, 372.0 * r.run]));
        // Flags of two bits, a page for each operation code in the first byte.
        let pages = [
            flags([r.thresher_engaged, r.thresher_engaged, r.unloading, true]),
            flags([!r.header_low, r.header_low, r.height_control, false]),
            flags([false, !r.moving, false, false]),
        ];
        let code = nth as usize % pages.len();
        put(at + 51_000, 0x18FF_9880, [code as u8, pages[code], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        // Operation code 2383: grain flow of 0.01 kg/s, moisture of 0.01 %, to all.
        let (flow, moisture) = (word(r.grain_flow_kg_s * 100.0), word(r.moisture_pct * 100.0));
        put(at + 67_000, 0x10EF_FFD3, [0x4F, 0x09, flow[0], flow[1], moisture[0], moisture[1], 0x01, 0x02]);
    }
    // Operation code 24: header width in use and whole, mm; rows; row spacing.
    let (used, whole) = (word(r.working_width_m * 1e3), word(r.header_width_m * 1e3));
    put(83_000, 0x18FF_FF17, [0x18, used[0], used[1], whole[0], whole[1], 0, 0, 0xFF]);
    for nth in 0..8 {
        // Four analogue values of ten bits: their upper bits together in the first byte, their lower ones behind it; then
        // the engine speed, high byte first.
        let counts =
            [r.height_m[1] * HEIGHT_COUNTS_PER_M, r.rotor_load_pct * 10.23, r.returns_pct * 10.23, r.tank_pct * 10.23]
                .map(|value| value.clamp(0.0, 1023.0) as u16);
        let upper = counts.iter().enumerate().fold(0, |bits, (at, value)| bits | ((value >> 8) as u8) << (2 * at));
        let low = counts.map(|value| value as u8);
        let speed = (r.engine_rpm.clamp(0.0, 65_535.0) as u16).to_be_bytes();
        let bytes = [upper, low[0], low[1], low[2], low[3], speed[0], speed[1], 0xFF];
        put(125_000 * nth + 5_000, 0x19FF_A310, bytes);
    }
}

/// A bar of 0.4 % steps.
fn bar(counts_s: f64) -> u8 {
    byte((counts_s / FULL_BAR_COUNTS_S).min(1.0) * 250.0)
}

fn byte(value: f64) -> u8 {
    value.clamp(0.0, 250.0) as u8
}

fn word(value: f64) -> [u8; 2] {
    (value.clamp(0.0, 64_255.0) as u16).to_le_bytes()
}

fn words(values: [f64; 4]) -> [u8; 8] {
    let [a, b, c, d] = values.map(word);
    [a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]
}

fn flags(on: [bool; 4]) -> u8 {
    on.iter().enumerate().fold(0, |bits, (at, flag)| bits | u8::from(*flag) << (2 * at))
}
