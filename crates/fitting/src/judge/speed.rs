//! Speed and shafts against each other: the satellite receiver's speed, and the usual values at work.

use grainloss_core::machine::Channel;
use grainloss_find::measures::correlation;

use super::evidence::{Evidence, Found};
use super::finding::{Finding, Mark, What};
use super::kinds::usual;
use super::record::{quantile, sorted};
use super::work::Work;

/// Factors that a wrong unit makes: km/h for m/s, miles for kilometres, miles for m/s, knots, powers of ten, and the
/// scales of J1939, NMEA 2000 and ISO 11783 for each other.
const FACTORS: [f64; 8] = [3.6, 1.609_344, 2.236_94, 1.852, 1.943_84, 10.0, 100.0, 1000.0];

pub(super) fn judge(evidence: &Evidence<'_>, work: &Work, found: &mut Found) {
    against_gnss(evidence, found);
    for &channel in Channel::ALL {
        usual_at_work(evidence, work, channel, found);
    }
}

fn against_gnss(evidence: &Evidence<'_>, found: &mut Found) {
    let p = &evidence.params;
    let (speed, gnss) = (evidence.series(Channel::GroundSpeed), evidence.record.reference_speed());
    let block = p.gnss_block_s as usize;
    let mean = |values: &[f32]| {
        let known = values.iter().filter(|v| v.is_finite());
        let (n, sum) = known.fold((0usize, 0.0), |(n, sum), v| (n + 1, sum + f64::from(*v)));
        (n * 2 >= block).then(|| sum / n.max(1) as f64)
    };
    let ratios = speed.chunks_exact(block).zip(gnss.chunks_exact(block)).filter_map(|(own, gnss)| {
        let gnss = mean(gnss).filter(|gnss| *gnss > p.gnss_from_m_s)?;
        Some((mean(own)? / gnss) as f32)
    });
    let ratios = sorted(ratios);
    if (ratios.len() as f64) < p.gnss_blocks {
        return;
    }
    let Some(ratio) = quantile(&ratios, 0.5).filter(|ratio| *ratio > 0.0) else {
        return found.add(Channel::GroundSpeed, Finding::new(What::SpeedUnrelated, Mark::Wrong));
    };
    let spread = quantile(&ratios, 0.8).zip(quantile(&ratios, 0.2)).map_or(0.0, |(high, low)| (high - low) / ratio);
    let r = correlation(speed, gnss, 0);
    if r < 0.5 && spread > 0.3 {
        return found.add(Channel::GroundSpeed, Finding::new(What::SpeedUnrelated, Mark::Wrong).figure(r));
    }
    let off = ratio.max(1.0 / ratio);
    if off > p.gnss_good {
        let mark = if off > p.gnss_wrong { Mark::Wrong } else { Mark::Doubtful };
        let known = FACTORS.into_iter().find(|factor| (off / factor - 1.0).abs() <= p.factor_near);
        let finding = Finding::new(What::SpeedFactor, mark).figure(ratio);
        let factor = known.map(|factor| if ratio > 1.0 { factor } else { 1.0 / factor });
        found.add(Channel::GroundSpeed, factor.map_or(finding, |factor| finding.high(factor)));
    }
}

fn usual_at_work(evidence: &Evidence<'_>, work: &Work, channel: Channel, found: &mut Found) {
    let p = &evidence.params;
    let Some((low, high, is_wrong)) = usual(channel, p, evidence.geometry) else { return };
    // A height outside is said by the header's own rules, where those could tell; here it is what remains.
    let values = sorted(Work::where_is(evidence.series(channel), &work.cutting, true));
    if (values.len() as f64) < p.least_work_s {
        return;
    }
    let outside = values.iter().filter(|v| !(low..=high).contains(&f64::from(**v))).count();
    let share = outside as f64 / values.len() as f64;
    let Some(median) = quantile(&values, 0.5) else { return };
    let far = is_wrong && channel == Channel::EngineSpeed && share > p.outside_share;
    if far || !(low..=high).contains(&median) {
        let mark = if is_wrong { Mark::Wrong } else { Mark::Doubtful };
        found.add(channel, Finding::new(What::OutOfRange, mark).figure(median).low(low).high(high));
    }
}
