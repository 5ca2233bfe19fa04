use grainloss_simulator::{Activity, Scenario, Simulation};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let seconds: usize = args.get(1).and_then(|a| a.parse().ok()).unwrap_or(1800);
    for name in Scenario::bundled_names() {
        if args.len() > 2 && !args[2..].iter().any(|a| a == name) {
            continue;
        }
        let mut s = Simulation::new(&Scenario::bundled(name).unwrap(), 1);
        let mut f = Vec::new();
        let mut rows = vec![];
        for _ in 0..seconds * 100 {
            f.clear();
            s.tick(&mut f);
            rows.extend(s.take_truth());
        }
        let sum = |g: fn(&grainloss_simulator::TruthRow) -> f64| rows.iter().map(g).sum::<f64>();
        let g = sum(|r| r.grain_in_kg_s) / 100.0;
        let share = |a: Activity| rows.iter().filter(|r| r.state == a).count() as f64 / rows.len() as f64;
        let cut: Vec<_> = rows.iter().filter(|r| r.state == Activity::Cutting).collect();
        let m = |g: fn(&grainloss_simulator::TruthRow) -> f64| cut.iter().map(|r| g(r)).sum::<f64>() / cut.len() as f64;
        println!(
            "{name:18} hdr {:5.2} thr {:4.2} sep {:4.2} cln {:4.2} | cut {:.2} turn {:.2} stop {:.2} | v {:.2} feed {:.1} rpm {:.0} tq {:.0} M {:.1} stalled {} lug {} tc {} unl {}",
            sum(|r| r.header_loss_kg_s) / g,
            sum(|r| r.threshing_loss_kg_s) / g,
            sum(|r| r.separation_loss_kg_s) / g,
            sum(|r| r.cleaning_loss_kg_s) / g,
            share(Activity::Cutting),
            share(Activity::Turning),
            share(Activity::Stopped),
            m(|r| r.ground_speed_m_s),
            m(|r| r.grain_in_kg_s + r.mog_kg_s),
            m(|r| r.engine_rpm),
            m(|r| r.engine_torque_pct),
            m(|r| r.moisture_pct),
            rows.iter().filter(|r| r.stalled).count(),
            rows.iter().filter(|r| r.lugging).count(),
            rows.iter().filter(|r| r.turning_cut).count(),
            rows.iter().filter(|r| r.unloading).count()
        );
    }
}
