use super::*;

fn answer(columns: &[&str], rows: Vec<Vec<Value>>) -> Answer {
    Answer { columns: columns.iter().map(|name| (*name).to_owned()).collect(), rows }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// A machine's row: each of its sessions has this grain (g) and one of these losses (0.1 g).
fn machine(device: &str, feed: i64, grain: i64, losses: &[i64]) -> Vec<Value> {
    let n = losses.len() as i64;
    let sum: i64 = losses.iter().sum();
    let mut row =
        vec![text("wheat"), Value::Whole(feed), Value::Whole(1200), text("model-only"), text("sensed"), text(device)];
    row.extend(
        [n, n * 3600, n * grain, sum, n * grain * grain, grain * sum, losses.iter().map(|l| l * l).sum()]
            .map(Value::Whole),
    );
    row
}

const RANKING: [&str; 13] = [
    "crop",
    "feed_from_g_s",
    "moisture_from_bp",
    "basis_header",
    "basis_rear",
    "device",
    "sessions",
    "seconds",
    "grain_g",
    "loss_dg",
    "grain_grain",
    "grain_loss",
    "loss_loss",
];

#[test]
fn machines_are_compared_within_strata_so_that_hard_work_is_no_fault() {
    // a works at a low feed rate only, b at a high one mostly; in each stratum a and b lose the same.
    let rows = vec![
        machine("a", 4000, 1_000_000, &[50_000; 9]),
        machine("b", 4000, 1_000_000, &[50_000; 3]),
        machine("b", 8000, 1_000_000, &[200_000; 9]),
        machine("c", 8000, 1_000_000, &[200_000; 3]),
        // Nobody else has this stratum: it counts for nothing.
        machine("c", 9000, 1_000_000, &[900_000; 3]),
    ];
    let ranked = ranking(&answer(&RANKING, rows));
    for one in &ranked {
        assert!((one.ratio - 1.0).abs() < 1e-9, "{one:?}");
        assert_eq!(one.places, [1, 3]);
    }
    assert_eq!(ranked.iter().map(|one| (one.device.as_str(), one.seconds)).max(), Some(("c", 3 * 3600)));
}

#[test]
fn overlapping_intervals_share_their_places() {
    let rows = vec![
        machine("good", 4000, 1_000_000, &[50_000; 16]),
        machine("also good", 4000, 1_000_000, &[51_000; 16]),
        machine("bad", 4000, 1_000_000, &[150_000; 16]),
        machine("once", 4000, 1_000_000, &[150_000]),
    ];
    let ranked = ranking(&answer(&RANKING, rows));
    let of = |device: &str| ranked.iter().find(|one| one.device == device).unwrap();
    // Expected: (16 × 5 + 16 × 5.1 + 16 × 15 + 15) kg ÷ 49 t = 416.6 ÷ 49 = 8.502 kg/t; good: 5 ÷ 8.502 = 0.5881, and
    // 1.753 × 0.15 ÷ 4 of that on each side.
    let good = of("good");
    assert!((good.ratio - 0.5881).abs() < 1e-4, "{good:?}");
    assert!((good.interval[1] - 0.5881 * (1.0 + 1.753 * 0.15 / 4.0)).abs() < 1e-4, "{good:?}");
    assert_eq!(
        (good.verdict, of("bad").verdict, of("once").verdict),
        (Verdict::Lower, Verdict::Higher, Verdict::Untold)
    );
    // One session has an interval from 0.09 on: it may be any of them.
    assert_eq!((good.places, of("also good").places, of("bad").places), ([1, 3], [1, 3], [3, 4]));
    assert_eq!(of("once").places, [1, 4]);
}

const TRAINING: [&str; 19] = [
    "driver",
    "co_op",
    "trained_day",
    "crop",
    "basis",
    "before_sessions",
    "before_cutting_s",
    "before_grain_g",
    "before_loss_dg",
    "before_grain_grain",
    "before_grain_loss",
    "before_loss_loss",
    "after_sessions",
    "after_cutting_s",
    "after_grain_g",
    "after_loss_dg",
    "after_grain_grain",
    "after_grain_loss",
    "after_loss_loss",
];

fn trained(before: &[i64], after: &[i64]) -> Compared {
    let mut row = vec![text("王"), text("甲"), text("2026-06-13"), text("wheat"), text("sensed")];
    for losses in [before, after] {
        let (n, sum) = (losses.len() as i64, losses.iter().sum::<i64>());
        let squares = losses.iter().map(|loss| loss * loss).sum();
        row.extend(
            [n, n * 3600, n * 1_000_000, sum, n * 1_000_000_000_000, 1_000_000 * sum, squares].map(Value::Whole),
        );
    }
    training(&answer(&TRAINING, vec![row])).remove(0)
}

#[test]
fn a_training_is_judged_by_the_scatter_of_sessions() {
    // 2 % before, 1 % after, four sessions each: √(2 × 0.15² ÷ 4) = 0.1061, times t(6) = 1.943: 0.2061.
    let less = trained(&[200_000; 4], &[100_000; 4]);
    let [ratio, lo, hi] = less.ratio.unwrap();
    assert!((ratio - 0.5).abs() < 1e-9 && (lo - 0.5 * (-0.2061_f64).exp()).abs() < 1e-4, "{less:?}");
    assert!((hi - 0.5 * 0.2061_f64.exp()).abs() < 1e-4 && less.verdict == Verdict::Lower, "{less:?}");
    // The same means, but sessions that scatter by a factor of four: before 0.8 and 3.2 %.
    assert_eq!(
        trained(&[80_000, 320_000, 80_000, 320_000], &[40_000, 160_000, 40_000, 160_000]).verdict,
        Verdict::Untold
    );
    assert_eq!(trained(&[200_000], &[20_000; 4]).verdict, Verdict::Untold);
    assert_eq!(trained(&[200_000; 40], &[201_000; 40]).verdict, Verdict::Alike);
    assert_eq!(trained(&[], &[100_000; 4]).ratio, None);
}
