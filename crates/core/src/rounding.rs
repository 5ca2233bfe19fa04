//! Figures that still add up after rounding: an office adds the columns first, and an operator looks at them.

use crate::harvest::Interval90;

/// The last digit of a figure with so many decimals; more than six count as six.
const UNITS: [f64; 7] = [1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6];

/// The parts, rounded to so many decimals (six at most) so that they add up to their rounded sum: each is rounded down, and
/// what is left of the sum goes, unit by unit, to the largest remainders (largest-remainder method, Hamilton 1792). Each is
/// less than one unit off. Parts that are not finite stay as they are.
pub fn parts_that_add<const N: usize>(parts: [f64; N], decimals: usize) -> [f64; N] {
    let unit = UNITS[decimals.min(UNITS.len() - 1)];
    if parts.iter().any(|part| !part.is_finite()) {
        return parts;
    }
    let mut units = parts.map(|part| (part / unit).floor());
    let remainders: [f64; N] = std::array::from_fn(|at| parts[at] / unit - units[at]);
    let left = (parts.iter().sum::<f64>() / unit).round() - units.iter().sum::<f64>();
    let mut order: [usize; N] = std::array::from_fn(|at| at);
    order.sort_by(|&a, &b| remainders[b].total_cmp(&remainders[a]));
    for &at in order.iter().take(left.max(0.0) as usize) {
        units[at] += 1.0;
    }
    units.map(|units| units * unit)
}

/// Header, rear and total with values that add up when they are printed with so many decimals. Sums that do not add up
/// before rounding, as in sessions that an earlier version stored, stay as they are.
pub fn losses_that_add([header, rear, total]: [Option<Interval90>; 3], decimals: usize) -> [Option<Interval90>; 3] {
    const SAME: f64 = 1e-3;
    let (Some(of_header), Some(of_rear), Some(of_total)) = (header, rear, total) else { return [header, rear, total] };
    if (of_header.value + of_rear.value - of_total.value).abs() > SAME * of_total.value.abs() {
        return [header, rear, total];
    }
    let [header, rear] = parts_that_add([of_header.value, of_rear.value], decimals);
    [
        Some(Interval90 { value: header, ..of_header }),
        Some(Interval90 { value: rear, ..of_rear }),
        Some(Interval90 { value: header + rear, ..of_total }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_parts_add_up_to_the_rounded_sum() {
        // 1.4 + 2.4 is 3.8, so 4: 1 and 2 would be 3; both remainders are 0.4, the first gets the unit.
        assert_eq!(parts_that_add([1.4, 2.4], 0), [2.0, 2.0]);
        assert_eq!(parts_that_add([1.6, 2.6], 0), [2.0, 2.0], "4.2 is 4, not 5");
        let told = parts_that_add([103.14, 131.96, 0.04], 1);
        assert_eq!(told.map(|part| format!("{part:.1}")), ["103.1", "132.0", "0.0"]);
        assert_eq!(parts_that_add([0.0, 0.0], 1), [0.0, 0.0]);
    }

    #[test]
    fn what_does_not_add_up_before_rounding_is_not_made_to() {
        let of = |value| Some(Interval90 { value, lo: value / 2.0, hi: value * 2.0 });
        let value = |loss: Option<Interval90>| loss.map(|loss| loss.value);
        let added = losses_that_add([of(71.84), of(62.44), of(134.28)], 1).map(value);
        assert_eq!(added.map(|value| format!("{:.1}", value.unwrap())), ["71.9", "62.4", "134.3"]);
        let old = [of(71.8), of(62.4), of(144.0)];
        assert_eq!(losses_that_add(old, 1), old);
        assert_eq!(losses_that_add([of(1.0), None, of(1.0)], 1), [of(1.0), None, of(1.0)]);
    }
}
