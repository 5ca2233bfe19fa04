//! The one formula of a drop pan.

/// Grain on the ground by a drop pan, kg/m²: what the pan caught over its area, spread out again over the width that
/// was cut, less the natural shed.
///
/// `grain_kg`: grain in the pan. `area_m2`: area of the pan, above 0. `concentration`: width cut over width of
/// discharge (1 where the loss lies evenly), above 0. `shed_kg_m2`: grain that had fallen before the machine came.
pub fn pan_kg_m2(grain_kg: f64, area_m2: f64, concentration: f64, shed_kg_m2: f64) -> f64 {
    grain_kg / area_m2 / concentration - shed_kg_m2
}

#[cfg(test)]
mod tests {
    use super::pan_kg_m2;

    #[test]
    fn a_pan_by_hand() {
        // 5 g on 0.25 m² are 20 g/m² in the swath; spread over twice its width 10 g/m², of which 2 g/m² were shed.
        assert!((pan_kg_m2(0.005, 0.25, 2.0, 0.002) - 0.008).abs() < 1e-15);
    }
}
