//! Cells of ten metres, for maps: whole numbers that come out the same on every machine.

/// Metres in a degree of latitude, on a sphere of the earth's mean radius, 6,371,008.8 m (IUGG).
const METRES_PER_DEGREE: f64 = 111_195.08;
/// A cell's side, m.
pub const SIDE_M: f64 = 10.0;

/// The cell of a position in ten-millionths of a degree: whole tens of metres north of the equator, and east of Greenwich along the
/// parallel through the middle of the cell's row. `None` where there is no such position.
pub fn cell(latitude_e7: i64, longitude_e7: i64) -> Option<(i64, i64)> {
    if latitude_e7.unsigned_abs() > 900_000_000 || longitude_e7.unsigned_abs() > 1_800_000_000 {
        return None;
    }
    let north = (latitude_e7 as f64 * 1e-7 * METRES_PER_DEGREE / SIDE_M).floor();
    let middle_deg = (north + 0.5) * SIDE_M / METRES_PER_DEGREE;
    let east = longitude_e7 as f64 * 1e-7 * METRES_PER_DEGREE * cosine(middle_deg.to_radians()) / SIDE_M;
    Some((north as i64, east.floor() as i64))
}

/// The cosine of an angle of at most a right one, by its series. That of the standard library differs in the last bit between
/// systems, which would move a position that lies on a border to another cell.
fn cosine(angle: f64) -> f64 {
    let square = angle * angle;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..12 {
        let n = f64::from(n);
        term *= -square / ((2.0 * n - 1.0) * (2.0 * n));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_ten_metres_wide_wherever_it_lies() {
        // 36° N 116° E. By hand: 36 × 11,119.508 = 400,302.29 tens of metres north; its row's middle is 36.000019°, whose
        // cosine is 0.8090168; 116 × 11,119.508 × 0.8090168 = 1,043,522.
        let (north, east) = cell(360_000_000, 1_160_000_000).unwrap();
        assert_eq!(north, 400_302);
        assert!((east - 1_043_522).abs() <= 2, "{east}");
        // A hundred metres north are ten cells; a hundred metres east, 100 ÷ (111,195.08 × 0.809017) degrees, are ten as well.
        assert_eq!(cell(360_000_000 + 8_993, 1_160_000_000).unwrap().0, north + 10);
        let (_, further) = cell(360_000_000, 1_160_000_000 + 11_116).unwrap();
        assert!((further - east - 10).abs() <= 1, "{}", further - east);
    }

    #[test]
    fn the_series_is_the_cosine() {
        for deg in 0..=90 {
            let angle = f64::from(deg).to_radians();
            assert!((cosine(angle) - angle.cos()).abs() < 1e-13, "{deg}");
        }
    }

    #[test]
    fn no_position_has_no_cell() {
        assert_eq!(cell(910_000_000, 0), None);
        assert_eq!(cell(i64::MIN, 0), None);
        assert_eq!(cell(0, -1_810_000_000), None);
    }
}
