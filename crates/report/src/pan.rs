//! The one formula of a drop pan.

/// Grain on the ground by a drop pan, g/m²: what the pan caught over its area, spread out again over the width that was
/// cut, less the natural shed.
///
/// `grain_g`: grain in the pan, g. `area_m2`: area of the pan, above 0. `concentration`: width of cut over width of
/// discharge (1 where the loss lies evenly), above 0. `shed_g_m2`: grain that had fallen before the machine came.
///
/// In grams as people weigh it: in kilograms the last digits of the workbook's numbers would be others.
pub fn pan_g_m2(grain_g: f64, area_m2: f64, concentration: f64, shed_g_m2: f64) -> f64 {
    grain_g / area_m2 / concentration - shed_g_m2
}

#[cfg(test)]
mod tests {
    use super::pan_g_m2;

    #[test]
    fn a_pan_by_hand() {
        // 5 g on 0.25 m² are 20 g/m² in the swath; spread over twice its width 10 g/m², of which 2 g/m² were shed.
        assert!((pan_g_m2(5.0, 0.25, 2.0, 2.0) - 8.0).abs() < 1e-12);
    }
}
