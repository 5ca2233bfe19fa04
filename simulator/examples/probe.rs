use grainloss_simulator::{Scenario, Simulation};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut s = Simulation::new(&Scenario::bundled(&a[1]).unwrap(), a[2].parse().unwrap());
    let (from, to): (usize, usize) = (a[3].parse().unwrap(), a[4].parse().unwrap());
    let mut f = Vec::new();
    for n in 0..to * 100 {
        f.clear();
        s.tick(&mut f);
        if let Some(r) = s.take_truth() {
            if n / 100 >= from && (n / 100) % 3 == 0 {
                println!(
                    "{} {:?} g {:.2} m {:.2} v {:.2} h {:.2} rpm {:.0} tq {:.0} {}",
                    n / 100,
                    r.state,
                    r.grain_in_kg_s,
                    r.mog_kg_s,
                    r.ground_speed_m_s,
                    r.header_height_m,
                    r.engine_rpm,
                    r.engine_torque_pct,
                    r.faults
                );
            }
        }
    }
}
