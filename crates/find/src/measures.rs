//! Measures of how two series go together, for whoever judges a series.

/// How probable it is that the value is larger where the state is on than where it is off (Mann and Whitney 1947); `None`
/// when one of them hardly happened. 0.5 says nothing. Values that are not finite are left out.
pub fn larger_where(values: impl Iterator<Item = (f32, bool)>) -> Option<f64> {
    let mut all: Vec<(f32, bool)> = values.filter(|(value, _)| value.is_finite()).collect();
    let on = all.iter().filter(|(_, state)| *state).count();
    let off = all.len() - on;
    if on < 5 || off < 5 {
        return None;
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The sum of ranks, equal values sharing theirs.
    let (mut ranks, mut at) = (0.0, 0);
    while at < all.len() {
        let end = at + all[at..].iter().take_while(|(value, _)| *value == all[at].0).count();
        let rank = (at + end + 1) as f64 / 2.0;
        ranks += rank * all[at..end].iter().filter(|(_, state)| *state).count() as f64;
        at = end;
    }
    let (on, off) = (on as f64, off as f64);
    Some((ranks - on * (on + 1.0) / 2.0) / (on * off))
}

/// Pearson's correlation of two series of a value a second, the first one `lag` seconds later; 0 where too little is known.
pub fn correlation(later: &[f32], reference: &[f32], lag: usize) -> f64 {
    let pairs = later.iter().skip(lag).zip(reference).filter(|(a, b)| a.is_finite() && b.is_finite());
    let (mut n, mut a1, mut b1, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (f64::from(*a), f64::from(*b));
        n += 1.0;
        a1 += a;
        b1 += b;
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let (va, vb) = (aa - a1 * a1 / n, bb - b1 * b1 / n);
    if n < 60.0 || va <= 0.0 || vb <= 0.0 { 0.0 } else { (ab - a1 * b1 / n) / (va * vb).sqrt() }
}

/// The lag up to half a minute at which a series follows the reference best, s, and how well.
pub fn best_lag(values: &[f32], reference: &[f32]) -> (usize, f64) {
    let of = |lag| (lag, correlation(values, reference, lag));
    (0..=30).map(of).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}
