//! A figure, not a test: what four fully loaded buses cost after the driver.
//!
//! `cargo test --release --lib live_figure -- --ignored --nocapture`
//!
//! Needs no CAN in the kernel: datagrams of the loopback interface stand for frames. They come with the same stamps and
//! drop counts, through the same system call and a kernel path that is no shorter than that of a raw CAN socket.

#![cfg(test)]

use std::fs;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use super::*;

const BUSES: usize = 4;
/// Together: four buses of 1 Mbit/s without a gap.
const FRAMES_PER_S: usize = 30_000;
const SECONDS: usize = 10;

/// Processor time of this process's threads with such a name, s.
fn processor_s(named: impl Fn(&str) -> bool) -> f64 {
    let threads = fs::read_dir("/proc/self/task").unwrap().map(|thread| thread.unwrap().path());
    let of = |file: std::path::PathBuf| fs::read_to_string(file).unwrap_or_default();
    let wanted = threads.filter(|thread| named(of(thread.join("comm")).trim()));
    let nanos = wanted.filter_map(|thread| of(thread.join("schedstat")).split(' ').next()?.parse::<f64>().ok());
    nanos.sum::<f64>() / 1e9
}

#[test]
#[ignore = "a figure, which takes ten seconds and an idle computer"]
#[allow(clippy::disallowed_methods, reason = "a figure")]
fn live_figure() {
    let receivers: Vec<UdpSocket> = (0..BUSES).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let places: Vec<_> = receivers.iter().map(|socket| socket.local_addr().unwrap()).collect();
    let sockets = receivers.into_iter().map(|socket| ReceiveSocket::stand_in(socket.into())).collect();
    let names = (0..BUSES).map(|number| format!("can{number}")).collect();
    let mut source = LiveSource::listen(names, sockets, &Filter::All).unwrap();
    let sender = std::thread::Builder::new().name("sender".to_owned());
    let spawned = sender.spawn(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        // EEC1 as the kernel hands it over.
        let frame =
            [0x8CF0_0400_u32.to_ne_bytes(), [8, 0, 0, 0], [0x71, 0xCD, 0xC5, 0x0A], [0x3E, 0, 0xFF, 0xC8]].concat();
        let (began, mut sent) = (Instant::now(), 0);
        while sent < FRAMES_PER_S * SECONDS {
            std::thread::sleep(Duration::from_millis(1));
            while sent < (began.elapsed().as_secs_f64() * FRAMES_PER_S as f64) as usize {
                socket.send_to(&frame, places[sent % BUSES]).unwrap();
                sent += 1;
            }
        }
    });
    let receiving = || processor_s(|name| name == "bus");
    let taking = || processor_s(|name| name.starts_with("bus::socketcan"));
    let (before_s, began, mut frames) = ([receiving(), taking()], Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(SECONDS as u64) {
        while let Polled::Frame(frame) = source.poll().unwrap() {
            frames += u64::from(frame.len() == 8);
        }
    }
    let took_s = began.elapsed().as_secs_f64();
    let share = [receiving() - before_s[0], taking() - before_s[1]].map(|used_s| 100.0 * used_s / took_s);
    spawned.unwrap().join().unwrap();
    let lost: u64 = source.health().iter().map(|health| health.times(BusEventKind::Lost)).sum();
    let [receiving, taking] = share;
    println!(
        "{frames} frames in {took_s:.1} s, {lost} lost: {receiving:.2} % of a core receives, {taking:.2} % takes; \
         {:.0} ns a frame",
        (receiving + taking) / 100.0 * 1e9 * took_s / frames as f64
    );
}
