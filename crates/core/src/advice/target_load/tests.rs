use super::*;

#[test]
fn what_is_said_of_the_crop_takes_off_its_share() {
    let said = |stand, wet| CropConditions { stand: Some(stand), wet: Some(wet), ..CropConditions::UNKNOWN };
    for (crop, moisture, expected) in [
        (CropConditions::UNKNOWN, None, 1.0),
        (said(Stand::Standing, false), Some(0.14), 1.0),
        (said(Stand::Lodged, false), None, 0.6),
        (said(Stand::Leaning, false), None, 0.8),
        // 0.6 × 0.8.
        (said(Stand::Lodged, true), Some(0.14), 0.48),
        // Grain at 25 % is wet whatever was said, and only once.
        (said(Stand::Standing, false), Some(0.25), 0.8),
        (said(Stand::Standing, true), Some(0.25), 0.8),
        // 0.8 × 0.9.
        (CropConditions { weedy: Some(true), slope: Some(true), ..CropConditions::UNKNOWN }, None, 0.72),
    ] {
        let factor = load_factor(crop, moisture, &TargetLoadParams::DEFAULT);
        assert!((factor - expected).abs() < 1e-12, "{crop:?} {moisture:?}: {factor}");
    }
}
