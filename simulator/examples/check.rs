fn main() {
    for r in grainloss_simulator::check::check().unwrap() {
        println!(
            "{} {:8.3} [{:.3} {:.3}] {} {}",
            if r.passes() { "pass" } else { "FAIL" },
            r.simulated,
            r.low,
            r.high,
            r.unit,
            r.what
        );
    }
}
